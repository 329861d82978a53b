/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-canvas-private.h"

static guint
n_shapes (CanvasFixture *fixture)
{
  return tela_board_get_n_visible (fixture->board);
}

static double
number (const TelaElement *element,
        TelaKey            key)
{
  return tela_element_get_number (element, key, -1e9);
}

static void
test_rectangle (CanvasFixture *fixture,
                gconstpointer  data)
{
  static const TelaKnownKey standard[] = {
    TELA_KEY_TYPE, TELA_KEY_X, TELA_KEY_Y, TELA_KEY_WIDTH, TELA_KEY_HEIGHT, TELA_KEY_ANGLE, TELA_KEY_STROKE_COLOR,
    TELA_KEY_BACKGROUND_COLOR, TELA_KEY_FILL_STYLE, TELA_KEY_STROKE_WIDTH, TELA_KEY_STROKE_STYLE, TELA_KEY_ROUGHNESS,
    TELA_KEY_OPACITY, TELA_KEY_GROUP_IDS, TELA_KEY_FRAME_ID, TELA_KEY_INDEX, TELA_KEY_ROUNDNESS, TELA_KEY_SEED,
    TELA_KEY_IS_DELETED, TELA_KEY_LINK, TELA_KEY_LOCKED
  };
  g_autofree char   *id = canvas_draw (fixture->canvas, "rectangle", 200, 150, 100, 50);
  const TelaElement *element = tela_board_lookup (fixture->board, id);

  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_TYPE), ==, "rectangle");
  g_assert_cmpfloat (number (element, TELA_KEY_X), ==, 100);
  g_assert_cmpfloat (number (element, TELA_KEY_Y), ==, 50);
  g_assert_cmpfloat (number (element, TELA_KEY_WIDTH), ==, 100);
  g_assert_cmpfloat (number (element, TELA_KEY_HEIGHT), ==, 100);
  for (guint i = 0; i < G_N_ELEMENTS (standard); i++)
    g_assert_true (tela_element_has (element, standard[i]));
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "select");
}

static void
test_gesture_is_one_step (CanvasFixture *fixture,
                          gconstpointer  data)
{
  g_autofree char *id = canvas_draw (fixture->canvas, "ellipse", 100, 50, 200, 150);

  canvas_drag (fixture->canvas, 150, 100, 250, 120, 0);
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_X), ==, 200);

  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_X), ==, 100);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (n_shapes (fixture), ==, 0);
  g_assert_false (canvas_is_enabled (fixture->canvas, "undo"));

  canvas_activate (fixture->canvas, "redo");
  canvas_activate (fixture->canvas, "redo");
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_X), ==, 200);
  g_assert_false (canvas_is_enabled (fixture->canvas, "redo"));
}

static void
test_click_draws_nothing (CanvasFixture *fixture,
                          gconstpointer  data)
{
  tela_canvas_set_tool (fixture->canvas, "diamond");
  canvas_drag (fixture->canvas, 100, 100, 102, 101, 0);
  g_assert_cmpuint (n_shapes (fixture), ==, 0);
  g_assert_false (canvas_is_enabled (fixture->canvas, "undo"));
}

static void
test_shift_constrains (CanvasFixture *fixture,
                       gconstpointer  data)
{
  const TelaElement *element;

  tela_canvas_set_tool (fixture->canvas, "rectangle");
  canvas_drag (fixture->canvas, 100, 100, 180, 120, GDK_SHIFT_MASK);
  element = canvas_get_selected (fixture->canvas);
  g_assert_cmpfloat (number (element, TELA_KEY_WIDTH), ==, number (element, TELA_KEY_HEIGHT));

  tela_canvas_set_tool (fixture->canvas, "arrow");
  canvas_drag (fixture->canvas, 100, 300, 200, 303, GDK_SHIFT_MASK);
  element = canvas_get_selected (fixture->canvas);
  g_assert_cmpfloat_with_epsilon (number (element, TELA_KEY_HEIGHT), 0, 1e-6);
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_END_ARROWHEAD), ==, "arrow");
}

/* Every tool that edits leaves the board as it was. */
static void
test_cancel (CanvasFixture *fixture,
             gconstpointer  data)
{
  static const char *const tools[] = { "rectangle", "line", "pen", "select", "eraser" };
  g_autofree char *id      G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);
  g_autofree char         *before = tela_board_dump (fixture->board, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      g_autofree char *after = NULL;
      g_autoptr (GPtrArray) shown = NULL;

      tela_canvas_set_tool (fixture->canvas, tools[i]);
      tela_canvas_press (fixture->canvas, 100, 150, 0, -1, 1);
      tela_canvas_motion (fixture->canvas, 150, 190, 0, -1);
      canvas_activate (fixture->canvas, "cancel");
      tela_canvas_release (fixture->canvas, 150, 190, 0);
      after = tela_board_dump (fixture->board, TRUE);
      g_assert_cmpstr (before, ==, after);
      shown = tela_board_query (fixture->board, NULL);
      g_assert_cmpuint (shown->len, ==, 1);
      g_assert_cmpfloat (number (shown->pdata[0], TELA_KEY_X), ==, 100);
    }
}

