/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board.h"

#include <string.h>

typedef struct
{
  TelaBoard *board;
  guint      n_changed; /* emissions */
  guint      n_merged;
  GString   *log; /* "id:x>x" of each change, "-" for nothing */
} Fixture;

static void
append_x (GString           *log,
          const TelaElement *element)
{
  if (element == NULL)
    g_string_append_c (log, '-');
  else
    g_string_append_printf (log, "%g", tela_element_get_number (element, TELA_KEY_X, 0));
}

static void
changed_cb (TelaBoard        *board,
            const TelaChange *changes,
            guint             n,
            Fixture          *fixture)
{
  fixture->n_changed++;
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (
          fixture->log, "%s:", tela_element_get_id (changes[i].after != NULL ? changes[i].after : changes[i].before));
      append_x (fixture->log, changes[i].before);
      g_string_append_c (fixture->log, '>');
      append_x (fixture->log, changes[i].after);
      g_string_append_c (fixture->log, ' ');
    }
}

static void
merged_cb (TelaBoard *board,
           guint      n,
           Fixture   *fixture)
{
  fixture->n_merged += n;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->board = tela_board_new ("p");
  fixture->log = g_string_new (NULL);
  g_signal_connect (fixture->board, "changed", G_CALLBACK (changed_cb), fixture);
  g_signal_connect (fixture->board, "merged", G_CALLBACK (merged_cb), fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_finalize_object (fixture->board);
  g_string_free (fixture->log, TRUE);
}

static TelaElement *
op_new (const char *id,
        guint64     time,
        const char *set)
{
  g_autofree char *json = g_strdup_printf ("{\"id\":\"%s\",\"set\":%s}", id, set);
  g_autoptr (GError) error = NULL;
  TelaStamp      stamp = { .time = time, .actor = 1 };
  TelaJsonReader reader;
  TelaElement   *op;

  tela_json_reader_init (&reader, json, -1);
  op = tela_op_read (&reader, &stamp, &error);
  g_assert_no_error (error);
  return op;
}

static guint
merge (Fixture    *fixture,
       const char *id,
       guint64     time,
       const char *set)
{
  g_autoptr (TelaElement) op = op_new (id, time, set);

  return tela_board_merge (fixture->board, &op, 1);
}

static void
set_veil (Fixture    *fixture,
          const char *gesture,
          const char *id,
          const char *set)
{
  g_autoptr (TelaElement) op = op_new (id, 1, set);

  tela_board_set_veil (fixture->board, 7, gesture, &op, 1);
}

static double
shown_x (Fixture    *fixture,
         const char *id)
{
  const TelaElement *element = tela_board_lookup_shown (fixture->board, id);

  return element != NULL ? tela_element_get_number (element, TELA_KEY_X, 0) : -1;
}

static void
assert_log (Fixture    *fixture,
            const char *expected)
{
  g_assert_cmpstr (fixture->log->str, ==, expected);
  g_string_truncate (fixture->log, 0);
}

static void
test_merge (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (TelaElement) a = op_new ("a", 10, "{\"type\":\"rectangle\",\"x\":1}");
  g_autoptr (TelaElement) b = op_new ("a", 20, "{\"x\":2}");
  TelaElement *ops[] = { b, a, a, b };

  g_assert_cmpuint (tela_board_merge (fixture->board, ops, 4), ==, 1);
  assert_log (fixture, "a:->2 ");
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_cmpuint (tela_board_merge (fixture->board, ops, 4), ==, 0);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_cmpuint (fixture->n_merged, ==, 1);
  g_assert_cmpuint (merge (fixture, "a", 30, "{\"isDeleted\":true}"), ==, 1);
  assert_log (fixture, "a:2>- ");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  g_assert_nonnull (tela_board_lookup (fixture->board, "a"));
  g_assert_null (tela_board_lookup_shown (fixture->board, "a"));
  merge (fixture, "a", 40, "{\"isDeleted\":false}");
  assert_log (fixture, "a:->2 ");
}

static void
test_never_too_early (Fixture      *fixture,
                      gconstpointer data)
{
  merge (fixture, "a", 20, "{\"x\":5}");
  assert_log (fixture, "");
  g_assert_cmpuint (fixture->n_merged, ==, 1);
  merge (fixture, "a", 10, "{\"type\":\"line\",\"x\":1}");
  assert_log (fixture, "a:->5 ");
}

static void
test_own_element (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *dump = NULL;

  g_assert_cmpstr (tela_board_get_name (fixture->board), ==, "");
  merge (fixture, "board", 1, "{\"type\":\"tela:board\",\"name\":\"Plan\"}");
  g_assert_cmpstr (tela_board_get_name (fixture->board), ==, "Plan");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  assert_log (fixture, "");
  dump = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (dump, ==,
                   "{\"board\":{\"id\":\"board\",\"name\":\"Plan\",\"type\":\"tela:board\"},\"elements\":[]}");
}

static void
test_replace (Fixture      *fixture,
              gconstpointer data)
{
  const char *ids[] = { "a", "b", "none" };
  g_autoptr (TelaElement) older = op_new ("a", 5, "{\"type\":\"line\",\"x\":3}");
  TelaElement *elements[] = { older, NULL, NULL };

  merge (fixture, "a", 10, "{\"type\":\"line\",\"x\":1}");
  merge (fixture, "b", 10, "{\"type\":\"line\",\"x\":1}");
  g_string_truncate (fixture->log, 0);
  tela_board_replace (fixture->board, ids, elements, 3);
  assert_log (fixture, "a:1>3 b:1>- ");
  g_assert_null (tela_board_lookup (fixture->board, "b"));
  g_assert_true (tela_element_equal (tela_board_lookup (fixture->board, "a"), older));
}

static void
test_veil (Fixture      *fixture,
           gconstpointer data)
{
  merge (fixture, "a", 10, "{\"type\":\"line\",\"x\":1}");
  g_string_truncate (fixture->log, 0);

  set_veil (fixture, "g", "a", "{\"x\":2}");
  assert_log (fixture, "a:1>2 ");
  g_assert_true (tela_board_is_veiled (fixture->board, "a"));
  g_assert_true (tela_board_has_veils (fixture->board));
  g_assert_cmpfloat (tela_element_get_number (tela_board_lookup (fixture->board, "a"), TELA_KEY_X, 0), ==, 1);

  /* Said again: no change. The later gesture wins, and what another one says of y stays. */
  set_veil (fixture, "g", "a", "{\"x\":2}");
  assert_log (fixture, "");
  set_veil (fixture, "h", "a", "{\"x\":3}");
  assert_log (fixture, "a:2>3 ");
  set_veil (fixture, "g", "a", "{\"y\":9}");
  assert_log (fixture, "a:3>3 ");
  g_assert_cmpfloat (tela_element_get_number (tela_board_lookup_shown (fixture->board, "a"), TELA_KEY_Y, 0), ==, 9);

  /* A remote write goes below. */
  merge (fixture, "a", G_MAXUINT64, "{\"x\":50}");
  assert_log (fixture, "");
  tela_board_drop_veil (fixture->board, 7, "h");
  assert_log (fixture, "a:3>50 ");
  tela_board_drop_veil (fixture->board, 8, "g");
  assert_log (fixture, "");
  tela_board_drop_veil (fixture->board, 7, "g");
  assert_log (fixture, "a:50>50 ");
  g_assert_false (tela_board_is_veiled (fixture->board, "a"));
  g_assert_false (tela_board_has_veils (fixture->board));
}

static void
test_veil_of_a_new_element (Fixture      *fixture,
                            gconstpointer data)
{
  g_autofree char *dump = NULL;

  set_veil (fixture, "g", "new", "{\"type\":\"line\",\"x\":4}");
  assert_log (fixture, "new:->4 ");
  g_assert_null (tela_board_lookup (fixture->board, "new"));
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 1);
  dump = tela_board_dump (fixture->board, TRUE);
  g_assert_cmpstr (dump, ==, "{\"elements\":[]}");

  set_veil (fixture, "g", "other", "{\"x\":4}");
  assert_log (fixture, "new:4>- ");
  tela_board_drop_veil (fixture->board, 7, "g");
  g_assert_null (tela_board_lookup_shown (fixture->board, "new"));
  g_assert_false (tela_board_is_veiled (fixture->board, "other"));
}

