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

/* What another does to it meanwhile: a later write of one property. */
static void
write_as_other (CanvasFixture *fixture,
                const char    *id,
                TelaOpBuilder *builder)
{
  TelaStamp stamp = tela_session_next_stamp (fixture->session);
  g_autoptr (TelaElement) op = NULL;

  stamp.actor ^= 1;
  op = tela_op_builder_end (builder, stamp);
  tela_board_merge (fixture->board, &op, 1);
}

static char *
begin_edit (CanvasFixture *fixture,
            const char    *text)
{
  begin (fixture);
  type (fixture, text);
  tela_canvas_commit_text (fixture->canvas);
  canvas_activate (fixture->canvas, "edit");

  return g_strdup (tela_element_get_id (only_shape (fixture)));
}

static void
test_other_writes (CanvasFixture *fixture,
                   gconstpointer  data)
{
  g_autofree char *id = begin_edit (fixture, "one two");
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  type (fixture, "one two three");
  tela_op_builder_set_string (builder, TELA_KEY_TEXT, "zero one two");
  tela_op_builder_set_string (builder, TELA_KEY_ORIGINAL_TEXT, "zero one two");
  write_as_other (fixture, id, builder);
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "zero one two three");
}

static void
test_other_deletes (CanvasFixture *fixture,
                    gconstpointer  data)
{
  g_autofree char *id = begin_edit (fixture, "Mine");
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  type (fixture, "Mine too");
  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);
  write_as_other (fixture, id, builder);
  g_assert_true (tela_canvas_is_editing (fixture->canvas));
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Mine too");
}

/* Typing goes on after it. */
static void
test_other_deletes_first (CanvasFixture *fixture,
                          gconstpointer  data)
{
  g_autofree char *id = begin_edit (fixture, "Mine");
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);
  write_as_other (fixture, id, builder);
  type (fixture, "Mine still");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Mine still");
}

static void
test_other_deletes_container (CanvasFixture *fixture,
                              gconstpointer  data)
{
  g_autofree char *box = canvas_draw (fixture->canvas, "rectangle", 100, 50, 300, 150);
  TelaOpBuilder   *builder = tela_op_builder_new (box);

  canvas_activate (fixture->canvas, "edit");
  type (fixture, "Label");
  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);
  write_as_other (fixture, box, builder);
  type (fixture, "Label of nothing");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Label of nothing");
  g_assert_null (tela_element_get_string (only_shape (fixture), TELA_KEY_CONTAINER_ID));
}

/* Looks that change while a text is edited are a part of that one edit. */
static void
test_style (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_autofree char *id G_GNUC_UNUSED = begin_edit (fixture, "Words");
  double              width = tela_element_get_number (only_shape (fixture), TELA_KEY_WIDTH, 0);

  g_object_set (tela_canvas_get_style (fixture->canvas), "stroke-color", "#e03131", "font-size", 36.0, NULL);
  g_assert_cmpfloat_with_epsilon (tela_element_get_number (only_shape (fixture), TELA_KEY_WIDTH, 0), width * 1.8, 0.01);
  type (fixture, "Words, larger");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpfloat (tela_element_get_number (only_shape (fixture), TELA_KEY_FONT_SIZE, 0), ==, 36);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_STROKE_COLOR), ==, "#e03131");
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Words, larger");

  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpfloat (tela_element_get_number (only_shape (fixture), TELA_KEY_FONT_SIZE, 0), ==, 20);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_STROKE_COLOR), ==, "#1e1e1e");
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Words");
}

/* The upper left corner of a turned text stays where it is while it grows. */
static void
test_turned (CanvasFixture *fixture,
             gconstpointer  data)
{
  g_autofree char *id = begin_edit (fixture, "Turned");
  TelaOpBuilder   *builder = tela_op_builder_new (id);
  TelaRect         was, is;

  /* turned by a right angle, its upper left corner is the upper right one of where it lies */
  tela_canvas_commit_text (fixture->canvas);
  tela_op_builder_set_number (builder, TELA_KEY_ANGLE, G_PI / 2);
  write_as_other (fixture, id, builder);
  was = tela_element_get_box (only_shape (fixture));
  canvas_activate (fixture->canvas, "edit");
  type (fixture, "Turned and longer");
  tela_canvas_commit_text (fixture->canvas);
  is = tela_element_get_box (only_shape (fixture));
  g_assert_cmpfloat_with_epsilon (is.x + is.width / 2 + is.height / 2, was.x + was.width / 2 + was.height / 2, 0.01);
  g_assert_cmpfloat_with_epsilon (is.y + is.height / 2 - is.width / 2, was.y + was.height / 2 - was.width / 2, 0.01);
  g_assert_cmpfloat (is.width, >, was.width + 20);
}

static void
test_other_window (CanvasFixture *fixture,
                   gconstpointer  data)
{
  TelaCanvas *other;
  GtkWidget  *window = canvas_fixture_add_window (fixture, &other);
  guint8      rgb[3] = { 255, 255, 255 };
  gboolean    has_ink = FALSE;

  begin (fixture);
  type (fixture, "████");
  for (int x = 200; x < 230 && !has_ink; x += 5)
    for (int y = 130; y < 170 && !has_ink; y += 5)
      {
        canvas_get_pixel (other, x, y, rgb);
        has_ink = rgb[0] < 100;
      }
  g_assert_true (has_ink);
  tela_canvas_commit_text (fixture->canvas);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The text has an undo of its own, which ends with it. */
static void
test_own_undo (CanvasFixture *fixture,
               gconstpointer  data)
{
  g_autofree char *id G_GNUC_UNUSED = begin_edit (fixture, "Words");
  GtkTextBuffer      *buffer = tela_canvas_get_text_buffer (fixture->canvas);
  g_autofree char    *text = NULL;

  g_assert_false (gtk_text_buffer_get_can_undo (buffer));
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_insert_at_cursor (buffer, " more", -1);
  gtk_text_buffer_end_user_action (buffer);
  gtk_text_buffer_undo (buffer);
  g_object_get (buffer, "text", &text, NULL);
  g_assert_cmpstr (text, ==, "Words");
  gtk_text_buffer_redo (buffer);
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Words more");
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpstr (tela_element_get_string (only_shape (fixture), TELA_KEY_TEXT), ==, "Words");
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
  add ("/text/other-writes", test_other_writes);
  add ("/text/other-deletes", test_other_deletes);
  add ("/text/other-deletes-first", test_other_deletes_first);
  add ("/text/other-deletes-container", test_other_deletes_container);
  add ("/text/style", test_style);
  add ("/text/turned", test_turned);
  add ("/text/other-window", test_other_window);
  add ("/text/own-undo", test_own_undo);

  return g_test_run ();
}
