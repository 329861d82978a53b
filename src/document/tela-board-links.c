/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-private.h"

#include <math.h>
#include <string.h>

#include "tela-attach-private.h"
#include "tela-element-private.h"

#define SAME 1e-6 /* board units */

/* The properties with which one shown element names others. */
static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING, TELA_KEY_CONTAINER_ID,
                                     TELA_KEY_FRAME_ID, TELA_KEY_GROUP_IDS };

typedef void (*NameFunc) (TelaBoard  *self,
                          const char *name,
                          TelaEntry  *entry);

GHashTable *
tela_board_links_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}

static void
link_name (TelaBoard  *self,
           const char *name,
           TelaEntry  *entry)
{
  GPtrArray *list = g_hash_table_lookup (self->links, name);

  if (list == NULL)
    {
      list = g_ptr_array_new ();
      g_hash_table_insert (self->links, g_strdup (name), list);
    }
  g_ptr_array_add (list, entry);
}

static void
unlink_name (TelaBoard  *self,
             const char *name,
             TelaEntry  *entry)
{
  GPtrArray *list = g_hash_table_lookup (self->links, name);

  if (list == NULL)
    return;
  g_ptr_array_remove_fast (list, entry);
  if (list->len == 0)
    g_hash_table_remove (self->links, name);
}

static void
for_each_group (TelaBoard  *self,
                GRefString *json,
                TelaEntry  *entry,
                NameFunc    func)
{
  TelaJsonReader reader;

  if (strcmp (json, "[]") == 0)
    return;
  tela_json_reader_init (&reader, json, (gssize) g_ref_string_length (json));
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_peek (&reader) == TELA_JSON_STRING)
    {
      g_autofree char *group = tela_json_reader_string (&reader, NULL, NULL);

      if (group == NULL)
        return;
      func (self, group, entry);
    }
}

static void
for_each_name (TelaBoard         *self,
               const TelaElement *element,
               TelaKey            key,
               TelaEntry         *entry,
               NameFunc           func)
{
  TelaValue value;

  if (element == NULL || !tela_element_get (element, key, &value, NULL))
    return;

  if (value.kind == TELA_VALUE_STRING)
    func (self, value.as.string, entry);
  else if (value.kind == TELA_VALUE_JSON && key == TELA_KEY_GROUP_IDS)
    for_each_group (self, value.as.string, entry, func);
  else if (value.kind == TELA_VALUE_JSON)
    {
      g_autofree char *target = tela_bound_read_target (element, key);

      if (target != NULL)
        func (self, target, entry);
    }
}

/* Both have the property as it is in the other, or neither has it. */
static gboolean
is_same (const TelaElement *a,
         const TelaElement *b,
         TelaKey            key)
{
  guint    i, j;
  gboolean has_a = tela_element_find (a, key, &i);
  gboolean has_b = tela_element_find (b, key, &j);

  return has_a == has_b &&
         (!has_a || tela_value_equal (tela_element_value (tela_element_metas (a)[i], tela_element_cells (a)[i]),
                                      tela_element_value (tela_element_metas (b)[j], tela_element_cells (b)[j])));
}

void
tela_board_relink (TelaBoard         *self,
                   TelaEntry         *entry,
                   const TelaElement *before,
                   const TelaElement *after)
{
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (before == NULL || after == NULL || !is_same (before, after, keys[i]))
      {
        for_each_name (self, before, keys[i], entry, unlink_name);
        for_each_name (self, after, keys[i], entry, link_name);
      }
}

static gboolean
is_label_of (const TelaElement *text,
             const char        *line)
{
  return tela_attach_is_type (text, "text") &&
         g_strcmp0 (tela_element_get_string (text, TELA_KEY_CONTAINER_ID), line) == 0;
}

static gboolean
may_have_labels (const TelaElement *element)
{
  return tela_attach_is_type (element, "arrow") || tela_attach_is_type (element, "line");
}

void
tela_board_touch_labels (TelaBoard *self,
                         TelaEntry *entry)
{
  const char *id = tela_element_get_id (entry->merged);
  GPtrArray  *list = NULL;

  if (g_hash_table_size (self->links) == 0)
    return;
  if (may_have_labels (entry->merged) || entry->veils != NULL ||
      (entry->shown != NULL && may_have_labels (entry->shown)))
    list = g_hash_table_lookup (self->links, id);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      TelaEntry *other = list->pdata[i];

      if (!other->touched && is_label_of (other->shown, id))
        tela_board_touch (self, other);
    }
}

TelaElement *
tela_board_place_label (TelaElement       *label,
                        const TelaElement *line)
{
  const TelaStamp last = { G_MAXUINT64, G_MAXUINT64 };
  TelaRect        box = tela_element_get_box (label);
  TelaSpot        middle = tela_line_get_middle (line);
  TelaSpot        to = { middle.x - box.width / 2, middle.y - box.height / 2 };
  TelaOpBuilder  *builder;
  g_autoptr (TelaElement) own = label;
  g_autoptr (TelaElement) op = NULL;

  if (fabs (to.x - box.x) < SAME && fabs (to.y - box.y) < SAME)
    return g_steal_pointer (&own);

  builder = tela_op_builder_new (tela_element_get_id (label));
  tela_op_builder_set_number (builder, TELA_KEY_X, to.x);
  tela_op_builder_set_number (builder, TELA_KEY_Y, to.y);
  op = tela_op_builder_end (builder, last);

  return tela_element_merge (own, op, NULL);
}

static int
compare_order_cb (gconstpointer a,
                  gconstpointer b)
{
  return tela_board_compare_order (*(TelaElement *const *) a, *(TelaElement *const *) b);
}

GPtrArray *
tela_board_find_linked (TelaBoard  *self,
                        GHashTable *names)
{
  GPtrArray *found;
  g_autoptr (GHashTable) seen = NULL;
  GHashTableIter iter;
  gpointer       name;

  g_return_val_if_fail (TELA_IS_BOARD (self), NULL);

  tela_board_refresh (self);
  found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  seen = g_hash_table_new (NULL, NULL);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      GPtrArray *list = g_hash_table_lookup (self->links, name);

      for (guint i = 0; list != NULL && i < list->len; i++)
        if (g_hash_table_add (seen, list->pdata[i]))
          g_ptr_array_add (found, tela_element_ref (((TelaEntry *) list->pdata[i])->shown));
    }
  g_ptr_array_sort (found, compare_order_cb);

  return found;
}
