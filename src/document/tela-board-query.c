/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include <string.h>

/* So many elements are asked for before they are needed. */
#define AHEAD 8
#define RUN 8

/* An element with the start of its index at hand. */
typedef struct
{
  TelaElement *element; /* borrowed */
  guint64      order;
} Ordered;

const TelaElement *
tela_board_lookup (TelaBoard  *self,
                   const char *id)
{
  TelaEntry *entry;

  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  entry = tela_board_find_entry (self, id);
  return entry != NULL && tela_element_get_n (entry->merged) > 0 ? entry->merged : NULL;
}

const TelaElement *
tela_board_lookup_shown (TelaBoard  *self,
                         const char *id)
{
  TelaEntry *entry;

  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  tela_board_refresh (self);
  entry = tela_board_find_entry (self, id);
  return entry != NULL ? entry->shown : NULL;
}

guint
tela_board_get_n_visible (TelaBoard *self)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), 0);

  tela_board_refresh (self);
  return self->n_shown;
}

const char *
tela_board_get_name (TelaBoard *self)
{
  const TelaElement *own = tela_board_lookup (self, TELA_BOARD_ELEMENT_ID);
  const char        *name = own != NULL ? tela_element_get_string (own, TELA_KEY_NAME) : NULL;

  return name != NULL ? name : "";
}

static int
compare_ids_cb (gconstpointer a,
                gconstpointer b)
{
  return strcmp (tela_element_get_id (*(TelaElement *const *) a), tela_element_get_id (*(TelaElement *const *) b));
}

/* Merged elements by id, borrowed. */
static GPtrArray *
list_merged (TelaBoard *self)
{
  GPtrArray *elements = g_ptr_array_sized_new (self->entries.n);

  for (guint i = 0; i <= self->entries.mask; i++)
    {
      TelaEntry *entry = self->entries.slots[i].entry;

      if (entry != NULL && tela_element_get_n (entry->merged) > 0)
        g_ptr_array_add (elements, entry->merged);
    }
  g_ptr_array_sort (elements, compare_ids_cb);

  return elements;
}

void
tela_board_foreach (TelaBoard      *self,
                    TelaElementFunc func,
                    gpointer        user_data)
{
  g_autoptr (GPtrArray) elements = NULL;

  g_return_if_fail (TELA_IS_BOARD (self));

  elements = list_merged (self);
  for (guint i = 0; i < elements->len; i++)
    func (g_ptr_array_index (elements, i), user_data);
}

/* An element without an index lies at the bottom. */
static const char *
get_index (const TelaElement *element)
{
  const char *index = tela_element_get_string (element, TELA_KEY_INDEX);

  return index != NULL ? index : "";
}

int
tela_board_compare_order (const TelaElement *a,
                          const TelaElement *b)
{
  int order = strcmp (get_index (a), get_index (b));

  return order != 0 ? order : strcmp (tela_element_get_id (a), tela_element_get_id (b));
}

static inline gboolean
is_below (const Ordered *a,
          const Ordered *b)
{
  return a->order != b->order ? a->order < b->order : tela_board_compare_order (a->element, b->element) < 0;
}

static void
sort_run (Ordered *items,
          guint    n)
{
  for (guint i = 1; i < n; i++)
    {
      Ordered item = items[i];
      guint   j = i;

      for (; j > 0 && is_below (&item, &items[j - 1]); j--)
        items[j] = items[j - 1];
      items[j] = item;
    }
}

/* Every frame sorts what it shows, so the comparison is not called through a pointer. */
static void
sort_ordered (GArray *hits)
{
  g_autofree Ordered *other = g_new (Ordered, hits->len + 1);
  Ordered            *from = (Ordered *) (gpointer) hits->data, *to = other;
  guint               n = hits->len;

  for (guint first = 0; first < n; first += RUN)
    sort_run (from + first, MIN (RUN, n - first));

  for (guint width = RUN; width < n; width *= 2)
    {
      Ordered *swap = from;

      for (guint first = 0; first < n; first += 2 * width)
        {
          guint middle = MIN (first + width, n), end = MIN (first + 2 * width, n);
          guint i = first, j = middle;

          for (guint k = first; k < end; k++)
            to[k] = j == end || (i < middle && !is_below (&from[j], &from[i])) ? from[i++] : from[j++];
        }
      from = to;
      to = swap;
    }
  if (from == other)
    memcpy (hits->data, other, n * sizeof (Ordered));
}

