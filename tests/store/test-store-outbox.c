/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <sqlite3.h>
#include <math.h>
#include <string.h>

static void
test_order_and_limit (Fixture      *fixture,
                      gconstpointer data)
{
  gint64 ids[3];
  g_autoptr (GPtrArray) two = NULL;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GPtrArray) all = NULL;
  TelaOutboxRow *row;

  for (gint64 i = 0; i < 3; i++)
    ids[i] = commit_one (fixture->store, make_op ("a", "x", (double) i, 100 + i, 1));

  two = outbox (fixture->store, 2);
  g_assert_cmpuint (two->len, ==, 2);
  row = g_ptr_array_index (two, 0);
  g_assert_cmpint (row->id, ==, ids[0]);
  g_assert_cmpint (row->gesture, ==, ids[0]);
  g_assert_cmpint (row->created_ms, >, 0);
  g_assert_false (row->pushed);
  g_assert_cmpuint (row->ops->len, ==, 1);
  g_assert_cmpfloat (number_of (row->ops, "a", "x"), ==, 0);

  one = outbox (fixture->store, 0); /* never nothing while something waits */
  g_assert_cmpuint (one->len, ==, 1);

  mark_pushed (fixture->store, ids, 2);
  all = outbox (fixture->store, 500);
  g_assert_cmpuint (all->len, ==, 3);
  g_assert_true (((TelaOutboxRow *) g_ptr_array_index (all, 1))->pushed);
  g_assert_false (((TelaOutboxRow *) g_ptr_array_index (all, 2))->pushed);
}

/* A gesture of many operations takes rows that fit a push, and still counts as one. */
static void
test_big_gesture (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GPtrArray) ops = elements_of (NULL, NULL);
  g_autoptr (TelaStoredBoard) board = NULL;
  g_autoptr (GError) error = NULL;
  gint64 gesture;
  guint  n_sent = 0;

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *id = g_strdup_printf ("e%u", i);

      g_ptr_array_add (ops, make_op (id, "x", i, 100, 1));
    }
  gesture = commit (fixture->store, BOARD, g_ptr_array_ref (ops), TELA_EDIT_NONE, NULL, NULL, &error);
  g_assert_no_error (error);

  board = load (fixture->store);
  g_assert_cmpuint (board->n_outbox, ==, 1);
  g_assert_cmpuint (board->elements->len, ==, 1500);

  while (n_sent < 1500)
    {
      g_autoptr (GPtrArray) rows = outbox (fixture->store, 500);
      g_autoptr (GPtrArray) changed = NULL;
      TelaOutboxRow *row = g_ptr_array_index (rows, 0);

      g_assert_cmpuint (rows->len, ==, 1);
      g_assert_cmpuint (row->ops->len, <=, 400);
      g_assert_cmpint (row->gesture, ==, gesture);
      g_assert_cmpint (row->id, <=, gesture);
      n_sent += row->ops->len;
      g_assert_true ((row->id == gesture) == (n_sent == 1500));

      changed = settle (fixture->store, &row->id, 1, NULL, 0);
      g_assert_cmpuint (changed->len, ==, 0);
    }
}

static TelaElement *
make_text (const char *id,
           gsize       len)
{
  TelaOpBuilder   *builder = tela_op_builder_new (id);
  g_autofree char *text = g_strnfill (len, 't');

  tela_op_builder_set_string (builder, TELA_KEY_TEXT, text);

  return tela_op_builder_end (builder, make_stamp (100, 1));
}

static void
test_bytes_are_bounded (Fixture      *fixture,
                        gconstpointer data)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  g_autoptr (GError) error = NULL;
  gint64 ids[2];

  commit (fixture->store, BOARD,
          elements_of (make_text ("a", 300000), make_text ("b", 300000), make_text ("c", 300000), make_text ("d", 10),
                       NULL),
          TELA_EDIT_NONE, NULL, NULL, &error);
  g_assert_no_error (error);

  rows = outbox (fixture->store, 500);
  g_assert_cmpuint (rows->len, ==, 2); /* a and b; c and d: just below a megabyte together */
  for (guint i = 0; i < 2; i++)
    {
      TelaOutboxRow *row = g_ptr_array_index (rows, i);

      g_assert_cmpuint (row->ops->len, ==, 2);
      ids[i] = row->id;
    }

  commit_one (fixture->store, make_text ("e", 300000));
  rest = outbox (fixture->store, 500);
  g_assert_cmpuint (rest->len, ==, 2);

  changed = settle (fixture->store, ids, 2, NULL, 0);
  g_assert_cmpuint (changed->len, ==, 0);
}

