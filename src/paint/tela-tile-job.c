/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tile-job.h"

#include "tela-scene.h"
#include "tela-shape.h"

void
tela_tile_job_free (TelaTileJob *self)
{
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_free (self);
}

GBytes *
tela_tile_job_paint_until (const TelaTileJob *self,
                           int               *stride,
                           const int         *stop)
{
  /* A tile of that bucket is seen smaller than that, or at most as large. */
  const double           seen = self->scale == TELA_COARSE_SCALE ? TELA_COARSE_SCALE * 0.999 : self->scale;
  const TelaPaintOptions options = { .scale = seen, .asset = self->asset, .asset_data = self->asset_data };
  cairo_surface_t       *surface;
  cairo_t               *cr;
  cairo_status_t         status;
  gpointer               pixels;
  gsize                  size;

  *stride = cairo_format_stride_for_width (CAIRO_FORMAT_ARGB32, self->pixels);
  if (self->pixels <= 0 || self->pixels > TELA_PAINT_MAX_SIDE || *stride <= 0)
    return NULL;
  size = (gsize) *stride * self->pixels;
  pixels = g_try_malloc0 (size);
  if (pixels == NULL)
    return NULL;

  surface = cairo_image_surface_create_for_data (pixels, CAIRO_FORMAT_ARGB32, self->pixels, self->pixels, *stride);
  cr = cairo_create (surface);
  if (self->paper != 0)
    {
      cairo_set_source_rgb (cr, (self->paper >> 16 & 0xff) / 255.0, (self->paper >> 8 & 0xff) / 255.0,
                            (self->paper & 0xff) / 255.0);
      cairo_paint (cr);
    }
  cairo_translate (cr, -self->x * self->scale, -self->y * self->scale);
  cairo_scale (cr, self->scale, self->scale);
  tela_scene_paint (cr, (TelaElement *const *) self->elements->pdata, self->elements->len, &options, stop);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    g_clear_pointer (&pixels, g_free);

  return pixels != NULL ? g_bytes_new_take (pixels, size) : NULL;
}

GBytes *
tela_tile_job_paint (const TelaTileJob *self,
                     int               *stride)
{
  return tela_tile_job_paint_until (self, stride, NULL);
}
