/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

static guint
finish (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  guint n;

  n = tela_store_finish_drafts (fixture->store, BOARD, &error);
  g_assert_no_error (error);

  return n;
}

static void
put (Fixture     *fixture,
     const char  *draft,
     TelaElement *op)
{
  g_autoptr (GPtrArray) ops = elements_of (op, NULL);

  tela_store_put_draft (fixture->store, BOARD, draft, ops);
}

/* After a crash the last state of each draft becomes an edit that can be undone. */
static void
test_finished_at_start (Fixture      *fixture,
                        gconstpointer data)
{
  g_autoptr (TelaStoredBoard) board = NULL;

  apply (fixture->store, elements_of (make_op ("a", "x", 1, 50, 2), NULL), "e", 1, FALSE);
  put (fixture, "stroke", make_op ("a", "x", 2, 100, 1));
  put (fixture, "stroke", make_op ("a", "x", 3, 101, 1));
  put (fixture, "text", make_op ("b", "x", 4, 102, 1));
  fixture_reopen (fixture);

  g_assert_cmpuint (finish (fixture), ==, 2);
  g_assert_cmpuint (finish (fixture), ==, 0);

  board = load (fixture->store);
  g_assert_cmpfloat (number_of (board->elements, "a", "x"), ==, 3);
  g_assert_cmpfloat (number_of (board->elements, "b", "x"), ==, 4);
  g_assert_cmpuint (board->undo->len, ==, 2);
  g_assert_cmpuint (board->n_outbox, ==, 2);
}

static void
test_undone (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (TelaStoredBoard) stored = NULL;
  g_autoptr (TelaBoard) board = tela_board_new (BOARD);
  g_autoptr (TelaUndo) undo = tela_undo_new ();
  g_autoptr (TelaUndoEntry) replaced = NULL;
  g_autoptr (TelaUndoEntry) entry = NULL;
  g_autoptr (GPtrArray) ops = NULL;
  guint   skipped = 0;
  guint64 skipped_actor;

  apply (fixture->store, elements_of (make_op ("a", "x", 1, 50, 2), NULL), "e", 1, FALSE);
  put (fixture, "stroke", make_op ("a", "x", 2, 100, 1));
  g_assert_cmpuint (finish (fixture), ==, 1);

  stored = load (fixture->store);
  tela_board_merge (board, (TelaElement *const *) stored->elements->pdata, stored->elements->len);
  tela_undo_restore (undo, stored->undo, stored->redo);
  ops = tela_undo_undo (undo, board, make_stamp (200, 1), &replaced, &entry, &skipped, &skipped_actor);
  g_assert_cmpuint (skipped, ==, 0);
  g_assert_cmpfloat (number_of (ops, "a", "x"), ==, 1);
}

static void
test_ends_with_its_edit (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (fixture, "stroke", make_op ("a", "x", 2, 100, 1));
  put (fixture, "other", make_op ("b", "x", 2, 100, 1));
  commit (fixture->store, BOARD, elements_of (make_op ("a", "x", 3, 110, 1), NULL), TELA_EDIT_NONE, NULL, "stroke",
          &error);
  g_assert_no_error (error);
  tela_store_drop_draft (fixture->store, "other");

  g_assert_cmpuint (finish (fixture), ==, 0);
}

static void
test_empty (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (GPtrArray) none = elements_of (NULL, NULL);
  g_autoptr (TelaStoredBoard) board = NULL;

  tela_store_put_draft (fixture->store, BOARD, "stroke", none);
  g_assert_cmpuint (finish (fixture), ==, 1);
  board = load (fixture->store);
  g_assert_cmpuint (board->undo->len + board->n_outbox, ==, 0);
  g_assert_cmpuint (finish (fixture), ==, 0);
}

/* Of a replica that nobody uses any more, every board is taken. */
static void
test_of_all_boards (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (GPtrArray) ops = elements_of (make_op ("c", "x", 1, 100, 1), NULL);
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (GError) error = NULL;

  put (fixture, "stroke", make_op ("a", "x", 2, 100, 1));
  tela_store_put_draft (fixture->store, "another-board", "text", ops);

  g_assert_cmpuint (tela_store_finish_drafts (fixture->store, NULL, &error), ==, 2);
  g_assert_no_error (error);
  waiting = tela_store_list_waiting (fixture->store, &error);
  g_assert_cmpuint (waiting->len, ==, 2);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/drafts/finished", test_finished_at_start);
  ADD ("/store/drafts/undone", test_undone);
  ADD ("/store/drafts/ends-with-edit", test_ends_with_its_edit);
  ADD ("/store/drafts/empty", test_empty);
  ADD ("/store/drafts/all-boards", test_of_all_boards);

  return g_test_run ();
}
