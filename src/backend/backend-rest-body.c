/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the body of a writing request gives. */

#include "backend-rest-write.h"

#include <string.h>

#define MAX_ROWS 1000

void
row_clear (Row *self)
{
  for (guint i = 0; i < TELA_WRITE_MAX_COLUMNS; i++)
    tela_cell_clear (&self->values[i]);
}

void
tela_write_no_privilege (TelaRest *rest)
{
  g_autofree char *message = g_strdup_printf ("permission denied for table %s", rest->table->name);

  tela_rest_denied (rest, message);
}

static gboolean
bad_body (Write      *write,
          const char *message)
{
  tela_rest_fail (write->rest, 400, "PGRST102", message);
  return FALSE;
}

/* ---- Columns ---- */

/* The column's index among those that @flag lets the caller write; -1: answered. */
static int
find_written (Write          *write,
              const char     *name,
              TelaColumnFlags flag)
{
  const TelaTable  *table = write->rest->table;
  const TelaColumn *column = tela_column_find (table->columns, name);
  g_autofree char  *message = NULL;

  if (column == NULL)
    {
      message = g_strdup_printf ("Could not find the '%s' column of '%s' in the schema cache", name, table->name);
      tela_rest_fail (write->rest, 400, "PGRST204", message);
      return -1;
    }
  if ((column->flags & flag) == 0)
    {
      tela_write_no_privilege (write->rest);
      return -1;
    }
  return (int) (column - table->columns);
}

/* "a","b" or a,b */
static gboolean
columns_of_query (Write   *write,
                  gboolean in_set[TELA_WRITE_MAX_COLUMNS])
{
  g_auto (GStrv) names = g_strsplit (write->query->columns, ",", TELA_WRITE_MAX_COLUMNS + 1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      gsize len = strlen (names[i]);
      int   index;

      if (len >= 2 && names[i][0] == '"' && names[i][len - 1] == '"')
        {
          names[i][len - 1] = '\0';
          memmove (names[i], names[i] + 1, len - 1);
        }
      index = find_written (write, names[i], TELA_COLUMN_INSERT);
      if (index < 0)
        return FALSE;
      in_set[index] = TRUE;
    }
  return TRUE;
}

/* The members of an object. */
static gboolean
columns_of_object (Write          *write,
                   TelaJsonSpan    object,
                   TelaColumnFlags flag,
                   gboolean        in_set[TELA_WRITE_MAX_COLUMNS])
{
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    {
      g_autofree char *copy = tela_json_unescape (name, NULL, NULL);
      int              index = find_written (write, copy, flag);

      if (index < 0)
        return FALSE;
      in_set[index] = TRUE;
    }
  return TRUE;
}

/* Every object names the same ones. */
static gboolean
same_columns (Write         *write,
              const GArray  *objects,
              const gboolean in_set[TELA_WRITE_MAX_COLUMNS])
{
  for (guint i = 1; i < objects->len; i++)
    {
      gboolean other[TELA_WRITE_MAX_COLUMNS] = { FALSE };

      if (!columns_of_object (write, g_array_index (objects, TelaJsonSpan, i), TELA_COLUMN_INSERT, other))
        return FALSE;
      if (memcmp (in_set, other, sizeof other) != 0)
        return bad_body (write, "All object keys must match");
    }
  return TRUE;
}

/* ---- Values ---- */

/* Of the columns in the set; one that the object lacks is null, or left out if @lenient. */
static gboolean
take_values (Write         *write,
             TelaJsonSpan   object,
             const gboolean in_set[TELA_WRITE_MAX_COLUMNS],
             gboolean       lenient,
             Row           *row)
{
  const TelaColumn *columns = write->rest->table->columns;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; columns[i].name != NULL; i++)
    {
      TelaJsonSpan value;

      if (!in_set[i])
        continue;
      if (!tela_json_find (object, columns[i].name, &value))
        {
          row->given[i] = !lenient;
          row->values[i].type = SQLITE_NULL;
          continue;
        }
      row->given[i] = TRUE;
      if (!tela_cell_from_json (&row->values[i], &columns[i], value, &error))
        {
          tela_rest_error (write->rest, error);
          return FALSE;
        }
    }
  return TRUE;
}

