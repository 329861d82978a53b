/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534
#define FULL_AT_BYTES (400 * 1024)

static char *
database_of (Fixture *fixture)
{
  return g_build_filename (fixture->dir, "store.db", NULL);
}

static void
close_store (Fixture *fixture)
{
  tela_store_close (fixture->store);
  g_clear_object (&fixture->store);
}

static TelaElement *
make_bulky_op (guint i)
{
  g_autofree char *id = g_strdup_printf ("bulky-%u", i);
  g_autofree char *text = g_strnfill (20000, 't');
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  tela_op_builder_set_string (builder, TELA_KEY_TEXT, text);

  return tela_op_builder_end (builder, make_stamp (100 + i, 1));
}

static void
failed_cb (TelaStore *store,
           GError    *error,
           GError   **seen)
{
  if (*seen == NULL)
    *seen = g_error_copy (error);
}

static gboolean G_GNUC_NORETURN
too_late_cb (gpointer user_data)
{
  g_error ("No “failed” came");
}

static void
await_failed (GError **seen)
{
  guint deadline = g_timeout_add_seconds (20, too_late_cb, NULL);

  while (*seen == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

static void
set_file_limit (rlim_t bytes)
{
  struct rlimit limit;

  getrlimit (RLIMIT_FSIZE, &limit);
  limit.rlim_cur = MIN (bytes, limit.rlim_max);
  setrlimit (RLIMIT_FSIZE, &limit);
}

/* A full disk refuses an edit whole, says so, and takes edits again once there is room. */
static void
run_full (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) seen = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  g_autoptr (TelaStoredBoard) after = NULL;
  guint n = 0;

  signal (SIGXFSZ, SIG_IGN);
  set_file_limit (FULL_AT_BYTES);
  g_signal_connect (fixture->store, "failed", G_CALLBACK (failed_cb), &seen);

  while (n < 1000 &&
         commit (fixture->store, BOARD, elements_of (make_bulky_op (n), NULL), TELA_EDIT_NONE, NULL, NULL, &error) > 0)
    n++;
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FULL);
  g_assert_cmpuint (n, >, 1);
  await_failed (&seen);
  g_assert_error (seen, TELA_STORE_ERROR, TELA_STORE_ERROR_FULL);

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, n);
  g_assert_cmpuint (board->n_outbox, ==, n);

  set_file_limit (RLIM_INFINITY);
  commit_one (fixture->store, make_bulky_op (n));
  fixture_reopen (fixture);
  after = load (fixture->store);
  g_assert_cmpuint (after->elements->len, ==, n + 1);
}

static void
test_full (Fixture      *fixture,
           gconstpointer data)
{
  if (g_test_subprocess ())
    {
      run_full (fixture);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
}

/* root passes every permission, so it steps down for the while. */
static gboolean
become_nobody (void)
{
  return geteuid () != 0 || seteuid (NOBODY) == 0;
}

static void
test_read_only (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *path = database_of (fixture);
  g_autofree char *missing = g_build_filename (fixture->dir, "replica-1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) below = NULL;

  close_store (fixture);
  g_assert_cmpint (chmod (path, 0444), ==, 0);
  g_assert_cmpint (chmod (fixture->dir, 0555), ==, 0);

  if (become_nobody ())
    {
      g_assert_null (tela_store_open (fixture->dir, &error));
      g_assert_null (tela_store_open (missing, &below));
      g_assert_cmpint (seteuid (getuid ()), ==, 0);
      g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_READ_ONLY);
      g_assert_error (below, TELA_STORE_ERROR, TELA_STORE_ERROR_READ_ONLY);
    }
  else
    g_test_skip ("cannot act as an ordinary user here");

  g_assert_cmpint (chmod (fixture->dir, 0700), ==, 0);
}

static void
test_not_a_directory (Fixture      *fixture,
                      gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "store.db", "below", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tela_store_open (path, &error));
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED);
}

typedef void (*SpoilFunc) (char *contents, gsize *len);

static void
spoil_all (char  *contents,
           gsize *len)
{
  memset (contents, 'x', *len);
}

