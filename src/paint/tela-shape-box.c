/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shape.h"

#include <math.h>

/* Closed shapes that fill their box. */

#define CURVE_PIECES 10
#define ROUNDNESS_ADAPTIVE 3

static void
build_polygon (TelaShaper      *self,
               const TelaPoint *points,
               guint            n)
{
  TelaSketch sketch = tela_shaper_start (self, FALSE);
  GArray    *outline = tela_path_new ();

  tela_sketch_polygon (&sketch, outline, points, n, TRUE);
  if (self->has_fill && self->fill_style == TELA_FILL_SOLID)
    tela_shaper_add_solid_polygon (self, &sketch, points, n);
  else if (self->has_fill)
    tela_shaper_add_pattern (self, &sketch, points, n);
  tela_shaper_add_stroke (self, outline);
}

/* Sides and round corners by turns: @points has four to each side: start and end of the side, and the corner's two
 * control points. */
static void
trace_rounded (TelaSketch      *sketch,
               GArray          *path,
               const TelaPoint *points,
               guint            sides)
{
  guint i;

  for (i = 0; i < sides; i++)
    {
      const TelaPoint *p = points + 4 * i;

      tela_sketch_line (sketch, path, p[0], p[1]);
      tela_sketch_corner (sketch, path, p[1], p[2], p[3], points[(4 * i + 4) % (4 * sides)]);
    }
}

/* One outline from strokes that begin anew at each side. */
static void
join_strokes (GArray *path)
{
  guint kept = 0;
  guint i;

  for (i = 0; i < path->len; i++)
    {
      TelaPathOp op = g_array_index (path, TelaPathOp, i);

      if (i == 0 || op.kind != TELA_PATH_MOVE)
        g_array_index (path, TelaPathOp, kept++) = op;
    }
  g_array_set_size (path, kept);
}

static void
build_rounded (TelaShaper      *self,
               const TelaPoint *points,
               guint            sides)
{
  TelaSketch sketch = tela_shaper_start (self, TRUE);
  GArray    *outline = tela_path_new ();
  guint      i;
  guint      k;

  trace_rounded (&sketch, outline, points, sides);
  if (self->has_fill && self->fill_style == TELA_FILL_SOLID)
    {
      GArray *fill = tela_path_new ();

      sketch.single = TRUE;
      sketch.roughness += sketch.roughness > 0 ? TELA_FILL_GAIN : 0;
      trace_rounded (&sketch, fill, points, sides);
      join_strokes (fill);
      tela_shaper_add_fill (self, fill, TELA_LAYER_BACKGROUND_COLOUR)->even_odd = TRUE;
    }
  else if (self->has_fill)
    {
      g_autoptr (GArray) polygon = g_array_new (FALSE, FALSE, sizeof (TelaPoint));

      for (i = 0; i < sides; i++)
        {
          const TelaPoint *p = points + 4 * i;

          tela_path_append_point (polygon, p[0]);
          for (k = 0; k < CURVE_PIECES; k++)
            tela_path_append_point (polygon, tela_path_point (p[1], p[2], p[3], points[(4 * i + 4) % (4 * sides)],
                                                              (double) k / CURVE_PIECES));
        }
      tela_shaper_add_pattern (self, &sketch, (TelaPoint *) (gpointer) polygon->data, polygon->len);
    }
  tela_shaper_add_stroke (self, outline);
}

static double
corner_radius (const TelaShaper *self,
               double            side)
{
  if (self->roundness == ROUNDNESS_ADAPTIVE && side > self->radius / 0.25)
    return self->radius;

  return side * 0.25;
}

void
tela_shaper_build_rectangle (TelaShaper *self)
{
  double w = self->width;
  double h = self->height;
  double r = corner_radius (self, MIN (w, h));
  double k = r / 3; /* a quadratic corner as a cubic one */

  if (self->roundness != 0)
    build_rounded (self,
                   (const TelaPoint[]){ { r, 0 },
                                        { w - r, 0 },
                                        { w - k, 0 },
                                        { w, k },
                                        { w, r },
                                        { w, h - r },
                                        { w, h - k },
                                        { w - k, h },
                                        { w - r, h },
                                        { r, h },
                                        { k, h },
                                        { 0, h - k },
                                        { 0, h - r },
                                        { 0, r },
                                        { 0, k },
                                        { k, 0 } },
                   4);
  else
    build_polygon (self, (const TelaPoint[]){ { 0, 0 }, { w, 0 }, { w, h }, { 0, h } }, 4);
}

void
tela_shaper_build_diamond (TelaShaper *self)
{
  TelaPoint top = { floor (self->width / 2) + 1, 0 };
  TelaPoint right = { self->width, floor (self->height / 2) + 1 };
  TelaPoint bottom = { top.x, self->height };
  TelaPoint left = { 0, right.y };
  double    v = corner_radius (self, fabs (top.x - left.x));
  double    h = corner_radius (self, fabs (right.y - top.y));

  if (self->roundness != 0)
    build_rounded (self,
                   (const TelaPoint[]){ { top.x + v, top.y + h },
                                        { right.x - v, right.y - h },
                                        right,
                                        right,
                                        { right.x - v, right.y + h },
                                        { bottom.x + v, bottom.y - h },
                                        bottom,
                                        bottom,
                                        { bottom.x - v, bottom.y - h },
                                        { left.x + v, left.y + h },
                                        left,
                                        left,
                                        { left.x + v, left.y - h },
                                        { top.x - v, top.y + h },
                                        top,
                                        top },
                   4);
  else
    build_polygon (self, (const TelaPoint[]){ top, right, bottom, left }, 4);
}

void
tela_shaper_build_ellipse (TelaShaper *self)
{
  g_autoptr (GArray) polygon = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  TelaSketch  sketch = tela_shaper_start (self, FALSE);
  TelaEllipse e = tela_sketch_choose_ellipse (&sketch, self->width / 2, self->height / 2, self->width, self->height, 1);
  GArray     *outline = tela_path_new ();

  tela_sketch_ellipse (&sketch, outline, &e, polygon);
  if (self->has_fill && self->fill_style == TELA_FILL_SOLID)
    {
      GArray *fill = tela_path_new ();

      tela_sketch_ellipse (&sketch, fill, &e, NULL);
      tela_shaper_add_fill (self, fill, TELA_LAYER_BACKGROUND_COLOUR);
    }
  else if (self->has_fill)
    tela_shaper_add_pattern (self, &sketch, (TelaPoint *) (gpointer) polygon->data, polygon->len);
  tela_shaper_add_stroke (self, outline);
}

/* A web page is not shown here. A card that has no style of its own gets a face. */
void
tela_shaper_build_card (TelaShaper *self)
{
  gboolean is_iframe = g_strcmp0 (tela_element_get_string (self->element, TELA_KEY_TYPE), "iframe") == 0;
  gboolean is_bare = !self->has_fill && (is_iframe || !self->has_stroke);
  guint    i;

  if (is_bare)
    {
      self->has_fill = TRUE;
      self->fill_style = TELA_FILL_SOLID;
    }
  tela_shaper_build_rectangle (self);
  for (i = 0; is_bare && i < self->layers->len; i++)
    {
      TelaLayer *layer = &g_array_index (self->layers, TelaLayer, i);

      if (layer->colour == TELA_LAYER_BACKGROUND_COLOUR)
        layer->colour = TELA_LAYER_CARD;
    }
}