/* Between the veil and the durable operation, nobody is shown the old place. */
static void
test_settle (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (TelaElement) final = op_new ("a", 20, "{\"x\":2}");
  g_autoptr (TelaElement) other = op_new ("a", 30, "{\"x\":3}");

  merge (fixture, "a", 10, "{\"type\":\"line\",\"x\":1}");
  set_veil (fixture, "g", "a", "{\"x\":2}");
  g_string_truncate (fixture->log, 0);

  g_assert_cmpuint (tela_board_settle (fixture->board, 7, "g", &final, 1), ==, 1);
  assert_log (fixture, "");
  g_assert_cmpfloat (shown_x (fixture, "a"), ==, 2);
  g_assert_true (
      tela_element_equal (tela_board_lookup_shown (fixture->board, "a"), tela_board_lookup (fixture->board, "a")));

  set_veil (fixture, "g", "a", "{\"x\":2.5}");
  tela_board_settle (fixture->board, 7, "g", &other, 1);
  assert_log (fixture, "a:2>2.5 a:2.5>3 ");
  g_assert_cmpuint (tela_board_settle (fixture->board, 7, "unknown", NULL, 0), ==, 0);
}

static char *
ids_of (GPtrArray *elements)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < elements->len; i++)
    g_string_append (ids, tela_element_get_id (g_ptr_array_index (elements, i)));
  g_ptr_array_unref (elements);
  return g_string_free (ids, FALSE);
}

