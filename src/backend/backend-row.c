/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-row.h"

#include <string.h>

#include "backend-text.h"
#include "tela-element.h"

static const char *const operation_names[] = { "INSERT", "UPDATE", "DELETE" };

/* Names of PostgreSQL's, by which clients convert. */
static const char *const type_names[] = {
  [TELA_COLUMN_TEXT] = "text",
  [TELA_COLUMN_UUID] = "uuid",
  [TELA_COLUMN_INTEGER] = "int8",
  [TELA_COLUMN_REAL] = "float8",
  [TELA_COLUMN_BOOLEAN] = "bool",
  [TELA_COLUMN_TIME] = "timestamptz",
  [TELA_COLUMN_JSON] = "jsonb",
  [TELA_COLUMN_PROPS] = "jsonb",
  [TELA_COLUMN_STAMPS] = "jsonb",
};

/* ---- Taking ---- */

static TelaCell
take_element (const TelaColumn *column,
              const char       *id,
              sqlite3_value    *body)
{
  g_autoptr (TelaElement) element =
      tela_element_unpack (id, sqlite3_value_blob (body), (gsize) sqlite3_value_bytes (body), NULL);
  TelaCell       cell = { .type = SQLITE_NULL };
  TelaJsonWriter writer;
  GString       *out;

  if (element == NULL)
    return cell;
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  if (column->type == TELA_COLUMN_PROPS)
    tela_element_write_props (element, &writer);
  else
    tela_element_write_stamps (element, &writer);
  cell.type = SQLITE_TEXT;
  cell.text = g_string_free (out, FALSE);
  return cell;
}

static TelaCell
take_value (sqlite3_value *value)
{
  TelaCell cell = { .type = sqlite3_value_type (value) };

  if (cell.type == SQLITE_INTEGER)
    cell.integer = sqlite3_value_int64 (value);
  else if (cell.type == SQLITE_FLOAT)
    cell.real = sqlite3_value_double (value);
  else if (cell.type == SQLITE_TEXT)
    cell.text = g_strdup ((const char *) sqlite3_value_text (value));
  else
    cell.type = SQLITE_NULL;
  return cell;
}

TelaRow *
tela_row_new (const TelaTable *table,
              TelaRowOperation operation,
              sqlite3_value  **values,
              gint64           at)
{
  TelaRow *self = g_new0 (TelaRow, 1);
  guint    id = 0;

  self->table = table;
  self->operation = operation;
  self->at = at;
  while (table->columns[self->n].name != NULL)
    self->n++;
  self->cells = g_new0 (TelaCell, self->n);
  self->exposed = g_new0 (TelaCell, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      const TelaColumn *column = &table->columns[i];

      if (strcmp (column->name, "id") == 0)
        id = i;
      if (sqlite3_value_type (values[i]) == SQLITE_BLOB)
        self->cells[i] = take_element (column, (const char *) sqlite3_value_text (values[id]), values[i]);
      else
        self->cells[i] = take_value (values[i]);
      self->exposed[i] = self->cells[i];
      if (operation == TELA_ROW_DELETE && (column->flags & TELA_COLUMN_KEY) == 0)
        self->exposed[i] = (TelaCell){ .type = SQLITE_NULL };
    }
  return self;
}

void
tela_row_free (TelaRow *self)
{
  for (guint i = 0; i < self->n; i++)
    tela_cell_clear (&self->cells[i]);
  g_free (self->cells);
  g_free (self->exposed);
  g_free (self);
}

/* ---- Writing ---- */

static void
append_cell (GString        *out,
             TelaColumnType  type,
             const TelaCell *cell)
{
  g_autofree char *time = NULL;
  char             number[TELA_JSON_NUMBER_LENGTH];

  if (cell->type == SQLITE_NULL)
    g_string_append (out, "null");
  else if (type == TELA_COLUMN_TIME)
    {
      time = tela_iso_from_ms (cell->integer);
      tela_json_append_string (out, time, strlen (time));
    }
  else if (type == TELA_COLUMN_BOOLEAN)
    g_string_append (out, cell->integer != 0 ? "true" : "false");
  else if (cell->type == SQLITE_INTEGER)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, cell->integer);
  else if (cell->type == SQLITE_FLOAT)
    g_string_append_len (out, number, tela_json_format_number (cell->real, number));
  else if (type == TELA_COLUMN_JSON || type == TELA_COLUMN_PROPS || type == TELA_COLUMN_STAMPS)
    g_string_append (out, cell->text);
  else
    tela_json_append_string (out, cell->text, strlen (cell->text));
}

/* {"column": value} of the chosen columns that have one of @flags (0: all) and at most @max bytes. */
static void
append_record (const TelaRow  *self,
               const gboolean *chosen,
               guint           flags,
               gsize           max,
               GString        *out)
{
  g_string_append_c (out, '{');
  for (guint i = 0; i < self->n; i++)
    {
      const TelaColumn *column = &self->table->columns[i];
      g_autoptr (GString) value = NULL;

      if ((chosen != NULL && !chosen[i]) || (flags != 0 && (column->flags & flags) == 0))
        continue;
      value = g_string_new (NULL);
      append_cell (value, column->type, &self->cells[i]);
      if (value->len > max)
        continue;
      if (out->str[out->len - 1] != '{')
        g_string_append_c (out, ',');
      g_string_append_printf (out, "\"%s\":%s", column->name, value->str);
    }
  g_string_append_c (out, '}');
}

static void
append_columns (const TelaRow  *self,
                const gboolean *chosen,
                GString        *out)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < self->n; i++)
    if (chosen == NULL || chosen[i])
      g_string_append_printf (out, "%s{\"name\":\"%s\",\"type\":\"%s\"}", out->str[out->len - 1] == '[' ? "" : ",",
                              self->table->columns[i].name, type_names[self->table->columns[i].type]);
  g_string_append_c (out, ']');
}

/* Old rows show their keys alone, as behind row rights in PostgreSQL. */
void
tela_row_append_data (const TelaRow  *self,
                      const gboolean *chosen,
                      GString        *out)
{
  g_autofree char *at = tela_iso_from_ms (self->at);
  g_autoptr (GString) record = g_string_new (NULL);
  gboolean large;

  append_record (self, NULL, 0, G_MAXSIZE, record);
  large = record->len > TELA_ROW_MAX_BYTES;
  if (large || chosen != NULL)
    {
      g_string_truncate (record, 0);
      append_record (self, chosen, 0, large ? TELA_ROW_MAX_SMALL : G_MAXSIZE, record);
    }
  g_string_append_printf (out, "{\"table\":\"%s\",\"type\":\"%s\",", self->table->name,
                          operation_names[self->operation]);
  if (self->operation != TELA_ROW_DELETE)
    g_string_append_printf (out, "\"record\":%s,", record->str);
  g_string_append (out, "\"columns\":");
  append_columns (self, chosen, out);
  g_string_append_printf (out, ",\"errors\":%s,\"schema\":\"public\",\"commit_timestamp\":\"%s\"",
                          large && self->operation != TELA_ROW_DELETE ? "[\"Error 413: Payload Too Large\"]" : "null",
                          at);
  if (self->operation != TELA_ROW_INSERT)
    {
      g_string_append (out, ",\"old_record\":");
      append_record (self, NULL, TELA_COLUMN_KEY, G_MAXSIZE, out);
    }
  g_string_append_c (out, '}');
}
