/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* One row at a time. */

#include "backend-rest-write.h"

#include <string.h>

/* ---- Errors ---- */

static gboolean
answer_reference (Write *write)
{
  g_autofree char *message = g_strdup_printf ("insert or update on table \"%s\" violates foreign key constraint",
                                              write->rest->table->name);

  tela_rest_fail (write->rest, 409, "23503", message);
  return FALSE;
}

/* Right after a statement failed. */
static gboolean
answer_database (Write *write)
{
  sqlite3         *handle = write->rest->core->db->handle;
  const char      *name = write->rest->table->name;
  const char      *column = strrchr (sqlite3_errmsg (handle), '.');
  g_autofree char *message = NULL;
  guint            status = 400;
  const char      *code;

  switch (sqlite3_extended_errcode (handle))
    {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
      code = "23505";
      status = 409;
      message = g_strdup_printf ("duplicate key value violates unique constraint \"%s_pkey\"", name);
      break;
    case SQLITE_CONSTRAINT_NOTNULL:
      code = "23502";
      message = g_strdup_printf ("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
                                 column != NULL ? column + 1 : "", name);
      break;
    case SQLITE_CONSTRAINT_CHECK:
      code = "23514";
      message = g_strdup_printf ("new row for relation \"%s\" violates check constraint", name);
      break;
    default:
      g_message ("A row of %s could not be written: %s", name, sqlite3_errmsg (handle));
      code = "XX000";
      status = 500;
      message = g_strdup ("The server could not do this");
      break;
    }
  tela_rest_fail (write->rest, status, code, message);
  return FALSE;
}

gboolean
tela_write_violates (Write *write)
{
  g_autofree char *message = g_strdup_printf ("new row violates row-level security policy for table \"%s\"",
                                              write->rest->table->name);

  tela_rest_denied (write->rest, message);
  return FALSE;
}

/* ---- One row ---- */

sqlite3_stmt *
tela_write_compile (Write         *write,
                    const GString *sql)
{
  sqlite3_stmt *statement = tela_db_compile (write->rest->core->db, sql->str, NULL);

  if (statement == NULL)
    answer_database (write);
  return statement;
}

/* Takes @statement. */
static gboolean
run (Write        *write,
     sqlite3_stmt *statement)
{
  gboolean done = sqlite3_step (statement) == SQLITE_DONE || answer_database (write);

  sqlite3_finalize (statement);
  return done;
}

/* The row is there, but does what it names exist? */
static gboolean
refers_well (Write *write)
{
  int open = 0, highest;

  sqlite3_db_status (write->rest->core->db->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
  return open == 0 || answer_reference (write);
}

static int
bind_key (sqlite3_stmt *statement,
          int           first,
          GStrv         key)
{
  for (guint i = 0; key[i] != NULL; i++)
    sqlite3_bind_text (statement, first++, key[i], -1, SQLITE_TRANSIENT);
  return first;
}

gboolean
tela_write_may (Write      *write,
                GStrv       key,
                const char *right)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *statement;
  gboolean      may;

  if (right == NULL)
    return tela_write_violates (write);
  g_string_append_printf (sql, "SELECT 1 FROM %s AS t WHERE %s AND ", write->rest->table->name, right);
  tela_table_append_key (write->rest->table, sql);
  statement = tela_write_compile (write, sql);
  if (statement == NULL)
    return FALSE;
  tela_table_bind_caller (statement, write->rest->claims);
  bind_key (statement, 3, key);
  may = sqlite3_step (statement) == SQLITE_ROW;
  sqlite3_finalize (statement);
  return may || tela_write_violates (write);
}

