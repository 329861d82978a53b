/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

static const char *
look_up (TelaJsonSpan value,
         TelaIdMap   *ids)
{
  g_autofree char *id = tela_span_to_string (value);

  return id != NULL ? g_hash_table_lookup (ids, id) : NULL;
}

static void
write_mapped (TelaJsonWriter *writer,
              TelaJsonSpan    value,
              TelaIdMap      *ids)
{
  const char *id = look_up (value, ids);

  if (id != NULL)
    tela_json_writer_string (writer, id);
  else
    tela_json_writer_raw (writer, value.data, value.len);
}

/* An object whose @member names an element. */
static void
map_object (TelaJsonReader *reader,
            const char     *member,
            TelaIdMap      *ids,
            TelaJsonWriter *writer)
{
  TelaJsonSpan name, value;

  tela_json_writer_begin_object (writer);
  tela_json_reader_enter_object (reader);
  while (tela_json_reader_next_member (reader, &name) && tela_json_reader_span (reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      tela_json_writer_name (writer, decoded);
      if (strcmp (decoded, member) == 0)
        write_mapped (writer, value, ids);
      else
        tela_json_writer_raw (writer, value.data, value.len);
    }
  tela_json_writer_end_object (writer);
}

/* An array of such objects, or of ids. */
static void
map_array (TelaJsonReader *reader,
           TelaIdMap      *ids,
           TelaJsonWriter *writer)
{
  TelaJsonSpan value;

  tela_json_writer_begin_array (writer);
  tela_json_reader_enter_array (reader);
  while (tela_json_reader_next_item (reader))
    {
      if (tela_json_reader_peek (reader) == TELA_JSON_OBJECT)
        map_object (reader, "id", ids, writer);
      else if (tela_json_reader_span (reader, &value))
        write_mapped (writer, value, ids);
    }
  tela_json_writer_end_array (writer);
}

static TelaValue
map_json (TelaValue  value,
          TelaIdMap *ids)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonReader reader;
  TelaJsonWriter writer;

  tela_json_reader_init (&reader, value.as.string, (gssize) g_ref_string_length (value.as.string));
  tela_json_writer_init (&writer, out, 0);
  switch (tela_json_reader_peek (&reader))
    {
    case TELA_JSON_OBJECT:
      map_object (&reader, "elementId", ids, &writer);
      break;
    case TELA_JSON_ARRAY:
      map_array (&reader, ids, &writer);
      break;
    default:
      return tela_value_copy (value);
    }
  return tela_value_json (out->str, (gssize) out->len);
}

static gboolean
names_elements (TelaKey key)
{
  switch (key)
    {
    case TELA_KEY_CONTAINER_ID:
    case TELA_KEY_FRAME_ID:
    case TELA_KEY_START_BINDING:
    case TELA_KEY_END_BINDING:
    case TELA_KEY_BOUND_ELEMENTS:
      return TRUE;
    default:
      return key == tela_format_key ("boundElementIds"); /* of old files */
    }
}

TelaValue
tela_references_map (TelaKey    key,
                     TelaValue  value,
                     TelaIdMap *ids)
{
  const char *id;

  if (g_hash_table_size (ids) == 0 || !names_elements (key))
    return tela_value_copy (value);
  if (value.kind == TELA_VALUE_JSON)
    return map_json (value, ids);
  id = value.kind == TELA_VALUE_STRING ? g_hash_table_lookup (ids, value.as.string) : NULL;
  return id != NULL ? tela_value_string (id, -1) : tela_value_copy (value);
}
