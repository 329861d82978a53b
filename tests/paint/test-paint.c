/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "paint-fixture.h"
#include "tela-scene.h"

#define MARGIN 60.0

static const TelaRect HERE = { 0, 0, 10, 10 };

static guint32
pixel_at (cairo_surface_t *surface,
          int              x,
          int              y)
{
  const guint8 *row = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);

  return ((const guint32 *) (gconstpointer) row)[x];
}

/* Where there is ink, in board units. */
static gboolean
find_ink (cairo_surface_t *surface,
          TelaRect         area,
          double           scale,
          TelaRect        *ink)
{
  int left = G_MAXINT;
  int top = G_MAXINT;
  int right = -1;
  int bottom = -1;
  int x;
  int y;

  for (y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (x = 0; x < cairo_image_surface_get_width (surface); x++)
      if (pixel_at (surface, x, y) >> 24 > 4)
        {
          left = MIN (left, x);
          right = MAX (right, x);
          top = MIN (top, y);
          bottom = MAX (bottom, y);
        }
  *ink =
      (TelaRect){ area.x + left / scale, area.y + top / scale, (right - left + 1) / scale, (bottom - top + 1) / scale };

  return right >= 0;
}

static void
check_inside (TelaElement *element,
              double       scale)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();
  TelaRect         bounds = tela_element_get_bounds (element);
  TelaRect         area = tela_rect_expand (bounds, MARGIN);
  gboolean         is_zigzag = g_strcmp0 (tela_element_get_string (element, TELA_KEY_FILL_STYLE), "zigzag") == 0;
  double           reach = is_zigzag ? TELA_SCENE_REACH : 0;
  cairo_surface_t *surface;
  TelaRect         ink;

  area = (TelaRect){ floor (area.x), floor (area.y), ceil (area.width), ceil (area.height) };
  g_ptr_array_add (elements, element);
  surface = fixture_paint (elements, area, scale);
  g_assert_true (find_ink (surface, area, scale, &ink));
  if (!tela_rect_contains (tela_rect_expand (bounds, 1 / scale + reach), ink))
    {
      g_autoptr (GString) json = g_string_new (NULL);
      TelaJsonWriter writer;

      tela_json_writer_init (&writer, json, 0);
      tela_element_write_plain (element, &writer);
      g_test_message ("%s", json->str);
      g_error ("ink %g,%g %gx%g is not within the bounds %g,%g %gx%g", ink.x, ink.y, ink.width, ink.height, bounds.x,
               bounds.y, bounds.width, bounds.height);
    }
  cairo_surface_destroy (surface);
}

static void
test_bounds (gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint i;

  for (i = 0; i < 60; i++)
    {
      g_autoptr (TelaElement) element = fixture_element (rand, data, i, HERE);

      check_inside (element, i % 4 == 3 ? 0.2 : 1);
    }
}

static void
assert_same (cairo_surface_t *a,
             cairo_surface_t *b)
{
  g_assert_cmpmem (
      cairo_image_surface_get_data (a), cairo_image_surface_get_stride (a) * cairo_image_surface_get_height (a),
      cairo_image_surface_get_data (b), cairo_image_surface_get_stride (b) * cairo_image_surface_get_height (b));
}

static gpointer
paint_in_thread (gpointer data)
{
  return fixture_paint (data, (TelaRect){ -200, -200, 800, 600 }, 1);
}

static void
test_same_everywhere (void)
{
  g_autoptr (GPtrArray) elements = fixture_board (3, 40, (TelaRect){ 0, 0, 400, 300 });
  cairo_surface_t *first = paint_in_thread (elements);
  GThread         *threads[2];
  gsize            i;

  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("paint", paint_in_thread, elements);
  for (i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      cairo_surface_t *other = g_thread_join (threads[i]);

      assert_same (first, other);
      cairo_surface_destroy (other);
    }
  cairo_surface_destroy (first);
}

/* A pixel is cut into 15 lines by cairo, or 4 for fine hatching, and it walks along an edge from where the surface
 * begins: one line more or less. */
#define TOLERANCE (255 / 4 + 1)

/* How many pixels differ between the tile and its part of the whole. */
static guint
compare_tile (cairo_surface_t *whole,
              const guint8    *tile,
              int              stride,
              int              pixels,
              int              left,
              int              top)
{
  guint n = 0;
  int   x;
  int   y;
  int   c;

  for (y = 0; y < pixels; y++)
    for (x = 0; x < pixels; x++)
      {
        guint32 a = pixel_at (whole, left + x, top + y);
        guint32 b = ((const guint32 *) (gconstpointer) (tile + y * stride))[x];

        n += a != b;
        for (c = 0; c < 32; c += 8)
          g_assert_cmpint (ABS ((int) (a >> c & 255) - (int) (b >> c & 255)), <=, TOLERANCE);
      }

  return n;
}