gboolean
tela_write_show (Write *write,
                 GStrv  key)
{
  TelaRest *rest = write->rest;
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement;

  write->n_rows++;
  if (write->select == NULL)
    return TRUE;
  tela_select_append_sql (write->select, sql);
  g_string_append_printf (sql, " FROM %s AS t WHERE %s AND ", rest->table->name, rest->table->may_select);
  tela_table_append_key (rest->table, sql);
  statement = tela_write_compile (write, sql);
  if (statement == NULL)
    return FALSE;
  tela_table_bind_caller (statement, rest->claims);
  bind_key (statement, 3, key);
  if (tela_db_step (rest->core->db, statement, &error))
    tela_select_write (write->select, rest->core, rest->claims, &write->writer, statement, &error);
  sqlite3_finalize (statement);
  if (error != NULL)
    tela_rest_error (rest, error);
  return error == NULL;
}

void
tela_write_keep (Write      *write,
                 GStrv       key,
                 const char *old_record)
{
  TelaCore        *core = write->rest->core;
  g_autofree char *record = tela_table_record (core, write->rest->table, (const char *const *) key);

  g_ptr_array_add (write->changes, tela_change_new (core, write->rest->table, old_record, record));
}

gboolean
tela_write_insert_row (Write     *write,
                       const Row *row,
                       GStrv      key)
{
  const TelaTable *table = write->rest->table;
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autoptr (GString) marks = g_string_new (NULL);
  sqlite3_stmt *statement;
  int           n = 0;

  g_string_printf (sql, "INSERT INTO %s (", table->name);
  for (guint i = 0; table->columns[i].name != NULL; i++)
    if (row->given[i])
      {
        g_string_append_printf (sql, "%s%s", marks->len > 0 ? ", " : "", table->columns[i].name);
        g_string_append (marks, marks->len > 0 ? ", ?" : "?");
      }
  g_string_append_printf (sql, ") VALUES (%s)", marks->str);
  statement = tela_write_compile (write, sql);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; table->columns[i].name != NULL; i++)
    if (row->given[i])
      tela_cell_bind (&row->values[i], statement, ++n);
  return run (write, statement) && tela_write_may (write, key, table->may_insert) && refers_well (write);
}

gboolean
tela_write_update_row (Write     *write,
                       const Row *row,
                       GStrv      key)
{
  const TelaTable *table = write->rest->table;
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *statement;
  int           n = 0;

  g_string_printf (sql, "UPDATE %s AS t SET ", table->name);
  for (guint i = 0; table->columns[i].name != NULL; i++)
    {
      const TelaColumn *column = &table->columns[i];

      if (row->given[i] && (column->flags & TELA_COLUMN_UPDATE) != 0)
        g_string_append_printf (sql, "%s = ?, ", column->name);
      else if ((column->flags & TELA_COLUMN_TOUCHED) != 0)
        g_string_append_printf (sql, "%s = %" G_GINT64_FORMAT ", ", column->name, write->now_ms);
      else if ((column->flags & TELA_COLUMN_COUNTED) != 0)
        g_string_append_printf (sql, "%s = %s + 1, ", column->name, column->name);
    }
  g_string_truncate (sql, sql->len - strlen (", "));
  g_string_append (sql, " WHERE ");
  tela_table_append_key (table, sql);
  statement = tela_write_compile (write, sql);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; table->columns[i].name != NULL; i++)
    if (row->given[i] && (table->columns[i].flags & TELA_COLUMN_UPDATE) != 0)
      tela_cell_bind (&row->values[i], statement, ++n);
  bind_key (statement, n + 1, key);
  return run (write, statement) && tela_write_may (write, key, table->may_update) && refers_well (write);
}

gboolean
tela_write_delete_row (Write *write,
                       GStrv  key)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  sqlite3_stmt *statement;

  g_string_printf (sql, "DELETE FROM %s AS t WHERE ", write->rest->table->name);
  tela_table_append_key (write->rest->table, sql);
  statement = tela_write_compile (write, sql);
  if (statement == NULL)
    return FALSE;
  bind_key (statement, 1, key);
  return run (write, statement) && refers_well (write);
}
