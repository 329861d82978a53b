/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* kill -9 at random moments of a busy process that edits and serves: what it said was on disk is there, no gesture by halves, and
 * both databases are sound. */

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

#include "../common/test-long.h"

#define N_KILLS 20
#define KILLS_A_BOARD 20
#define LONGEST_MS 120
#define GESTURES_A_ROUND 100000
#define SEED 20261123
#define N_PARTS 3

typedef struct
{
  char  *dir;
  char  *board;
  GRand *rand;
} Crash;

static char *
run (Crash      *crash,
     const char *board,
     const char *first)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "host", "crash-child", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  char *out = NULL;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, crash->dir, board, first, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &out, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (child));
  return g_strchomp (out);
}

static gboolean
kill_cb (gpointer user_data)
{
  g_subprocess_force_exit (user_data);
  return G_SOURCE_REMOVE;
}

static void
kill_soon (Crash       *crash,
           GSubprocess *child,
           guint        from_ms)
{
  g_timeout_add (from_ms + (guint) g_rand_int_range (crash->rand, 0, LONGEST_MS), kill_cb, child);
}

/* The last gesture that the child said was on disk; before its first: -1. Some die while they are still opening things, most of
 * them busy. */
static gint64
run_and_kill (Crash   *crash,
              gint64   start,
              gboolean early)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "host", "crash-child", NULL);
  g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT, start);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GDataInputStream) says = NULL;
  gint64 last = -1;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, crash->dir, crash->board, first, NULL);
  g_assert_no_error (error);
  says = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  if (early)
    kill_soon (crash, child, 20);
  for (;;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autofree char *line = NULL;

      g_data_input_stream_read_line_async (says, G_PRIORITY_DEFAULT, NULL, result_cb, &result);
      line = g_data_input_stream_read_line_finish (says, await_result (&result), NULL, &error);
      g_assert_no_error (error);
      if (line == NULL)
        break;
      if (last < 0 && !early)
        kill_soon (crash, child, 0);
      last = MAX (last, g_ascii_strtoll (line, NULL, 10));
    }
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_signaled (child));
  return last;
}

static void
assert_sound (const char *path)
{
  sqlite3      *db = NULL;
  sqlite3_stmt *stmt = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "ok");
  sqlite3_finalize (stmt);
  sqlite3_close (db);
}

static void
assert_all_sound (Crash *crash)
{
  static const char *const names[] = { "server/backend.db", "replica-0/store.db", "replica-1/store.db" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (crash->dir, names[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        assert_sound (path);
    }
}

static gboolean
has_part (const char *dump,
          gint64      number,
          int         part)
{
  g_autofree char *id = g_strdup_printf ("\"id\":\"%" G_GINT64_FORMAT "-%d\"", number, part);

  return strstr (dump, id) != NULL;
}

/* All that were named, then some that were not, each as a whole. */
static void
check (const char *dump,
       gint64      start,
       gint64      last)
{
  gint64 n = start;

  for (; n <= last || has_part (dump, n, 0); n++)
    for (int part = 0; part < N_PARTS; part++)
      if (!has_part (dump, n, part))
        g_error ("Part %d of gesture %" G_GINT64_FORMAT " is not there; the last one named is %" G_GINT64_FORMAT, part, n,
                 last);
}

static void
test_kill (Crash        *crash,
           gconstpointer data)
{
  guint n_named = 0;

  g_test_message ("seed %d", SEED);
  for (guint round = 0; round < test_times (N_KILLS); round++)
    {
      gint64           start = (gint64) (round + 1) * GESTURES_A_ROUND, last;
      g_autofree char *dump = NULL;

      if (round % KILLS_A_BOARD == 0)
        {
          g_free (crash->board);
          crash->board = run (crash, "new", "");
        }
      last = run_and_kill (crash, start, round % 4 == 0);
      assert_all_sound (crash);
      dump = run (crash, crash->board, "dump");
      check (dump, start, last);
      assert_all_sound (crash);
      n_named += last >= start;
    }
  g_test_message ("in %u rounds something had been named", n_named);
  g_assert_cmpuint (n_named, >=, test_times (N_KILLS) * 3 / 4);
}

static void
set_up (Crash        *crash,
        gconstpointer data)
{
  crash->dir = g_dir_make_tmp ("tela-crash-XXXXXX", NULL);
  crash->rand = g_rand_new_with_seed (SEED);
}

static void
tear_down (Crash        *crash,
           gconstpointer data)
{
  remove_tree (crash->dir);
  g_free (crash->dir);
  g_free (crash->board);
  g_rand_free (crash->rand);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/host/crash/kill", Crash, NULL, set_up, test_kill, tear_down);
  return g_test_run ();
}