static void
test_pen (CanvasFixture *fixture,
          gconstpointer  data)
{
  g_autoptr (GPtrArray) all = NULL;
  const TelaNumbers *points;

  tela_canvas_set_tool (fixture->canvas, "pen");
  canvas_drag (fixture->canvas, 100, 100, 180, 140, 0);
  all = tela_board_query (fixture->board, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  points = tela_element_get_numbers (all->pdata[0], TELA_KEY_POINTS);
  g_assert_cmpuint (points->n, ==, 5);
  g_assert_cmpfloat (points->v[0], ==, 0);
  g_assert_cmpfloat (points->v[8], ==, 80);
  g_assert_cmpfloat (number (all->pdata[0], TELA_KEY_WIDTH), ==, 80);
  g_assert_true (tela_element_get_boolean (all->pdata[0], TELA_KEY_SIMULATE_PRESSURE, FALSE));
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "pen");
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (n_shapes (fixture), ==, 0);
}

static void
test_pen_pressure (CanvasFixture *fixture,
                   gconstpointer  data)
{
  g_autoptr (GPtrArray) all = NULL;
  const TelaNumbers *pressures;

  tela_canvas_set_tool (fixture->canvas, "pen");
  tela_canvas_press (fixture->canvas, 50, 50, 0, 0.25, 1);
  tela_canvas_motion (fixture->canvas, 60, 50, 0, 0.5);
  tela_canvas_release (fixture->canvas, 60, 50, 0);
  all = tela_board_query (fixture->board, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  pressures = tela_element_get_numbers (all->pdata[0], TELA_KEY_PRESSURES);
  g_assert_cmpuint (pressures->n, ==, 2);
  g_assert_cmpfloat (pressures->v[0], ==, 0.25);
  g_assert_false (tela_element_get_boolean (all->pdata[0], TELA_KEY_SIMULATE_PRESSURE, TRUE));
}

static void
test_select (CanvasFixture *fixture,
             gconstpointer  data)
{
  TelaSelection   *selection = tela_canvas_get_selection (fixture->canvas);
  g_autofree char *first = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);
  g_autofree char *second = canvas_draw (fixture->canvas, "rectangle", 300, 100, 400, 200);

  g_assert_true (tela_selection_contains (selection, second));
  canvas_drag (fixture->canvas, 100, 150, 100, 150, 0);
  g_assert_true (tela_selection_contains (selection, first));
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 1);
  canvas_drag (fixture->canvas, 300, 150, 300, 150, GDK_SHIFT_MASK);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 2);
  canvas_drag (fixture->canvas, 300, 150, 300, 150, GDK_SHIFT_MASK);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 1);
  canvas_drag (fixture->canvas, 500, 350, 500, 350, 0);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 0);
  canvas_drag (fixture->canvas, 50, 50, 250, 250, 0);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 1);
  canvas_drag (fixture->canvas, 280, 50, 450, 250, GDK_SHIFT_MASK);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 2);
}

static void
test_resize (CanvasFixture *fixture,
             gconstpointer  data)
{
  g_autofree char *id = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);

  canvas_drag (fixture->canvas, 204, 204, 254, 304, 0);
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_WIDTH), ==, 154);
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_X), ==, 100);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_WIDTH), ==, 100);
}

static void
test_commands (CanvasFixture *fixture,
               gconstpointer  data)
{
  TelaSelection   *selection = tela_canvas_get_selection (fixture->canvas);
  g_autofree char *id = NULL;

  g_assert_false (canvas_is_enabled (fixture->canvas, "delete"));
  id = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);
  canvas_activate (fixture->canvas, "duplicate");
  g_assert_cmpuint (n_shapes (fixture), ==, 2);
  g_assert_false (tela_selection_contains (selection, id));
  canvas_activate (fixture->canvas, "select-all");
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 2);
  g_action_group_activate_action (tela_canvas_get_actions (fixture->canvas), "nudge",
                                  g_variant_new ("(dd)", 1.0, 10.0));
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_Y), ==, 110);
  canvas_activate (fixture->canvas, "delete");
  g_assert_cmpuint (n_shapes (fixture), ==, 0);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 0);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (n_shapes (fixture), ==, 2);
}

