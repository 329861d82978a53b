/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"
#include "tela-attach.h"

/* Three boxes beside each other; the ids are (transfer full). */
static void
draw_three (CanvasFixture *fixture,
            char          *ids[3])
{
  for (guint i = 0; i < 3; i++)
    ids[i] = canvas_draw (fixture->canvas, "rectangle", 50 + i * 150, 50, 150 + i * 150, 150);
}

static void
free_three (char *ids[3])
{
  for (guint i = 0; i < 3; i++)
    g_free (ids[i]);
}

/* From the bottom, as letters: a is the first of @ids; others are left out. */
static void
assert_order (CanvasFixture *fixture,
              char          *ids[3],
              const char    *expected)
{
  g_autoptr (GPtrArray) all = tela_board_query (fixture->board, NULL);
  g_autoptr (GString) order = g_string_new (NULL);

  for (guint i = 0; i < all->len; i++)
    for (guint j = 0; j < 3; j++)
      if (strcmp (tela_element_get_id (all->pdata[i]), ids[j]) == 0)
        g_string_append_c (order, (char) ('a' + j));
  g_assert_cmpstr (order->str, ==, expected);
}

static void
select_ids (CanvasFixture *fixture,
            char          *first,
            char          *second)
{
  const char *ids[] = { first, second };

  tela_selection_set (tela_canvas_get_selection (fixture->canvas), ids, second == NULL ? 1 : 2);
}

static void
test_order (CanvasFixture *fixture,
            gconstpointer  data)
{
  char *ids[3];

  draw_three (fixture, ids);
  assert_order (fixture, ids, "abc");
  select_ids (fixture, ids[0], NULL);
  canvas_activate (fixture->canvas, "forward");
  assert_order (fixture, ids, "bac");
  canvas_activate (fixture->canvas, "forward");
  assert_order (fixture, ids, "bca");
  canvas_activate (fixture->canvas, "forward");
  assert_order (fixture, ids, "bca");
  canvas_activate (fixture->canvas, "backward");
  assert_order (fixture, ids, "bac");
  canvas_activate (fixture->canvas, "to-back");
  assert_order (fixture, ids, "abc");
  select_ids (fixture, ids[0], ids[1]);
  canvas_activate (fixture->canvas, "to-front");
  assert_order (fixture, ids, "cab");
  canvas_activate (fixture->canvas, "undo");
  assert_order (fixture, ids, "abc");
  free_three (ids);
}

/* A text stays above the box that it is in. */
static void
test_order_of_label (CanvasFixture *fixture,
                     gconstpointer  data)
{
  char            *ids[3];
  g_autofree char *first = NULL;

  draw_three (fixture, ids);
  select_ids (fixture, ids[0], NULL);
  canvas_activate (fixture->canvas, "edit");
  gtk_text_buffer_set_text (tela_canvas_get_text_buffer (fixture->canvas), "Label", -1);
  tela_canvas_commit_text (fixture->canvas);
  first = g_steal_pointer (&ids[1]);
  ids[1] = g_strdup (tela_element_get_id (tela_attach_find_text (fixture->board, ids[0])));
  assert_order (fixture, ids, "acb");
  canvas_activate (fixture->canvas, "to-front");
  assert_order (fixture, ids, "cab");
  canvas_activate (fixture->canvas, "to-back");
  assert_order (fixture, ids, "abc");
  free_three (ids);
}

static void
test_group (CanvasFixture *fixture,
            gconstpointer  data)
{
  char *ids[3];

  draw_three (fixture, ids);
  select_ids (fixture, ids[0], ids[1]);
  canvas_activate (fixture->canvas, "group");
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  tela_canvas_set_tool (fixture->canvas, "select");
  canvas_drag (fixture->canvas, 50, 100, 50, 100, 0);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 2);
  g_assert_true (tela_selection_contains (tela_canvas_get_selection (fixture->canvas), ids[1]));
  canvas_activate (fixture->canvas, "ungroup");
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  canvas_drag (fixture->canvas, 50, 100, 50, 100, 0);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 1);
  free_three (ids);
}

static void
test_lock (CanvasFixture *fixture,
           gconstpointer  data)
{
  char *ids[3];

  draw_three (fixture, ids);
  select_ids (fixture, ids[0], NULL);
  canvas_activate (fixture->canvas, "lock");
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 0);
  tela_canvas_set_tool (fixture->canvas, "select");
  canvas_drag (fixture->canvas, 50, 100, 50, 100, 0);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 0);
  canvas_activate (fixture->canvas, "unlock-all");
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 1);
  g_assert_false (
      tela_element_get_boolean (tela_board_lookup_shown (fixture->board, ids[0]), TELA_KEY_LOCKED, TRUE));
  free_three (ids);
}

static void
add (const char *path,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, NULL, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  add ("/arrange/order", test_order);
  add ("/arrange/order-of-label", test_order_of_label);
  add ("/arrange/group", test_group);
  add ("/arrange/lock", test_lock);

  return g_test_run ();
}
