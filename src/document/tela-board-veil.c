/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include <string.h>

/* A gesture under way, of whoever. */
typedef struct
{
  guint64    actor;
  char      *name;
  GPtrArray *entries; /* borrowed: those that it veils; they stay while it does */
} Gesture;

static guint
hash_gesture_cb (gconstpointer key)
{
  const Gesture *gesture = key;

  return g_str_hash (gesture->name) ^ (guint) gesture->actor;
}

static gboolean
gestures_equal_cb (gconstpointer a,
                   gconstpointer b)
{
  const Gesture *first = a;
  const Gesture *second = b;

  return first->actor == second->actor && strcmp (first->name, second->name) == 0;
}

static void
gesture_free (gpointer data)
{
  Gesture *gesture = data;

  g_ptr_array_unref (gesture->entries);
  g_free (gesture->name);
  g_free (gesture);
}

GHashTable *
tela_board_gestures_new (void)
{
  return g_hash_table_new_full (hash_gesture_cb, gestures_equal_cb, gesture_free, NULL);
}

static void
clear_veil_cb (gpointer data)
{
  tela_element_unref (((TelaVeil *) data)->op);
}

static Gesture *
find_gesture (TelaBoard  *self,
              guint64     actor,
              const char *name)
{
  Gesture key = { .actor = actor, .name = (char *) name };

  return g_hash_table_lookup (self->gestures, &key);
}

static Gesture *
ensure_gesture (TelaBoard  *self,
                guint64     actor,
                const char *name)
{
  Gesture *gesture = find_gesture (self, actor, name);

  if (gesture == NULL)
    {
      gesture = g_new0 (Gesture, 1);
      gesture->actor = actor;
      gesture->name = g_strdup (name);
      gesture->entries = g_ptr_array_new ();
      g_hash_table_add (self->gestures, gesture);
    }
  return gesture;
}

static void
lift (TelaBoard *self,
      Gesture   *gesture,
      TelaEntry *entry)
{
  tela_board_touch (self, entry);
  for (guint i = entry->veils->len; i > 0; i--)
    if (g_array_index (entry->veils, TelaVeil, i - 1).gesture == gesture)
      g_array_remove_index (entry->veils, i - 1);
  if (entry->veils->len == 0)
    g_clear_pointer (&entry->veils, g_array_unref);
}

/* Takes back all that the gesture said. */
static void
lift_all (TelaBoard *self,
          Gesture   *gesture)
{
  for (guint i = 0; i < gesture->entries->len; i++)
    lift (self, gesture, g_ptr_array_index (gesture->entries, i));
  g_ptr_array_set_size (gesture->entries, 0);
}

static gboolean
veils (TelaEntry *entry,
       Gesture   *gesture)
{
  for (guint i = 0; entry->veils != NULL && i < entry->veils->len; i++)
    if (g_array_index (entry->veils, TelaVeil, i).gesture == gesture)
      return TRUE;
  return FALSE;
}

static void
lay (TelaBoard         *self,
     Gesture           *gesture,
     const TelaElement *op)
{
  TelaEntry *entry = tela_board_ensure_entry (self, op);
  /* Above every stamp of the document, and above the veils that lie there already. */
  TelaStamp stamp = { .time = G_MAXUINT64, .actor = ++self->veil_sequence };
  TelaVeil  veil = { .gesture = gesture, .op = tela_element_restamp (op, stamp) };

  tela_board_touch (self, entry);
  if (!veils (entry, gesture))
    g_ptr_array_add (gesture->entries, entry);
  if (entry->veils == NULL)
    {
      entry->veils = g_array_sized_new (FALSE, FALSE, sizeof (TelaVeil), 1);
      g_array_set_clear_func (entry->veils, clear_veil_cb);
    }
  g_array_append_val (entry->veils, veil);
}

void
tela_board_set_veil (TelaBoard          *self,
                     guint64             actor,
                     const char         *gesture,
                     TelaElement *const *ops,
                     gsize               n)
{
  Gesture *own;

  g_return_if_fail (TELA_IS_BOARD (self));

  tela_board_begin (self);
  own = ensure_gesture (self, actor, gesture);
  lift_all (self, own);
  for (gsize i = 0; i < n; i++)
    lay (self, own, ops[i]);
  tela_board_finish (self);
}

static void
drop (TelaBoard  *self,
      guint64     actor,
      const char *name)
{
  Gesture *gesture = find_gesture (self, actor, name);

  if (gesture == NULL)
    return;
  lift_all (self, gesture);
  g_hash_table_remove (self->gestures, gesture);
}

void
tela_board_drop_veil (TelaBoard  *self,
                      guint64     actor,
                      const char *gesture)
{
  g_return_if_fail (TELA_IS_BOARD (self));

  tela_board_begin (self);
  drop (self, actor, gesture);
  tela_board_finish (self);
}

guint
tela_board_settle (TelaBoard          *self,
                   guint64             actor,
                   const char         *gesture,
                   TelaElement *const *ops,
                   gsize               n)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), 0);

  tela_board_begin (self);
  drop (self, actor, gesture);
  tela_board_merge_all (self, ops, n);
  return tela_board_finish (self);
}

gboolean
tela_board_is_veiled (TelaBoard  *self,
                      const char *id)
{
  TelaEntry *entry;

  g_return_val_if_fail (TELA_IS_BOARD (self), FALSE);

  entry = tela_board_find_entry (self, id);
  return entry != NULL && entry->veils != NULL;
}

gboolean
tela_board_has_veils (TelaBoard *self)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), FALSE);

  return g_hash_table_size (self->gestures) > 0;
}
