/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

static TelaUndoEntry *
record (TelaElement *op)
{
  g_autoptr (TelaBoard) board = tela_board_new (BOARD);

  return tela_undo_record (board, &op, 1);
}

static void
test_unknown_board (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (TelaStoredBoard) board = load (fixture->store);

  g_assert_cmpstr (board->project_id, ==, BOARD);
  g_assert_cmpstr (board->epoch, ==, "");
  g_assert_cmpint (board->last, ==, -1);
  g_assert_cmpuint (board->elements->len + board->undo->len + board->redo->len + board->n_outbox, ==, 0);
}

static void
test_survives_reopening (Fixture      *fixture,
                         gconstpointer data)
{
  guint64 actor = tela_store_get_actor (fixture->store);
  g_autoptr (TelaStoredBoard) board = NULL;
  gint64 first, second;

  first = commit_one (fixture->store, make_op ("a", "x", 1, 100, actor));
  second = commit_one (fixture->store, make_op ("a", "y", 2, 200, actor));
  g_assert_cmpint (first, >, 0);
  g_assert_cmpint (second, >, first);
  apply (fixture->store, elements_of (make_op ("b", "x", 3, 150, 7), NULL), "epoch-1", 12, FALSE);

  fixture_reopen (fixture);
  g_assert_cmpuint (tela_store_get_actor (fixture->store), !=, actor);
  g_assert_null (tela_store_get_warning (fixture->store));

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 2);
  g_assert_cmpfloat (number_of (board->elements, "a", "x"), ==, 1);
  g_assert_cmpfloat (number_of (board->elements, "a", "y"), ==, 2);
  g_assert_cmpfloat (number_of (board->elements, "b", "x"), ==, 3);
  g_assert_cmpstr (board->epoch, ==, "epoch-1");
  g_assert_cmpint (board->last, ==, 12);
  g_assert_cmpuint (board->n_outbox, ==, 2);
}

static void
test_apply_merges (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (TelaStoredBoard) board = NULL;

  commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  apply (fixture->store, elements_of (make_op ("a", "x", 2, 90, 2), make_op ("a", "y", 3, 90, 2), NULL), "e", 5, FALSE);
  apply (fixture->store, elements_of (make_op ("a", "y", 4, 80, 2), NULL), NULL, -1, FALSE);

  board = load (fixture->store);
  g_assert_cmpfloat (number_of (board->elements, "a", "x"), ==, 1);
  g_assert_cmpfloat (number_of (board->elements, "a", "y"), ==, 3);
  g_assert_cmpstr (board->epoch, ==, "e");
  g_assert_cmpint (board->last, ==, 5);
}

/* What the server has, no property more, and what the outbox makes of it. */
static void
test_apply_reset (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (TelaStoredBoard) board = NULL;

  apply (fixture->store,
         elements_of (make_op ("gone", "x", 1, 100, 2), make_op ("kept", "x", 1, 100, 2),
                      make_op ("half", "x", 1, 100, 2), NULL),
         "old", 5, FALSE);
  commit_one (fixture->store, make_op ("half", "y", 2, 200, 1));
  commit_one (fixture->store, make_op ("mine", "x", 3, 201, 1));
  commit_one (fixture->store, make_op ("kept", "z", 5, 202, 1));

  apply (fixture->store, elements_of (make_op ("kept", "y", 4, 150, 2), NULL), "new", 1, TRUE);

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 3);
  g_assert_true (isnan (number_of (board->elements, "gone", "x")));
  g_assert_true (isnan (number_of (board->elements, "kept", "x")));
  g_assert_cmpfloat (number_of (board->elements, "kept", "y"), ==, 4);
  g_assert_cmpfloat (number_of (board->elements, "kept", "z"), ==, 5);
  g_assert_true (isnan (number_of (board->elements, "half", "x")));
  g_assert_cmpfloat (number_of (board->elements, "half", "y"), ==, 2);
  g_assert_cmpfloat (number_of (board->elements, "mine", "x"), ==, 3);
  g_assert_cmpstr (board->epoch, ==, "new");
  g_assert_cmpint (board->last, ==, 1);
}

