/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

static void
type (CanvasFixture *fixture,
      const char    *text)
{
  gtk_text_buffer_set_text (tela_canvas_get_text_buffer (fixture->canvas), text, -1);
}

static const TelaElement *
only_shape (CanvasFixture *fixture)
{
  g_autoptr (GPtrArray) all = tela_board_query (fixture->board, NULL);

  g_assert_cmpuint (all->len, ==, 1);

  return tela_board_lookup_shown (fixture->board, tela_element_get_id (all->pdata[0]));
}

static void
begin (CanvasFixture *fixture)
{
  tela_canvas_set_tool (fixture->canvas, "text");
  canvas_drag (fixture->canvas, 200, 150, 200, 150, 0);
  g_assert_true (tela_canvas_is_editing (fixture->canvas));
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "select");
}

static void
test_commit (CanvasFixture *fixture,
             gconstpointer  data)
{
  const TelaElement *element;

  begin (fixture);
  type (fixture, "Hello");
  type (fixture, "Hello,\nworld");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_false (tela_canvas_is_editing (fixture->canvas));

  element = only_shape (fixture);
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_TEXT), ==, "Hello,\nworld");
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_ORIGINAL_TEXT), ==, "Hello,\nworld");
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_WIDTH, 0), >, 20);
  g_assert_cmpfloat_with_epsilon (tela_element_get_number (element, TELA_KEY_HEIGHT, 0), 50, 0.01);
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_X, 0), ==, 200);

  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  g_assert_false (canvas_is_enabled (fixture->canvas, "undo"));
}

static void
test_empty_is_nothing (CanvasFixture *fixture,
                       gconstpointer  data)
{
  begin (fixture);
  type (fixture, "x");
  type (fixture, "");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  g_assert_false (canvas_is_enabled (fixture->canvas, "undo"));
}

static void
test_click_away_commits (CanvasFixture *fixture,
                         gconstpointer  data)
{
  begin (fixture);
  type (fixture, "Here");
  canvas_drag (fixture->canvas, 400, 300, 400, 300, 0);
  g_assert_false (tela_canvas_is_editing (fixture->canvas));
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Here");
}

static void
test_edit (CanvasFixture *fixture,
           gconstpointer  data)
{
  begin (fixture);
  type (fixture, "One");
  tela_canvas_commit_text (fixture->canvas);
  canvas_activate (fixture->canvas, "edit");
  type (fixture, "Two");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Two");
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "One");
}

static void
test_unchanged_is_no_edit (CanvasFixture *fixture,
                           gconstpointer  data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  begin (fixture);
  type (fixture, "Same");
  tela_canvas_commit_text (fixture->canvas);
  before = tela_board_dump (fixture->board, TRUE);
  canvas_activate (fixture->canvas, "edit");
  type (fixture, "Other");
  type (fixture, "Same");
  tela_canvas_commit_text (fixture->canvas);
  after = tela_board_dump (fixture->board, TRUE);
  g_assert_cmpstr (before, ==, after);
}

static void
test_emptied_is_deleted (CanvasFixture *fixture,
                         gconstpointer  data)
{
  begin (fixture);
  type (fixture, "Gone");
  tela_canvas_commit_text (fixture->canvas);
  canvas_activate (fixture->canvas, "edit");
  type (fixture, "");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Gone");
}

static void
test_double_click (CanvasFixture *fixture,
                   gconstpointer  data)
{
  tela_canvas_press (fixture->canvas, 100, 100, 0, -1, 2);
  tela_canvas_release (fixture->canvas, 100, 100, 0);
  g_assert_true (tela_canvas_is_editing (fixture->canvas));
  tela_canvas_commit_text (fixture->canvas);
}

/* Leaving the board in the middle keeps what was typed. */
static void
test_closing_commits (CanvasFixture *fixture,
                      gconstpointer  data)
{
  begin (fixture);
  type (fixture, "Kept");
  tela_canvas_set_session (fixture->canvas, NULL, NULL);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Kept");
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

  add ("/text/commit", test_commit);
  add ("/text/empty-is-nothing", test_empty_is_nothing);
  add ("/text/click-away-commits", test_click_away_commits);
  add ("/text/edit", test_edit);
  add ("/text/unchanged-is-no-edit", test_unchanged_is_no_edit);
  add ("/text/emptied-is-deleted", test_emptied_is_deleted);
  add ("/text/double-click-begins", test_double_click);
  add ("/text/closing-commits", test_closing_commits);

  return g_test_run ();
}
