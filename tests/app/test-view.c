/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-canvas-private.h"
#include "tela-layers-private.h"

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

static TelaElement *
new_shape (const char *id,
           const char *type,
           double      x,
           double      y,
           const char *fill,
           double      opacity)
{
  TelaOpBuilder *op = tela_op_builder_new (id);

  tela_op_builder_set_string (op, TELA_KEY_TYPE, type);
  tela_op_builder_set_string (op, TELA_KEY_INDEX, id);
  tela_op_builder_set_number (op, TELA_KEY_X, x);
  tela_op_builder_set_number (op, TELA_KEY_Y, y);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, 120);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, 90);
  tela_op_builder_set_string (op, TELA_KEY_BACKGROUND_COLOR, fill);
  tela_op_builder_set_string (op, TELA_KEY_FILL_STYLE, "solid");
  tela_op_builder_set_number (op, TELA_KEY_OPACITY, opacity);

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

static void
put_shapes (CanvasFixture *fixture)
{
  TelaElement *shapes[] = {
    new_shape ("a1", "rectangle", 60.25, 50, "#b2f2bb", 100),
    new_shape ("a2", "rectangle", 100.4, 80.6, "#a5d8ff", 50),
    new_shape ("a3", "ellipse", 160.7, 90.1, "#ffec99", 100),
    new_shape ("a4", "rectangle", 120, 110.5, "transparent", 100),
    new_shape ("a5", "diamond", 190.3, 60.9, "#ffc9c9", 60),
    new_shape ("a6", "ellipse", 330, 120, "#ffc9c9", 100),
  };

  tela_session_edit (fixture->session, shapes, G_N_ELEMENTS (shapes));
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    tela_element_unref (shapes[i]);
}

static guint
count_different (cairo_surface_t *a,
                 cairo_surface_t *b,
                 int              tolerance)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = 0; x < cairo_image_surface_get_width (a); x++)
      {
        guint8 one[3], other[3];

        picture_get_pixel (a, x, y, one);
        picture_get_pixel (b, x, y, other);
        for (guint i = 0; i < 3; i++)
          if (ABS (one[i] - other[i]) > tolerance)
            {
              n++;
              break;
            }
      }

  return n;
}

static void
move_live (TelaGesture       *gesture,
           const TelaElement *element,
           double             dx,
           double             dy)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (element));
  g_autoptr (TelaElement) move = NULL;

  tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (element, TELA_KEY_X, 0) + dx);
  tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (element, TELA_KEY_Y, 0) + dy);
  move = tela_op_builder_end (op, (TelaStamp){ 0 });
  tela_gesture_update (gesture, &move, 1);
}

/* What moves is seen where it belongs between what rests below and above it, translucent or not, as if all were painted
 * anew. */
static void
test_order_in_motion (CanvasFixture *fixture,
                      gconstpointer  data)
{
  TelaGesture       *gesture = tela_session_begin (fixture->session);
  const TelaElement *start;
  cairo_surface_t   *moving;
  cairo_surface_t   *rested;

  put_shapes (fixture);
  is_white (fixture->canvas, 1, 1);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  start = tela_board_lookup_shown (fixture->board, data);
  move_live (gesture, start, 37, 16);
  g_assert_cmpuint (tela_layers_get_n_lifted (fixture->canvas->layers), ==, 1);
  is_white (fixture->canvas, 1, 1);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  moving = canvas_get_picture (fixture->canvas);

  tela_gesture_end (gesture);
  is_white (fixture->canvas, 1, 1);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  rested = canvas_get_picture (fixture->canvas);
  g_assert_cmpuint (count_different (moving, rested, 12), ==, 0);
  cairo_surface_destroy (moving);
  cairo_surface_destroy (rested);
}

static void
fill (TelaCanvas *canvas,
      const char *colour)
{
  g_action_group_change_action_state (tela_canvas_get_style_actions (canvas), "background-color",
                                      g_variant_new_string (colour));
  g_action_group_change_action_state (tela_canvas_get_style_actions (canvas), "fill-style",
                                      g_variant_new_string ("solid"));
}

