/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-raster.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

static GBytes *
new_image (int width,
           int height)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GError) error = NULL;
  char *data;
  gsize len;

  gdk_pixbuf_fill (pixbuf, 0x336699ff);
  gdk_pixbuf_save_to_buffer (pixbuf, &data, &len, "png", &error, "compression", "1", NULL);
  g_assert_no_error (error);

  return g_bytes_new_take (data, len);
}

static void
assert_level (const char *id,
              GBytes     *bytes,
              int         wanted,
              int         given,
              int         side)
{
  g_autoptr (TelaRaster) raster = tela_raster_get (id, bytes, wanted);
  int width = 0, height = 0;

  g_assert_nonnull (raster);
  tela_raster_get_size (raster, &width, &height);
  g_assert_cmpint (width, ==, side);
  g_assert_cmpint (height, ==, side);
  g_assert_cmpint (tela_raster_get_reduction (raster), ==, given);
}

static void
test_levels (void)
{
  g_autoptr (GBytes) bytes = new_image (64, 64);

  assert_level ("small", bytes, G_MAXINT, 8, 64);
  assert_level ("small", bytes, 0, 0, 64);
  assert_level ("small", bytes, 2, 2, 64);
}

/* 50 megapixels are 200 MB: only what is smaller is kept. */
static void
test_huge (void)
{
  g_autoptr (GBytes) bytes = new_image (7100, 7100);

  assert_level ("huge", bytes, 0, 1, 7100);
  assert_level ("huge", bytes, 3, 3, 7100);
  assert_level ("huge", bytes, 0, 1, 7100);
}

static void
test_broken (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\211PNG\r\n\032\nrubbish", 15);

  g_assert_null (tela_raster_get ("broken", bytes, 0));
  g_assert_null (tela_raster_get ("broken", bytes, G_MAXINT));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/raster/levels", test_levels);
  g_test_add_func ("/raster/huge", test_huge);
  g_test_add_func ("/raster/broken", test_broken);

  return g_test_run ();
}
