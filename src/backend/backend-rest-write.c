/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Rows are made, changed and deleted one by one in one transaction. As with policies, what a row has become is looked
 * at after it was written, and all is taken back if it is not allowed. */

#include "backend-rest-write.h"

#include <string.h>

/* ---- Rows that match ---- */

/* Keys of the rows that may be seen and @right, and match. NULL: answered. (element-type GStrv) */
static GPtrArray *
matching_keys (Write      *write,
               const char *right)
{
  const TelaTable  *table = write->rest->table;
  const TelaColumn *columns[TELA_TABLE_MAX_KEY];
  guint             n = tela_table_get_key (table, columns);
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (sql, "%s%s", i > 0 ? ", " : "", columns[i]->sql);
  g_string_append_printf (sql, " FROM %s AS t WHERE %s AND %s AND %s", table->name, table->may_select, right,
                          write->query->where->str);
  row = tela_write_compile (write, sql);
  if (row == NULL)
    return NULL;
  tela_table_bind_caller (row, write->rest->claims);
  tela_query_bind (write->query, row, 3);
  while (tela_db_step (write->rest->core->db, row, &error))
    {
      char **key = g_new0 (char *, TELA_TABLE_MAX_KEY + 1);

      for (guint i = 0; i < n; i++)
        key[i] = tela_db_column (row, (int) i);
      g_ptr_array_add (keys, key);
    }
  sqlite3_finalize (row);
  if (error == NULL)
    return g_steal_pointer (&keys);
  tela_rest_error (write->rest, error);
  return NULL;
}

static gboolean
update_matching (Write     *write,
                 const Row *row)
{
  g_autoptr (GPtrArray) keys = matching_keys (write, write->rest->table->may_update);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      GStrv            key = keys->pdata[i];
      g_autofree char *old =
          tela_table_record (write->rest->core, write->rest->table, (const char *const *) key);

      if (!tela_write_update_row (write, row, key) || !tela_write_show (write, key))
        return FALSE;
      tela_write_keep (write, key, old);
    }
  return keys != NULL;
}

/* A change is made while its row, and who sees it, is still there. */
static gboolean
delete_matching (Write *write)
{
  TelaCore        *core = write->rest->core;
  const TelaTable *table = write->rest->table;
  g_autoptr (GPtrArray) keys = matching_keys (write, table->may_delete);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      GStrv            key = keys->pdata[i];
      g_autofree char *old = tela_table_record (core, table, (const char *const *) key);

      g_ptr_array_add (write->changes, tela_change_new (core, table, old, NULL));
      if (!tela_write_show (write, key) || !tela_write_delete_row (write, key))
        return FALSE;
    }
  return keys != NULL;
}

/* ---- Beginning and end ---- */

static void
write_clear (Write *self)
{
  g_clear_pointer (&self->query, tela_query_free);
  g_clear_pointer (&self->select, tela_select_free);
  if (self->changes != NULL)
    g_ptr_array_unref (self->changes);
  if (self->rows != NULL)
    g_string_free (self->rows, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Write, write_clear)

/* FALSE: answered. */
static gboolean
write_begin (Write    *self,
             TelaRest *rest)
{
  g_autoptr (GError) error = NULL;

  self->rest = rest;
  self->now_ms = tela_now_ms ();
  self->query = tela_rest_query (rest);
  if (self->query == NULL)
    return FALSE;
  if (tela_rest_prefers (rest, "return=representation") &&
      (self->select = tela_rest_select (rest, self->query)) == NULL)
    return FALSE;
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_change_free);
  self->rows = g_string_new (NULL);
  tela_json_writer_init (&self->writer, self->rows, 0);
  self->array = !tela_rest_wants_object (rest);
  if (self->array)
    tela_json_writer_begin_array (&self->writer);
  /* Whether a row may be there is asked before what it refers to. */
  if (tela_db_begin (rest->core->db, &error) &&
      tela_db_run (rest->core->db, &error, "PRAGMA defer_foreign_keys = ON", ""))
    return TRUE;
  tela_db_rollback (rest->core->db);
  tela_rest_error (rest, error);
  return FALSE;
}

/* Nothing remains of it, and it was answered. */
static void
write_abandon (Write *self)
{
  tela_db_rollback (self->rest->core->db);
}

static void
write_finish (Write *self,
              guint  status_empty,
              guint  status_rows)
{
  TelaRest           *rest = self->rest;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (rest->msg);
  g_autoptr (GError) error = NULL;
  g_autofree char *range = NULL;

  if (self->select != NULL && !self->array && self->n_rows != 1)
    {
      write_abandon (self);
      tela_rest_not_single (rest, self->n_rows);
      return;
    }
  if (!tela_db_commit (rest->core->db, &error))
    {
      tela_rest_error (rest, error);
      return;
    }
  for (guint i = 0; i < self->changes->len; i++)
    tela_change_announce (rest->core, self->changes->pdata[i]);
  range = tela_rest_wants_count (rest) ? g_strdup_printf ("*/%u", self->n_rows) : g_strdup ("*/*");
  soup_message_headers_replace (headers, "Content-Range", range);
  if (self->select == NULL)
    {
      tela_http_empty (rest->msg, status_empty);
      return;
    }
  if (self->array)
    tela_json_writer_end_array (&self->writer);
  tela_http_json (rest->msg, status_rows, g_steal_pointer (&self->rows));
}

/* ---- Methods ---- */

void
tela_rest_insert (TelaRest *rest)
{
  g_auto (Write) write = { NULL };
  gboolean merges = tela_rest_prefers (rest, "resolution=merge-duplicates");
  guint    made;

  if (rest->table->may_insert == NULL)
    {
      tela_write_no_privilege (rest);
      return;
    }
  if (!tela_claims_is_user (rest->claims) && !tela_claims_is_service (rest->claims))
    {
      tela_rest_denied (rest, "new row violates row-level security policy");
      return;
    }
  if (!write_begin (&write, rest))
    return;
  if (!tela_write_insert_all (&write, &made))
    write_abandon (&write);
  else
    write_finish (&write, merges && made == 0 ? 200 : 201, merges && made == 0 ? 200 : 201);
}

/* Changing or deleting everything at once is refused. */
static gboolean
has_filter (Write *write)
{
  if (tela_query_has_filter (write->query))
    return TRUE;
  tela_rest_fail (write->rest, 400, "21000",
                  strcmp (write->rest->method, "PATCH") == 0 ? "UPDATE requires a WHERE clause"
                                                             : "DELETE requires a WHERE clause");
  return FALSE;
}

void
tela_rest_update (TelaRest *rest)
{
  g_auto (Write) write = { NULL };
  g_auto (Row) row = { 0 };
  gboolean any;

  if (rest->table->may_update == NULL)
    {
      tela_write_no_privilege (rest);
      return;
    }
  if (!write_begin (&write, rest))
    return;
  if (has_filter (&write) && tela_write_take_changes (&write, &row, &any) && (!any || update_matching (&write, &row)))
    write_finish (&write, 204, 200);
  else
    write_abandon (&write);
}

void
tela_rest_delete (TelaRest *rest)
{
  g_auto (Write) write = { NULL };

  if (rest->table->may_delete == NULL)
    {
      tela_write_no_privilege (rest);
      return;
    }
  if (!write_begin (&write, rest))
    return;
  if (has_filter (&write) && delete_matching (&write))
    write_finish (&write, 204, 200);
  else
    write_abandon (&write);
}
