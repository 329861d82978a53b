/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-copies.h"

#include "tela-factory.h"

struct _TelaCopies
{
  GPtrArray *ops;   /* TelaElement, owned */
  char      *index; /* owned; of the next copy */
  gboolean   keeps_frames;
};

/* A value that names a copied element names the copy instead. */
static void
follow_reference (TelaOpBuilder     *op,
                  const TelaElement *element,
                  TelaKey            key,
                  GHashTable        *ids,
                  gboolean           keeps_strangers)
{
  const char *old = tela_element_get_string (element, key);
  const char *fresh = old == NULL ? NULL : g_hash_table_lookup (ids, old);

  if (!tela_element_has (element, key))
    return;
  if (fresh != NULL)
    tela_op_builder_set_string (op, key, fresh);
  else if (!keeps_strangers)
    tela_op_builder_set_json (op, key, "null");
}

/* The element that a binding names: {"elementId": …, "focus": …, "gap": …}. (transfer full) */
static char *
bound_to (const TelaElement *element,
          TelaKey            key,
          TelaJsonSpan      *id)
{
  TelaValue value;

  if (!tela_element_get (element, key, &value, NULL) || value.kind != TELA_VALUE_JSON ||
      !tela_json_find ((TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) }, "elementId", id) ||
      id->len <= 2)
    return NULL;

  return tela_json_unescape ((TelaJsonSpan){ id->data + 1, id->len - 2 }, NULL, NULL);
}

static void
follow_binding (TelaOpBuilder     *op,
                const TelaElement *element,
                TelaKey            key,
                GHashTable        *ids)
{
  TelaValue        value;
  TelaJsonSpan     id;
  g_autofree char *old = NULL;
  const char      *fresh;

  if (!tela_element_get (element, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return;

  old = bound_to (element, key, &id);
  fresh = old == NULL ? NULL : g_hash_table_lookup (ids, old);
  if (fresh == NULL)
    tela_op_builder_set_json (op, key, "null");
  else
    {
      g_autofree char *head = g_strndup (value.as.string, (gsize) (id.data - value.as.string));
      g_autofree char *text = g_strdup_printf ("%s\"%s\"%s", head, fresh, id.data + id.len);

      tela_op_builder_set_json (op, key, text);
    }
}

static void
note_bound (GHashTable        *bound,
            GHashTable        *ids,
            const TelaElement *element,
            const char        *target)
{
  gboolean   is_text = g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "text") == 0;
  GPtrArray *list;

  if (target == NULL || !g_hash_table_contains (ids, target))
    return;

  list = g_hash_table_lookup (bound, target);
  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (bound, g_strdup (target), list);
    }
  g_ptr_array_add (list, g_strdup_printf ("{\"id\":\"%s\",\"type\":\"%s\"}",
                                          (const char *) g_hash_table_lookup (ids, tela_element_get_id (element)),
                                          is_text ? "text" : "arrow"));
}

/* What is bound to whom among the copies: other programs look for it on both sides. (transfer full) id → entries */
static GHashTable *
find_bound (GPtrArray  *elements,
            GHashTable *ids)
{
  GHashTable *bound = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *element = elements->pdata[i];
      TelaJsonSpan       span;
      g_autofree char   *from = bound_to (element, TELA_KEY_START_BINDING, &span);
      g_autofree char   *to = bound_to (element, TELA_KEY_END_BINDING, &span);

      note_bound (bound, ids, element, tela_element_get_string (element, TELA_KEY_CONTAINER_ID));
      note_bound (bound, ids, element, from);
      if (g_strcmp0 (from, to) != 0)
        note_bound (bound, ids, element, to);
    }

  return bound;
}