static void
test_restack (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char *first = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);
  g_autofree char *second = canvas_draw (fixture->canvas, "rectangle", 120, 120, 220, 220);
  g_autoptr (GPtrArray) all = NULL;

  canvas_activate (fixture->canvas, "to-back");
  all = tela_board_query (fixture->board, NULL);
  g_assert_cmpstr (tela_element_get_id (all->pdata[0]), ==, second);
  canvas_activate (fixture->canvas, "to-front");
  g_clear_pointer (&all, g_ptr_array_unref);
  all = tela_board_query (fixture->board, NULL);
  g_assert_cmpstr (tela_element_get_id (all->pdata[0]), ==, first);
}

static void
test_eraser (CanvasFixture *fixture,
             gconstpointer  data)
{
  g_autofree char *first  G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 100, 100, 150, 200);
  g_autofree char *second G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 200, 100, 250, 200);

  tela_canvas_set_tool (fixture->canvas, "eraser");
  tela_canvas_press (fixture->canvas, 100, 150, 0, -1, 1);
  tela_canvas_motion (fixture->canvas, 200, 150, 0, -1);
  tela_canvas_release (fixture->canvas, 200, 150, 0);
  g_assert_cmpuint (n_shapes (fixture), ==, 0);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (n_shapes (fixture), ==, 2);
}

static void
test_style (CanvasFixture *fixture,
            gconstpointer  data)
{
  GActionGroup      *style = tela_canvas_get_style_actions (fixture->canvas);
  g_autofree char   *id = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);
  const TelaElement *next;

  g_action_group_change_action_state (style, "stroke-color", g_variant_new_string ("#e03131"));
  g_assert_cmpstr (tela_element_get_string (tela_board_lookup (fixture->board, id), TELA_KEY_STROKE_COLOR), ==,
                   "#e03131");

  /* A slider says many values and is one step. */
  for (guint i = 0; i < 5; i++)
    g_action_group_change_action_state (style, "opacity", g_variant_new_double (90 - 10 * (double) i));
  g_assert_cmpfloat (number (tela_board_lookup_shown (fixture->board, id), TELA_KEY_OPACITY), ==, 50);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpfloat (number (tela_board_lookup (fixture->board, id), TELA_KEY_OPACITY), ==, 100);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpstr (tela_element_get_string (tela_board_lookup (fixture->board, id), TELA_KEY_STROKE_COLOR), ==,
                   "#1e1e1e");

  canvas_activate (fixture->canvas, "select-none");
  g_action_group_change_action_state (style, "stroke-width", g_variant_new_double (4));
  g_free (canvas_draw (fixture->canvas, "ellipse", 300, 100, 350, 150));
  next = canvas_get_selected (fixture->canvas);
  g_assert_cmpfloat (number (next, TELA_KEY_STROKE_WIDTH), ==, 4);
}

/* The tools are off for one who may only look. */
static void
test_without_session (CanvasFixture *fixture,
                      gconstpointer  data)
{
  tela_canvas_set_session (fixture->canvas, NULL, NULL);
  tela_canvas_set_tool (fixture->canvas, "pen");
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "select");
  canvas_drag (fixture->canvas, 100, 100, 200, 200, 0);
  g_assert_false (canvas_is_enabled (fixture->canvas, "paste"));
  g_assert_false (canvas_is_enabled (fixture->canvas, "zoom-in"));
}

static void
test_accessible (CanvasFixture *fixture,
                 gconstpointer  data)
{
  gtk_test_accessible_assert_role (fixture->canvas, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (fixture->canvas, GTK_ACCESSIBLE_PROPERTY_LABEL, "Board");
  tela_canvas_set_label (fixture->canvas, "Plan");
  gtk_test_accessible_assert_property (fixture->canvas, GTK_ACCESSIBLE_PROPERTY_LABEL, "Plan");
  g_free (canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200));
  gtk_test_accessible_assert_property (fixture->canvas, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "1 shape, selected: Rectangle");
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

  add ("/canvas/rectangle/all-fields", test_rectangle);
  add ("/canvas/gesture/one-undo-step", test_gesture_is_one_step);
  add ("/canvas/shape/click-draws-nothing", test_click_draws_nothing);
  add ("/canvas/shape/shift-constrains", test_shift_constrains);
  add ("/canvas/cancel/every-tool", test_cancel);
  add ("/canvas/pen/points", test_pen);
  add ("/canvas/pen/pressure", test_pen_pressure);
  add ("/canvas/select/click-shift-band", test_select);
  add ("/canvas/select/resize", test_resize);
  add ("/canvas/commands/duplicate-nudge-delete", test_commands);
  add ("/canvas/commands/restack", test_restack);
  add ("/canvas/eraser/one-undo-step", test_eraser);
  add ("/canvas/style/selection-and-next", test_style);
  add ("/canvas/session/none", test_without_session);
  add ("/canvas/accessible", test_accessible);

  return g_test_run ();
}
