/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Databases of older versions are led up to this one. */

#include <string.h>

#include "backend-fixture.h"
#include "backend-history.h"

#define OLD_USER "11111111-1111-4111-8111-111111111111"
#define OLD_PROJECT "22222222-2222-4222-8222-222222222222"
#define OLD_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void
write_old (Fixture    *fixture,
           const char *name)
{
  g_autofree char *fixture_path = g_test_build_filename (G_TEST_DIST, "backend", name, NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  g_autofree char *sql = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *handle;

  g_assert_true (g_file_get_contents (fixture_path, &sql, NULL, &error));
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

static void
set_up (Fixture      *fixture,
        gconstpointer name)
{
  fixture->dir = g_dir_make_tmp ("tela-backend-XXXXXX", NULL);
  write_old (fixture, name);
}

static void
assert_text (TelaDb     *db,
             const char *sql,
             const char *expected)
{
  g_autofree char *text = tela_db_text (db, sql, "");

  g_assert_cmpstr (text, ==, expected);
}

static void
test_from_1 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (db->epoch, ==, "0123456789abcdef");
  assert_text (db, "PRAGMA user_version", "8");
  assert_text (db, "SELECT name FROM projects WHERE id = '" OLD_PROJECT "'", "Old plans");
  assert_text (db, "SELECT group_concat (role) FROM project_members WHERE user_id = '" OLD_USER "'", "owner");
  assert_text (db, "SELECT updated_at FROM users WHERE id = '" OLD_USER "'", "1700000000001");
  assert_text (db, "SELECT name FROM profiles WHERE id = '" OLD_USER "'", "");
  assert_text (db, "SELECT mime || id FROM objects WHERE bucket_id = 'assets' AND name = '" OLD_HASH "'",
               "image/pnge3b0c442-98fc-4c14-8afb-f4c8996fb924");
  assert_text (db, "SELECT count (*) FROM refresh_tokens", "1");
  assert_text (db, "SELECT group_concat (id) FROM buckets", "assets,thumbnails");
  assert_text (db, "PRAGMA integrity_check", "ok");
  assert_text (db, "PRAGMA foreign_key_check", NULL);
}

static void
test_from_2 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, &error);

  g_assert_no_error (error);
  assert_text (db, "SELECT name || color FROM profiles WHERE id = '" OLD_USER "'", "Ada#00ff00");
  assert_text (db, "SELECT email || password FROM users", "ada@example.org$y$j9T$x");
  assert_text (db, "SELECT group_concat (role) FROM project_members", "owner");
  assert_text (db, "SELECT prompt || status || sequence FROM fal_jobs", "a catqueued1");
  assert_text (db, "SELECT role || revoked FROM invites", "viewer0");
  assert_text (db, "SELECT count (*) FROM objects WHERE hash = '" OLD_HASH "'", "1");
  assert_text (db, "PRAGMA integrity_check", "ok");
  assert_text (db, "PRAGMA foreign_key_check", NULL);
}

static void
test_from_3 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, &error);

  g_assert_no_error (error);
  assert_text (db, "SELECT seq || event || payload FROM messages", "7UPDATE{}");
  assert_text (db, "SELECT deleted_at FROM projects", NULL);
  assert_text (db, "PRAGMA integrity_check", "ok");
  assert_text (db, "PRAGMA foreign_key_check", NULL);
}

/* Since then what is pushed is kept; the board as it was before is what that follows on. */
static void
test_from_4 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, &error);

  g_assert_no_error (error);
  assert_text (db, "SELECT deleted_at FROM projects", "1799999999000");
  assert_text (db, "SELECT count (*) FROM history", "0");
  assert_text (db, "SELECT count (*) FROM versions", "0");
  g_assert_true (tela_history_begin (db, OLD_PROJECT, 7, &error));
  assert_text (db, "SELECT rev FROM history_bases", "7");
  assert_text (db, "PRAGMA integrity_check", "ok");
  assert_text (db, "PRAGMA foreign_key_check", NULL);
}