static void
assert_query (Fixture        *fixture,
              const TelaRect *area,
              const char     *expected)
{
  g_autofree char *ids = ids_of (tela_board_query (fixture->board, area));

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_order_and_query (Fixture      *fixture,
                      gconstpointer data)
{
  g_autofree char *top = tela_board_top_index (fixture->board);
  g_autofree char *next = NULL;
  TelaRect         area = { 95, -5, 10, 10 };

  g_assert_cmpstr (top, ==, "a0");
  merge (fixture, "c", 1, "{\"type\":\"image\",\"x\":0,\"width\":10,\"height\":10,\"index\":\"a5\"}");
  merge (fixture, "b", 1, "{\"type\":\"image\",\"x\":100,\"width\":10,\"height\":10,\"index\":\"a1\"}");
  merge (fixture, "a", 1, "{\"type\":\"image\",\"x\":0,\"width\":10,\"height\":10,\"index\":\"a5\"}");
  merge (fixture, "z", 1, "{\"type\":\"image\",\"x\":100,\"width\":10,\"height\":10}");
  merge (fixture, "l", 1, "{\"type\":\"image\",\"x\":100,\"width\":10,\"height\":10,\"index\":\"a123456789\"}");
  merge (fixture, "k", 1, "{\"type\":\"image\",\"x\":100,\"width\":10,\"height\":10,\"index\":\"a12345678A\"}");
  assert_query (fixture, NULL, "zblkac");
  assert_query (fixture, &area, "zblk");
  next = tela_board_top_index (fixture->board);
  g_assert_cmpstr (next, ==, "a6");

  merge (fixture, "b", 2, "{\"x\":500}");
  assert_query (fixture, &area, "zlk");
  merge (fixture, "k", 2, "{\"isDeleted\":true}");
  assert_query (fixture, &area, "zl");
  set_veil (fixture, "g", "b", "{\"x\":100,\"index\":\"Zz\"}");
  assert_query (fixture, &area, "zbl");
}

static void
test_hit (Fixture      *fixture,
          gconstpointer data)
{
  TelaRect extent;

  g_assert_false (tela_board_get_extent (fixture->board, &extent));
  merge (fixture, "low", 1, "{\"type\":\"image\",\"x\":0,\"width\":10,\"height\":10,\"index\":\"a1\"}");
  merge (fixture, "high", 1, "{\"type\":\"image\",\"x\":5,\"width\":10,\"height\":10,\"index\":\"a2\"}");
  g_assert_cmpstr (tela_element_get_id (tela_board_hit (fixture->board, 7, 5, 0)), ==, "high");
  g_assert_cmpstr (tela_element_get_id (tela_board_hit (fixture->board, 2, 5, 0)), ==, "low");
  g_assert_null (tela_board_hit (fixture->board, 17, 5, 1));
  g_assert_nonnull (tela_board_hit (fixture->board, 17, 5, 3));
  merge (fixture, "high", 2, "{\"locked\":true}");
  g_assert_cmpstr (tela_element_get_id (tela_board_hit (fixture->board, 7, 5, 0)), ==, "low");
  g_assert_true (tela_board_get_extent (fixture->board, &extent));
  g_assert_true (tela_rect_contains (extent, (TelaRect){ 0, 0, 15, 10 }));
}

static void
test_dump (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *visible = NULL;
  g_autofree char *all = NULL;

  merge (fixture, "b", 0x10, "{\"type\":\"line\",\"x\":1,\"link\":\"l\"}");
  merge (fixture, "b", 0x20, "{\"x\":2,\"base\":3,\"=base\":4,\"link\":{\"$unset\":true}}");
  merge (fixture, "a", 0x10, "{\"type\":\"line\",\"isDeleted\":true}");
  set_veil (fixture, "g", "b", "{\"x\":9}");
  visible = tela_board_dump (fixture->board, FALSE);
  all = tela_board_dump (fixture->board, TRUE);
  g_assert_cmpstr (visible, ==, "{\"elements\":[{\"=base\":4,\"base\":3,\"id\":\"b\",\"type\":\"line\",\"x\":2}]}");
  g_assert_cmpstr (all, ==,
                   "{\"elements\":[{\"id\":\"a\",\"props\":{\"isDeleted\":true,\"type\":\"line\"},\"stamps\":{\"base\":"
                   "\"0000000000000010-0000000000000001\"}},"
                   "{\"id\":\"b\",\"props\":{\"=base\":4,\"base\":3,\"link\":{\"$unset\":true},\"type\":\"line\",\"x\":"
                   "2},\"stamps\":{"
                   "\"==base\":\"0000000000000020-0000000000000001\",\"=base\":\"0000000000000020-0000000000000001\","
                   "\"base\":\"0000000000000010-0000000000000001\","
                   "\"link\":\"0000000000000020-0000000000000001\",\"x\":\"0000000000000020-0000000000000001\"}}]}");
}

static void
count_cb (const TelaElement *element,
          gpointer           user_data)
{
  g_string_append (user_data, tela_element_get_id (element));
}

static void
test_foreach (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  merge (fixture, "c", 1, "{\"x\":1}");
  merge (fixture, "a", 1, "{\"type\":\"line\",\"isDeleted\":true}");
  merge (fixture, "b", 1, "{\"type\":\"line\"}");
  tela_board_foreach (fixture->board, count_cb, ids);
  g_assert_cmpstr (ids->str, ==, "abc");
}

/* Whoever begins to listen hears of what comes then, however much was merged unheard and not yet shown. */
static void
test_late_listener (Fixture      *fixture,
                    gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->board, fixture);
  merge (fixture, "a", 1, "{\"type\":\"line\",\"x\":1}");
  merge (fixture, "b", 1, "{\"type\":\"line\",\"x\":2}");
  merge (fixture, "a", 2, "{\"x\":3}");
  g_signal_connect (fixture->board, "changed", G_CALLBACK (changed_cb), fixture);
  merge (fixture, "a", 3, "{\"x\":4}");
  g_assert_cmpstr (fixture->log->str, ==, "a:3>4 ");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 2);
}