static void
test_settle (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  gint64 id;

  id = commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  waiting = tela_store_list_waiting (fixture->store, NULL);
  g_assert_cmpuint (waiting->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (waiting, 0), ==, BOARD);

  changed = settle (fixture->store, &id, 1, NULL, 0);
  g_assert_cmpuint (changed->len, ==, 0);
  again = settle (fixture->store, &id, 1, NULL, 0); /* an answer that came twice */
  g_assert_cmpuint (again->len, ==, 0);

  rows = outbox (fixture->store, 500);
  g_assert_cmpuint (rows->len, ==, 0);
  board = load (fixture->store);
  g_assert_cmpfloat (number_of (board->elements, "a", "x"), ==, 1);
}

/* What was refused goes; what was confirmed, what others wrote and what still waits stays. */
static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  TelaElement *bad = make_op ("a", "x", 2, 200, 1);
  TelaRefusal  refusal = { .op = bad, .code = "invalid", .message = "“x” is bad" };
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  g_autoptr (GError) error = NULL;

  apply (fixture->store, elements_of (make_op ("a", "x", 1, 100, 2), NULL), "e", 1, FALSE);
  refusal.row = commit_one (fixture->store, tela_element_ref (bad));
  commit_one (fixture->store, make_op ("a", "y", 3, 300, 1));
  apply (fixture->store, elements_of (make_op ("a", "angle", 4, 150, 2), NULL), NULL, 2, FALSE);

  changed = settle (fixture->store, &refusal.row, 1, &refusal, 1);
  tela_element_unref (bad);
  g_assert_cmpuint (changed->len, ==, 1);
  g_assert_cmpfloat (number_of (changed, "a", "x"), ==, 1);
  g_assert_cmpfloat (number_of (changed, "a", "y"), ==, 3);
  g_assert_cmpfloat (number_of (changed, "a", "angle"), ==, 4);

  board = load (fixture->store);
  g_assert_cmpuint (board->n_outbox, ==, 1);
  g_assert_true (tela_element_equal (g_ptr_array_index (board->elements, 0), g_ptr_array_index (changed, 0)));

  fixture_reopen (fixture);
  texts = tela_store_list_refused (fixture->store, BOARD, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (texts->len, ==, 1);
  g_assert_true (tela_json_check (g_ptr_array_index (texts, 0), -1, NULL));
  g_assert_nonnull (strstr (g_ptr_array_index (texts, 0), "\"code\":\"invalid\""));
  g_assert_nonnull (strstr (g_ptr_array_index (texts, 0), "\"ops\":[{\"id\":\"a\""));
}

static guint
count_refused_after (Fixture    *fixture,
                     const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->dir, "store.db", NULL);
  g_autoptr (GPtrArray) texts = NULL;
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
  fixture_reopen (fixture);
  texts = tela_store_list_refused (fixture->store, BOARD, NULL);
  return texts->len;
}

/* For 30 days, as if they had passed. */
static void
test_refused_kept (Fixture      *fixture,
                   gconstpointer data)
{
  TelaElement *bad = make_op ("a", "x", 2, 200, 1);
  TelaRefusal  refusal = { .op = bad, .code = "invalid", .message = "“x” is bad" };
  g_autoptr (GPtrArray) changed = NULL;

  refusal.row = commit_one (fixture->store, tela_element_ref (bad));
  changed = settle (fixture->store, &refusal.row, 1, &refusal, 1);
  tela_element_unref (bad);
  g_assert_cmpuint (count_refused_after (fixture, "UPDATE refused SET at_ms = at_ms - 29 * 86400000"), ==, 1);
  g_assert_cmpuint (count_refused_after (fixture, "UPDATE refused SET at_ms = at_ms - 2 * 86400000"), ==, 0);
}

