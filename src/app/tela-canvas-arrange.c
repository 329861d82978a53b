/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-order.h"

/* The commands about what lies over what, what belongs together, and what stays where it is. */

static int
compare_order (gconstpointer a,
               gconstpointer b)
{
  return tela_board_compare_order (*(TelaElement *const *) a, *(TelaElement *const *) b);
}

/* The selection and the texts in it, in z-order. (transfer full) */
static GPtrArray *
collect (TelaCanvas *self)
{
  g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));
  GPtrArray *all = tela_selection_with_labels (tela_canvas_get_board (self), selected);

  g_ptr_array_sort (all, compare_order);

  return all;
}

static void
edit (TelaCanvas *self,
      GPtrArray  *ops)
{
  if (ops->len > 0)
    tela_session_edit (self->session, (TelaElement *const *) ops->pdata, ops->len);
}

/* The others in z-order, and where in it the selection has its top or its bottom. (transfer full) */
static GPtrArray *
collect_others (TelaCanvas *self,
                GPtrArray  *moved,
                gboolean    from_top,
                guint      *at)
{
  g_autoptr (GPtrArray) all = tela_board_query (tela_canvas_get_board (self), NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *others = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  gboolean   found = FALSE;

  for (guint i = 0; i < moved->len; i++)
    g_hash_table_add (ids, (gpointer) tela_element_get_id (moved->pdata[i]));
  *at = 0;
  for (guint i = 0; i < all->len; i++)
    if (!g_hash_table_contains (ids, tela_element_get_id (all->pdata[i])))
      g_ptr_array_add (others, tela_element_ref (all->pdata[i]));
    else if (from_top || !found)
      {
        found = TRUE;
        *at = others->len;
      }

  return others;
}

/* By @steps over the others; 0: to that end. */
static void
move_in_order (TelaCanvas *self,
               gboolean    up,
               guint       steps)
{
  g_autoptr (GPtrArray) moved = collect (self);
  g_autoptr (GPtrArray) others = NULL;
  g_autoptr (GPtrArray) ops = NULL;
  guint at;

  if (moved->len == 0)
    return;
  others = collect_others (self, moved, up, &at);
  if (steps == 0)
    at = up ? others->len : 0;
  else if (up)
    at = MIN (at + steps, others->len);
  else
    at = at > steps ? at - steps : 0;
  ops = tela_order_between (moved, others, at);
  if (ops != NULL)
    edit (self, ops);
}

static void
to_front_activated (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  move_in_order (user_data, TRUE, 0);
}

static void
to_back_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  move_in_order (user_data, FALSE, 0);
}

static void
forward_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  move_in_order (user_data, TRUE, 1);
}

static void
backward_activated (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  move_in_order (user_data, FALSE, 1);
}

/* From the innermost. (transfer full) */
static GPtrArray *
read_groups (const TelaElement *element)
{
  GPtrArray     *groups = g_ptr_array_new_with_free_func (g_free);
  TelaJsonReader reader;
  TelaValue      value;

  if (!tela_element_get (element, TELA_KEY_GROUP_IDS, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return groups;

  tela_json_reader_init (&reader, value.as.string, (gssize) g_ref_string_length (value.as.string));
  if (tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader))
      {
        char *group = tela_json_reader_string (&reader, NULL, NULL);

        if (group != NULL)
          g_ptr_array_add (groups, group);
      }

  return groups;
}

/* (transfer full) */
static TelaElement *
build_groups (const TelaElement *element,
              GPtrArray         *groups)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (element));
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < groups->len; i++)
    tela_json_writer_string (&writer, groups->pdata[i]);
  tela_json_writer_end_array (&writer);
  tela_op_builder_set_json (op, TELA_KEY_GROUP_IDS, out->str);

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

/* @group: around the others that there are; NULL: the outermost goes. */
static void
regroup (TelaCanvas *self,
         const char *group)
{
  g_autoptr (GPtrArray) all = collect (self);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr (GPtrArray) groups = read_groups (all->pdata[i]);

      if (group != NULL)
        g_ptr_array_add (groups, g_strdup (group));
      else if (groups->len > 0)
        g_ptr_array_remove_index (groups, groups->len - 1);
      else
        continue;
      g_ptr_array_add (ops, build_groups (all->pdata[i], groups));
    }
  edit (self, ops);
}

static void
group_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  TelaCanvas      *self = user_data;
  g_autofree char *id = g_uuid_string_random ();

  if (tela_selection_get_n (self->selection) > 1)
    regroup (self, id);
}

static void
ungroup_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  regroup (user_data, NULL);
}

static void
set_locked (TelaCanvas *self,
            GPtrArray  *elements,
            gboolean    locked)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < elements->len; i++)
    if (tela_element_get_boolean (elements->pdata[i], TELA_KEY_LOCKED, FALSE) != locked)
      {
        TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (elements->pdata[i]));

        tela_op_builder_set_boolean (op, TELA_KEY_LOCKED, locked);
        g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
      }
  edit (self, ops);
}

static void
lock_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) all = collect (self);

  set_locked (self, all, TRUE);
  tela_selection_clear (self->selection);
}

/* What is locked cannot be pointed at, so that all of it is freed, and selected to show it. */
static void
unlock_all_activated (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) all = tela_board_query (tela_canvas_get_board (self), NULL);

  for (guint i = all->len; i-- > 0;)
    if (!tela_element_get_boolean (all->pdata[i], TELA_KEY_LOCKED, FALSE))
      g_ptr_array_remove_index (all, i);
  set_locked (self, all, FALSE);
  for (guint i = all->len; i-- > 0;)
    if (tela_element_get_string (all->pdata[i], TELA_KEY_CONTAINER_ID) != NULL)
      g_ptr_array_remove_index (all, i);
  tela_selection_set_elements (self->selection, all);
}

void
tela_canvas_init_arrange (TelaCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "to-front", .activate = to_front_activated },
    { .name = "to-back", .activate = to_back_activated },
    { .name = "forward", .activate = forward_activated },
    { .name = "backward", .activate = backward_activated },
    { .name = "group", .activate = group_activated },
    { .name = "ungroup", .activate = ungroup_activated },
    { .name = "lock", .activate = lock_activated },
    { .name = "unlock-all", .activate = unlock_all_activated },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}
