/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sprites-private.h"

#include <math.h>

void
tela_sprite_sheet_begin (TelaSpriteSheet *self,
                         GtkSnapshot     *snapshot,
                         TelaViewport    *viewport,
                         int              device_scale,
                         gboolean         for_cairo,
                         gboolean         in_node,
                         TelaRect         area)
{
  TelaRect visible = tela_viewport_get_visible (viewport);
  double   scale = tela_viewport_get_zoom (viewport) * device_scale;
  double   left = MAX (area.x, visible.x);
  double   top = MAX (area.y, visible.y);
  double   right = MIN (area.x + area.width, visible.x + visible.width);
  double   bottom = MIN (area.y + area.height, visible.y + visible.height);

  *self = (TelaSpriteSheet){ .viewport = viewport, .device_scale = device_scale, .for_cairo = for_cairo };
  if (left >= right || top >= bottom)
    return;

  self->x = (int) floor ((left - visible.x) * scale) - 1; /* room for what is rounded */
  self->y = (int) floor ((top - visible.y) * scale) - 1;
  self->width = (int) ceil ((right - visible.x) * scale) + 1 - self->x;
  self->height = (int) ceil ((bottom - visible.y) * scale) + 1 - self->y;
  if (in_node)
    {
      self->cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) self->x / (float) device_scale,
                                                                           (float) self->y / (float) device_scale,
                                                                           (float) self->width / (float) device_scale,
                                                                           (float) self->height / (float) device_scale));
      cairo_scale (self->cr, 1.0 / device_scale, 1.0 / device_scale);
      return;
    }
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, self->width, self->height);
  self->cr = cairo_create (self->surface);
  cairo_translate (self->cr, -self->x, -self->y);
}

void
tela_sprite_sheet_enter_board (TelaSpriteSheet *self)
{
  TelaRect visible = tela_viewport_get_visible (self->viewport);
  double   scale = tela_viewport_get_zoom (self->viewport) * self->device_scale;

  cairo_save (self->cr);
  cairo_scale (self->cr, scale, scale);
  cairo_translate (self->cr, -visible.x, -visible.y);
}

void
tela_sprite_sheet_clip (TelaSpriteSheet *self,
                        TelaRect         box)
{
  TelaRect to = tela_viewport_rect_to_widget (self->viewport, box);

  cairo_save (self->cr);
  cairo_rectangle (self->cr, to.x * self->device_scale, to.y * self->device_scale, to.width * self->device_scale,
                   to.height * self->device_scale);
  cairo_clip (self->cr);
}

void
tela_sprite_sheet_draw (TelaSpriteSheet *self,
                        TelaPicture     *picture,
                        TelaRect         bounds)
{
  TelaRect at = tela_viewport_rect_to_widget (self->viewport, bounds);
  double   x = round (at.x * self->device_scale);
  double   y = round (at.y * self->device_scale);

  cairo_set_source_surface (self->cr, tela_picture_get_surface (picture), x, y);
  cairo_pattern_set_filter (cairo_get_source (self->cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (self->cr, x, y, tela_picture_get_width (picture), tela_picture_get_height (picture));
  cairo_fill (self->cr);
}

void
tela_sprite_sheet_end (TelaSpriteSheet *self,
                       GtkSnapshot     *snapshot)
{
  g_autoptr (TelaPicture) picture = NULL;
  g_autoptr (GBytes) bytes = NULL;
  graphene_rect_t to = GRAPHENE_RECT_INIT (
      (float) self->x / (float) self->device_scale, (float) self->y / (float) self->device_scale,
      (float) self->width / (float) self->device_scale, (float) self->height / (float) self->device_scale);
  int stride;

  if (self->cr == NULL)
    return;

  g_clear_pointer (&self->cr, cairo_destroy);
  if (self->surface == NULL)
    return;
  cairo_surface_flush (self->surface);
  if (cairo_surface_status (self->surface) != CAIRO_STATUS_SUCCESS)
    {
      g_clear_pointer (&self->surface, cairo_surface_destroy);
      return;
    }

  stride = cairo_image_surface_get_stride (self->surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (self->surface),
                                      (gsize) stride * (gsize) self->height, (GDestroyNotify) cairo_surface_destroy,
                                      self->surface);
  self->surface = NULL;
  picture = tela_picture_new (bytes, self->width, self->height, stride);
  tela_picture_append (picture, snapshot, self->for_cairo, &to, &to);
}