static void
test_unheard (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *top = NULL;
  TelaRect         extent;

  g_signal_handlers_disconnect_by_data (fixture->board, fixture);
  merge (fixture, "a", 1, "{\"type\":\"rectangle\",\"x\":1,\"y\":2,\"width\":3,\"height\":4,\"index\":\"a5\"}");
  g_assert_cmpfloat (tela_element_get_number (tela_board_lookup_shown (fixture->board, "a"), TELA_KEY_X, 0), ==, 1);
  merge (fixture, "a", 2, "{\"x\":10}");
  g_assert_true (tela_board_get_extent (fixture->board, &extent));
  g_assert_cmpfloat (extent.x, >, 2);
  merge (fixture, "a", 3, "{\"index\":\"a7\"}");
  top = tela_board_top_index (fixture->board);
  g_assert_cmpstr (top, ==, "a8");
  merge (fixture, "a", 4, "{\"isDeleted\":true}");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  g_assert_false (tela_board_get_extent (fixture->board, &extent));
}

/* An element that nobody else holds is written over in its place: that gives what a merge into a new one gives. */
static void
test_in_place (Fixture      *fixture,
               gconstpointer data)
{
  static const char *const names[] = { "type", "x", "y", "width", "strokeColor", "text", "points" };
  static const char *const values[] = { "1", "2.5", "\"rectangle\"", "\"a text that is longer than any shared one is\"",
                                        "[[0,0],[1,2]]", "null", "{\"$unset\":true}" };
  g_autoptr (GRand) dice = g_rand_new_with_seed (5);
  g_autoptr (TelaElement) expected = NULL;

  g_signal_handlers_disconnect_by_data (fixture->board, fixture);
  for (guint i = 0; i < 4000; i++)
    {
      TelaOpBuilder *builder = tela_op_builder_new ("e");
      TelaStamp      stamp = { .time = i + (guint64) g_rand_int_range (dice, 0, 40), .actor = 1 };
      g_autoptr (TelaElement) op = NULL;
      TelaElement *next;

      for (int n = g_rand_int_range (dice, 1, 5); n > 0; n--)
        {
          const char *name = names[g_rand_int_range (dice, 0, G_N_ELEMENTS (names))];

          tela_op_builder_set_json (builder, tela_key_intern (name, strlen (name)),
                                    values[g_rand_int_range (dice, 0, G_N_ELEMENTS (values))]);
        }
      op = tela_op_builder_end (builder, stamp);
      next = expected == NULL ? tela_element_ref (op) : tela_element_merge (expected, op, NULL);
      g_clear_pointer (&expected, tela_element_unref);
      expected = next;

      tela_board_merge (fixture->board, &op, 1);
      g_assert_true (tela_element_equal (tela_board_lookup (fixture->board, "e"), expected));
      g_assert_cmpint (tela_stamp_compare (tela_element_get_base (tela_board_lookup (fixture->board, "e")),
                                           tela_element_get_base (expected)),
                       ==, 0);
      if (i % 100 == 0)
        tela_board_get_n_visible (fixture->board);
    }
}

