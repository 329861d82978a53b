/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include "tela-attach-private.h"
#include "tela-element-private.h"

#define MAX_ID_BYTES 64

/* An entry as it was before the running call. */
typedef struct
{
  TelaEntry   *entry;
  TelaElement *before; /* nullable: what was shown */
  gboolean     merged; /* its merged element changed */
} TelaTouched;

G_DEFINE_FINAL_TYPE (TelaBoard, tela_board, G_TYPE_OBJECT)

enum
{
  CHANGED,
  MERGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static guint
hash_entry_cb (gconstpointer key)
{
  return ((const TelaEntry *) key)->merged->hash;
}

static gboolean
entries_equal_cb (gconstpointer a,
                  gconstpointer b)
{
  return tela_element_same_id (((const TelaEntry *) a)->merged, ((const TelaEntry *) b)->merged);
}

static void
entry_free (gpointer data)
{
  TelaEntry *entry = data;

  tela_element_unref (entry->merged);
  g_clear_pointer (&entry->shown, tela_element_unref);
  g_clear_pointer (&entry->veils, g_array_unref);
  g_free (entry);
}

TelaEntry *
tela_board_find_entry (TelaBoard  *self,
                       const char *id)
{
  /* An element without properties, laid out as tela_element_alloc() does. */
  struct
  {
    TelaElement element;
    char        id[MAX_ID_BYTES + 1];
  } key;
  gsize     len = strlen (id);
  TelaEntry entry = { .merged = &key.element };

  if (len > MAX_ID_BYTES)
    return NULL;

  key.element = (TelaElement){ .hash = tela_element_hash_id (id, len), .id_len = (guint8) len };
  memcpy (tela_element_id (&key.element), id, len + 1);
  return g_hash_table_lookup (self->entries, &entry);
}

TelaEntry *
tela_board_ensure_entry (TelaBoard         *self,
                         const TelaElement *element)
{
  TelaEntry  key = { .merged = (TelaElement *) element };
  TelaEntry *entry = g_hash_table_lookup (self->entries, &key);

  if (entry == NULL)
    {
      entry = g_new0 (TelaEntry, 1);
      entry->merged = tela_element_alloc (tela_element_id (element), element->id_len, element->hash, 0, 0);
      g_hash_table_add (self->entries, entry);
    }
  return entry;
}

void
tela_board_touch (TelaBoard *self,
                  TelaEntry *entry)
{
  TelaTouched touched = { .entry = entry };

  if (entry->touched != 0)
    return;

  if (entry->shown != NULL)
    touched.before = tela_element_ref (entry->shown);
  g_array_append_val (self->touched, touched);
  entry->touched = self->touched->len;
}

static void
mark_merged (TelaBoard *self,
             TelaEntry *entry)
{
  TelaTouched *touched;

  tela_board_touch (self, entry);
  touched = &g_array_index (self->touched, TelaTouched, entry->touched - 1);
  self->n_merged += !touched->merged;
  touched->merged = TRUE;
}

/* Takes @merged. */
static void
set_merged (TelaBoard   *self,
            TelaEntry   *entry,
            TelaElement *merged)
{
  mark_merged (self, entry);
  tela_element_unref (entry->merged);
  entry->merged = merged;
}

void
tela_board_merge_one (TelaBoard   *self,
                      TelaElement *op)
{
  TelaEntry *entry = tela_board_ensure_entry (self, op);

  if (entry->merged->n > 0)
    {
      if (tela_element_merge_into (&entry->merged, op))
        mark_merged (self, entry);
    }
  else if (op->n > 0)
    set_merged (self, entry, tela_element_ref (op));
  else
    tela_board_touch (self, entry); /* it came to be just now, and must go again */
}

/* (transfer full): what the entry shows now; NULL: nothing. */
static TelaElement *
compose (TelaEntry *entry)
{
  g_autoptr (TelaElement) shown = tela_element_ref (entry->merged);

  for (guint i = 0; entry->veils != NULL && i < entry->veils->len; i++)
    {
      TelaElement *next = tela_element_merge (shown, g_array_index (entry->veils, TelaVeil, i).op, NULL);

      tela_element_unref (shown);
      shown = next;
    }

  return tela_element_is_visible (shown) ? g_steal_pointer (&shown) : NULL;
}

/* The same, and a text on a line stands at the line's middle. */
static TelaElement *
compose_placed (TelaBoard *self,
                TelaEntry *entry)
{
  TelaElement *shown = compose (entry);
  const char  *container = shown == NULL ? NULL : tela_element_get_string (shown, TELA_KEY_CONTAINER_ID);
  TelaEntry   *holder = container == NULL ? NULL : tela_board_find_entry (self, container);
  g_autoptr (TelaElement) line = NULL;

  if (holder == NULL || holder == entry || !tela_attach_is_type (shown, "text"))
    return shown;
  if (holder->touched != 0)
    line = compose (holder);
  else if (holder->shown != NULL)
    line = tela_element_ref (holder->shown);

  return line != NULL && tela_attach_is_line (line) ? tela_board_place_label (shown, line) : shown;
}

static void
raise_top (TelaBoard         *self,
           const TelaElement *shown)
{
  const char *index = tela_element_get_string (shown, TELA_KEY_INDEX);

  if (index == NULL || (self->top != NULL && strcmp (index, self->top) <= 0) || !tela_index_is_valid (index))
    return;
  g_free (self->top);
  self->top = g_strdup (index);
}

/* Shows what the entry has become; FALSE: that looks the same as before. */
static gboolean
show (TelaBoard *self,
      TelaEntry *entry)
{
  g_autoptr (TelaElement) before = g_steal_pointer (&entry->shown);

  entry->shown = compose_placed (self, entry);
  if (before == entry->shown ||
      (before != NULL && entry->shown != NULL && tela_element_same_values (before, entry->shown)))
    return FALSE;

  tela_board_relink (self, entry, before, entry->shown);
  self->n_shown += (guint) (entry->shown != NULL) - (guint) (before != NULL);
  if (entry->shown == NULL)
    {
      tela_rtree_remove (self->rtree, &entry->item);
      return TRUE;
    }
  tela_rtree_place (self->rtree, &entry->item, tela_element_get_bounds (entry->shown));
  raise_top (self, entry->shown);
  return TRUE;
}

/* Shows what was touched. Returns the changes, each with its own references. */
static GArray *
show_touched (TelaBoard *self)
{
  GArray *changes;

  for (guint i = 0; i < self->touched->len; i++)
    tela_board_touch_labels (self, g_array_index (self->touched, TelaTouched, i).entry);

  changes = g_array_sized_new (FALSE, FALSE, sizeof (TelaChange), self->touched->len);
  for (guint i = 0; i < self->touched->len; i++)
    {
      TelaTouched *touched = &g_array_index (self->touched, TelaTouched, i);
      TelaEntry   *entry = touched->entry;
      TelaChange   change = { .before = touched->before };

      entry->touched = 0;
      if (show (self, entry))
        {
          change.after = entry->shown != NULL ? tela_element_ref (entry->shown) : NULL;
          g_array_append_val (changes, change);
        }
      else
        g_clear_pointer (&touched->before, tela_element_unref);
      if (entry->merged->n == 0 && entry->veils == NULL)
        g_hash_table_remove (self->entries, entry);
    }
  g_array_set_size (self->touched, 0);

  return changes;
}

guint
tela_board_finish (TelaBoard *self)
{
  g_autoptr (GArray) changes = show_touched (self);
  guint n_merged = self->n_merged;

  /* Handlers may call us again. */
  self->n_merged = 0;
  g_object_ref (self);
  if (changes->len > 0)
    g_signal_emit (self, signals[CHANGED], 0, changes->data, changes->len);
  if (n_merged > 0)
    g_signal_emit (self, signals[MERGED], 0, n_merged);
  g_object_unref (self);

  for (guint i = 0; i < changes->len; i++)
    {
      TelaChange *change = &g_array_index (changes, TelaChange, i);

      g_clear_pointer (&change->before, tela_element_unref);
      g_clear_pointer (&change->after, tela_element_unref);
    }
  return n_merged;
}

static void
tela_board_finalize (GObject *object)
{
  TelaBoard *self = TELA_BOARD (object);

  tela_rtree_free (self->rtree);
  g_hash_table_unref (self->links);
  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->gestures);
  g_array_unref (self->touched);
  g_free (self->project_id);
  g_free (self->top);

