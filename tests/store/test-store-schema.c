/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <sqlite3.h>

/* The store as @data, a file of SQL, has it. */
static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autofree char *sql_path = g_build_filename (FIXTURES, data, NULL);
  g_autofree char *path = NULL;
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *db = NULL;

  fixture->dir = g_dir_make_tmp ("tela-store-XXXXXX", &error);
  g_assert_no_error (error);
  g_file_get_contents (sql_path, &sql, NULL, &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "store.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->store = tela_store_open (fixture->dir, &error);
  g_assert_no_error (error);
  g_assert_no_error (tela_store_get_warning (fixture->store));
}

static int
ask (Fixture    *fixture,
     const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->dir, "store.db", NULL);
  sqlite3         *db = NULL;
  sqlite3_stmt    *stmt = NULL;
  int              answer;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  answer = sqlite3_column_int (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return answer;
}

static char *
dump (TelaStoredBoard *stored)
{
  g_autoptr (TelaBoard) board = tela_board_new (BOARD);

  tela_board_merge (board, (TelaElement *const *) stored->elements->pdata, stored->elements->len);
  return tela_board_dump (board, TRUE);
}

static char *
read_fixture (const char *name)
{
  g_autofree char *path = g_build_filename (FIXTURES, name, NULL);
  char            *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strchomp (text);
}

/* The dump beside the fixture is what that version made of it. */
static void
assert_board (Fixture *fixture)
{
  g_autoptr (TelaStoredBoard) stored = load (fixture->store);
  g_autofree char *expected = read_fixture ("store-1.json");
  g_autofree char *text = dump (stored);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (stored->epoch, ==, "epoch-1");
  g_assert_cmpint (stored->last, ==, 7);
  g_assert_cmpuint (stored->undo->len, ==, 1);
  g_assert_cmpuint (stored->n_outbox, ==, 2);
}

static void
test_from_1 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (TelaStoredBoard) finished = NULL;
  g_autoptr (GError) error = NULL;

  open_store (fixture);
  assert_board (fixture);
  rows = outbox (fixture->store, 100);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpuint (tela_store_finish_drafts (fixture->store, BOARD, &error), ==, 1);
  g_assert_no_error (error);
  finished = load (fixture->store);
  g_assert_cmpfloat (number_of (finished->elements, "rough", "x"), ==, 4);
}

/* Every element is in the newest form, and a second opening finds nothing to do. */
static void
test_repacked (Fixture      *fixture,
               gconstpointer data)
{
  open_store (fixture);
  tela_store_close (fixture->store);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
  g_assert_cmpint (ask (fixture, "PRAGMA user_version"), ==, 2);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM elements WHERE hex(substr(packed, 1, 1)) = '02'"), ==, 5);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM elements WHERE length(confirmed) = 0"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM elements WHERE hex(substr(confirmed, 1, 1)) = '02'"), ==, 1);
  open_store (fixture);
  assert_board (fixture);
}

/* A row that cannot be read stays as it is; it is found when it is read, and the file is set aside at the next start. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  g_autoptr (GError) error = NULL;

  ask (fixture, "UPDATE elements SET packed = X'01FF' WHERE id = 'ink' RETURNING 1");
  open_store (fixture);
  tela_store_load_async (fixture->store, BOARD, NULL, result_cb, &result);
  board = tela_store_load_finish (fixture->store, await_result (&result), &error);
  g_assert_null (board);
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
  fixture_reopen (fixture);
  g_assert_error (tela_store_get_warning (fixture->store), TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
}

/* A step that cannot be finished leaves the version that was there. */
static void
test_cannot (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ask (fixture, "SELECT 1");
  {
    g_autofree char *path = g_build_filename (fixture->dir, "store.db", NULL);
    sqlite3         *db = NULL;

    g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_exec (db,
                                   "CREATE TRIGGER no BEFORE UPDATE ON elements BEGIN SELECT raise(ABORT, 'no'); END",
                                   NULL, NULL, NULL),
                     ==, SQLITE_OK);
    sqlite3_close (db);
  }
  fixture->store = tela_store_open (fixture->dir, &error);
  g_assert_null (fixture->store);
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED);
  g_assert_cmpint (ask (fixture, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask (fixture, "SELECT count(*) FROM elements WHERE hex(substr(packed, 1, 1)) = '01'"), ==, 5);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/store/schema/from-1", Fixture, "store-1.sql", set_up, test_from_1, fixture_tear_down);
  g_test_add ("/store/schema/repacked", Fixture, "store-1.sql", set_up, test_repacked, fixture_tear_down);
  g_test_add ("/store/schema/damaged", Fixture, "store-1.sql", set_up, test_damaged, fixture_tear_down);
  g_test_add ("/store/schema/cannot", Fixture, "store-1.sql", set_up, test_cannot, fixture_tear_down);

  return g_test_run ();
}