static void
test_tiles_make_the_whole (gconstpointer data)
{
  const int    pixels = 128;
  const double scale = *(const double *) data;
  const double span = pixels / scale;
  TelaRect     area = { -2 * span, -span, 5 * span, 4 * span };
  g_autoptr (GPtrArray) elements = fixture_board (11, 60, area);
  cairo_surface_t *whole = fixture_paint (elements, area, scale);
  guint            different = 0;
  int              col;
  int              row;

  for (row = 0; row < 4; row++)
    for (col = 0; col < 5; col++)
      {
        TelaTileJob job = { .elements = elements,
                            .x = area.x + col * span,
                            .y = area.y + row * span,
                            .scale = scale,
                            .pixels = pixels,
                            .asset = fixture_asset };
        int         stride;
        g_autoptr (GBytes) tile = tela_tile_job_paint (&job, &stride);

        g_assert_nonnull (tile);
        different += compare_tile (whole, g_bytes_get_data (tile, NULL), stride, pixels, col * pixels, row * pixels);
      }
  g_assert_cmpuint (different, <, 20 * pixels * pixels / 200);
  cairo_surface_destroy (whole);
}

static GdkPixbuf *
read_png (GBytes *png)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (png);
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  g_assert_no_error (error);

  return pixbuf;
}

static const TelaPictureOptions twice = { .scale = 2, .padding = 10, .background = "#ffffff" };
static const TelaPictureOptions bare = { .scale = 1, .background = "#ffffff" };
static const TelaPictureOptions huge = { .scale = 1000, .padding = 10 };

static void
test_png_size (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) element =
      fixture_parse ("{\"id\":\"a\",\"type\":\"rectangle\",\"x\":100,\"y\":50,\"width\":200,\"height\":80,"
                     "\"roughness\":0,\"strokeWidth\":2,\"opacity\":50}");
  g_autoptr (GBytes) png = tela_paint_png (&element, 1, &twice, &error);
  g_autoptr (GdkPixbuf) pixbuf = NULL;

  g_assert_no_error (error);
  pixbuf = read_png (png);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, (200 + 2 + 20) * 2);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, (80 + 2 + 20) * 2);
}

static void
test_png_of_all_kinds (void)
{
  g_autoptr (GPtrArray) elements = fixture_board (5, 60, (TelaRect){ 0, 0, 300, 300 });
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = tela_paint_png ((TelaElement *const *) elements->pdata, elements->len, &bare, &error);
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  TelaRect extent = tela_element_get_bounds (elements->pdata[0]);
  guint    i;

  g_assert_no_error (error);
  for (i = 1; i < elements->len; i++)
    extent = tela_rect_union (extent, tela_element_get_bounds (elements->pdata[i]));
  pixbuf = read_png (png);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), <=, (int) extent.width + 12);
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), >=, (int) extent.width - 160);
}

static void
test_png_too_large (void)
{
  g_autoptr (GPtrArray) elements = fixture_board (5, 20, (TelaRect){ 0, 0, 300, 300 });
  g_autoptr (GError) error = NULL;

  g_assert_null (tela_paint_png ((TelaElement *const *) elements->pdata, elements->len, &huge, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

/* Of one size whatever is in it, which is in the middle, and as large as it fits. */
static void
test_thumbnail (void)
{
  g_autoptr (TelaElement) element =
      fixture_parse ("{\"id\":\"a\",\"type\":\"rectangle\",\"x\":5000,\"y\":-9000,\"width\":3160,\"height\":100,"
                     "\"roughness\":0,\"strokeWidth\":1,\"backgroundColor\":\"#000000\",\"fillStyle\":\"solid\"}");
  g_autoptr (GBytes) png = tela_paint_thumbnail (&element, 1, 320, 200, &bare, NULL);
  g_autoptr (GBytes) empty = tela_paint_thumbnail (NULL, 0, 320, 200, &bare, NULL);
  g_autoptr (GdkPixbuf) pixbuf = read_png (png);
  g_autoptr (GdkPixbuf) blank = read_png (empty);
  const guchar *pixels = gdk_pixbuf_read_pixels (pixbuf);
  const int     stride = gdk_pixbuf_get_rowstride (pixbuf);
  const int     step = gdk_pixbuf_get_n_channels (pixbuf);

  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), ==, 320);
  g_assert_cmpint (gdk_pixbuf_get_height (pixbuf), ==, 200);
  g_assert_cmpint (pixels[100 * stride + 10 * step], <, 100);
  g_assert_cmpint (pixels[100 * stride + 310 * step], <, 100);
  g_assert_cmpint (pixels[80 * stride + 160 * step], ==, 255);
  g_assert_cmpint (pixels[120 * stride + 160 * step], ==, 255);
  g_assert_cmpint (gdk_pixbuf_read_pixels (blank)[0], ==, 255);
}

static void
test_png_of_nothing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = tela_paint_png (NULL, 0, &bare, &error);

  g_assert_no_error (error);
  g_assert_nonnull (png);
}

