/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-cell.h"

#include <math.h>

#include "backend-text.h"

#define QUOTED_BYTES 200 /* of a bad value, in the message about it */

G_DEFINE_QUARK (tela_cell_error, tela_cell_error)

static const char *const type_names[] = {
  "text", "uuid", "bigint", "double precision", "boolean", "timestamp with time zone", "json", "jsonb", "jsonb"
};

const TelaColumn *
tela_column_find (const TelaColumn *columns,
                  const char       *name)
{
  for (const TelaColumn *column = columns; column->name != NULL; column++)
    if (strcmp (column->name, name) == 0)
      return column;
  return NULL;
}

void
tela_cell_clear (TelaCell *self)
{
  g_clear_pointer (&self->text, g_free);
}

static gboolean
bad_value (const TelaColumn *column,
           const char       *text,
           GError          **error)
{
  g_autofree char *start = g_strndup (text, QUOTED_BYTES);
  g_autofree char *valid = g_utf8_make_valid (start, -1);

  g_set_error (error, TELA_CELL_ERROR, TELA_CELL_ERROR_SYNTAX, "invalid input syntax for type %s: \"%s\"",
               type_names[column->type], valid);
  return FALSE;
}

static gboolean
take_text (TelaCell         *self,
           const TelaColumn *column,
           const char       *text,
           GError          **error)
{
  gsize max = column->max > 0 ? column->max : TELA_CELL_MAX_TEXT;

  if (strlen (text) > max)
    {
      g_set_error (error, TELA_CELL_ERROR, TELA_CELL_ERROR_LONG,
                   "value too long for type character varying(%" G_GSIZE_FORMAT ")", max);
      return FALSE;
    }
  self->type = SQLITE_TEXT;
  self->text = g_strdup (text);
  return TRUE;
}

static gboolean
take_uuid (TelaCell   *self,
           const char *text)
{
  self->type = SQLITE_TEXT;
  self->text = g_ascii_strdown (text, -1);
  return tela_is_uuid (self->text);
}

static gboolean
take_real (TelaCell   *self,
           const char *text)
{
  char *end;

  self->type = SQLITE_FLOAT;
  self->real = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && !g_ascii_isspace (*text) && isfinite (self->real);
}

static gboolean
take_boolean (TelaCell   *self,
              const char *text)
{
  self->type = SQLITE_INTEGER;
  self->integer = strcmp (text, "true") == 0 || strcmp (text, "t") == 0;
  return self->integer || strcmp (text, "false") == 0 || strcmp (text, "f") == 0;
}

static gboolean
take_time (TelaCell   *self,
           const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *whole =
      strlen (text) == strlen ("2000-01-01") ? g_strconcat (text, "T00:00:00Z", NULL) : g_strdup (text);
  g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (whole, utc);

  if (when == NULL)
    return FALSE;
  self->type = SQLITE_INTEGER;
  self->integer = g_date_time_to_unix (when) * 1000 + g_date_time_get_microsecond (when) / 1000;
  return TRUE;
}

gboolean
tela_cell_from_text (TelaCell         *self,
                     const TelaColumn *column,
                     const char       *text,
                     GError          **error)
{
  gboolean good = FALSE;

  *self = (TelaCell){ .type = SQLITE_NULL };
  if (!g_utf8_validate (text, -1, NULL))
    return bad_value (column, text, error);
  switch (column->type)
    {
    case TELA_COLUMN_TEXT:
      return take_text (self, column, text, error);
    case TELA_COLUMN_UUID:
      good = take_uuid (self, text);
      break;
    case TELA_COLUMN_INTEGER:
      self->type = SQLITE_INTEGER;
      good = g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &self->integer, NULL);
      break;
    case TELA_COLUMN_REAL:
      good = take_real (self, text);
      break;
    case TELA_COLUMN_BOOLEAN:
      good = take_boolean (self, text);
      break;
    case TELA_COLUMN_TIME:
      good = take_time (self, text);
      break;
    case TELA_COLUMN_JSON:
    case TELA_COLUMN_PROPS:
    case TELA_COLUMN_STAMPS:
    default:
      break; /* nothing is compared with them */
    }
  if (good)
    return TRUE;
  tela_cell_clear (self);
  return bad_value (column, text, error);
}

gboolean
tela_cell_from_json (TelaCell         *self,
                     const TelaColumn *column,
                     TelaJsonSpan      json,
                     GError          **error)
{
  g_autofree char *text = NULL;
  TelaJsonReader   reader;

  *self = (TelaCell){ .type = SQLITE_NULL };
  if (TELA_JSON_SPAN_IS (json, "null"))
    return TRUE;
  tela_json_reader_init (&reader, json.data, (gssize) json.len);
  if (column->type != TELA_COLUMN_JSON && tela_json_reader_peek (&reader) == TELA_JSON_STRING)
    {
      text = tela_json_reader_string (&reader, NULL, NULL);
      return tela_cell_from_text (self, column, text, error);
    }
  text = g_strndup (json.data, json.len);
  if (column->type == TELA_COLUMN_JSON || tela_json_reader_peek (&reader) == TELA_JSON_NUMBER)
    return column->type == TELA_COLUMN_JSON ? take_text (self, column, text, error)
                                            : tela_cell_from_text (self, column, text, error);
  if (column->type == TELA_COLUMN_BOOLEAN)
    return tela_cell_from_text (self, column, text, error);
  return bad_value (column, text, error);
}

void
tela_cell_bind (const TelaCell *self,
                sqlite3_stmt   *statement,
                int             index)
{
  if (self->type == SQLITE_INTEGER)
    sqlite3_bind_int64 (statement, index, self->integer);
  else if (self->type == SQLITE_FLOAT)
    sqlite3_bind_double (statement, index, self->real);
  else if (self->type == SQLITE_TEXT)
    sqlite3_bind_text (statement, index, self->text, -1, SQLITE_TRANSIENT);
  else
    sqlite3_bind_null (statement, index);
}

void
tela_cell_write (TelaJsonWriter *writer,
                 TelaColumnType  type,
                 sqlite3_stmt   *row,
                 int             index)
{
  g_autofree char *time = NULL;

  if (sqlite3_column_type (row, index) == SQLITE_NULL)
    {
      tela_json_writer_null (writer);
      return;
    }
  switch (type)
    {
    case TELA_COLUMN_INTEGER:
      tela_json_writer_int (writer, sqlite3_column_int64 (row, index));
      break;
    case TELA_COLUMN_REAL:
      tela_json_writer_number (writer, sqlite3_column_double (row, index));
      break;
    case TELA_COLUMN_BOOLEAN:
      tela_json_writer_boolean (writer, sqlite3_column_int (row, index));
      break;
    case TELA_COLUMN_TIME:
      time = tela_iso_from_ms (sqlite3_column_int64 (row, index));
      tela_json_writer_string (writer, time);
      break;
    case TELA_COLUMN_JSON:
      tela_json_writer_raw (writer, (const char *) sqlite3_column_text (row, index),
                            (gsize) sqlite3_column_bytes (row, index));
      break;
    case TELA_COLUMN_TEXT:
    case TELA_COLUMN_UUID:
    case TELA_COLUMN_PROPS:
    case TELA_COLUMN_STAMPS:
    default:
      tela_json_writer_string (writer, (const char *) sqlite3_column_text (row, index));
      break;
    }
}