  G_OBJECT_CLASS (tela_board_parent_class)->finalize (object);
}

static void
tela_board_class_init (TelaBoardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tela_board_finalize;

  /**
   * TelaBoard::changed:
   * @self: the board
   * @changes: (array length=n) (element-type TelaChange): what is shown otherwise than before; borrowed
   * @n: how many
   *
   * Emitted once for each call that changed what is shown, after the fact.
   */
  signals[CHANGED] =
      g_signal_new ("changed", TELA_TYPE_BOARD, G_SIGNAL_RUN_LAST,
                    0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_UINT);

  /**
   * TelaBoard::merged:
   * @self: the board
   * @n: how many elements
   *
   * Emitted once for each call that changed the merged document, after #TelaBoard::changed.
   */
  signals[MERGED] =
      g_signal_new ("merged", TELA_TYPE_BOARD, G_SIGNAL_RUN_LAST,
                    0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
tela_board_init (TelaBoard *self)
{
  self->entries = g_hash_table_new_full (hash_entry_cb, entries_equal_cb, entry_free, NULL);
  self->gestures = tela_board_gestures_new ();
  self->links = tela_board_links_new ();
  self->rtree = tela_rtree_new ();
  self->touched = g_array_new (FALSE, FALSE, sizeof (TelaTouched));
}

/**
 * tela_board_new:
 * @project_id: the project whose board it is
 *
 * Makes an empty board.
 *
 * Returns: (transfer full): a board
 */
TelaBoard *
tela_board_new (const char *project_id)
{
  TelaBoard *self = g_object_new (TELA_TYPE_BOARD, NULL);

  self->project_id = g_strdup (project_id);
  return self;
}

const char *
tela_board_get_project_id (TelaBoard *self)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  return self->project_id;
}

guint
tela_board_merge (TelaBoard          *self,
                  TelaElement *const *ops,
                  gsize               n)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), 0);

  for (gsize i = 0; i < n; i++)
    tela_board_merge_one (self, ops[i]);
  return tela_board_finish (self);
}

void
tela_board_replace (TelaBoard          *self,
                    const char *const  *ids,
                    TelaElement *const *elements,
                    gsize               n)
{
  g_return_if_fail (TELA_IS_BOARD (self));

  for (gsize i = 0; i < n; i++)
    {
      TelaEntry *entry = tela_board_find_entry (self, ids[i]);

      if (elements[i] != NULL && elements[i]->n > 0)
        {
          if (entry == NULL)
            entry = tela_board_ensure_entry (self, elements[i]);
          if (!tela_element_equal (entry->merged, elements[i]))
            set_merged (self, entry, tela_element_ref (elements[i]));
        }
      else if (entry != NULL && entry->merged->n > 0)
        set_merged (self, entry, tela_element_alloc (ids[i], strlen (ids[i]), entry->merged->hash, 0, 0));
    }
  tela_board_finish (self);
}
