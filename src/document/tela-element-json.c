/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"

#include <glib/gi18n-lib.h>

/* Member names come raw where they have escapes. */
TelaKey
tela_read_name (TelaJsonSpan name)
{
  g_autofree char *decoded = NULL;
  gsize            len;

  if (!tela_json_is_escaped (name))
    return tela_key_intern (name.data, name.len);

  decoded = tela_json_unescape (name, &len, NULL);
  return decoded != NULL ? tela_key_intern (decoded, len) : TELA_KEY_NONE;
}

gboolean
tela_read_invalid (GError    **error,
                   const char *message)
{
  g_set_error_literal (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID, message);
  return FALSE;
}

/* After a failed reading: what the reader found comes before what we have to say. */
gboolean
tela_read_failed (TelaJsonReader *reader,
                  GError        **error,
                  const char     *message)
{
  if (tela_json_reader_failed (reader))
    {
      tela_json_reader_finish (reader, error);
      return FALSE;
    }
  return tela_read_invalid (error, message);
}

gboolean
tela_read_bad_name (TelaJsonSpan name,
                    GError     **error)
{
  g_autofree char *shown = g_strndup (name.data, MIN (name.len, 40));
  g_autofree char *text = g_utf8_make_valid (shown, -1);

  /* Translators: %s is a name in a file */
  g_set_error (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID, _ ("%s: not a name for a property"), text);
  return FALSE;
}

/* One member that is a property. */
gboolean
tela_read_property (TelaJsonReader *reader,
                    TelaJsonSpan    name,
                    TelaKey        *key,
                    TelaValue      *value,
                    guint          *replaced,
                    GError        **error)
{
  *key = tela_read_name (name);
  if (*key == TELA_KEY_NONE)
    return tela_read_bad_name (name, error);
  if (!tela_value_read (reader, value, replaced))
    return tela_read_failed (reader, error, _ ("a value is missing"));
  return TRUE;
}

gboolean
tela_read_too_many (guint    n,
                    GError **error)
{
  if (n <= TELA_MAX_PROPERTIES)
    return FALSE;
  g_set_error_literal (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_TOO_LARGE, _ ("too many properties"));
  return TRUE;
}

static gboolean
read_properties (TelaJsonReader *reader,
                 TelaOpBuilder  *builder,
                 GError        **error)
{
  TelaJsonSpan name;
  guint        n = 0;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return tela_read_failed (reader, error, _ ("set: not an object"));

  while (tela_json_reader_next_member (reader, &name))
    {
      TelaValue value;
      TelaKey   key;

      if (tela_read_too_many (++n, error) || !tela_read_property (reader, name, &key, &value, NULL, error))
        return FALSE;
      tela_op_builder_set (builder, key, value);
    }

  return !tela_json_reader_failed (reader) || tela_read_failed (reader, error, "");
}

gboolean
tela_read_id (TelaJsonReader *reader,
              char          **id,
              GError        **error)
{
  gsize len = 0;

  g_clear_pointer (id, g_free);
  if (tela_json_reader_peek (reader) == TELA_JSON_STRING)
    *id = tela_json_reader_string (reader, &len, NULL);
  if (*id == NULL)
    return tela_read_failed (reader, error, _ ("id: not a text"));
  if (!tela_element_id_is_valid (*id, len))
    return tela_read_invalid (error, _ ("id: not 1 to 64 printable ASCII characters"));
  return TRUE;
}

gboolean
tela_read_stamp (TelaJsonReader *reader,
                 TelaStamp      *stamp,
                 GError        **error)
{
  TelaJsonSpan text;

  if (tela_json_reader_peek (reader) != TELA_JSON_STRING || !tela_json_reader_plain_string (reader, &text) ||
      !tela_stamp_parse (text.data, text.len, stamp))
    return tela_read_failed (reader, error, _ ("not a stamp"));
  return TRUE;
}

/* The members of an operation, in whatever order they come. */
typedef struct
{
  char          *id;
  TelaStamp      at;
  gboolean       has_at;
  gboolean       is_delete;
  TelaJsonReader set; /* stands before its value */
  gboolean       has_set;
} Operation;

