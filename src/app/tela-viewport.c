/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-viewport.h"

#include <math.h>

struct _TelaViewport
{
  GObject parent_instance;

  double x, y;
  double zoom;
  double width, height; /* of the widget; 0 until it has a size */
};

G_DEFINE_FINAL_TYPE (TelaViewport, tela_viewport, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Beyond this no element can be, and doubles would lose pixels. */
#define ORIGIN_MAX (2 * TELA_MAX_COORDINATE)

static void
set_camera (TelaViewport *self,
            double        x,
            double        y,
            double        zoom)
{
  x = CLAMP (x, -ORIGIN_MAX, ORIGIN_MAX);
  y = CLAMP (y, -ORIGIN_MAX, ORIGIN_MAX);
  if (x == self->x && y == self->y && zoom == self->zoom)
    return;

  self->x = x;
  self->y = y;
  self->zoom = zoom;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
tela_viewport_class_init (TelaViewportClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
tela_viewport_init (TelaViewport *self)
{
  self->zoom = 1.0;
}

TelaViewport *
tela_viewport_new (void)
{
  return g_object_new (TELA_TYPE_VIEWPORT, NULL);
}

double
tela_viewport_get_zoom (TelaViewport *self)
{
  g_return_val_if_fail (TELA_IS_VIEWPORT (self), 1.0);

  return self->zoom;
}

void
tela_viewport_get_origin (TelaViewport *self,
                          double       *x,
                          double       *y)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  *x = self->x;
  *y = self->y;
}

void
tela_viewport_place (TelaViewport *self,
                     double        x,
                     double        y,
                     double        zoom)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  if (isfinite (x) && isfinite (y) && isfinite (zoom))
    set_camera (self, x, y, CLAMP (zoom, TELA_ZOOM_MIN, TELA_ZOOM_MAX));
}

/* A resize keeps the top-left corner, so that nothing jumps while a window grows. */
void
tela_viewport_set_size (TelaViewport *self,
                        double        width,
                        double        height)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  if (self->width == width && self->height == height)
    return;

  self->width = width;
  self->height = height;
  g_signal_emit (self, signals[CHANGED], 0);
}

TelaRect
tela_viewport_get_visible (TelaViewport *self)
{
  g_return_val_if_fail (TELA_IS_VIEWPORT (self), (TelaRect){ 0 });

  return (TelaRect){ self->x, self->y, self->width / self->zoom, self->height / self->zoom };
}

void
tela_viewport_pan (TelaViewport *self,
                   double        dx,
                   double        dy)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  if (isfinite (dx) && isfinite (dy))
    set_camera (self, self->x - dx / self->zoom, self->y - dy / self->zoom, self->zoom);
}

void
tela_viewport_zoom_to (TelaViewport *self,
                       double        zoom,
                       double        wx,
                       double        wy)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  if (!isfinite (zoom))
    return;

  zoom = CLAMP (zoom, TELA_ZOOM_MIN, TELA_ZOOM_MAX);
  set_camera (self, self->x + wx / self->zoom - wx / zoom, self->y + wy / self->zoom - wy / zoom, zoom);
}

void
tela_viewport_zoom_by (TelaViewport *self,
                       double        factor,
                       double        wx,
                       double        wy)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  tela_viewport_zoom_to (self, self->zoom * factor, wx, wy);
}

void
tela_viewport_zoom_centre (TelaViewport *self,
                           double        zoom)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  tela_viewport_zoom_to (self, zoom, self->width / 2, self->height / 2);
}

void
tela_viewport_fit (TelaViewport *self,
                   TelaRect      area,
                   double        margin)
{
  double zoom;
  double width;
  double height;

  g_return_if_fail (TELA_IS_VIEWPORT (self));

  if (self->width <= 0 || self->height <= 0)
    return;

  width = MAX (1.0, self->width - 2 * MIN (margin, self->width / 12));
  height = MAX (1.0, self->height - 2 * MIN (margin, self->height / 8));
  zoom = MIN (width / MAX (area.width, 1e-6), height / MAX (area.height, 1e-6));
  zoom = CLAMP (zoom, TELA_ZOOM_MIN, 1.0);
  set_camera (self, area.x + area.width / 2 - self->width / zoom / 2,
              area.y + area.height / 2 - self->height / zoom / 2, zoom);
}

void
tela_viewport_to_board (TelaViewport *self,
                        double        wx,
                        double        wy,
                        double       *x,
                        double       *y)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  *x = self->x + wx / self->zoom;
  *y = self->y + wy / self->zoom;
}

void
tela_viewport_to_widget (TelaViewport *self,
                         double        x,
                         double        y,
                         double       *wx,
                         double       *wy)
{
  g_return_if_fail (TELA_IS_VIEWPORT (self));

  *wx = (x - self->x) * self->zoom;
  *wy = (y - self->y) * self->zoom;
}

TelaRect
tela_viewport_rect_to_widget (TelaViewport *self,
                              TelaRect      area)
{
  TelaRect out = { 0 };

  g_return_val_if_fail (TELA_IS_VIEWPORT (self), out);

  tela_viewport_to_widget (self, area.x, area.y, &out.x, &out.y);
  out.width = area.width * self->zoom;
  out.height = area.height * self->zoom;

  return out;
}