/* Hachure costs nothing from afar, and the shape is still there. */
static void
test_coarse_tint (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (elements,
                   fixture_parse ("{\"id\":\"a\",\"type\":\"rectangle\",\"x\":0,\"y\":0,\"width\":800,\"height\":800,"
                                  "\"backgroundColor\":\"#ff0000\",\"fillStyle\":\"hachure\"}"));
  surface = fixture_paint (elements, (TelaRect){ 0, 0, 800, 800 }, 0.125);
  g_assert_cmpuint (pixel_at (surface, 50, 50), ==, pixel_at (surface, 37, 61));
  g_assert_cmpuint (pixel_at (surface, 50, 50) >> 24, >, 30);
  cairo_surface_destroy (surface);
}

/* What is smaller than a pixel is still seen. */
static void
test_coarse_speck (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (
      elements, fixture_parse ("{\"id\":\"a\",\"type\":\"ellipse\",\"x\":500,\"y\":500,\"width\":40,\"height\":40}"));
  surface = fixture_paint (elements, (TelaRect){ 0, 0, 1000, 1000 }, 0.01);
  g_assert_cmpuint (pixel_at (surface, 5, 5) >> 24, >, 20);
  cairo_surface_destroy (surface);
}

/* Words that nobody could read are bars, as long as they are; a hair of ink is a line that is seen. */
static void
test_coarse_text_and_ink (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (elements, fixture_parse ("{\"id\":\"a\",\"type\":\"text\",\"x\":0,\"y\":0,\"width\":800,\"height\":25,"
                                            "\"fontSize\":20,\"fontFamily\":2,\"lineHeight\":1.25,"
                                            "\"text\":\"i l i l i l i l i l i l i l i l i l i l i l i l i l i l i l\"}"));
  g_ptr_array_add (elements, fixture_parse ("{\"id\":\"b\",\"type\":\"freedraw\",\"x\":0,\"y\":400,\"width\":800,\"height\":0,"
                                            "\"strokeWidth\":1,\"simulatePressure\":true,\"points\":[[0,0],[400,0],[800,0]]}"));
  surface = fixture_paint (elements, (TelaRect){ 0, 0, 800, 800 }, 0.125);
  g_assert_cmpuint (pixel_at (surface, 3, 1) >> 24, >, 30);
  for (int x = 4; x < 20; x++)
    g_assert_cmphex (pixel_at (surface, x, 1), ==, pixel_at (surface, 3, 1));
  for (int x = 2; x < 98; x++)
    g_assert_cmpuint ((pixel_at (surface, x, 49) >> 24) + (pixel_at (surface, x, 50) >> 24), >, 60);
  cairo_surface_destroy (surface);
}

/* Larger than cairo's coordinates: still the same picture near the middle, and no overflow. */
static void
test_giant (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (
      elements,
      fixture_parse (
          "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":-5000000,\"y\":-5000000,\"width\":10000000,\"height\":5000050,"
          "\"backgroundColor\":\"#ff0000\",\"fillStyle\":\"solid\",\"roughness\":0,\"strokeWidth\":4}"));
  g_ptr_array_add (
      elements,
      fixture_parse ("{\"id\":\"b\",\"type\":\"line\",\"x\":-5000000,\"y\":80,\"width\":10000000,\"height\":0,"
                     "\"points\":[[0,0],[10000000,0]],\"roughness\":0,\"strokeStyle\":\"dashed\",\"strokeWidth\":4}"));
  surface = fixture_paint (elements, (TelaRect){ -50, 0, 100, 100 }, 8);
  g_assert_cmphex (pixel_at (surface, 400, 8), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (surface, 400, 50 * 8), ==, 0xff1e1e1e);
  g_assert_cmphex (pixel_at (surface, 400, 60 * 8), ==, 0);
  cairo_surface_destroy (surface);
}