/* A list that names nobody who came along is an empty one. */
static void
set_bound (TelaOpBuilder     *op,
           const TelaElement *element,
           GPtrArray         *entries)
{
  g_autofree char *joined = NULL;
  g_autofree char *json = NULL;
  TelaValue        value;

  if (entries != NULL)
    {
      g_ptr_array_add (entries, NULL);
      joined = g_strjoinv (",", (char **) entries->pdata);
      json = g_strdup_printf ("[%s]", joined);
      tela_op_builder_set_json (op, TELA_KEY_BOUND_ELEMENTS, json);
    }
  else if (tela_element_get (element, TELA_KEY_BOUND_ELEMENTS, &value, NULL) && value.kind == TELA_VALUE_JSON)
    tela_op_builder_set_json (op, TELA_KEY_BOUND_ELEMENTS, *value.as.string == '[' ? "[]" : "null");
}

/* Copies are a group of their own, not part of the one they were copied from. */
static void
follow_groups (TelaOpBuilder     *op,
               const TelaElement *element,
               GHashTable        *ids)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaValue      value;
  TelaJsonReader reader;
  TelaJsonWriter writer;

  if (!tela_element_get (element, TELA_KEY_GROUP_IDS, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  tela_json_reader_init (&reader, value.as.string, (gssize) g_ref_string_length (value.as.string));
  if (tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader))
      {
        g_autofree char *group = tela_json_reader_string (&reader, NULL, NULL);

        if (group == NULL)
          return;
        if (!g_hash_table_contains (ids, group))
          g_hash_table_insert (ids, g_strdup (group), g_uuid_string_random ());
        tela_json_writer_string (&writer, g_hash_table_lookup (ids, group));
      }
  tela_json_writer_end_array (&writer);
  tela_op_builder_set_json (op, TELA_KEY_GROUP_IDS, out->str);
}

TelaCopies *
tela_copies_new (TelaBoard *board)
{
  TelaCopies *self = g_new0 (TelaCopies, 1);

  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->index = tela_board_top_index (board);

  return self;
}

void
tela_copies_free (TelaCopies *self)
{
  g_ptr_array_unref (self->ops);
  g_free (self->index);
  g_free (self);
}

void
tela_copies_add (TelaCopies *self,
                 GPtrArray  *elements,
                 GHashTable *files,
                 double      dx,
                 double      dy)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) bound = NULL;

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_insert (ids, g_strdup (tela_element_get_id (elements->pdata[i])), g_uuid_string_random ());
  bound = find_bound (elements, ids);

  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *element = elements->pdata[i];
      const char        *file_id = tela_element_get_string (element, TELA_KEY_FILE_ID);
      const char        *own_file = file_id == NULL || files == NULL ? NULL : g_hash_table_lookup (files, file_id);
      g_autofree char   *last = g_steal_pointer (&self->index);
      TelaOpBuilder     *op =
          tela_factory_duplicate (element, g_hash_table_lookup (ids, tela_element_get_id (element)), last, dx, dy);

      follow_groups (op, element, ids);
      follow_reference (op, element, TELA_KEY_CONTAINER_ID, ids, FALSE);
      follow_reference (op, element, TELA_KEY_FRAME_ID, ids, self->keeps_frames);
      follow_binding (op, element, TELA_KEY_START_BINDING, ids);
      follow_binding (op, element, TELA_KEY_END_BINDING, ids);
      set_bound (op, element, g_hash_table_lookup (bound, tela_element_get_id (element)));
      if (own_file != NULL)
        tela_op_builder_set_string (op, TELA_KEY_FILE_ID, own_file);
      g_ptr_array_add (self->ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
      self->index = tela_index_between (last, NULL);
    }
}

void
tela_copies_keep_frames (TelaCopies *self)
{
  self->keeps_frames = TRUE;
}

GPtrArray *
tela_copies_get (TelaCopies *self)
{
  return self->ops;
}

void
tela_copies_insert (TelaCopies *self,
                    TelaCanvas *canvas)
{
  if (self->ops->len == 0 || !tela_canvas_can_edit (canvas))
    return;

  tela_session_edit (tela_canvas_get_session (canvas), (TelaElement *const *) self->ops->pdata, self->ops->len);
  tela_selection_set_elements (tela_canvas_get_selection (canvas), self->ops);
}