/* Many at once: the tree is then made anew, and finds what one made step by step does. */
static void
test_many (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (6);

  for (guint round = 0; round < 4; round++)
    {
      const TelaRect area = { 100, 100, 400, 300 };
      g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      g_autoptr (GPtrArray) found = NULL;
      guint expected = 0;

      for (guint i = 0; i < 500; i++)
        {
          g_autofree char *id = g_strdup_printf ("e%u", i);
          TelaOpBuilder   *builder = tela_op_builder_new (id);

          tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
          tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, round == 3 || i % 7 == round);
          tela_op_builder_set_number (builder, TELA_KEY_X, g_rand_int_range (dice, 0, 1000));
          tela_op_builder_set_number (builder, TELA_KEY_Y, g_rand_int_range (dice, 0, 1000));
          g_ptr_array_add (ops, tela_op_builder_end (builder, (TelaStamp){ .time = round + 1 }));
        }
      tela_board_merge (fixture->board, (TelaElement *const *) ops->pdata, ops->len);
      found = tela_board_query (fixture->board, &area);
      for (guint i = 0; i < ops->len; i++)
        expected += tela_element_is_visible (ops->pdata[i]) &&
                    tela_rect_intersects (tela_element_get_bounds (ops->pdata[i]), area);
      g_assert_cmpuint (found->len, ==, expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/board/merge", Fixture, NULL, set_up, test_merge, tear_down);
  g_test_add ("/board/merge/never-too-early", Fixture, NULL, set_up, test_never_too_early, tear_down);
  g_test_add ("/board/own-element", Fixture, NULL, set_up, test_own_element, tear_down);
  g_test_add ("/board/replace", Fixture, NULL, set_up, test_replace, tear_down);
  g_test_add ("/board/veil", Fixture, NULL, set_up, test_veil, tear_down);
  g_test_add ("/board/veil/new-element", Fixture, NULL, set_up, test_veil_of_a_new_element, tear_down);
  g_test_add ("/board/settle", Fixture, NULL, set_up, test_settle, tear_down);
  g_test_add ("/board/order-and-query", Fixture, NULL, set_up, test_order_and_query, tear_down);
  g_test_add ("/board/hit", Fixture, NULL, set_up, test_hit, tear_down);
  g_test_add ("/board/dump", Fixture, NULL, set_up, test_dump, tear_down);
  g_test_add ("/board/foreach", Fixture, NULL, set_up, test_foreach, tear_down);
  g_test_add ("/board/late-listener", Fixture, NULL, set_up, test_late_listener, tear_down);
  g_test_add ("/board/unheard", Fixture, NULL, set_up, test_unheard, tear_down);
  g_test_add ("/board/in-place", Fixture, NULL, set_up, test_in_place, tear_down);
  g_test_add ("/board/many-at-once", Fixture, NULL, set_up, test_many, tear_down);

  return g_test_run ();
}
