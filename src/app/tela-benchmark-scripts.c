/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-benchmark-private.h"

#include <math.h>

#define PAN_FIT 200.0   /* widget pixels */
#define PAN_SPEED 600.0 /* a second */
#define PAN_100_LEAST 200.0
#define PAN_100_MOST 1500.0
#define PAN_100_SPEED 1200.0
#define ZOOM_PERIOD 2.5 /* seconds */
#define FIT_SHARE 0.98

/* 0 to 1 and back. */
static double
triangle (double t)
{
  double u = t - floor (t);

  return u < 0.5 ? 2 * u : 2 - 2 * u;
}

static void
pan (TelaBenchmark *self,
     double         t,
     double         reach,
     double         speed)
{
  double dx = reach * triangle (t * speed / (2 * reach));

  tela_viewport_place (tela_canvas_get_viewport (self->canvas), self->x + dx / self->zoom,
                       self->y + dx / 2 / self->zoom, self->zoom);
}

static void
zoom (TelaBenchmark *self,
      double         to)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);

  tela_viewport_place (viewport, self->x, self->y, self->zoom);
  tela_viewport_zoom_centre (viewport, to);
}

static void
pan_fit (TelaBenchmark *self,
         double         t)
{
  pan (self, t, PAN_FIT, PAN_SPEED);
}

static void
pan_100 (TelaBenchmark *self,
         double         t)
{
  double reach = (self->extent.width - TELA_BENCHMARK_WIDTH) / 2 + 300;

  pan (self, t, CLAMP (reach, PAN_100_LEAST, PAN_100_MOST), PAN_100_SPEED);
}

static void
zoom_fit (TelaBenchmark *self,
          double         t)
{
  zoom (self, self->zoom * exp2 (2 * triangle (t / ZOOM_PERIOD)));
}

static void
zoom_100 (TelaBenchmark *self,
          double         t)
{
  zoom (self, self->zoom * exp2 (sin (2 * G_PI * t / ZOOM_PERIOD)));
}

static void
flood (TelaBenchmark *self,
       double         t)
{
  tela_benchmark_flood (self, t);
  pan_fit (self, t);
}

/* What merely moving the pixels costs. */
static void
freeze (TelaBenchmark *self)
{
  tela_canvas_freeze (self->canvas);
}

static const TelaBenchmarkScript scripts[] = {
  { "baseline-pan", 5, 0, freeze, pan_fit, NULL },
  { "baseline-zoom", 5, 0, freeze, zoom_fit, NULL },
  { "pan-fit", 5, 0, NULL, pan_fit, NULL },
  { "pan-100", 5, 1, NULL, pan_100, NULL },
  { "zoom-fit", 5, 0, NULL, zoom_fit, NULL },
  { "zoom-100", 5, 1, NULL, zoom_100, NULL },
  { "drag-1", 3, 1, tela_benchmark_drag_one, tela_benchmark_move, tela_benchmark_release },
  { "drag-1-fit", 3, 0, tela_benchmark_drag_one, tela_benchmark_move, tela_benchmark_release },
  { "drag-500", 3, 1, tela_benchmark_drag_many, tela_benchmark_move, tela_benchmark_release },
  { "drag-500-fit", 3, 0, tela_benchmark_drag_many, tela_benchmark_move, tela_benchmark_release },
  { "draw", 5, 1, tela_benchmark_draw_begin, tela_benchmark_draw, tela_benchmark_release },
  { "flood", 5, 0, tela_benchmark_flood_begin, flood, NULL },
  { "undo", 3, 1, tela_benchmark_undo_begin, tela_benchmark_undo, NULL },
  { "idle", 3, 0, NULL, NULL, NULL },
};

const TelaBenchmarkScript *
tela_benchmark_find_script (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    if (g_strcmp0 (scripts[i].name, name) == 0)
      return &scripts[i];

  return NULL;
}

gboolean
tela_benchmark_has_script (const char *name)
{
  return tela_benchmark_find_script (name) != NULL;
}

char *
tela_benchmark_list_scripts (void)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    g_string_append_printf (list, i == 0 ? "%s" : ", %s", scripts[i].name);

  return g_string_free (list, FALSE);
}

void
tela_benchmark_place (TelaBenchmark *self,
                      double         to)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);
  double        width = gtk_widget_get_width (GTK_WIDGET (self->canvas));
  double        height = gtk_widget_get_height (GTK_WIDGET (self->canvas));

  if (!tela_board_get_extent (tela_canvas_get_board (self->canvas), &self->extent))
    self->extent = (TelaRect){ 0, 0, width, height };
  self->fit = MIN (1, FIT_SHARE * MIN (width / MAX (self->extent.width, 1), height / MAX (self->extent.height, 1)));
  self->zoom = CLAMP (to > 0 ? to : self->fit, TELA_ZOOM_MIN, TELA_ZOOM_MAX);
  self->x = self->extent.x + self->extent.width / 2 - width / self->zoom / 2;
  self->y = self->extent.y + self->extent.height / 2 - height / self->zoom / 2;
  tela_viewport_place (viewport, self->x, self->y, self->zoom);
}