static void
test_refused_creation (Fixture      *fixture,
                       gconstpointer data)
{
  TelaElement *bad = make_op ("a", "x", 2, 200, 1);
  TelaRefusal  refusal = { .op = bad, .code = "too_large", .message = NULL };
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;

  refusal.row = commit_one (fixture->store, tela_element_ref (bad));
  changed = settle (fixture->store, &refusal.row, 1, &refusal, 1);
  tela_element_unref (bad);

  g_assert_cmpuint (changed->len, ==, 1);
  g_assert_cmpstr (tela_element_get_id (g_ptr_array_index (changed, 0)), ==, "a");
  g_assert_cmpuint (tela_element_get_n (g_ptr_array_index (changed, 0)), ==, 0);
  board = load (fixture->store);
  g_assert_cmpuint (board->elements->len, ==, 0);
  g_assert_cmpuint (board->n_outbox, ==, 0);
}

/* Settled one by one, an element with several operations under way keeps its confirmed part right. */
static void
test_settle_in_steps (Fixture      *fixture,
                      gconstpointer data)
{
  TelaElement *bad = make_op ("a", "x", 3, 300, 1);
  TelaRefusal  refusal = { .op = bad, .code = "invalid", .message = "" };
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;
  gint64 id;

  id = commit_one (fixture->store, make_op ("a", "x", 1, 100, 1));
  commit_one (fixture->store, make_op ("a", "x", 2, 200, 1));
  refusal.row = commit_one (fixture->store, tela_element_ref (bad));

  first = settle (fixture->store, &id, 1, NULL, 0);
  second = settle (fixture->store, &refusal.row, 1, &refusal, 1);
  tela_element_unref (bad);
  g_assert_cmpfloat (number_of (second, "a", "x"), ==, 2);
}

/* Refused for its stamp alone: it stays, is shown, and is corrected like what was never sent. */
static void
test_put_back (Fixture      *fixture,
               gconstpointer data)
{
  guint64 actor = tela_store_get_actor (fixture->store);
  gint64  id = commit (fixture->store, BOARD,
                       elements_of (make_op ("a", "x", 1, 5000, actor), make_op ("b", "x", 2, 5000, actor), NULL),
                       TELA_EDIT_NONE, NULL, NULL, NULL);
  g_autoptr (TelaElement) op = make_op ("b", "x", 2, 5000, actor);
  const TelaRefusal refused = { .row = id, .op = op };
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  const TelaOutboxRow *row;

  mark_pushed (fixture->store, &id, 1);
  changed = settle (fixture->store, &id, 1, &refused, 1);
  g_assert_cmpuint (changed->len, ==, 0);
  rows = outbox (fixture->store, 500);
  g_assert_cmpuint (rows->len, ==, 1);
  row = g_ptr_array_index (rows, 0);
  g_assert_false (row->pushed);
  g_assert_cmpuint (row->ops->len, ==, 1);
  g_assert_cmpstr (tela_element_get_id (g_ptr_array_index (row->ops, 0)), ==, "b");
  board = load (fixture->store);
  g_assert_cmpfloat (number_of (board->elements, "a", "x"), ==, 1);
  g_assert_cmpfloat (number_of (board->elements, "b", "x"), ==, 2);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/outbox/order", test_order_and_limit);
  ADD ("/store/outbox/big-gesture", test_big_gesture);
  ADD ("/store/outbox/bytes", test_bytes_are_bounded);
  ADD ("/store/settle/confirmed", test_settle);
  ADD ("/store/settle/refused", test_refused);
  ADD ("/store/settle/refused-kept", test_refused_kept);
  ADD ("/store/settle/refused-creation", test_refused_creation);
  ADD ("/store/settle/put-back", test_put_back);
  ADD ("/store/settle/in-steps", test_settle_in_steps);

  return g_test_run ();
}