static void
test_from_5 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, &error);

  g_assert_no_error (error);
  assert_text (db, "SELECT name || rev FROM versions", "First7");
  assert_text (db, "SELECT rev || ops FROM history", "7[]");
  assert_text (db, "PRAGMA integrity_check", "ok");
  assert_text (db, "PRAGMA foreign_key_check", NULL);
}

/* A bucket that was called so before is left as it is. */
static void
test_from_7 (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, &error);

  g_assert_no_error (error);
  assert_text (db, "SELECT name FROM projects WHERE thumbnail IS NULL AND deleted_at = 1799999999000", "Old plans");
  assert_text (db, "SELECT public FROM buckets WHERE id = 'thumbnails'", "1");
  g_assert_false (tela_db_run (db, NULL, "UPDATE projects SET thumbnail = 'somewhere/else'", ""));
  g_assert_true (tela_db_run (db, NULL, "UPDATE projects SET thumbnail = ?", "s", OLD_HASH));
  assert_text (db, "PRAGMA integrity_check", "ok");
  assert_text (db, "PRAGMA foreign_key_check", NULL);
}

/* Half a step is no step: the file is as it was. */
static void
test_cannot (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3      *handle;
  sqlite3_stmt *statement;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, "CREATE TABLE invites (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_null (tela_db_open (fixture->dir, 1800000000000, &error));
  g_assert_error (error, TELA_DB_ERROR, SQLITE_ERROR);
  g_assert_nonnull (strstr (error->message, "invites"));
  g_assert_cmpint (sqlite3_prepare_v2 (handle, "SELECT hash FROM assets", -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  sqlite3_finalize (statement);
  sqlite3_close (handle);
}

static char *
open_and_close (Fixture *fixture)
{
  g_autoptr (TelaDb) db = tela_db_open (fixture->dir, 1800000000000, NULL);

  g_assert_nonnull (db);
  return g_strdup (db->epoch);
}

static void
leave_mark (Fixture    *fixture,
            const char *boot)
{
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  g_autofree char *sql = g_strdup_printf ("INSERT INTO meta (key, value) VALUES ('boot', '%s')", boot);
  sqlite3         *handle;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
}

/* The epoch is another one after a power cut, and only then. */
static void
test_epoch (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *first = open_and_close (fixture);
  g_autofree char *again = open_and_close (fixture);
  g_autofree char *boot = NULL, *killed = NULL, *after_cut = NULL, *later = NULL;

  g_assert_cmpstr (first, ==, again);
  if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
    {
      g_test_skip ("this kernel does not say when it was started");
      return;
    }
  leave_mark (fixture, g_strstrip (boot)); /* as kill -9 does */
  killed = open_and_close (fixture);
  g_assert_cmpstr (first, ==, killed);
  leave_mark (fixture, "another");
  after_cut = open_and_close (fixture);
  g_assert_cmpstr (first, !=, after_cut);
  later = open_and_close (fixture);
  g_assert_cmpstr (after_cut, ==, later);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  fixture->session = soup_session_new ();
  fixture_tear_down (fixture, data);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/backend/schema/from-1", Fixture, "schema-1.sql", set_up, test_from_1, tear_down);
  g_test_add ("/backend/schema/from-2", Fixture, "schema-2.sql", set_up, test_from_2, tear_down);
  g_test_add ("/backend/schema/from-3", Fixture, "schema-3.sql", set_up, test_from_3, tear_down);
  g_test_add ("/backend/schema/from-4", Fixture, "schema-4.sql", set_up, test_from_4, tear_down);
  g_test_add ("/backend/schema/from-5", Fixture, "schema-5.sql", set_up, test_from_5, tear_down);
  g_test_add ("/backend/schema/from-7", Fixture, "schema-7.sql", set_up, test_from_7, tear_down);
  g_test_add ("/backend/schema/epoch", Fixture, "schema-2.sql", set_up, test_epoch, tear_down);
  g_test_add ("/backend/schema/cannot", Fixture, "schema-1.sql", set_up, test_cannot, tear_down);
  return g_test_run ();
}