static gboolean
read_operation (TelaJsonReader *reader,
                Operation      *operation,
                GError        **error)
{
  TelaJsonSpan name;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return tela_read_failed (reader, error, _ ("not an operation"));

  while (tela_json_reader_next_member (reader, &name))
    {
      if (TELA_JSON_SPAN_IS (name, "id"))
        {
          if (!tela_read_id (reader, &operation->id, error))
            return FALSE;
        }
      else if (TELA_JSON_SPAN_IS (name, "at"))
        {
          if (!tela_read_stamp (reader, &operation->at, error))
            return FALSE;
          operation->has_at = TRUE;
        }
      else if (TELA_JSON_SPAN_IS (name, "set"))
        {
          operation->set = *reader;
          operation->has_set = TRUE;
        }
      else if (TELA_JSON_SPAN_IS (name, "delete"))
        {
          TelaJsonKind kind = tela_json_reader_peek (reader);

          if (kind != TELA_JSON_TRUE && kind != TELA_JSON_FALSE)
            return tela_read_failed (reader, error, _ ("delete: not a boolean"));
          operation->is_delete = kind == TELA_JSON_TRUE;
        }
    }

  return !tela_json_reader_failed (reader) || tela_read_failed (reader, error, "");
}

static TelaElement *
finish_operation (Operation       *operation,
                  const TelaStamp *fallback,
                  GError         **error)
{
  g_autoptr (TelaOpBuilder) builder = NULL;
  g_autoptr (TelaElement) self = NULL;

  if (operation->id == NULL || (!operation->has_at && fallback == NULL))
    {
      tela_read_invalid (error, operation->id == NULL ? _ ("id: missing") : _ ("at: missing"));
      return NULL;
    }

  builder = tela_op_builder_new (operation->id);
  if (operation->has_set && !read_properties (&operation->set, builder, error))
    return NULL;
  if (operation->is_delete)
    tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);

  self = tela_op_builder_end (g_steal_pointer (&builder), operation->has_at ? operation->at : *fallback);
  if (self->n == 0)
    tela_read_invalid (error, _ ("set: missing or empty"));
  else if (tela_element_validate (self, error))
    return g_steal_pointer (&self);
  return NULL;
}

/**
 * tela_op_read:
 * @reader: stands before the operation
 * @fallback: (nullable): the stamp of an operation that has none
 * @error: return location
 *
 * Reads and checks one operation. Members that are not known are passed over. An operation that is refused is passed
 * over too, so that the next one can be read; if it is not even JSON, @reader has failed.
 *
 * Returns: (transfer full): the operation, or NULL with @error set
 */
TelaElement *
tela_op_read (TelaJsonReader  *reader,
              const TelaStamp *fallback,
              GError         **error)
{
  TelaJsonReader before = *reader;
  Operation      operation = { 0 };
  TelaElement   *self = NULL;

  if (read_operation (reader, &operation, error))
    self = finish_operation (&operation, fallback, error);
  else if (!tela_json_reader_failed (reader))
    {
      *reader = before;
      tela_json_reader_skip (reader);
    }

  g_free (operation.id);
  return self;
}

static int
compare_stamps_cb (gconstpointer a,
                   gconstpointer b)
{
  return tela_stamp_compare (*(const TelaStamp *) a, *(const TelaStamp *) b);
}

void
tela_element_write_member (const TelaElement *self,
                           guint              i,
                           TelaJsonWriter    *writer)
{
  TelaValue value;
  TelaKey   key = tela_element_get_nth (self, i, &value, NULL);

  tela_json_writer_name (writer, tela_key_get_name (key));
  tela_value_write (value, writer);
}

void
tela_op_write (const TelaElement *self,
               TelaJsonWriter    *writer)
{
  g_autofree guint     *order = tela_element_order_by_name (self);
  g_autofree TelaStamp *stamps = g_memdup2 (tela_element_stamps (self), self->n_stamps * sizeof (TelaStamp));
  char                  text[TELA_STAMP_LENGTH + 1];

  if (self->n_stamps > 1)
    qsort (stamps, self->n_stamps, sizeof (TelaStamp), compare_stamps_cb);

  for (guint s = 0; s < self->n_stamps; s++)
    {
      tela_stamp_format (stamps[s], text);
      tela_json_writer_begin_object (writer);
      tela_json_writer_name (writer, "id");
      tela_json_writer_string (writer, tela_element_id (self));
      tela_json_writer_name (writer, "at");
      tela_json_writer_string (writer, text);
      tela_json_writer_name (writer, "set");
      tela_json_writer_begin_object (writer);
      for (guint i = 0; i < self->n; i++)
        if (tela_stamp_compare (tela_element_stamps (self)[tela_meta_slot (tela_element_metas (self)[order[i]])],
                                stamps[s]) == 0)
          tela_element_write_member (self, order[i], writer);
      tela_json_writer_end_object (writer);
      tela_json_writer_end_object (writer);
    }
}