static void
give_text (TelaCell *value,
           char     *text)
{
  value->type = text != NULL ? SQLITE_TEXT : SQLITE_NULL;
  value->text = text;
}

static void
fill_in (Write *write,
         Row   *row)
{
  const TelaColumn *columns = write->rest->table->columns;

  for (guint i = 0; columns[i].name != NULL; i++)
    {
      TelaColumnFlags flags = columns[i].flags;

      if (row->given[i] || ((flags & (TELA_COLUMN_FRESH | TELA_COLUMN_CALLER | TELA_COLUMN_CREATED)) == 0 &&
                            columns[i].otherwise == NULL))
        continue;
      row->given[i] = TRUE;
      if (columns[i].otherwise != NULL)
        give_text (&row->values[i], g_strdup (columns[i].otherwise));
      else if ((flags & TELA_COLUMN_FRESH) != 0)
        give_text (&row->values[i], g_uuid_string_random ());
      else if ((flags & TELA_COLUMN_CALLER) != 0)
        give_text (&row->values[i], g_strdup (write->rest->claims->sub));
      else
        row->values[i] = (TelaCell){ .type = SQLITE_INTEGER, .integer = write->now_ms };
    }
}

/* (transfer full); NULL: answered */
static GStrv
key_of (Write     *write,
        const Row *row)
{
  const TelaTable *table = write->rest->table;
  g_auto (GStrv) key = g_new0 (char *, TELA_TABLE_MAX_KEY + 1);
  guint n = 0;

  for (guint i = 0; table->columns[i].name != NULL; i++)
    {
      if ((table->columns[i].flags & TELA_COLUMN_KEY) == 0)
        continue;
      if (row->values[i].text == NULL)
        {
          g_autofree char *message =
              g_strdup_printf ("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
                               table->columns[i].name, table->name);

          tela_rest_fail (write->rest, 400, "23502", message);
          return NULL;
        }
      key[n++] = g_strdup (row->values[i].text);
    }
  return g_steal_pointer (&key);
}

/* ---- Rows ---- */

/* What may only be given at the start is as it was. */
static gboolean
keeps_fixed (Write     *write,
             const Row *row,
             GStrv      key)
{
  const TelaTable *table = write->rest->table;
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *statement;
  gboolean      same;
  int           n = 0;

  g_string_printf (sql, "SELECT 1 FROM %s AS t WHERE ", table->name);
  for (guint i = 0; table->columns[i].name != NULL; i++)
    if (row->given[i] && (table->columns[i].flags & (TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE)) == TELA_COLUMN_INSERT)
      g_string_append_printf (sql, "%s IS ? AND ", table->columns[i].sql);
  tela_table_append_key (table, sql);
  statement = tela_write_compile (write, sql);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; table->columns[i].name != NULL; i++)
    if (row->given[i] && (table->columns[i].flags & (TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE)) == TELA_COLUMN_INSERT)
      tela_cell_bind (&row->values[i], statement, ++n);
  for (guint i = 0; key[i] != NULL; i++)
    sqlite3_bind_text (statement, ++n, key[i], -1, SQLITE_TRANSIENT);
  same = sqlite3_step (statement) == SQLITE_ROW;
  sqlite3_finalize (statement);
  return same || tela_write_violates (write);
}

static gboolean
merge_row (Write      *write,
           const Row  *row,
           GStrv       key,
           const char *old)
{
  const TelaTable *table = write->rest->table;

  if (!tela_write_may (write, key, table->may_select) || !tela_write_may (write, key, table->may_update) ||
      !keeps_fixed (write, row, key) || !tela_write_update_row (write, row, key) || !tela_write_show (write, key))
    return FALSE;
  tela_write_keep (write, key, old);
  return TRUE;
}

