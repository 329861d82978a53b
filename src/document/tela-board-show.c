/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include "tela-attach-private.h"
#include "tela-element-private.h"

/* From so many on, and if it is so great a share of all, the tree is made anew instead of changed: that is quicker, and
 * the tree is better. */
#define MIN_REBUILT 64
#define REBUILT_SHARE 4

/* (transfer full): what the entry shows now; NULL: nothing. */
static TelaElement *
compose (TelaEntry *entry)
{
  g_autoptr (TelaElement) shown = NULL;

  if (entry->veils == NULL)
    return tela_element_is_visible (entry->merged) ? tela_element_ref (entry->merged) : NULL;

  shown = tela_element_ref (entry->merged);
  for (guint i = 0; i < entry->veils->len; i++)
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
  if (holder->touched)
    line = compose (holder);
  else if (holder->shown != NULL)
    line = tela_element_ref (holder->shown);

  return line != NULL && tela_attach_is_line (line) ? tela_board_place_label (shown, line) : shown;
}

/* An element without an index lies at the bottom. */
static void
take_order (TelaBoard *self,
            TelaEntry *entry)
{
  const char *index = tela_element_get_string (entry->shown, TELA_KEY_INDEX);
  char        start[sizeof entry->order] = { 0 };

  entry->order = 0;
  if (index == NULL)
    return;

  memcpy (start, index, strnlen (index, sizeof start));
  memcpy (&entry->order, start, sizeof start);
  entry->order = GUINT64_FROM_BE (entry->order);
  if ((self->top != NULL && strcmp (index, self->top) <= 0) || !tela_index_is_valid (index))
    return;
  g_free (self->top);
  self->top = g_strdup (index);
}

/* Shows what the entry has become; FALSE: that looks the same as @before, which it showed. */
static gboolean
show (TelaBoard         *self,
      TelaEntry         *entry,
      const TelaElement *before,
      gboolean           place)
{
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
  if (place)
    tela_rtree_place (self->rtree, &entry->item, tela_element_get_bounds (entry->shown));
  take_order (self, entry);
  return TRUE;
}

/* All that is shown is put where it is. */
static void
rebuild_tree (TelaBoard *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_sized_new (self->n_shown);

  for (guint i = 0; i <= self->entries.mask; i++)
    {
      TelaEntry *entry = self->entries.slots[i].entry;

      if (entry == NULL || entry->shown == NULL)
        continue;
      entry->item.rect = tela_element_get_bounds (entry->shown);
      g_ptr_array_add (items, &entry->item);
    }
  tela_rtree_load (self->rtree, (TelaRtreeItem **) items->pdata, items->len);
}

/* @changes: takes what looks otherwise, each with references of its own; nullable. */
void
tela_board_show_touched (TelaBoard *self,
                         GArray    *changes)
{
  gboolean rebuild = self->touched->len >= MIN_REBUILT && self->touched->len > self->n_shown / REBUILT_SHARE;

  for (guint i = 0; i < self->touched->len; i++)
    tela_board_touch_labels (self, g_ptr_array_index (self->touched, i));

  for (guint i = 0; i < self->touched->len; i++)
    {
      TelaEntry *entry = g_ptr_array_index (self->touched, i);
      g_autoptr (TelaElement) before = g_steal_pointer (&entry->shown);

      entry->touched = FALSE;
      if (show (self, entry, before, !rebuild) && changes != NULL)
        {
          const TelaChange change = { .after = entry->shown != NULL ? tela_element_ref (entry->shown) : NULL,
                                      .before = g_steal_pointer (&before) };

          g_array_append_val (changes, change);
        }
      if (entry->merged->n == 0 && entry->veils == NULL)
        tela_entries_remove (&self->entries, entry);
    }
  g_ptr_array_set_size (self->touched, 0);
  if (rebuild)
    rebuild_tree (self);
}

void
tela_board_refresh (TelaBoard *self)
{
  if (self->touched->len > 0)
    tela_board_show_touched (self, NULL);
}