/* What lies over a shape lies over it also while it is moved, and when it comes down. */
static void
test_order (CanvasFixture *fixture,
            gconstpointer  data)
{
  TelaCanvas *canvas = fixture->canvas;

  fill (canvas, "#a5d8ff");
  g_free (canvas_draw (canvas, "rectangle", 100, 100, 200, 200));
  tela_selection_clear (tela_canvas_get_selection (canvas));
  fill (canvas, "#ffec99");
  g_free (canvas_draw (canvas, "rectangle", 300, 120, 400, 180));
  tela_selection_clear (tela_canvas_get_selection (canvas));
  is_white (canvas, 1, 1);
  WAIT_UNTIL (tela_layers_is_settled (canvas->layers));

  tela_canvas_press (canvas, 150, 150, 0, -1, 1);
  for (guint i = 1; i <= 4; i++)
    {
      tela_canvas_motion (canvas, 150 + 50 * i, 150, 0, -1);
      g_assert_true (is_blue (canvas, 150 + 50 * (int) i, 110));
      g_assert_false (is_blue (canvas, 330, 135));
      g_assert_false (is_white (canvas, 330, 135));
    }
  tela_canvas_release (canvas, 350, 150, 0);
  do
    {
      g_assert_false (is_blue (canvas, 330, 135));
      g_assert_true (is_blue (canvas, 350, 110));
      app_wait_step (G_MAXINT64);
    }
  while (!tela_layers_is_settled (canvas->layers));
  g_assert_false (is_blue (canvas, 330, 135));
}

/* Nothing of it is paper or grey. Frees @picture. */
static void
check_blue (cairo_surface_t *picture)
{
  for (int y = 0; y < cairo_image_surface_get_height (picture); y++)
    {
      const guint8  *row = cairo_image_surface_get_data (picture) + y * cairo_image_surface_get_stride (picture);
      const guint32 *pixels = (const guint32 *) (gconstpointer) row;

      for (int x = 0; x < cairo_image_surface_get_width (picture); x++)
        for (guint shift = 0; shift < 24; shift += 8)
          g_assert_cmpint (ABS ((int) (pixels[x] >> shift & 255) - (0xa5d8ff >> shift & 255)), <=, 2); /* rounded */
    }
  cairo_surface_destroy (picture);
}

static void
check_all_blue (TelaCanvas *canvas)
{
  check_blue (canvas_get_picture (canvas));
}

/* Wherever the camera goes: in the very frame, before any painter has seen it, and in all after it. */
static void
test_camera (CanvasFixture *fixture,
             gconstpointer  data)
{
  static const double zooms[] = { 1.25, 1.7, 3, 0.4, 0.3, 0.21, 9, 0.07, 2.2 };
  TelaCanvas         *canvas = fixture->canvas;

  fill (canvas, "#a5d8ff");
  g_free (canvas_draw (canvas, "rectangle", -30000, -30000, 30000, 30000));
  tela_selection_clear (tela_canvas_get_selection (canvas));
  WAIT_UNTIL (tela_canvas_is_settled (canvas));
  canvas_wait_for_painters (canvas);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      tela_viewport_zoom_by (canvas->viewport, zooms[i], 100 + 40 * i, 300 - 20 * i);
      check_all_blue (canvas);
      tela_viewport_pan (canvas->viewport, 731, -344);
      check_all_blue (canvas);
      while (!tela_canvas_is_settled (canvas))
        {
          app_wait_step (G_MAXINT64);
          check_all_blue (canvas);
        }
    }
}

static GskRenderNode *
draw_on (TelaCanvas          *canvas,
         const TelaPixelGrid *grid,
         gboolean             for_cairo)
{
  const GdkRGBA paper = { 1, 1, 1, 1 };
  GtkSnapshot  *snapshot = gtk_snapshot_new ();

  tela_layers_draw_on (canvas->layers, snapshot, canvas->viewport, &paper, grid, 1, for_cairo);

  return gtk_snapshot_free_to_node (snapshot);
}

/* Displays of which so many pixels are one of the window, which need not begin with one. */
static void
test_fractional_scale (CanvasFixture *fixture,
                       gconstpointer  data)
{
  static const TelaPixelGrid grids[] = { { 1.25, 0.75, 0.5 }, { 1.5, 0.5, 0 }, { 1.75, 0.25, 0.75 }, { 1.25, 0, 0 } };
  TelaCanvas                *canvas = fixture->canvas;

  fill (canvas, "#a5d8ff");
  g_free (canvas_draw (canvas, "rectangle", -30000, -30000, 30000, 30000));
  tela_selection_clear (tela_canvas_get_selection (canvas));
  WAIT_UNTIL (tela_canvas_is_settled (canvas));
  canvas_wait_for_painters (canvas);
  tela_viewport_zoom_by (canvas->viewport, 0.61, 100, 300);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (grids); i++)
    {
      const TelaPixelGrid *grid = &grids[i / 2];
      GskRenderNode       *node = draw_on (canvas, grid, i % 2 == 0);
      cairo_surface_t     *surface =
          cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (600 * grid->scale), (int) (400 * grid->scale));
      cairo_t *cr = cairo_create (surface);

      /* The window draws as well, on its own display. */
      while (!tela_layers_is_settled (canvas->layers))
        {
          app_wait_step (G_MAXINT64);
          gsk_render_node_unref (node);
          node = draw_on (canvas, grid, i % 2 == 0);
        }
      cairo_translate (cr, grid->left, grid->top);
      cairo_scale (cr, grid->scale, grid->scale);
      gsk_render_node_draw (node, cr);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      check_blue (surface);
      gsk_render_node_unref (node);
    }
}