static void
edit (Fixture     *fixture,
      TelaEditKind kind,
      gint64       ms)
{
  TelaElement *op = make_op ("a", "x", (double) ms, ms, 1);
  g_autoptr (TelaUndoEntry) entry = record (op);
  g_autoptr (GError) error = NULL;

  commit (fixture->store, BOARD, elements_of (op, NULL), kind, entry, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_stacks (Fixture *fixture,
               guint    n_undo,
               gint64   undo_ms,
               guint    n_redo,
               gint64   redo_ms)
{
  g_autoptr (TelaStoredBoard) board = load (fixture->store);

  g_assert_cmpuint (board->undo->len, ==, n_undo);
  g_assert_cmpuint (board->redo->len, ==, n_redo);
  if (n_undo > 0)
    g_assert_cmpint (tela_stamp_get_ms (tela_undo_entry_get_stamp (g_ptr_array_index (board->undo, n_undo - 1))), ==,
                     undo_ms);
  if (n_redo > 0)
    g_assert_cmpint (tela_stamp_get_ms (tela_undo_entry_get_stamp (g_ptr_array_index (board->redo, n_redo - 1))), ==,
                     redo_ms);
}

static void
test_undo_stacks (Fixture      *fixture,
                  gconstpointer data)
{
  edit (fixture, TELA_EDIT_PUSH, 1);
  edit (fixture, TELA_EDIT_PUSH, 2);
  assert_stacks (fixture, 2, 2, 0, 0);
  edit (fixture, TELA_EDIT_UNDO, 3);
  assert_stacks (fixture, 1, 1, 1, 3);
  edit (fixture, TELA_EDIT_UNDO, 4);
  assert_stacks (fixture, 0, 0, 2, 4);
  edit (fixture, TELA_EDIT_REDO, 5);
  assert_stacks (fixture, 1, 5, 1, 3);
  edit (fixture, TELA_EDIT_NONE, 6);
  fixture_reopen (fixture);
  assert_stacks (fixture, 1, 5, 1, 3);
  edit (fixture, TELA_EDIT_PUSH, 7);
  assert_stacks (fixture, 2, 7, 0, 0);
}

/* An undo that could do nothing writes nothing and leaves no entry, but the stack has moved. */
static void
test_undo_of_nothing (Fixture      *fixture,
                      gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 gesture;

  edit (fixture, TELA_EDIT_PUSH, 1);
  gesture = commit (fixture->store, BOARD, elements_of (NULL, NULL), TELA_EDIT_UNDO, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gesture, ==, 0);
  assert_stacks (fixture, 0, 0, 0, 0);
}

static void
test_undo_is_bounded (Fixture      *fixture,
                      gconstpointer data)
{
  g_autoptr (TelaStoredBoard) board = NULL;

  for (guint i = 0; i < TELA_UNDO_MAX_ENTRIES + 5; i++)
    {
      g_autoptr (GPtrArray) ops = elements_of (make_op ("a", "x", i, 1 + i, 1), NULL);
      g_autoptr (TelaUndoEntry) entry = record (g_ptr_array_index (ops, 0));

      tela_store_commit_async (fixture->store, BOARD, ops, TELA_EDIT_PUSH, entry, NULL, NULL, NULL, NULL);
    }

  board = load (fixture->store);
  g_assert_cmpuint (board->undo->len, ==, TELA_UNDO_MAX_ENTRIES);
  g_assert_cmpint (tela_stamp_get_ms (tela_undo_entry_get_stamp (g_ptr_array_index (board->undo, 0))), ==, 6);
}

static void
test_forget (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (TelaStoredBoard) board = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (GError) error = NULL;

  edit (fixture, TELA_EDIT_PUSH, 1);
  apply (fixture->store, elements_of (make_op ("b", "x", 3, 150, 7), NULL), "e", 2, FALSE);
  tela_store_forget (fixture->store, BOARD);

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len + board->undo->len + board->n_outbox, ==, 0);
  g_assert_cmpint (board->last, ==, -1);
  waiting = tela_store_list_waiting (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (waiting->len, ==, 0);
}

static void
test_notes (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *none = tela_store_get_note (fixture->store, "boards");
  g_autofree char *text = NULL;

  g_assert_null (none);
  tela_store_put_note (fixture->store, "boards", "[1]");
  tela_store_put_note (fixture->store, "boards", "[2]");
  fixture_reopen (fixture);
  text = tela_store_get_note (fixture->store, "boards");
  g_assert_cmpstr (text, ==, "[2]");
}

static void
synced_cb (TelaStore *store,
           guint     *n)
{
  *n += 1;
}

static gboolean G_GNUC_NORETURN
too_late_cb (gpointer user_data)
{
  g_error ("Not synced in time");
}

static void
test_synced (Fixture      *fixture,
             gconstpointer data)
{
  guint deadline = g_timeout_add_seconds (20, too_late_cb, NULL);
  guint n = 0;

  g_signal_connect (fixture->store, "synced", G_CALLBACK (synced_cb), &n);
  g_assert_true (tela_store_is_synced (fixture->store));
  commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  g_assert_false (tela_store_is_synced (fixture->store));

  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (tela_store_is_synced (fixture->store));
  g_source_remove (deadline);
}

static void
test_cancelled_before (Fixture      *fixture,
                       gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) ops = elements_of (make_op ("a", "x", 1, 100, 1), NULL);
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;

  g_cancellable_cancel (cancellable);
  tela_store_commit_async (fixture->store, BOARD, ops, TELA_EDIT_NONE, NULL, NULL, cancellable, result_cb, &written);
  tela_store_load_async (fixture->store, BOARD, cancellable, result_cb, &read);
  g_assert_null (written); /* never called back from inside the call */

  g_assert_cmpint (tela_store_commit_finish (fixture->store, await_result (&written), &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (tela_store_load_finish (fixture->store, await_result (&read), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 0);
}

static void
test_closed (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tela_store_close (fixture->store);
  tela_store_close (fixture->store);
  g_assert_true (tela_store_is_synced (fixture->store));
  tela_store_put_note (fixture->store, "a", "b");
  commit (fixture->store, BOARD, elements_of (make_op ("a", "x", 1, 1, 1), NULL), TELA_EDIT_NONE, NULL, NULL, &error);
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CLOSED);
}

/* The owner lets go while a call is under way: it is carried out all the same. */
static void
test_owner_gone (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GPtrArray) ops = elements_of (make_op ("a", "x", 1, 100, 1), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  GAsyncResult *result = NULL;

  tela_store_commit_async (fixture->store, BOARD, ops, TELA_EDIT_NONE, NULL, NULL, NULL, result_cb, &result);
  g_clear_object (&fixture->store);
  await_result (&result);
  g_object_unref (result);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  fixture->store = tela_store_open (fixture->dir, &error);
  g_assert_no_error (error);
  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 1);
}

/* How nice the store's thread is; a thread has its name when its maker goes on. */
static int
niceness_of_worker (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char *id;

  while (tasks != NULL && (id = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", id, "comm", NULL);
      g_autofree char *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL) && strcmp (name, "tela-store\n") == 0)
        return getpriority (PRIO_PROCESS, (id_t) atoi (id));
    }

  return G_MAXINT;
}

/* Who draws has the processor first. */
static void
test_gentle (Fixture      *fixture,
             gconstpointer data)
{
  commit_one (fixture->store, make_op ("a", "x", 1, 100, tela_store_get_actor (fixture->store)));
  g_assert_cmpint (niceness_of_worker (), >, getpriority (PRIO_PROCESS, 0));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/load/unknown", test_unknown_board);
  ADD ("/store/load/reopened", test_survives_reopening);
  ADD ("/store/apply/merge", test_apply_merges);
  ADD ("/store/apply/reset", test_apply_reset);
  ADD ("/store/undo/stacks", test_undo_stacks);
  ADD ("/store/undo/nothing", test_undo_of_nothing);
  ADD ("/store/undo/bounded", test_undo_is_bounded);
  ADD ("/store/forget", test_forget);
  ADD ("/store/notes", test_notes);
  ADD ("/store/synced", test_synced);
  ADD ("/store/cancelled", test_cancelled_before);
  ADD ("/store/closed", test_closed);
  ADD ("/store/owner-gone", test_owner_gone);
  ADD ("/store/gentle", test_gentle);

  return g_test_run ();
}
