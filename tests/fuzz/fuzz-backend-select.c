/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-query.h"
#include "backend-select.h"
#include "fuzz.h"

static const char schema[] =
    "CREATE TABLE meta (key, value); CREATE TABLE profiles (id, name, color, created_at, updated_at);"
    "CREATE TABLE projects (id, name, owner, rev, pruned_rev, created_at, updated_at, deleted_at, thumbnail);"
    "CREATE TABLE project_members (project_id, user_id, role, created_at);"
    "CREATE TABLE elements (project_id, id, body, rev, updated_at);"
    "CREATE TABLE invites (id, project_id, host_id, role, token_hash, created_by, created_at,"
    " expires_at, revoked, uses, max_uses, last_used_at)";

/* Whatever is understood is a list that SQLite understands too, and nothing in it is anybody else's word: what is asked
 * for by a name of its own is renamed here, not there. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static sqlite3        *handle;
  const TelaTable *const tables[] = { &tela_table_projects, &tela_table_members, &tela_table_elements };
  g_autofree char       *text = g_strndup ((const char *) data, size);

  if (handle == NULL)
    {
      g_assert_cmpint (sqlite3_open (":memory:", &handle), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (handle, schema, NULL, NULL, NULL), ==, SQLITE_OK);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaSelect) select = tela_select_parse (text, tables[i], &error);
      g_autoptr (GString) sql = g_string_new ("SELECT ");
      sqlite3_stmt *statement = NULL;

      g_assert_true ((select == NULL) == (error != NULL));
      if (select == NULL)
        {
          g_assert_true (error->domain == TELA_SELECT_ERROR && g_utf8_validate (error->message, -1, NULL));
          continue;
        }
      tela_select_append_sql (select, sql);
      g_assert_null (strpbrk (sql->str, ";?\"-"));
      g_string_append_printf (sql, " FROM %s AS t", tables[i]->name);
      g_assert_cmpint (sqlite3_prepare_v2 (handle, sql->str, -1, &statement, NULL), ==, SQLITE_OK);
      g_assert_true (sqlite3_stmt_readonly (statement));
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
      sqlite3_finalize (statement);
    }
  return 0;
}
