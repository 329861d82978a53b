/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-canvas-private.h"

static gboolean
is_white (TelaCanvas *canvas,
          int         x,
          int         y)
{
  guint8 rgb[3];

  canvas_get_pixel (canvas, x, y, rgb);

  return rgb[0] == 255 && rgb[1] == 255 && rgb[2] == 255;
}

static gboolean
is_blue (TelaCanvas *canvas,
         int         x,
         int         y)
{
  guint8 rgb[3];

  canvas_get_pixel (canvas, x, y, rgb);

  return rgb[2] > 200 && rgb[0] < 190;
}

static void
fill_blue (TelaCanvas *canvas)
{
  g_action_group_change_action_state (tela_canvas_get_style_actions (canvas), "background-color",
                                      g_variant_new_string ("#a5d8ff"));
}

/* Whatever the theme, the paper is the board's. */
static void
test_paper (CanvasFixture *fixture,
            gconstpointer  data)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_true (is_white (fixture->canvas, 300, 200));
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_assert_true (is_white (fixture->canvas, 300, 200));
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

/* What is being drawn is in the frame of its event, and stays there until the tiles have it: no frame is without it. */
static void
test_never_blank (CanvasFixture *fixture,
                  gconstpointer  data)
{
  fill_blue (fixture->canvas);
  tela_canvas_set_tool (fixture->canvas, "rectangle");
  tela_canvas_press (fixture->canvas, 100, 100, 0, -1, 1);
  tela_canvas_motion (fixture->canvas, 200, 200, 0, -1);
  g_assert_true (is_blue (fixture->canvas, 150, 150));
  g_assert_cmpuint (tela_layers_get_n_lifted (fixture->canvas->layers), ==, 1);
  tela_canvas_release (fixture->canvas, 200, 200, 0);
  g_assert_cmpuint (tela_layers_get_n_lifted (fixture->canvas->layers), ==, 0);

  do
    {
      g_assert_true (is_blue (fixture->canvas, 150, 150));
      app_wait_step (G_MAXINT64);
    }
  while (!tela_layers_is_settled (fixture->canvas->layers));
  g_assert_true (is_blue (fixture->canvas, 150, 150));
}

/* A move shows the shape at one place only, from the press to the settled tiles. */
static void
test_move (CanvasFixture *fixture,
           gconstpointer  data)
{
  fill_blue (fixture->canvas);
  g_free (canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200));
  is_blue (fixture->canvas, 150, 150);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  canvas_drag (fixture->canvas, 150, 150, 350, 250, 0);
  do
    {
      g_assert_true (is_blue (fixture->canvas, 350, 250));
      app_wait_step (G_MAXINT64);
    }
  while (!tela_layers_is_settled (fixture->canvas->layers));
  g_assert_true (is_blue (fixture->canvas, 350, 250));
  g_assert_true (is_white (fixture->canvas, 150, 150));
}

static void
test_two_windows (CanvasFixture *fixture,
                  gconstpointer  data)
{
  TelaCanvas *other;
  GtkWidget  *window = canvas_fixture_add_window (fixture, &other);

  fill_blue (fixture->canvas);
  tela_canvas_set_tool (fixture->canvas, "rectangle");
  tela_canvas_press (fixture->canvas, 100, 100, 0, -1, 1);
  tela_canvas_motion (fixture->canvas, 200, 200, 0, -1);
  g_assert_true (is_blue (fixture->canvas, 150, 150));
  g_assert_true (is_blue (other, 150, 150));
  tela_canvas_release (fixture->canvas, 200, 200, 0);
  g_assert_true (is_blue (other, 150, 150));
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (other)), ==, 0);

  canvas_activate (other, "undo");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* TRUE: no frame was made while the main loop turned so often. */
static gboolean
rests (GdkFrameClock *clock)
{
  gint64 frame = gdk_frame_clock_get_frame_counter (clock);

  for (guint i = 0; i < 20; i++)
    app_wait_step (G_MAXINT64);

  return gdk_frame_clock_get_frame_counter (clock) == frame;
}

/* Once all is painted, no frame is asked for. */
static void
test_idle (CanvasFixture *fixture,
           gconstpointer  data)
{
  g_free (canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200));
  is_white (fixture->canvas, 1, 1);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  WAIT_UNTIL (rests (gtk_widget_get_frame_clock (GTK_WIDGET (fixture->canvas))));
  g_assert_cmpuint (fixture->canvas->tick_id, ==, 0);
}

static void
test_clipboard (CanvasFixture *fixture,
                gconstpointer  data)
{
  g_autofree char *id = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);

  canvas_activate (fixture->canvas, "copy");
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 2);
  g_assert_cmpstr (tela_element_get_id (canvas_get_selected (fixture->canvas)), !=, id);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (fixture->canvas)), "plain words");
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 3);
  g_assert_cmpstr (tela_element_get_string (canvas_get_selected (fixture->canvas), TELA_KEY_TEXT), ==, "plain words");
}

static void
test_zoom_actions (CanvasFixture *fixture,
                   gconstpointer  data)
{
  TelaViewport *viewport = tela_canvas_get_viewport (fixture->canvas);

  canvas_activate (fixture->canvas, "zoom-in");
  g_assert_cmpfloat_with_epsilon (tela_viewport_get_zoom (viewport), TELA_ZOOM_STEP, 1e-9);
  canvas_activate (fixture->canvas, "zoom-out");
  canvas_activate (fixture->canvas, "zoom-out");
  g_assert_cmpfloat_with_epsilon (tela_viewport_get_zoom (viewport), 1 / TELA_ZOOM_STEP, 1e-9);
  canvas_activate (fixture->canvas, "zoom-reset");
  g_assert_cmpfloat (tela_viewport_get_zoom (viewport), ==, 1);
  tela_viewport_pan (viewport, 5000, 5000);
  g_free (canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200));
  tela_viewport_pan (viewport, 5000, 5000);
  canvas_activate (fixture->canvas, "zoom-fit");
  g_assert_true (tela_rect_contains (tela_viewport_get_visible (viewport),
                                     tela_element_get_bounds (canvas_get_selected (fixture->canvas))));
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
  adw_init ();

  add ("/view/paper-in-every-theme", test_paper);
  add ("/view/drawing/never-blank", test_never_blank);
  add ("/view/move/one-place", test_move);
  add ("/view/two-windows/same-frame", test_two_windows);
  add ("/view/idle/no-frame", test_idle);
  add ("/view/clipboard", test_clipboard);
  add ("/view/zoom-actions", test_zoom_actions);

  return g_test_run ();
}
