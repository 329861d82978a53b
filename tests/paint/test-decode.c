/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-raster.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "tela-paint.h"

static GBytes *
read_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", name, NULL);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize len;

  g_file_get_contents (path, &data, &len, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (data, len);
}

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* 0xAARRGGBB at a place of the raster, as parts of its width and height. */
static guint32
pixel (TelaRaster *raster,
       double      x,
       double      y)
{
  cairo_surface_t *surface = tela_raster_create_surface (raster);
  int              width = cairo_image_surface_get_width (surface);
  int              height = cairo_image_surface_get_height (surface);
  guint32          value;

  memcpy (&value,
          cairo_image_surface_get_data (surface) +
              (gsize) (y * height) * (gsize) cairo_image_surface_get_stride (surface) + 4 * (gsize) (x * width),
          4);
  cairo_surface_destroy (surface);

  return value;
}

/* Lossy formats do not keep a colour to the last bit. */
static void
assert_colour (guint32 pixel,
               guint32 wanted)
{
  for (guint shift = 0; shift < 32; shift += 8)
    g_assert_cmpint (ABS ((int) (pixel >> shift & 255) - (int) (wanted >> shift & 255)), <=, 12);
}

/* Left half red, right half blue. (transfer full) */
static GdkPixbuf *
new_halves (int width,
            int height)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GdkPixbuf) right = gdk_pixbuf_new_subpixbuf (pixbuf, width / 2, 0, width - width / 2, height);

  gdk_pixbuf_fill (pixbuf, 0xff0000ff);
  gdk_pixbuf_fill (right, 0x0000ffff);

  return pixbuf;
}

static GBytes *
save (GdkPixbuf  *pixbuf,
      const char *type)
{
  g_autoptr (GError) error = NULL;
  char *data;
  gsize len;

  gdk_pixbuf_save_to_buffer (pixbuf, &data, &len, type, &error, NULL);
  g_assert_no_error (error);

  return g_bytes_new_take (data, len);
}

/* A JPEG that says how it is to be turned. (transfer full) */
static GBytes *
turned_jpeg (guint8 orientation)
{
  const guint8 exif[] = { 0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                          0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0 };
  g_autoptr (GdkPixbuf) pixbuf = new_halves (64, 32);
  g_autoptr (GBytes) plain = save (pixbuf, "jpeg");
  gsize         len;
  const guint8 *data = g_bytes_get_data (plain, &len);
  GByteArray   *all = g_byte_array_new ();

  g_byte_array_append (all, data, 2);
  g_byte_array_append (all, exif, sizeof exif);
  g_byte_array_append (all, data + 2, (guint) len - 2);

  return g_byte_array_free_to_bytes (all);
}

static void
test_orientation (void)
{
  g_autoptr (GBytes) right = turned_jpeg (6);
  g_autoptr (GBytes) over = turned_jpeg (3);
  g_autoptr (TelaRaster) raster = tela_raster_get ("right", right, 0);
  g_autoptr (TelaRaster) other = tela_raster_get ("over", over, 0);
  int width, height;

  g_assert_nonnull (raster);
  tela_raster_get_size (raster, &width, &height);
  g_assert_cmpint (width, ==, 32);
  g_assert_cmpint (height, ==, 64);
  assert_colour (pixel (raster, 0.5, 0.2), 0xffff0000);
  assert_colour (pixel (raster, 0.5, 0.8), 0xff0000ff);
  g_assert_nonnull (other);
  assert_colour (pixel (other, 0.2, 0.5), 0xff0000ff);
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *name;
    guint32     colour; /* of an animation, in the first frame */
  } kinds[] = { { "cmyk.jpg", 0xffff0000 }, { "deep.png", 0xff0080ff }, { "frames.gif", 0xffff0000 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GBytes) bytes = read_data (kinds[i].name);
      g_autoptr (TelaRaster) raster = tela_raster_get (kinds[i].name, bytes, 0);

      g_assert_nonnull (raster);
      assert_colour (pixel (raster, 0.5, 0.5), kinds[i].colour);
    }
}