static void
test_frame_cuts (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (
      elements,
      fixture_parse (
          "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":0,\"y\":20,\"width\":100,\"height\":60,\"frameId\":\"f\","
          "\"backgroundColor\":\"#ff0000\",\"fillStyle\":\"solid\",\"roughness\":0}"));
  g_ptr_array_add (elements,
                   fixture_parse ("{\"id\":\"f\",\"type\":\"frame\",\"x\":10,\"y\":0,\"width\":50,\"height\":100}"));
  surface = fixture_paint (elements, (TelaRect){ 0, 0, 100, 100 }, 1);
  g_assert_cmphex (pixel_at (surface, 40, 50), ==, 0xffff0000);
  g_assert_cmphex (pixel_at (surface, 80, 50), ==, 0);
  cairo_surface_destroy (surface);
}

static void
test_label_has_room (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (
      elements,
      fixture_parse ("{\"id\":\"a\",\"type\":\"arrow\",\"x\":0,\"y\":50,\"width\":200,\"height\":0,\"roughness\":0,"
                     "\"points\":[[0,0],[200,0]],\"strokeWidth\":4}"));
  g_ptr_array_add (elements, fixture_parse ("{\"id\":\"t\",\"type\":\"text\",\"x\":80,\"y\":40,\"width\":40,\"height\":"
                                            "20,\"text\":\" \",\"containerId\":\"a\"}"));
  surface = fixture_paint (elements, (TelaRect){ 0, 0, 200, 100 }, 1);
  g_assert_cmphex (pixel_at (surface, 100, 50), ==, 0);
  g_assert_cmphex (pixel_at (surface, 20, 50), ==, 0xff1e1e1e);
  cairo_surface_destroy (surface);
}

static void
test_image_flipped_and_cropped (void)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  cairo_surface_t *surface;

  g_ptr_array_add (
      elements,
      fixture_parse (
          "{\"id\":\"a\",\"type\":\"image\",\"fileId\":\"here\",\"x\":0,\"y\":0,\"width\":64,\"height\":48}"));
  g_ptr_array_add (elements, fixture_parse ("{\"id\":\"b\",\"type\":\"image\",\"fileId\":\"here\",\"x\":100,\"y\":0,"
                                            "\"width\":64,\"height\":48,\"scale\":[-1,-1]}"));
  g_ptr_array_add (
      elements,
      fixture_parse (
          "{\"id\":\"c\",\"type\":\"image\",\"fileId\":\"here\",\"x\":200,\"y\":0,\"width\":64,\"height\":48,"
          "\"crop\":{\"x\":0,\"y\":0,\"width\":6.4,\"height\":4.8,\"naturalWidth\":64,\"naturalHeight\":48}}"));
  surface = fixture_paint (elements, (TelaRect){ 0, 0, 300, 100 }, 1);
  g_assert_cmphex (pixel_at (surface, 5, 5) >> 16 & 255, >, 200);
  g_assert_cmphex (pixel_at (surface, 60, 44) & 255, >, 200);
  g_assert_cmphex (pixel_at (surface, 105, 5) & 255, >, 200);
  g_assert_cmphex (pixel_at (surface, 160, 44) >> 16 & 255, >, 200);
  g_assert_cmphex (pixel_at (surface, 260, 44) >> 16 & 255, >, 200);
  cairo_surface_destroy (surface);
}