/* The pictures in a frame, in order. */
static void
collect_leaves (GskRenderNode *node,
                GPtrArray     *leaves)
{
  if (gsk_render_node_get_node_type (node) == GSK_CONTAINER_NODE)
    for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
      collect_leaves (gsk_container_node_get_child (node, i), leaves);
  else
    g_ptr_array_add (leaves, gsk_render_node_ref (node));
}

/* OpenGL shades a whole picture for each part of it that is shown: a coarser one is drawn once. */
static void
check_no_picture_twice (GskRenderNode *node)
{
  g_autoptr (GPtrArray) leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_render_node_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  collect_leaves (node, leaves);
  for (guint i = 0; i < leaves->len; i++)
    {
      g_assert_cmpint (gsk_render_node_get_node_type (leaves->pdata[i]), !=, GSK_CLIP_NODE);
      if (gsk_render_node_get_node_type (leaves->pdata[i]) == GSK_TEXTURE_NODE)
        g_assert_true (g_hash_table_add (seen, gsk_texture_node_get_texture (leaves->pdata[i])));
    }
}

static void
test_parts (CanvasFixture *fixture,
            gconstpointer  data)
{
  static const double        zooms[] = { 2.3, 1.9, 4, 0.3, 0.2 };
  static const TelaPixelGrid grid = { .scale = 1 };
  TelaCanvas                *canvas = fixture->canvas;
  guint                      n_unsettled = 0;

  fill (canvas, "#a5d8ff");
  g_free (canvas_draw (canvas, "rectangle", -30000, -30000, 30000, 30000));
  tela_selection_clear (tela_canvas_get_selection (canvas));
  WAIT_UNTIL (tela_canvas_is_settled (canvas));
  canvas_wait_for_painters (canvas);
  for (guint i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      tela_viewport_zoom_by (canvas->viewport, zooms[i], 100, 300);
      do
        {
          g_autoptr (GskRenderNode) node = draw_on (canvas, &grid, FALSE);
          cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 600, 400);
          cairo_t         *cr = cairo_create (surface);

          n_unsettled += !tela_layers_is_settled (canvas->layers);
          check_no_picture_twice (node);
          gsk_render_node_draw (node, cr);
          cairo_destroy (cr);
          cairo_surface_flush (surface);
          check_blue (surface);
          app_wait_step (G_MAXINT64);
        }
      while (!tela_layers_is_settled (canvas->layers));
    }
  g_assert_cmpuint (n_unsettled, >, 0);
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

typedef struct
{
  TelaCanvas *canvas;
  gboolean    is_over; /* a frame has been through with it */
} Tick;

static void
before_update_cb (Tick *tick)
{
  g_assert_cmpuint (tick->canvas->tick_id, !=, 0);
}

static void
layout_cb (Tick *tick)
{
  g_assert_cmpuint (tick->canvas->tick_id, ==, 0);
  tick->is_over = TRUE;
}

/* What others did is applied in the update phase of the next frame, once; there is a next frame. */
static void
test_remote_tick (CanvasFixture *fixture,
                  gconstpointer  data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->canvas));
  Tick           tick = { .canvas = fixture->canvas };

  WAIT_UNTIL (rests (clock));
  g_signal_emit_by_name (fixture->session, "tick-wanted");
  g_assert_cmpuint (fixture->canvas->tick_id, !=, 0);
  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (before_update_cb), &tick);
  g_signal_connect_swapped (clock, "layout", G_CALLBACK (layout_cb), &tick);
  gtk_widget_queue_resize (GTK_WIDGET (fixture->canvas)); /* so that the frame has that phase */
  WAIT_UNTIL (tick.is_over);
  g_signal_handlers_disconnect_by_data (clock, &tick);
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
  static const char *const shapes[] = { "a1", "a2", "a3", "a4", "a5" };

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  add ("/view/paper-in-every-theme", test_paper);
  add ("/view/drawing/never-blank", test_never_blank);
  add ("/view/move/one-place", test_move);
  add ("/view/move/order", test_order);
  add ("/view/camera/never-blank", test_camera);
  add ("/view/fractional-scale", test_fractional_scale);
  add ("/view/frame/no-picture-twice", test_parts);
  add ("/view/frame/remote-tick", test_remote_tick);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/view/move/in-order/%s", shapes[i]);

      g_test_add (path, CanvasFixture, shapes[i], canvas_fixture_set_up, test_order_in_motion, canvas_fixture_tear_down);
    }
  add ("/view/two-windows/same-frame", test_two_windows);
  add ("/view/idle/no-frame", test_idle);
  add ("/view/clipboard", test_clipboard);
  add ("/view/zoom-actions", test_zoom_actions);

  return g_test_run ();
}
