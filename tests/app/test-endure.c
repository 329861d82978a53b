/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "allocations.h"
#include "tela-canvas-private.h"
#include "tela-formats.h"
#include "tela-layers-private.h"

/* What may happen to a window while its tiles are being painted. */

#define N_ELEMENTS 3000
#define GROUND "#a5d8ff" /* below all; nothing on it is white */

static TelaElement *
new_box (const char *id,
         const char *index,
         TelaRect    box)
{
  TelaOpBuilder *op = tela_op_builder_new (id);

  tela_op_builder_set_string (op, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_string (op, TELA_KEY_INDEX, index);
  tela_op_builder_set_number (op, TELA_KEY_X, box.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, box.y);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, box.width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, box.height);
  tela_op_builder_set_number (op, TELA_KEY_ROUGHNESS, 0);
  tela_op_builder_set_string (op, TELA_KEY_BACKGROUND_COLOR, GROUND);
  tela_op_builder_set_string (op, TELA_KEY_FILL_STYLE, "solid");

  return tela_op_builder_end (op, (TelaStamp){ .time = 1 });
}

static void
fill_board (TelaBoard *board)
{
  g_autoptr (GPtrArray) scene = tela_scene_generate (N_ELEMENTS, 3, (TelaStamp){ .time = 1 });

  g_ptr_array_add (scene, new_box ("ground", "Zz", (TelaRect){ -90000, -90000, 180000, 180000 }));
  g_ptr_array_add (scene, new_box ("box", "zz", (TelaRect){ -900, -900, 500, 300 }));
  tela_board_merge (board, (TelaElement *const *) scene->pdata, scene->len);
}

static void
check_no_white (TelaCanvas *canvas)
{
  cairo_surface_t *picture = canvas_get_picture (canvas);
  const int        width = cairo_image_surface_get_width (picture);
  const int        height = cairo_image_surface_get_height (picture);

  for (int y = 0; y < height; y++)
    {
      const guint8 *row = cairo_image_surface_get_data (picture) + y * cairo_image_surface_get_stride (picture);

      for (int x = 0; x < width; x++)
        g_assert_cmphex (((const guint32 *) (gconstpointer) row)[x] & 0xffffff, !=, 0xffffff);
    }
  cairo_surface_destroy (picture);
}

/* The window from that of a telephone to one larger than most displays: nowhere blank, and in the end all is sharp. */
static void
test_resize (CanvasFixture *fixture,
             gconstpointer  data)
{
  static const int sizes[][2] = { { 300, 200 }, { 4000, 2400 }, { 300, 2400 }, { 4000, 200 }, { 900, 600 } };

  fill_board (fixture->board);
  canvas_wait_for_painters (fixture->canvas);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      gtk_widget_set_size_request (GTK_WIDGET (fixture->canvas), sizes[i][0], sizes[i][1]); /* whatever the display has */
      gtk_window_set_default_size (GTK_WINDOW (fixture->window), sizes[i][0], sizes[i][1]);
      WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (fixture->canvas)) == sizes[i][0]);
      check_no_white (fixture->canvas);
      app_wait_step (G_MAXINT64);
      check_no_white (fixture->canvas);
    }
  WAIT_UNTIL (tela_canvas_is_settled (fixture->canvas));
  check_no_white (fixture->canvas);
}

static void
set_paper (CanvasFixture *fixture,
           const char    *colour,
           guint          time)
{
  g_autofree char *json = g_strdup_printf ("{\"viewBackgroundColor\":\"%s\"}", colour);
  TelaOpBuilder   *op = tela_op_builder_new (TELA_BOARD_ELEMENT_ID);
  g_autoptr (TelaElement) own = NULL;

  tela_op_builder_set_json (op, tela_key_intern (TELA_BOARD_APP_STATE, strlen (TELA_BOARD_APP_STATE)), json);
  own = tela_op_builder_end (op, (TelaStamp){ .time = time });
  tela_board_merge (fixture->board, &own, 1);
}