/* Values that no drawing program writes must not hang, crash or warn. */
static void
test_odd_values (void)
{
  static const char *const odd[] = {
    "{\"id\":\"a\",\"type\":\"rectangle\"}",
    "{\"id\":\"a\",\"type\":\"ellipse\",\"x\":0,\"y\":0,\"width\":-40,\"height\":-30}",
    "{\"id\":\"a\",\"type\":\"rectangle\",\"width\":10000000,\"height\":10000000,\"backgroundColor\":\"red\","
    "\"fillStyle\":\"hachure\",\"strokeWidth\":0.001}",
    "{\"id\":\"a\",\"type\":\"rectangle\",\"width\":100,\"height\":100,\"backgroundColor\":\"red\",\"fillStyle\":"
    "\"dots\",\"strokeWidth\":0}",
    "{\"id\":\"a\",\"type\":\"ellipse\",\"width\":10000000,\"height\":1,\"roughness\":10000000}",
    "{\"id\":\"a\",\"type\":\"line\",\"points\":[]}",
    "{\"id\":\"a\",\"type\":\"line\",\"points\":[[0,0]]}",
    "{\"id\":\"a\",\"type\":\"arrow\",\"points\":[[0,0],[0,0]],\"startArrowhead\":\"dot\",\"endArrowhead\":\"what\"}",
    "{\"id\":\"a\",\"type\":\"arrow\",\"points\":[[5,5],[5,5],[5,5]],\"elbowed\":true}",
    "{\"id\":\"a\",\"type\":\"freedraw\",\"points\":[]}",
    "{\"id\":\"a\",\"type\":\"freedraw\",\"points\":[[0,0],[0,0]],\"pressures\":[],\"strokeWidth\":0}",
    "{\"id\":\"a\",\"type\":\"freedraw\",\"points\":[[0,0],[9,9],[20,3]],\"pressures\":[-7]}",
    "{\"id\":\"a\",\"type\":\"text\",\"text\":\"\\n\\n\",\"fontSize\":-3,\"lineHeight\":0}",
    "{\"id\":\"a\",\"type\":\"text\",\"text\":\"\u0627\u0644\u0639 \U0001f600 \t "
    "x\",\"fontFamily\":99,\"width\":30,\"height\":10}",
    "{\"id\":\"a\",\"type\":\"image\",\"width\":50,\"height\":50,\"fileId\":\"here\",\"crop\":{\"x\":\"no\"},\"scale\":"
    "[0,0]}",
    "{\"id\":\"a\",\"type\":\"frame\",\"width\":50,\"height\":50,\"name\":null,\"strokeColor\":\"nonsense\"}",
    "{\"id\":\"a\",\"type\":\"\",\"width\":50,\"height\":50,\"angle\":1e6,\"opacity\":-5}",
    "{\"id\":\"a\",\"type\":\"diamond\",\"width\":50,\"height\":50,\"roundness\":{\"type\":3,\"value\":-1},\"seed\":-1."
    "5e300}",
  };
  static const double scales[] = { 0.01, 1, 30 };
  gsize               i;
  gsize               k;

  for (i = 0; i < G_N_ELEMENTS (odd); i++)
    for (k = 0; k < G_N_ELEMENTS (scales); k++)
      {
        g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
        TelaJsonReader reader;
        TelaElement   *element;

        tela_json_reader_init (&reader, odd[i], -1);
        element = tela_element_read_plain (&reader, NULL, (TelaStamp){ 1, 1 }, NULL, NULL);
        if (element == NULL)
          continue; /* refused before it could be painted */
        g_ptr_array_add (elements, element);
        cairo_surface_destroy (
            fixture_paint (elements, (TelaRect){ -1, -1, 90 / scales[k], 90 / scales[k] }, scales[k]));
      }
}

int
main (int   argc,
      char *argv[])
{
  static const double scales[] = { 0.125, 0.5, 1, 2 };
  gsize               i;

  g_test_init (&argc, &argv, NULL);
  for (i = 0; i < fixture_n_types; i++)
    {
      g_autofree char *path = g_strdup_printf ("/paint/bounds/%s", fixture_types[i]);

      g_test_add_data_func (path, fixture_types[i], test_bounds);
    }
  for (i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_autofree char *path = g_strdup_printf ("/paint/tiles/make-the-whole/%g", scales[i]);

      g_test_add_data_func (path, &scales[i], test_tiles_make_the_whole);
    }
  g_test_add_func ("/paint/same-everywhere", test_same_everywhere);
  g_test_add_func ("/paint/png/size", test_png_size);
  g_test_add_func ("/paint/png/all-kinds", test_png_of_all_kinds);
  g_test_add_func ("/paint/png/too-large", test_png_too_large);
  g_test_add_func ("/paint/png/nothing", test_png_of_nothing);
  g_test_add_func ("/paint/thumbnail", test_thumbnail);
  g_test_add_func ("/paint/coarse/tint", test_coarse_tint);
  g_test_add_func ("/paint/coarse/speck", test_coarse_speck);
  g_test_add_func ("/paint/coarse/text-and-ink", test_coarse_text_and_ink);
  g_test_add_func ("/paint/giant", test_giant);
  g_test_add_func ("/paint/frame/cuts", test_frame_cuts);
  g_test_add_func ("/paint/arrow/label-has-room", test_label_has_room);
  g_test_add_func ("/paint/image/flipped-and-cropped", test_image_flipped_and_cropped);
  g_test_add_func ("/paint/odd-values", test_odd_values);

  return g_test_run ();
}
