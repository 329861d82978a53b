/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

/* An arrow or a text that names another element. */
typedef struct
{
  const char *id;   /* borrowed: in the file */
  const char *type; /* borrowed */
  TelaStamp   stamp;
} Binding;

static void
add_binding (GHashTable        *bindings,
             const TelaElement *element,
             TelaIdMap         *ids,
             const char        *target,
             TelaKey            key)
{
  const char *id = g_hash_table_lookup (ids, tela_element_get_id (element));
  Binding     binding = { id != NULL ? id : tela_element_get_id (element),
                      tela_element_get_string (element, TELA_KEY_TYPE) };
  GArray *list = g_hash_table_lookup (bindings, target);

  tela_element_get (element, key, NULL, &binding.stamp);
  if (list == NULL)
    {
      list = g_array_new (FALSE, FALSE, sizeof (Binding));
      g_hash_table_insert (bindings, g_strdup (target), list);
    }
  g_array_append_val (list, binding);
}

GHashTable *
tela_bindings_find (GPtrArray *elements,
                    TelaIdMap *ids)
{
  static const TelaKey ends[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };
  GHashTable          *bindings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);

  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *element = elements->pdata[i];
      const char        *container = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);

      if (!tela_element_is_visible (element))
        continue;
      if (container != NULL)
        add_binding (bindings, element, ids, container, TELA_KEY_CONTAINER_ID);
      for (guint end = 0; end < G_N_ELEMENTS (ends); end++)
        {
          TelaJsonSpan     span;
          g_autofree char *target = NULL;

          if (tela_json_find (tela_element_get_json (element, ends[end]), "elementId", &span))
            target = tela_span_to_string (span);
          if (target != NULL)
            add_binding (bindings, element, ids, target, ends[end]);
        }
    }
  return bindings;
}

/* The items of the array of back references, and their ids. FALSE if it is something else. */
static gboolean
copy_bound (TelaJsonSpan    bound,
            TelaJsonWriter *writer,
            GHashTable     *listed)
{
  TelaJsonReader reader;
  TelaJsonSpan   item, span;

  tela_json_reader_init (&reader, bound.data, (gssize) bound.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    {
      char *id = tela_json_find (item, "id", &span) ? tela_span_to_string (span) : NULL;

      tela_json_writer_raw (writer, item.data, item.len);
      if (id != NULL)
        g_hash_table_add (listed, id);
    }
  return TRUE;
}

static gboolean
start_list (const TelaElement *element,
            TelaIdMap         *ids,
            TelaJsonWriter    *list,
            GHashTable        *listed)
{
  TelaValue value, mapped;
  gboolean  good = TRUE;

  tela_json_writer_begin_array (list);
  if (!tela_element_get (element, TELA_KEY_BOUND_ELEMENTS, &value, NULL))
    return TRUE;
  mapped = tela_references_map (TELA_KEY_BOUND_ELEMENTS, value, ids);
  if (mapped.kind == TELA_VALUE_JSON)
    good = copy_bound ((TelaJsonSpan){ mapped.as.string, g_ref_string_length (mapped.as.string) }, list, listed);
  tela_value_clear (&mapped);
  return good;
}

gboolean
tela_bindings_write (GHashTable        *bindings,
                     const TelaElement *element,
                     TelaIdMap         *ids,
                     TelaJsonWriter    *writer)
{
  GArray   *own = g_hash_table_lookup (bindings, tela_element_get_id (element));
  TelaStamp stamp = { 0 }, base = tela_element_get_base (element);
  g_autoptr (GHashTable) listed = NULL;
  g_autoptr (GString) out = NULL;
  TelaJsonWriter list;
  guint          n_added = 0;

  if (own == NULL)
    return FALSE;
  tela_element_get (element, TELA_KEY_BOUND_ELEMENTS, NULL, &stamp);
  if (tela_stamp_compare (stamp, base) < 0)
    stamp = base;
  listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  out = g_string_new (NULL);
  tela_json_writer_init (&list, out, 0);
  if (!start_list (element, ids, &list, listed))
    return FALSE;
  for (guint i = 0; i < own->len; i++)
    {
      const Binding *binding = &g_array_index (own, Binding, i);

      if (tela_stamp_compare (binding->stamp, stamp) <= 0 || !g_hash_table_add (listed, g_strdup (binding->id)))
        continue;
      tela_json_writer_begin_object (&list);
      tela_json_writer_name (&list, "id");
      tela_json_writer_string (&list, binding->id);
      tela_json_writer_name (&list, "type");
      tela_json_writer_string (&list, strcmp (binding->type, "text") == 0 ? "text" : "arrow");
      tela_json_writer_end_object (&list);
      n_added++;
    }
  if (n_added == 0)
    return FALSE;
  tela_json_writer_end_array (&list);
  tela_json_writer_name (writer, "boundElements");
  tela_json_writer_raw (writer, out->str, out->len);
  return TRUE;
}