static void
test_one_pixel (void)
{
  g_autoptr (GdkPixbuf) pixbuf = new_halves (1, 1);
  g_autoptr (GBytes) bytes = save (pixbuf, "png");

  for (int i = TELA_RASTER_LARGEST; i <= TELA_RASTER_SMALLEST; i++)
    {
      g_autoptr (TelaRaster) raster = tela_raster_get ("one", bytes, i);

      g_assert_nonnull (raster);
      assert_colour (pixel (raster, 0, 0), 0xff0000ff);
    }
}

/* A photograph is reduced while it is decoded: what is not needed is never there. */
static void
test_photograph (void)
{
  g_autoptr (GdkPixbuf) pixbuf = new_halves (1000, 500);
  g_autoptr (GBytes) bytes = save (pixbuf, "jpeg");
  gsize before = tela_raster_get_total ();
  g_autoptr (TelaRaster) raster = tela_raster_get ("photograph", bytes, 3);
  g_autoptr (TelaRaster) whole = NULL;
  int width, height;

  g_assert_nonnull (raster);
  g_assert_cmpint (tela_raster_get_reduction (raster), ==, 3);
  tela_raster_get_own_size (raster, &width, &height);
  g_assert_cmpint (width, ==, 125);
  g_assert_cmpint (height, ==, 63);
  g_assert_cmpuint (tela_raster_get_total () - before, ==, 125 * 63 * 4);
  tela_raster_get_size (raster, &width, &height);
  g_assert_cmpint (width, ==, 1000);
  whole = tela_raster_get ("photograph", bytes, 0);
  g_assert_cmpint (tela_raster_get_reduction (whole), ==, 0);
}