static gboolean
insert_one (Write         *write,
            TelaJsonSpan   object,
            const gboolean in_set[TELA_WRITE_MAX_COLUMNS],
            guint         *made)
{
  TelaRest *rest = write->rest;
  g_auto (Row) row = { 0 };
  g_auto (GStrv) key = NULL;
  g_autofree char *old = NULL;
  gboolean         ignores = tela_rest_prefers (rest, "resolution=ignore-duplicates");

  if (!take_values (write, object, in_set, tela_rest_prefers (rest, "missing=default"), &row))
    return FALSE;
  fill_in (write, &row);
  key = key_of (write, &row);
  if (key == NULL)
    return FALSE;
  if (ignores || tela_rest_prefers (rest, "resolution=merge-duplicates"))
    old = tela_table_record (rest->core, rest->table, (const char *const *) key);
  if (old != NULL)
    return ignores || merge_row (write, &row, key, old);
  if (!tela_write_insert_row (write, &row, key) || !tela_write_show (write, key))
    return FALSE;
  tela_write_keep (write, key, NULL);
  ++*made;
  return TRUE;
}

/* The objects of the body. FALSE: answered. */
static gboolean
take_objects (Write  *write,
              GArray *objects)
{
  TelaJsonSpan   body = write->rest->body;
  TelaJsonReader reader;
  TelaJsonSpan   span;

  tela_json_reader_init (&reader, body.data, (gssize) body.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_OBJECT)
    {
      g_array_append_val (objects, body);
      return TRUE;
    }
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return bad_body (write, "An object or an array of objects is expected");
  while (tela_json_reader_next_item (&reader))
    {
      if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || objects->len == MAX_ROWS)
        return bad_body (write, objects->len == MAX_ROWS ? "There are too many rows" : "Each row is an object");
      tela_json_reader_span (&reader, &span);
      g_array_append_val (objects, span);
    }
  return TRUE;
}

/* What decides whether a row is there already is always the primary key. */
static gboolean
check_conflict_target (Write *write)
{
  const TelaColumn *key[TELA_TABLE_MAX_KEY];
  guint             n = tela_table_get_key (write->rest->table, key);
  g_auto (GStrv) names = NULL;
  gboolean same;

  if (write->query->on_conflict == NULL)
    return TRUE;
  names = g_strsplit (write->query->on_conflict, ",", -1);
  same = g_strv_length (names) == n;
  for (guint i = 0; same && i < n; i++)
    same = g_strv_contains ((const char *const *) names, key[i]->name);
  if (!same)
    tela_rest_fail (write->rest, 400, "42P10",
                    "there is no unique or exclusion constraint matching the ON CONFLICT specification");
  return same;
}

gboolean
tela_write_insert_all (Write *write,
                       guint *made)
{
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (TelaJsonSpan));
  gboolean in_set[TELA_WRITE_MAX_COLUMNS] = { FALSE };

  *made = 0;
  if (!check_conflict_target (write) || !take_objects (write, objects))
    return FALSE;
  if (write->query->columns != NULL)
    {
      if (!columns_of_query (write, in_set))
        return FALSE;
    }
  else if (objects->len > 0 &&
           (!columns_of_object (write, g_array_index (objects, TelaJsonSpan, 0), TELA_COLUMN_INSERT, in_set) ||
            !same_columns (write, objects, in_set)))
    return FALSE;
  for (guint i = 0; i < objects->len; i++)
    if (!insert_one (write, g_array_index (objects, TelaJsonSpan, i), in_set, made))
      return FALSE;
  return TRUE;
}

gboolean
tela_write_take_changes (Write    *write,
                         Row      *row,
                         gboolean *any)
{
  g_autoptr (GArray) objects = g_array_new (FALSE, FALSE, sizeof (TelaJsonSpan));
  gboolean     in_set[TELA_WRITE_MAX_COLUMNS] = { FALSE };
  TelaJsonSpan object;

  if (!take_objects (write, objects))
    return FALSE;
  if (objects->len != 1)
    return bad_body (write, "One object is expected");
  object = g_array_index (objects, TelaJsonSpan, 0);
  if (!columns_of_object (write, object, TELA_COLUMN_UPDATE, in_set) ||
      !take_values (write, object, in_set, FALSE, row))
    return FALSE;
  *any = FALSE;
  for (guint i = 0; i < TELA_WRITE_MAX_COLUMNS; i++)
    *any |= row->given[i];
  return TRUE;
}
