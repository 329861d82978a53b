/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <string.h>

#define HOUR_MS 3600000

static void
restamp_up_to (Fixture    *fixture,
               gint64      shift_ms,
               gint64      limit_ms,
               GArray    **stamps,
               GPtrArray **elements)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_store_restamp_async (fixture->store, BOARD, shift_ms, limit_ms, NULL, result_cb, &result);
  tela_store_restamp_finish (fixture->store, await_result (&result), stamps, elements, &error);
  g_assert_no_error (error);
}

static void
restamp (Fixture    *fixture,
         gint64      shift_ms,
         GArray    **stamps,
         GPtrArray **elements)
{
  restamp_up_to (fixture, shift_ms, 0, stamps, elements);
}

static TelaStamp
stamp_of_row (Fixture *fixture,
              guint    i)
{
  g_autoptr (GPtrArray) rows = outbox (fixture->store, 500);
  TelaOutboxRow *row = g_ptr_array_index (rows, i);

  return tela_element_get_stamp (g_ptr_array_index (row->ops, 0));
}

static void
test_nothing (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GArray) stamps = NULL;
  g_autoptr (GPtrArray) elements = NULL;

  restamp (fixture, HOUR_MS, &stamps, &elements);
  g_assert_cmpuint (stamps->len, ==, 0);
  g_assert_cmpuint (elements->len, ==, 0);
}

/* A clock an hour ahead: what nobody has seen is corrected, what was pushed is not. */
static void
test_shift (Fixture      *fixture,
            gconstpointer data)
{
  guint64 actor = tela_store_get_actor (fixture->store);
  g_autoptr (GArray) stamps = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  TelaRestamp *pairs;
  gint64       pushed;

  pushed = commit_one (fixture->store, make_op ("p", "x", 0, 2 * HOUR_MS, actor));
  mark_pushed (fixture->store, &pushed, 1);
  commit_one (fixture->store, make_op ("a", "x", 1, 2 * HOUR_MS + 1, actor));
  commit_one (fixture->store, make_op ("a", "y", 2, 2 * HOUR_MS + 2, actor));

  restamp (fixture, -HOUR_MS, &stamps, &elements);

  g_assert_cmpuint (stamps->len, ==, 2);
  pairs = (TelaRestamp *) stamps->data;
  g_assert_cmpint (tela_stamp_get_ms (pairs[0].from), ==, 2 * HOUR_MS + 1);
  g_assert_cmpint (tela_stamp_get_ms (pairs[0].to), ==, HOUR_MS + 1);
  g_assert_true (pairs[0].to.actor == actor);
  g_assert_cmpint (tela_stamp_get_ms (stamp_of_row (fixture, 0)), ==, 2 * HOUR_MS);
  g_assert_cmpint (tela_stamp_get_ms (stamp_of_row (fixture, 1)), ==, HOUR_MS + 1);
  g_assert_cmpint (tela_stamp_get_ms (stamp_of_row (fixture, 2)), ==, HOUR_MS + 2);

  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 2);
  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (elements, i);

      if (strcmp (tela_element_get_id (element), "a") != 0)
        continue;
      g_assert_true (tela_element_equal (element, g_ptr_array_index (board->elements, 0)));
      g_assert_cmpint (tela_stamp_get_ms (tela_element_get_stamp (element)), ==, HOUR_MS + 2);
    }
}

/* An edit was made over what its author saw; the correction must not let it lose to that. */
static void
test_stays_above_what_was_seen (Fixture      *fixture,
                                gconstpointer data)
{
  guint64 actor = tela_store_get_actor (fixture->store);
  g_autoptr (GPtrArray) elements = NULL;
  TelaStamp seen = make_stamp (5 * HOUR_MS, 9), now;

  apply (fixture->store, elements_of (make_op ("a", "x", 1, 5 * HOUR_MS, 9), NULL), "e", 1, FALSE);
  commit_one (fixture->store, make_op ("a", "x", 2, 5 * HOUR_MS + 10, actor));
  commit_one (fixture->store, make_op ("b", "x", 3, 5 * HOUR_MS + 11, actor));

  restamp (fixture, -HOUR_MS, NULL, &elements);

  g_assert_cmpfloat (number_of (elements, "a", "x"), ==, 2);
  now = stamp_of_row (fixture, 0);
  g_assert_cmpint (tela_stamp_compare (now, seen), >, 0);
  g_assert_cmpint (tela_stamp_compare (stamp_of_row (fixture, 1), now), >, 0);
}

/* What others wrote, sent again for a server that lost it, keeps its stamps. */
static void
test_others_stamps_stay (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr (GArray) stamps = NULL;

  commit_one (fixture->store, make_op ("a", "x", 1, HOUR_MS, 9));
  restamp (fixture, HOUR_MS, &stamps, NULL);
  g_assert_cmpuint (stamps->len, ==, 0);
  g_assert_cmpint (tela_stamp_get_ms (stamp_of_row (fixture, 0)), ==, HOUR_MS);
}

/* Own stamps of an earlier opening are own stamps too, and undo entries follow. */
static void
test_undo_follows (Fixture      *fixture,
                   gconstpointer data)
{
  TelaElement *op = make_op ("a", "x", 1, HOUR_MS, tela_store_get_actor (fixture->store));
  g_autoptr (TelaBoard) before = tela_board_new (BOARD);
  g_autoptr (TelaUndoEntry) entry = tela_undo_record (before, &op, 1);
  g_autoptr (TelaStoredBoard) board = NULL;
  g_autoptr (GError) error = NULL;

  commit (fixture->store, BOARD, elements_of (op, NULL), TELA_EDIT_PUSH, entry, NULL, &error);
  g_assert_no_error (error);
  fixture_reopen (fixture);

  restamp (fixture, HOUR_MS, NULL, NULL);
  board = load (fixture->store);
  g_assert_cmpuint (board->undo->len, ==, 1);
  g_assert_cmpint (tela_stamp_get_ms (tela_undo_entry_get_stamp (g_ptr_array_index (board->undo, 0))), ==, 2 * HOUR_MS);
}

/* What lies in the future comes to the present, in its order; the rest stays. */
static void
test_limit (Fixture      *fixture,
            gconstpointer data)
{
  guint64 actor = tela_store_get_actor (fixture->store);
  g_autoptr (GArray) stamps = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  TelaStamp rows[3];

  commit_one (fixture->store, make_op ("a", "x", 1, HOUR_MS, actor));
  commit_one (fixture->store, make_op ("a", "x", 2, 9 * HOUR_MS, actor));
  commit_one (fixture->store, make_op ("b", "x", 3, 8 * HOUR_MS, actor));
  restamp_up_to (fixture, 0, 2 * HOUR_MS, &stamps, &elements);
  for (guint i = 0; i < 3; i++)
    rows[i] = stamp_of_row (fixture, i);
  g_assert_cmpint (tela_stamp_get_ms (rows[0]), ==, HOUR_MS);
  g_assert_cmpint (tela_stamp_get_ms (rows[1]), ==, 2 * HOUR_MS);
  g_assert_cmpint (tela_stamp_get_ms (rows[2]), ==, 2 * HOUR_MS);
  g_assert_cmpint (tela_stamp_compare (rows[1], rows[2]), <, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/restamp/nothing", test_nothing);
  ADD ("/store/restamp/shift", test_shift);
  ADD ("/store/restamp/limit", test_limit);
  ADD ("/store/restamp/above-seen", test_stays_above_what_was_seen);
  ADD ("/store/restamp/others", test_others_stamps_stay);
  ADD ("/store/restamp/undo", test_undo_follows);

  return g_test_run ();
}