static void
put_be (GByteArray *to,
        guint32     value)
{
  guint8 bytes[] = { (guint8) (value >> 24), (guint8) (value >> 16), (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (to, bytes, 4);
}

/* Says that it is 30,000 pixels wide and high: 3.6 GB. */
static void
test_far_too_large (void)
{
  const guint8 kind[] = { 8, 6, 0, 0, 0 };
  GByteArray  *png = g_byte_array_new ();
  guint32      crc = 0xffffffff;
  g_autoptr (GBytes) bytes = NULL;

  g_byte_array_append (png, (const guint8 *) "\211PNG\r\n\032\n\0\0\0\015IHDR", 16);
  put_be (png, 30000);
  put_be (png, 30000);
  g_byte_array_append (png, kind, sizeof kind);
  for (guint i = 12; i < png->len; i++)
    {
      crc ^= png->data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
  put_be (png, ~crc);
  put_be (png, 0);
  g_byte_array_append (png, (const guint8 *) "IDAT", 4);
  bytes = g_byte_array_free_to_bytes (png);
  g_assert_false (tela_paint_can_show (bytes));
}

#define DRAWING(more) "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' " more

/* A drawing is painted in the size in which it is seen. */
static void
test_drawing_is_crisp (void)
{
  g_autoptr (GBytes) bytes = bytes_of (DRAWING ("width='16' height='8'><rect width='8' height='8' fill='red'/></svg>"));
  g_autoptr (TelaRaster) small = tela_raster_get ("drawing", bytes, 0);
  g_autoptr (TelaRaster) large = tela_raster_get ("drawing", bytes, -4);
  int width, height;

  g_assert_nonnull (small);
  g_assert_nonnull (large);
  tela_raster_get_own_size (small, &width, &height);
  g_assert_cmpint (width, ==, 16);
  tela_raster_get_own_size (large, &width, &height);
  g_assert_cmpint (width, ==, 256);
  tela_raster_get_size (large, &width, &height);
  g_assert_cmpint (width, ==, 16);
  g_assert_cmphex (pixel (large, 0.49, 0.5), ==, 0xffff0000);
  g_assert_cmphex (pixel (large, 0.51, 0.5), ==, 0);
}

static void
test_drawing_limits (void)
{
  g_autoptr (GBytes) vast =
      bytes_of (DRAWING ("width='100000' height='50000'><rect width='50000' height='50000' fill='red'/></svg>"));
  g_autoptr (TelaRaster) raster = tela_raster_get ("vast", vast, TELA_RASTER_LARGEST);
  int width, height;

  g_assert_nonnull (raster);
  tela_raster_get_own_size (raster, &width, &height);
  g_assert_cmpint (width, <=, 8192);
  g_assert_cmphex (pixel (raster, 0.2, 0.5), ==, 0xffff0000);
}

/* It is reduced so far that there is no level for it. */
static void
test_drawing_out_of_bounds (void)
{
  g_autoptr (GBytes) tall = bytes_of (DRAWING ("width='100%' height='10000000' viewBox='0 0 300,150'><rect width='10' height='10'/></svg>"));

  for (int wanted = TELA_RASTER_LARGEST; wanted <= TELA_RASTER_SMALLEST; wanted++)
    {
      g_autoptr (TelaRaster) raster = tela_raster_get ("tall", tall, wanted);
      int width = 0, height = 0;

      if (raster != NULL)
        tela_raster_get_own_size (raster, &width, &height);
      g_assert_cmpint (height, <=, 8192);
    }
}

/* Neither files nor the network, and no endless work. */
static void
test_drawing_is_safe (void)
{
  g_autofree char *picture = g_test_build_filename (G_TEST_DIST, "data", "deep.png", NULL);
  g_autofree char *text =
      g_strdup_printf (DRAWING ("width='16' height='16'><image width='16' height='16' xlink:href='file://%s'/>"
                                "<image width='16' height='16' xlink:href='%s'/>"
                                "<image width='16' height='16' xlink:href='http://127.0.0.1:1/a.png'/>"
                                "<script>while (1);</script></svg>"),
                       picture, picture);
  g_autoptr (GString) bomb = g_string_new ("<!DOCTYPE svg [<!ENTITY a '<rect/>'>");
  g_autoptr (GBytes) bytes = bytes_of (text);
  g_autoptr (TelaRaster) raster = tela_raster_get ("outside", bytes, 0);
  g_autoptr (GBytes) laughs = NULL;
  g_autoptr (TelaRaster) none = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_nonnull (raster);
  g_assert_cmphex (pixel (raster, 0.5, 0.5), ==, 0);

  for (char name = 'b'; name < 'm'; name++)
    {
      g_string_append_printf (bomb, "<!ENTITY %c '", name);
      for (guint i = 0; i < 10; i++)
        g_string_append_printf (bomb, "&%c;", name - 1);
      g_string_append (bomb, "'>");
    }
  g_string_append (bomb, "]>" DRAWING ("width='9' height='9'>&l;</svg>"));
  laughs = bytes_of (bomb->str);
  none = tela_raster_get ("laughs", laughs, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 30 * G_USEC_PER_SEC);
}

/* Fourteen images of 16 MB are more than the budget; each is still painted, and the small sizes stay. */
static void
test_budget (void)
{
  g_autoptr (GdkPixbuf) pixbuf = new_halves (2000, 2000);
  g_autoptr (GBytes) bytes = save (pixbuf, "png");
  gboolean is_done = FALSE;
  g_autoptr (TelaRaster) kept = NULL;

  for (guint i = 0; i < 14; i++)
    {
      g_autofree char *id = g_strdup_printf ("budget-%u", i);
      g_autoptr (TelaRaster) small = tela_raster_get (id, bytes, 4);
      g_autoptr (TelaRaster) large = tela_raster_get (id, bytes, 0);

      g_assert_nonnull (small);
      g_assert_nonnull (large);
      g_assert_cmpuint (tela_raster_get_total (), <=, TELA_RASTER_BUDGET);
    }
  kept = tela_raster_peek ("budget-0", g_bytes_get_size (bytes), 4, &is_done);
  g_assert_nonnull (kept);
  g_assert_cmpint (tela_raster_get_reduction (kept), >=, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/decode/orientation", test_orientation);
  g_test_add_func ("/decode/kinds", test_kinds);
  g_test_add_func ("/decode/one-pixel", test_one_pixel);
  g_test_add_func ("/decode/photograph", test_photograph);
  g_test_add_func ("/decode/far-too-large", test_far_too_large);
  g_test_add_func ("/decode/drawing-is-crisp", test_drawing_is_crisp);
  g_test_add_func ("/decode/drawing-limits", test_drawing_limits);
  g_test_add_func ("/decode/drawing-out-of-bounds", test_drawing_out_of_bounds);
  g_test_add_func ("/decode/drawing-is-safe", test_drawing_is_safe);
  g_test_add_func ("/decode/budget", test_budget);

  return g_test_run ();
}