/* A desktop that turns dark, or a board that gets another paper. */
static void
test_dark (CanvasFixture *fixture,
           gconstpointer  data)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  guint64          before;
  guint8           rgb[3];

  fill_board (fixture->board);
  tela_viewport_place (fixture->canvas->viewport, -90300, -90300, 1);
  for (guint i = 0; i < 6; i++)
    {
      adw_style_manager_set_color_scheme (manager, i % 2 == 0 ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      set_paper (fixture, i % 2 == 0 ? "#121212" : "#fffce8", 10 + i);
      for (guint k = 0; k < 3; k++)
        app_wait_step (G_MAXINT64);
    }
  before = canvas_wait_for_painters (fixture->canvas);
  g_assert_cmpuint (before, >, 0);
  canvas_get_pixel (fixture->canvas, 50, 50, rgb);
  g_assert_cmpmem (rgb, 3, "\xff\xfc\xe8", 3);
  canvas_get_pixel (fixture->canvas, 500, 350, rgb);
  g_assert_cmpmem (rgb, 3, "\xa5\xd8\xff", 3);

  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  g_assert_cmpuint (canvas_wait_for_painters (fixture->canvas), ==, before); /* the board's colours are not the desktop's */
  adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

/* However far it is with its first tiles. */
static void
test_close (CanvasFixture *fixture,
            gconstpointer  data)
{
  fill_board (fixture->board);
  for (guint i = 0; i < 12; i++)
    {
      TelaCanvas *canvas;
      GtkWidget  *window = canvas_fixture_add_window (fixture, &canvas);

      for (guint k = 0; k < i; k++)
        app_wait_step (G_MAXINT64);
      if (i % 3 == 1)
        tela_canvas_set_session (canvas, NULL, NULL);
      gtk_window_destroy (GTK_WINDOW (window));
    }
  WAIT_UNTIL (tela_canvas_is_settled (fixture->canvas));
}

static void
changed_cb (guint *n)
{
  ++*n;
}

/* There is too little memory for pictures, of what rests and of what moves, for whichever renderer; and then there is enough. */
static void
test_no_memory (gconstpointer data)
{
  const gboolean      for_cairo = GPOINTER_TO_INT (data);
  const GdkRGBA       paper = { 1, 1, 1, 1 };
  const TelaPixelGrid grid = { .scale = 1 };
  g_autoptr (TelaBoard) board = tela_board_new ("11111111-1111-4111-8111-111111111111");
  g_autoptr (TelaLayers) layers = tela_layers_new ();
  g_autoptr (TelaViewport) viewport = tela_viewport_new ();
  cairo_surface_t *surface;
  cairo_t         *cr;
  guint            n_changed = 0;

  fill_board (board);
  tela_viewport_set_size (viewport, 600, 400);
  tela_layers_set_board (layers, board, NULL);
  g_signal_connect_swapped (layers, "changed", G_CALLBACK (changed_cb), &n_changed);
  if (!allocations_refuse (0))
    return;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 600, 400);
  cr = cairo_create (surface);
  allocations_refuse (200 * 1024);
  for (guint i = 0; i < 30; i++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      g_autoptr (GskRenderNode) node = NULL;
      g_autoptr (TelaElement) moving = NULL;
      TelaOpBuilder *op = tela_op_builder_new (i % 3 == 0 ? "ground" : "box");

      tela_op_builder_set_number (op, TELA_KEY_X, i % 3 == 0 ? -9000.0 : i / 2.0);
      tela_op_builder_set_number (op, TELA_KEY_Y, i % 3 == 0 ? -9000 : 40);
      moving = tela_op_builder_end (op, (TelaStamp){ 0 });
      tela_board_set_veil (board, 7, "hand", &moving, 1);
      tela_layers_draw_on (layers, snapshot, viewport, &paper, &grid, 1, for_cairo);
      node = gtk_snapshot_free_to_node (snapshot);
      if (for_cairo && node != NULL)
        gsk_render_node_draw (node, cr);
      g_main_context_iteration (NULL, FALSE);
    }
  allocations_refuse (0);
  tela_board_drop_veil (board, 7, "hand");
  WAIT_UNTIL (n_changed > 0);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
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

  add ("/endure/resize", test_resize);
  add ("/endure/dark", test_dark);
  add ("/endure/close", test_close);
  g_test_add_data_func ("/endure/no-memory/gl", GINT_TO_POINTER (FALSE), test_no_memory);
  g_test_add_data_func ("/endure/no-memory/cairo", GINT_TO_POINTER (TRUE), test_no_memory);

  return g_test_run ();
}
