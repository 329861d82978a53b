/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include "tela-element-private.h"

/* So many operations are merged while the memory brings what the next ones need. */
#define AHEAD 16

G_DEFINE_FINAL_TYPE (TelaBoard, tela_board, G_TYPE_OBJECT)

enum
{
  CHANGED,
  MERGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_heard (TelaBoard *self)
{
  return g_signal_has_handler_pending (self, signals[CHANGED], 0, TRUE);
}

/* Whoever listens since the last call hears only of what comes now. */
void
tela_board_begin (TelaBoard *self)
{
  if (self->touched->len > 0 && is_heard (self))
    tela_board_refresh (self);
}

TelaEntry *
tela_board_find_entry (TelaBoard  *self,
                       const char *id)
{
  return tela_entries_find (&self->entries, id);
}

TelaEntry *
tela_board_ensure_entry (TelaBoard         *self,
                         const TelaElement *element)
{
  return tela_entries_ensure (&self->entries, element);
}

void
tela_board_touch (TelaBoard *self,
                  TelaEntry *entry)
{
  if (entry->touched)
    return;

  g_ptr_array_add (self->touched, entry);
  entry->touched = TRUE;
}

static void
mark_merged (TelaBoard *self,
             TelaEntry *entry)
{
  tela_board_touch (self, entry);
  self->n_merged += entry->call != self->call;
  entry->call = self->call;
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

/* @guess: nullable; probably the entry. */
static void
merge_one (TelaBoard   *self,
           TelaElement *op,
           TelaEntry   *guess)
{
  TelaEntry *entry = guess;

  if (entry == NULL || !tela_element_same_id (entry->merged, op))
    entry = tela_board_ensure_entry (self, op);

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

void
tela_board_merge_all (TelaBoard          *self,
                      TelaElement *const *ops,
                      gsize               n)
{
  for (gsize i = 0; i < n; i += AHEAD)
    {
      guint      n_ahead = (guint) MIN (AHEAD, n - i);
      TelaEntry *guesses[AHEAD];

      tela_entries_fetch (&self->entries, ops + i, n_ahead, guesses);
      for (guint k = 0; k < n_ahead; k++)
        merge_one (self, ops[i + k], guesses[k]);
    }
}

static void
clear_change_cb (gpointer data)
{
  TelaChange *change = data;

  g_clear_pointer (&change->before, tela_element_unref);
  g_clear_pointer (&change->after, tela_element_unref);
}

static void
tell_changes (TelaBoard *self)
{
  g_autoptr (GArray) changes = g_array_sized_new (FALSE, FALSE, sizeof (TelaChange), self->touched->len);

  g_array_set_clear_func (changes, clear_change_cb);
  tela_board_show_touched (self, changes);
  if (changes->len > 0)
    g_signal_emit (self, signals[CHANGED], 0, changes->data, changes->len);
}

guint
tela_board_finish (TelaBoard *self)
{
  guint n_merged = self->n_merged;

  /* Handlers may call us again. */
  self->n_merged = 0;
  self->call++;
  g_object_ref (self);
  if (self->touched->len > 0 && is_heard (self))
    tell_changes (self);
  if (n_merged > 0)
    g_signal_emit (self, signals[MERGED], 0, n_merged);
  g_object_unref (self);

  return n_merged;
}

static void
tela_board_finalize (GObject *object)
{
  TelaBoard *self = TELA_BOARD (object);

  tela_rtree_free (self->rtree);
  g_hash_table_unref (self->links);
  tela_entries_clear (&self->entries);
  g_hash_table_unref (self->gestures);
  g_ptr_array_unref (self->touched);
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
  tela_entries_init (&self->entries);
  self->gestures = tela_board_gestures_new ();
  self->links = tela_board_links_new ();
  self->rtree = tela_rtree_new ();
  self->touched = g_ptr_array_new ();
  self->call = 1;
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

  tela_board_begin (self);
  tela_board_merge_all (self, ops, n);
  return tela_board_finish (self);
}

void
tela_board_replace (TelaBoard          *self,
                    const char *const  *ids,
                    TelaElement *const *elements,
                    gsize               n)
{
  g_return_if_fail (TELA_IS_BOARD (self));

  tela_board_begin (self);
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
