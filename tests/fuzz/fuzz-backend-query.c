/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-query.h"
#include "fuzz.h"

static const TelaColumn columns[] = {
  { "id", "id", TELA_COLUMN_TEXT },
  { "rev", "rev", TELA_COLUMN_INTEGER },
  { "project_id", "project_id", TELA_COLUMN_UUID },
  { "done", "done", TELA_COLUMN_BOOLEAN },
  { "at", "at", TELA_COLUMN_TIME, TELA_COLUMN_MAY_NULL },
  { NULL },
};

/* Whatever is understood is SQL that SQLite understands too, with as many question marks as values, and made of our
 * own words alone. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static sqlite3  *handle;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *sql = NULL;
  g_autoptr (TelaQuery) query = NULL;
  sqlite3_stmt *statement = NULL;

  if (handle == NULL)
    {
      g_assert_cmpint (sqlite3_open (":memory:", &handle), ==, SQLITE_OK);
      sqlite3_exec (handle, "CREATE TABLE t (id TEXT, rev INTEGER, project_id TEXT, done INTEGER, at INTEGER)", NULL,
                    NULL, NULL);
      g_assert_true (tela_query_register (handle));
    }
  query = tela_query_parse (text, columns, NULL);
  if (query == NULL)
    return 0;
  g_assert_cmpuint (strspn (query->where->str, "1 ANDORTISULLINidrevpojctanslk_()<>=?,0"), ==, query->where->len);
  sql = g_strdup_printf ("SELECT 1 FROM t WHERE %s%s%s LIMIT ? OFFSET ?", query->where->str,
                         query->order->len > 0 ? " ORDER BY " : "", query->order->str);
  g_assert_cmpint (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_bind_parameter_count (statement), ==, (int) query->values->len + 2);
  g_assert_cmpint (tela_query_bind (query, statement, 1), ==, (int) query->values->len + 1);
  sqlite3_bind_int64 (statement, (int) query->values->len + 1, query->limit);
  sqlite3_bind_int64 (statement, (int) query->values->len + 2, query->offset);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
  return 0;
}
