/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include "../common/test-long.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* A child commits edits as fast as it can and prints the number of each one that it was told is durable; the parent
 * kills it with SIGKILL after a drawn count of them. Then everything printed must be there, and nothing by halves. */
#define N_KILLS 10
#define N_UNDER_WAY 4
#define MAX_PRINTED 60
#define EDITS_A_ROUND 100000
#define SEED 20240607

static const char *const parts[] = { "a", "b", "c" };

typedef struct
{
  TelaStore *store;
  gint64     next; /* to commit */
  gint64     done; /* next to be told of: the order is that of the calls */
} Child;

static void commit_next (Child *child);

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Child *child = user_data;
  g_autoptr (GError) error = NULL;

  tela_store_commit_finish (child->store, result, &error);
  g_assert_no_error (error);
  printf ("%" G_GINT64_FORMAT "\n", child->done++);
  fflush (stdout);
  commit_next (child);
}

/* Each edit touches three elements of its own, all with its number. */
static void
commit_next (Child *child)
{
  gint64 number = child->next++;
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (TelaBoard) board = tela_board_new (BOARD);
  g_autoptr (TelaUndoEntry) entry = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *id = g_strdup_printf ("%s-%" G_GINT64_FORMAT, parts[i], number);

      g_ptr_array_add (ops, make_op (id, "x", (double) number, 1 + number, 1));
    }
  entry = tela_undo_record (board, (TelaElement *const *) ops->pdata, ops->len);
  tela_store_commit_async (child->store, BOARD, ops, TELA_EDIT_PUSH, entry, NULL, NULL, committed_cb, child);
}

static int
run_child (const char *dir,
           gint64      start)
{
  Child child = { .next = start, .done = start };
  g_autoptr (GError) error = NULL;

  child.store = tela_store_open (dir, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_UNDER_WAY; i++)
    commit_next (&child);

  for (;;)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}

/* The edits that the child was told of before it died. */
static gint64
run_and_kill (const char *program,
              const char *dir,
              gint64      start,
              guint       n_wanted)
{
  g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT, start);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  gint64 n = 0;
  char  *line;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--child", dir, first, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      if (strchr (line, '\n') == NULL && *line != '\0')
        {
          g_assert_cmpint (g_ascii_strtoll (line, NULL, 10), ==, start + n);
          n++;
        }
      g_free (line);
      if (n == n_wanted)
        g_subprocess_force_exit (child);
    }
  g_subprocess_wait (child, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (child));

  return n;
}

static void
assert_intact (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  sqlite3         *db = NULL;
  sqlite3_stmt    *stmt = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "ok");
  sqlite3_finalize (stmt);
  sqlite3_close (db);
}

static gboolean
has_part (TelaStoredBoard *board,
          const char      *part,
          gint64           number)
{
  g_autofree char *id = g_strdup_printf ("%s-%" G_GINT64_FORMAT, part, number);
  double           found = number_of (board->elements, id, "x");

  g_assert_true (isnan (found) || found == (double) number);

  return !isnan (found);
}

/* Returns how many edits of the round are there: those named, and at most those that were under way. */
static guint
count_edits (TelaStoredBoard *board,
             gint64           start,
             gint64           n_named)
{
  guint n = 0;

  while (has_part (board, parts[0], start + n))
    {
      for (guint i = 1; i < G_N_ELEMENTS (parts); i++)
        g_assert_true (has_part (board, parts[i], start + n));
      n++;
    }
  g_assert_cmpint (n, >=, n_named);
  g_assert_cmpint (n, <=, n_named + 2 * N_UNDER_WAY);

  return n;
}

static void
test_kill (Fixture      *fixture,
           gconstpointer program)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  guint total = 0;

  for (guint round = 0; round < test_times (N_KILLS); round++)
    {
      gint64 start = (gint64) round * EDITS_A_ROUND, n_named;
      g_autoptr (TelaStoredBoard) board = NULL;
      g_autoptr (GError) error = NULL;

      tela_store_close (fixture->store);
      g_clear_object (&fixture->store);
      n_named = run_and_kill (program, fixture->dir, start, (guint) g_rand_int_range (random, 1, MAX_PRINTED));
      assert_intact (fixture->dir);

      fixture->store = tela_store_open (fixture->dir, &error);
      g_assert_no_error (error);
      g_assert_null (tela_store_get_warning (fixture->store));
      board = load (fixture->store);
      total += count_edits (board, start, n_named);
      g_assert_cmpuint (board->elements->len, ==, total * G_N_ELEMENTS (parts));
      g_assert_cmpuint (board->n_outbox, ==, total);
      g_assert_cmpuint (board->undo->len, ==, MIN (total, TELA_UNDO_MAX_ENTRIES));
    }
}

int
main (int    argc,
      char **argv)
{
  if (argc == 4 && strcmp (argv[1], "--child") == 0)
    return run_child (argv[2], g_ascii_strtoll (argv[3], NULL, 10));

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/crash/kill", Fixture, argv[0], fixture_set_up, test_kill, fixture_tear_down);

  return g_test_run ();
}
