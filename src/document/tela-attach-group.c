/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <string.h>

/* The outermost group: the last string of `groupIds`. (transfer full); NULL: none. */
char *
tela_attach_get_group (const TelaElement *element)
{
  g_autofree char *last = NULL;
  TelaJsonReader   reader;
  TelaValue        value;

  if (!tela_element_get (element, TELA_KEY_GROUP_IDS, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return NULL;

  tela_json_reader_init (&reader, value.as.string, (gssize) g_ref_string_length (value.as.string));
  if (tela_json_reader_peek (&reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader))
      {
        g_free (last);
        last = tela_json_reader_string (&reader, NULL, NULL);
      }

  return g_steal_pointer (&last);
}

/* What has been found, and the names in it that have not been followed yet. */
typedef struct
{
  GPtrArray  *found;
  GHashTable *ids, *groups;
  GHashTable *fresh; /* borrowed from the two */
} Expansion;

static void
add (Expansion  *self,
     GHashTable *set,
     char       *name)
{
  if (name == NULL || g_hash_table_contains (set, name))
    {
      g_free (name);
      return;
    }
  g_hash_table_add (set, name);
  g_hash_table_add (self->fresh, name);
}

static void
take (Expansion         *self,
      const TelaElement *element)
{
  add (self, self->ids, g_strdup (tela_element_get_id (element)));
  add (self, self->groups, tela_attach_get_group (element));
  g_ptr_array_add (self->found, tela_element_ref (element));
}

/* What the fresh names bring along. */
static void
follow (Expansion *self,
        TelaBoard *board)
{
  g_autoptr (GHashTable) names = self->fresh;
  g_autoptr (GPtrArray) linked = tela_board_find_linked (board, names);

  self->fresh = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < linked->len; i++)
    {
      const TelaElement *element = linked->pdata[i];
      g_autofree char   *group = NULL;

      if (g_hash_table_contains (self->ids, tela_element_get_id (element)))
        continue;
      group = g_hash_table_size (self->groups) > 0 ? tela_attach_get_group (element) : NULL;
      if (tela_attach_is_linked (tela_element_get_string (element, TELA_KEY_CONTAINER_ID), self->ids) ||
          tela_attach_is_linked (tela_element_get_string (element, TELA_KEY_FRAME_ID), self->ids) ||
          tela_attach_is_linked (group, self->groups))
        take (self, element);
    }
}

GPtrArray *
tela_attach_expand (TelaBoard *board,
                    GPtrArray *elements)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Expansion self = { g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref), ids, groups,
                     g_hash_table_new (g_str_hash, g_str_equal) };

  for (guint i = 0; i < elements->len; i++)
    take (&self, elements->pdata[i]);

  /* Frames in groups of texts in shapes: until nothing comes along any more. */
  while (g_hash_table_size (self.fresh) > 0)
    follow (&self, board);
  g_hash_table_unref (self.fresh);

  return self.found;
}

static TelaOpBuilder *
builder_for (GHashTable        *builders,
             GPtrArray         *order,
             const TelaElement *element)
{
  const char    *id = tela_element_get_id (element);
  TelaOpBuilder *op = g_hash_table_lookup (builders, id);

  if (op == NULL)
    {
      op = tela_op_builder_new (id);
      g_hash_table_insert (builders, (gpointer) id, op);
      g_ptr_array_add (order, op);
    }

  return op;
}

static void
free_from (GHashTable        *builders,
           GPtrArray         *order,
           const TelaElement *element,
           GHashTable        *gone)
{
  static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (TelaBound) bound = { 0 };

      if (tela_bound_read (element, keys[i], &bound) && g_hash_table_contains (gone, bound.target))
        tela_op_builder_set_json (builder_for (builders, order, element), keys[i], "null");
    }
  if (tela_attach_is_linked (tela_element_get_string (element, TELA_KEY_FRAME_ID), gone))
    tela_op_builder_set_json (builder_for (builders, order, element), TELA_KEY_FRAME_ID, "null");
}

/* The texts in them go with them. (transfer full): all that goes */
static GPtrArray *
with_texts (TelaBoard  *board,
            GPtrArray  *elements,
            GHashTable *gone)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) linked = NULL;

  for (guint i = 0; i < elements->len; i++)
    if (g_hash_table_add (gone, (gpointer) tela_element_get_id (elements->pdata[i])))
      g_ptr_array_add (all, tela_element_ref (elements->pdata[i]));
  linked = tela_board_find_linked (board, gone);
  for (guint i = 0; i < linked->len; i++)
    {
      TelaElement *text = linked->pdata[i];

      if (tela_attach_is_type (text, "text") &&
          tela_attach_is_linked (tela_element_get_string (text, TELA_KEY_CONTAINER_ID), gone) &&
          !g_hash_table_contains (gone, tela_element_get_id (text)))
        g_ptr_array_add (all, tela_element_ref (text));
    }
  for (guint i = elements->len; i < all->len; i++)
    g_hash_table_add (gone, (gpointer) tela_element_get_id (all->pdata[i]));

  return all;
}

GPtrArray *
tela_attach_delete (TelaBoard *board,
                    GPtrArray *elements)
{
  GPtrArray *ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GHashTable) gone = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) builders = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) going = with_texts (board, elements, gone);
  g_autoptr (GPtrArray) linked = tela_board_find_linked (board, gone);

  for (guint i = 0; i < going->len; i++)
    tela_op_builder_set_boolean (builder_for (builders, order, going->pdata[i]), TELA_KEY_IS_DELETED, TRUE);
  for (guint i = 0; i < linked->len; i++)
    if (!g_hash_table_contains (gone, tela_element_get_id (linked->pdata[i])))
      free_from (builders, order, linked->pdata[i], gone);

  for (guint i = 0; i < order->len; i++)
    g_ptr_array_add (ops, tela_op_builder_end (order->pdata[i], (TelaStamp){ 0 }));

  return ops;
}

const TelaElement *
tela_attach_find_text (TelaBoard  *board,
                       const char *container)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) linked = NULL;

  g_hash_table_add (names, (gpointer) container);
  linked = tela_board_find_linked (board, names);
  for (guint i = linked->len; i-- > 0;)
    if (tela_attach_is_type (linked->pdata[i], "text") &&
        g_strcmp0 (tela_element_get_string (linked->pdata[i], TELA_KEY_CONTAINER_ID), container) == 0)
      return tela_board_lookup_shown (board, tela_element_get_id (linked->pdata[i]));

  return NULL;
}

const TelaElement *
tela_attach_find_container (TelaBoard *board,
                            double     x,
                            double     y)
{
  TelaRect area = { x, y, 0, 0 };
  g_autoptr (GPtrArray) near = tela_board_query (board, &area);

  for (guint i = near->len; i-- > 0;)
    {
      TelaOutline outline;

      if (!tela_attach_can_hold_text (near->pdata[i]) || tela_attach_is_line (near->pdata[i]))
        continue;
      tela_outline_init (&outline, near->pdata[i]);
      if (tela_outline_measure (&outline, (TelaSpot){ x, y }, 0) <= 0)
        return tela_board_lookup_shown (board, tela_element_get_id (near->pdata[i]));
    }

  return NULL;
}

gboolean
tela_attach_can_hold_text (const TelaElement *element)
{
  static const char *const types[] = { "rectangle", "ellipse", "diamond", "arrow", NULL };
  const char              *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return type != NULL && g_strv_contains (types, type) && !tela_element_get_boolean (element, TELA_KEY_LOCKED, FALSE);
}
