/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

/* One element of the file on its way to one of the board. */
typedef struct
{
  const TelaEntry        *entry;
  const TelaEntryContext *context;
  TelaOpBuilder          *builder;
  GString                *fields; /* members: what cannot be a property */
  TelaJsonSpan            index;  /* the file's */
  gboolean                has_type;
  GHashTable             *refused; /* borrowed, nullable: keys that are not valid */
  guint                   n;
  guint                   n_replaced, n_aside;
} Building;

static void
put_aside (Building    *self,
           TelaJsonSpan name,
           TelaJsonSpan value)
{
  if (self->fields->len > 0)
    g_string_append_c (self->fields, ',');
  g_string_append_c (self->fields, '"');
  g_string_append_len (self->fields, name.data, (gssize) name.len);
  g_string_append (self->fields, "\":");
  g_string_append_len (self->fields, value.data, (gssize) value.len);
  self->n_aside++;
}

static TelaKey
key_of (TelaJsonSpan name)
{
  g_autofree char *decoded = NULL;
  gsize            len;

  if (!tela_json_is_escaped (name))
    return tela_key_intern (name.data, name.len);
  decoded = tela_json_unescape (name, &len, NULL);
  return tela_key_intern (decoded, len);
}

/* Ids of elements and of files become those of the board. Takes @value. (transfer full) */
static TelaValue
translate (const Building *self,
           TelaKey         key,
           TelaValue       value)
{
  const gboolean is_file = key == TELA_KEY_FILE_ID && value.kind == TELA_VALUE_STRING;
  GHashTable    *ids = is_file ? self->context->file_ids : self->context->ids;
  const char    *file_id;
  TelaValue      translated;

  if (g_hash_table_size (ids) == 0)
    return value;
  file_id = is_file ? g_hash_table_lookup (ids, value.as.string) : NULL;
  if (file_id != NULL)
    translated = tela_value_string (file_id, -1);
  else
    translated = is_file ? tela_value_copy (value) : tela_references_map (key, value, ids);
  tela_value_clear (&value);
  return translated;
}

static gboolean
is_aside (Building       *self,
          TelaKey         key,
          TelaJsonReader *reader)
{
  return key == TELA_KEY_NONE || key == self->context->mark || ++self->n > TELA_MAX_PROPERTIES - 8 ||
         (key == TELA_KEY_TYPE && tela_json_reader_peek (reader) != TELA_JSON_STRING) ||
         (self->refused != NULL && g_hash_table_contains (self->refused, GUINT_TO_POINTER (key)));
}

static void
read_field (Building       *self,
            TelaJsonSpan    name,
            TelaJsonReader *reader)
{
  TelaKey        key = key_of (name);
  TelaJsonReader before;
  TelaJsonSpan   span;
  TelaValue      value;

  if (key == TELA_KEY_INDEX && !self->context->keeps_index)
    {
      tela_json_reader_span (reader, &self->index);
      return;
    }
  if (is_aside (self, key, reader))
    {
      if (tela_json_reader_span (reader, &span))
        put_aside (self, name, span);
      return;
    }

  tela_json_reader_peek (reader);
  before = *reader;
  if (!tela_value_read (reader, &value, &self->n_replaced))
    {
      *reader = before; /* it was checked, but is not what a board can keep */
      tela_json_reader_skip (reader);
      return;
    }
  span.data = tela_json_reader_tell (&before);
  span.len = (gsize) (tela_json_reader_tell (reader) - span.data);
  if (value.kind == TELA_VALUE_UNSET)
    put_aside (self, name, span);
  else
    tela_op_builder_set (self->builder, key, translate (self, key, value));
  self->has_type |= key == TELA_KEY_TYPE;
}

/* What the file says otherwise than the board. */
static void
set_mark (Building *self)
{
  gboolean marks_index = !self->context->keeps_index && self->context->marks_index;
  g_autoptr (GString) out = NULL;
  TelaJsonWriter writer;

  if (self->fields->len == 0 && self->entry->original_id.data == NULL && self->has_type && !marks_index)
    return;

  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  if (self->fields->len > 0)
    {
      tela_json_writer_name (&writer, "fields");
      g_string_prepend_c (self->fields, '{');
      g_string_append_c (self->fields, '}');
      tela_json_writer_raw (&writer, self->fields->str, self->fields->len);
    }
  if (self->entry->original_id.data != NULL)
    {
      tela_json_writer_name (&writer, "id");
      tela_json_writer_raw (&writer, self->entry->original_id.data, self->entry->original_id.len);
    }
  if (marks_index)
    {
      tela_json_writer_name (&writer, "index");
      tela_json_writer_begin_array (&writer);
      if (self->index.data != NULL)
        tela_json_writer_raw (&writer, self->index.data, self->index.len);
      tela_json_writer_end_array (&writer);
    }
  if (!self->has_type)
    {
      tela_json_writer_name (&writer, "typeless");
      tela_json_writer_boolean (&writer, TRUE);
    }
  tela_json_writer_end_object (&writer);
  tela_op_builder_set_json (self->builder, self->context->mark, out->str);
}

static TelaElement *
build (const TelaEntry        *entry,
       const TelaEntryContext *context,
       GHashTable             *refused,
       TelaImport             *import)
{
  g_autoptr (GString) fields = g_string_new (NULL);
  Building       self = { .entry = entry, .context = context, .fields = fields, .refused = refused };
  TelaJsonReader reader;
  TelaJsonSpan   name;

  self.builder = tela_op_builder_new (entry->id);
  tela_json_reader_init (&reader, entry->object.data, (gssize) entry->object.len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    if (!tela_span_is_name (name, "id"))
      read_field (&self, name, &reader);
  if (entry->index != NULL)
    tela_op_builder_set_string (self.builder, TELA_KEY_INDEX, entry->index);
  set_mark (&self);

  import->n_replaced += self.n_replaced;
  import->n_aside += self.n_aside;
  return tela_op_builder_end (self.builder, context->stamp);
}

/* The keys whose values may not enter a board. */
static GHashTable *
find_refused (const TelaElement *element)
{
  GHashTable *refused = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (element));
      g_autoptr (TelaElement) alone = NULL;
      TelaValue value;
      TelaKey   key = tela_element_get_nth (element, i, &value, NULL);

      tela_op_builder_set (builder, key, tela_value_copy (value));
      alone = tela_op_builder_end (builder, tela_element_get_stamp (element));
      if (!tela_element_validate (alone, NULL))
        g_hash_table_add (refused, GUINT_TO_POINTER (key));
    }
  return refused;
}

TelaElement *
tela_entry_read (const TelaEntry        *self,
                 const TelaEntryContext *context,
                 TelaImport             *import,
                 GError                **error)
{
  TelaImport counts = *import;
  g_autoptr (TelaElement) element = build (self, context, NULL, import);
  g_autoptr (TelaElement) lesser = NULL;
  g_autoptr (GHashTable) refused = NULL;

  if (tela_element_validate (element, NULL))
    return g_steal_pointer (&element);

  refused = find_refused (element);
  *import = counts;
  lesser = build (self, context, refused, import);
  if (tela_element_validate (lesser, NULL))
    return g_steal_pointer (&lesser);

  /* Even beside the properties it is too large; the first complaint names the property. */
  tela_element_validate (element, error);
  return NULL;
}
