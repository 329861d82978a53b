/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-raster-private.h"

#include "tela-decode.h"

/* An image that takes more is kept half as wide and high. */
#define MAX_RASTER (TELA_RASTER_BUDGET / 4 * 3)

void
tela_raster_unref (TelaRaster *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->pixels);
  g_free (self);
}

int
tela_raster_get_reduction (const TelaRaster *self)
{
  return self->reduction;
}

void
tela_raster_get_size (const TelaRaster *self,
                      int              *width,
                      int              *height)
{
  *width = self->width;
  *height = self->height;
}

void
tela_raster_get_own_size (const TelaRaster *self,
                          int              *width,
                          int              *height)
{
  *width = self->own_width;
  *height = self->own_height;
}

cairo_surface_t *
tela_raster_create_surface (const TelaRaster *self)
{
  return cairo_image_surface_create_for_data (self->pixels, CAIRO_FORMAT_ARGB32, self->own_width, self->own_height,
                                              self->stride);
}

gsize
tela_raster_size_of (const TelaRaster *self)
{
  return (gsize) self->stride * self->own_height;
}

static TelaRaster *
raster_new (int width,
            int height)
{
  TelaRaster *self = g_new0 (TelaRaster, 1);

  g_atomic_ref_count_init (&self->refs);
  self->own_width = width;
  self->own_height = height;
  self->stride = cairo_format_stride_for_width (CAIRO_FORMAT_ARGB32, width);
  self->pixels = self->stride > 0 ? g_try_malloc0 ((gsize) self->stride * height) : NULL;
  if (self->pixels == NULL)
    g_clear_pointer (&self, tela_raster_unref);

  return self;
}

static guint32 *
row_of (const TelaRaster *self,
        int               y)
{
  return (guint32 *) (gpointer) (self->pixels + (gsize) y * self->stride);
}

static void
read_row (GdkPixbuf *pixbuf,
          int        y,
          guint32   *to)
{
  int           width = gdk_pixbuf_get_width (pixbuf);
  int           n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  gboolean      has_alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  const guint8 *p = gdk_pixbuf_read_pixels (pixbuf) + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf);

  for (int x = 0; x < width; x++, p += n_channels)
    {
      guint32 a = has_alpha ? p[3] : 255;

      to[x] = a << 24 | (p[0] * a + 127) / 255 << 16 | (p[1] * a + 127) / 255 << 8 | (p[2] * a + 127) / 255;
    }
}

/* Each pixel the mean of four. */
static void
halve_rows (const guint32 *a,
            const guint32 *b,
            int            width, /* of these */
            guint32       *to,
            int            to_width)
{
  for (int x = 0; x < to_width; x++)
    {
      int l = MIN (2 * x, width - 1);
      int r = MIN (2 * x + 1, width - 1);

      to[x] = 0;
      for (guint shift = 0; shift < 32; shift += 8)
        to[x] |=
            ((((a[l] >> shift & 255) + (a[r] >> shift & 255) + (b[l] >> shift & 255) + (b[r] >> shift & 255)) + 2) / 4)
            << shift;
    }
}

static TelaRaster *
raster_read (GdkPixbuf *pixbuf)
{
  TelaRaster *self = raster_new (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));

  for (int y = 0; self != NULL && y < self->own_height; y++)
    read_row (pixbuf, y, row_of (self, y));

  return self;
}

/* The whole is never there as a raster. */
static TelaRaster *
raster_read_half (GdkPixbuf *pixbuf)
{
  int                 width = gdk_pixbuf_get_width (pixbuf);
  int                 height = gdk_pixbuf_get_height (pixbuf);
  TelaRaster         *self = raster_new ((width + 1) / 2, (height + 1) / 2);
  g_autofree guint32 *rows = g_new (guint32, 2 * (gsize) width);

  for (int y = 0; self != NULL && y < self->own_height; y++)
    {
      read_row (pixbuf, 2 * y, rows);
      read_row (pixbuf, MIN (2 * y + 1, height - 1), rows + width);
      halve_rows (rows, rows + width, width, row_of (self, y), self->own_width);
    }

  return self;
}

TelaRaster *
tela_raster_halve (const TelaRaster *big)
{
  TelaRaster *self = raster_new ((big->own_width + 1) / 2, (big->own_height + 1) / 2);

  if (self == NULL)
    return NULL;
  self->width = big->width;
  self->height = big->height;
  self->reduction = big->reduction + 1;
  for (int y = 0; y < self->own_height; y++)
    halve_rows (row_of (big, 2 * y), row_of (big, MIN (2 * y + 1, big->own_height - 1)), big->own_width,
                row_of (self, y), self->own_width);

  return self;
}

TelaRaster *
tela_raster_decode (GBytes *bytes,
                    int     wanted)
{
  TelaDecoded decoded = { NULL };
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  TelaRaster *self;
  gboolean    is_huge;

  if (!tela_decode (bytes, wanted, &decoded))
    return NULL;
  pixbuf = decoded.pixbuf;
  is_huge = (gsize) gdk_pixbuf_get_width (pixbuf) * gdk_pixbuf_get_height (pixbuf) * 4 > MAX_RASTER;
  self = is_huge ? raster_read_half (pixbuf) : raster_read (pixbuf);
  if (self == NULL)
    return NULL;
  self->width = decoded.width;
  self->height = decoded.height;
  self->reduction = decoded.reduction + is_huge;

  return self;
}
