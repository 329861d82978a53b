/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-strangers.h"

static TelaJsonSpan
get_json (const TelaElement *element,
          TelaKey            key)
{
  TelaValue value;

  if (!tela_element_get (element, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return (TelaJsonSpan){ "", 0 };

  return (TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) };
}

/* The object's @member names an element that is not among @ids. */
static gboolean
names_stranger (TelaJsonSpan object,
                const char  *member,
                GHashTable  *ids)
{
  g_autofree char *id = NULL;
  TelaJsonSpan     span;

  if (!tela_json_find (object, member, &span) || span.len < 2 || *span.data != '"')
    return FALSE;
  id = tela_json_unescape ((TelaJsonSpan){ span.data + 1, span.len - 2 }, NULL, NULL);

  return id != NULL && !g_hash_table_contains (ids, id);
}

/* The array without the objects that name strangers; NULL: there is none such. (transfer full) */
static char *
filter_bound (TelaJsonSpan bound,
              GHashTable  *ids)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonReader reader;
  TelaJsonWriter writer;
  TelaJsonSpan   item;
  gboolean       any = FALSE;

  tela_json_reader_init (&reader, bound.data, (gssize) bound.len);
  if (bound.len == 0 || tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return NULL;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    if (names_stranger (item, "id", ids))
      any = TRUE;
    else
      tela_json_writer_raw (&writer, item.data, item.len);
  tela_json_writer_end_array (&writer);

  return any ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

TelaElement *
tela_strangers_drop (TelaElement *element,
                     GHashTable  *ids)
{
  static const TelaKey names[] = { TELA_KEY_CONTAINER_ID, TELA_KEY_FRAME_ID };
  static const TelaKey bindings[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };
  TelaOpBuilder       *op = tela_op_builder_new (tela_element_get_id (element));
  TelaStamp            stamp = tela_element_get_stamp (element);
  g_autofree char     *bound = filter_bound (get_json (element, TELA_KEY_BOUND_ELEMENTS), ids);
  gboolean             any = bound != NULL;
  g_autoptr (TelaElement) change = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *id = tela_element_get_string (element, names[i]);

      if (id == NULL || g_hash_table_contains (ids, id))
        continue;
      tela_op_builder_set_json (op, names[i], "null");
      any = TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    if (names_stranger (get_json (element, bindings[i]), "elementId", ids))
      {
        tela_op_builder_set_json (op, bindings[i], "null");
        any = TRUE;
      }
  if (bound != NULL)
    tela_op_builder_set_json (op, TELA_KEY_BOUND_ELEMENTS, bound);

  stamp.time++; /* later than all that it has */
  change = tela_op_builder_end (op, stamp);

  return any ? tela_element_merge (element, change, NULL) : tela_element_ref (element);
}