static void
add_item_cb (TelaRtreeItem *item,
             gpointer       user_data)
{
  const TelaEntry *entry = (const TelaEntry *) item;
  const Ordered    ordered = { .element = entry->shown, .order = entry->order };

  g_array_append_val ((GArray *) user_data, ordered);
}

/* Shown elements there, of Ordered, from the bottom. */
static GArray *
find_shown (TelaBoard      *self,
            const TelaRect *area)
{
  GArray  *hits = g_array_new (FALSE, FALSE, sizeof (Ordered));
  TelaRect everything;

  tela_board_refresh (self);
  if (area != NULL)
    tela_rtree_query (self->rtree, *area, add_item_cb, hits);
  else if (tela_rtree_get_extent (self->rtree, &everything))
    tela_rtree_query (self->rtree, everything, add_item_cb, hits);

  sort_ordered (hits);
  return hits;
}

GPtrArray *
tela_board_query (TelaBoard      *self,
                  const TelaRect *area)
{
  g_autoptr (GArray) hits = NULL;
  GPtrArray *result;

  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  hits = find_shown (self, area);
  result = g_ptr_array_new_full (hits->len, (GDestroyNotify) tela_element_unref);
  for (guint i = 0; i < hits->len; i++)
    {
      __builtin_prefetch (g_array_index (hits, Ordered, MIN (i + AHEAD, hits->len - 1)).element, 1);
      g_ptr_array_add (result, tela_element_ref (g_array_index (hits, Ordered, i).element));
    }

  return result;
}

const TelaElement *
tela_board_hit (TelaBoard *self,
                double     x,
                double     y,
                double     slack)
{
  TelaRect area = tela_rect_expand ((TelaRect){ .x = x, .y = y }, slack);
  g_autoptr (GArray) hits = NULL;

  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  hits = find_shown (self, &area);
  for (guint i = hits->len; i > 0; i--)
    {
      TelaElement *element = g_array_index (hits, Ordered, i - 1).element;

      if (!tela_element_get_boolean (element, TELA_KEY_LOCKED, FALSE) && tela_element_hit (element, x, y, slack))
        return element;
    }

  return NULL;
}

gboolean
tela_board_get_extent (TelaBoard *self,
                       TelaRect  *extent)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), FALSE);

  tela_board_refresh (self);
  return tela_rtree_get_extent (self->rtree, extent);
}

char *
tela_board_top_index (TelaBoard *self)
{
  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  tela_board_refresh (self);
  return tela_index_between (self->top, NULL);
}

static void
dump_with_stamps (const TelaElement *element,
                  TelaJsonWriter    *writer)
{
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "id");
  tela_json_writer_string (writer, tela_element_get_id (element));
  tela_json_writer_name (writer, "props");
  tela_element_write_props (element, writer);
  tela_json_writer_name (writer, "stamps");
  tela_element_write_stamps (element, writer);
  tela_json_writer_end_object (writer);
}

char *
tela_board_dump (TelaBoard *self,
                 gboolean   all)
{
  g_autoptr (GPtrArray) elements = NULL;
  const TelaElement *own;
  GString           *out = g_string_new (NULL);
  TelaJsonWriter     writer;

  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  elements = list_merged (self);
  own = tela_board_lookup (self, TELA_BOARD_ELEMENT_ID);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  if (!all && own != NULL)
    {
      tela_json_writer_name (&writer, TELA_BOARD_ELEMENT_ID);
      tela_element_write_plain (own, &writer);
    }
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *element = g_ptr_array_index (elements, i);

      if (all)
        dump_with_stamps (element, &writer);
      else if (tela_element_is_visible (element))
        tela_element_write_plain (element, &writer);
    }
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}