static void
spoil_middle (char  *contents,
              gsize *len)
{
  memset (contents + 4096, 0xa5, *len - 4096);
}

static void
spoil_end (char  *contents,
           gsize *len)
{
  *len /= 2;
}

/* The file set aside, of which there must be just one. (transfer full) */
static char *
find_aside (const char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  char       *found = NULL;
  const char *name;

  while ((name = g_dir_read_name (entries)) != NULL)
    if (g_str_has_prefix (name, "store.db.damaged-") && !g_str_has_suffix (name, "-wal") &&
        !g_str_has_suffix (name, "-shm"))
      {
        g_assert_null (found);
        found = g_build_filename (dir, name, NULL);
      }

  return found;
}

/* The damaged file is kept as it is, and Tela starts with a fresh one. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  SpoilFunc        spoil = (SpoilFunc) data;
  g_autofree char *path = database_of (fixture);
  g_autofree char *contents = NULL, *aside = NULL, *kept = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  gsize len, kept_len;

  for (guint i = 0; i < 50; i++)
    commit_one (fixture->store, make_bulky_op (i));
  close_store (fixture);
  g_assert_true (g_file_get_contents (path, &contents, &len, NULL));
  spoil (contents, &len);
  g_assert_true (g_file_set_contents (path, contents, (gssize) len, NULL));

  fixture->store = tela_store_open (fixture->dir, &error);
  g_assert_no_error (error);
  g_assert_error (tela_store_get_warning (fixture->store), TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
  aside = find_aside (fixture->dir);
  g_assert_nonnull (aside);
  g_assert_nonnull (strstr (tela_store_get_warning (fixture->store)->message, aside));
  g_assert_true (g_file_get_contents (aside, &kept, &kept_len, NULL));
  g_assert_cmpmem (kept, kept_len, contents, len);

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 0);
  commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  fixture_reopen (fixture);
  g_assert_null (tela_store_get_warning (fixture->store));
}

static void
run_sql (const char *path,
         const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* Damage inside a row shows when it is read; the next opening then reads everything and sets the file aside. */
static void
test_damaged_row (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *path = database_of (fixture), *aside = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) seen = NULL;

  commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  run_sql (path, "UPDATE elements SET packed = x'ff00ff'");

  g_signal_connect (fixture->store, "failed", G_CALLBACK (failed_cb), &seen);
  tela_store_load_async (fixture->store, BOARD, NULL, result_cb, &result);
  g_assert_null (tela_store_load_finish (fixture->store, await_result (&result), &error));
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
  await_failed (&seen);
  g_assert_error (seen, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);

  fixture_reopen (fixture);
  g_assert_error (tela_store_get_warning (fixture->store), TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
  aside = find_aside (fixture->dir);
  g_assert_nonnull (aside);
}

static void
test_newer (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *path = database_of (fixture), *before = NULL, *after = NULL, *aside = NULL;
  g_autoptr (GError) error = NULL;
  gsize before_len, after_len;

  commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  close_store (fixture);
  run_sql (path, "PRAGMA user_version=99");
  g_assert_true (g_file_get_contents (path, &before, &before_len, NULL));

  g_assert_null (tela_store_open (fixture->dir, &error));
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_NEWER);
  g_assert_true (g_file_get_contents (path, &after, &after_len, NULL));
  g_assert_cmpmem (before, before_len, after, after_len);
  aside = find_aside (fixture->dir);
  g_assert_null (aside);
}

#define ADD(path, data, func) g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/faults/full", NULL, test_full);
  ADD ("/store/faults/read-only", NULL, test_read_only);
  ADD ("/store/faults/not-a-directory", NULL, test_not_a_directory);
  ADD ("/store/faults/damaged/all", spoil_all, test_damaged);
  ADD ("/store/faults/damaged/middle", spoil_middle, test_damaged);
  ADD ("/store/faults/damaged/end", spoil_end, test_damaged);
  ADD ("/store/faults/damaged/row", NULL, test_damaged_row);
  ADD ("/store/faults/newer", NULL, test_newer);

  return g_test_run ();
}
