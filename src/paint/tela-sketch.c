/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sketch.h"

#include <math.h>

#define MULTIPLIER 48271u
#define MAX_OFFSET 2.0 /* how far a point may stray, in board units, at roughness 1 */
#define CURVE_STEPS 9.0
#define MAX_CURVE_STEPS 4096

void
tela_sketch_init (TelaSketch *self,
                  double      seed,
                  double      roughness)
{
  *self = (TelaSketch){ .state = (guint32) (gint64) CLAMP (seed, -9e15, 9e15), .roughness = roughness };
  if (self->state == 0)
    self->state = 1; /* 0 would stay 0 for ever */
}

double
tela_sketch_random (TelaSketch *self)
{
  self->state *= MULTIPLIER;

  return (self->state & 0x7fffffff) / 2147483648.0;
}

static double
within (TelaSketch *self,
        double      min,
        double      max)
{
  return self->roughness * (tela_sketch_random (self) * (max - min) + min);
}

double
tela_sketch_offset (TelaSketch *self,
                    double      by)
{
  return within (self, -by, by);
}

static TelaPoint
jitter (TelaSketch *self,
        TelaPoint   point,
        double      by)
{
  double dx = tela_sketch_offset (self, by);
  double dy = tela_sketch_offset (self, by);

  return (TelaPoint){ point.x + dx, point.y + dy };
}

static TelaPoint
jitter_end (TelaSketch *self,
            TelaPoint   point,
            double      by)
{
  return self->keep_vertices ? point : jitter (self, point, by);
}

/* One stroke of a line: both ends stray, the middle bows to one side. Long lines are drawn with a steadier hand. */
static void
stroke_line (TelaSketch *self,
             GArray     *path,
             TelaPoint   a,
             TelaPoint   b,
             gboolean    over)
{
  double    length = hypot (b.x - a.x, b.y - a.y);
  double    gain = length < 200 ? 1 : length > 500 ? 0.4
                                                   : -0.0016668 * length + 1.233334;
  double    offset = MAX_OFFSET * 10 > length ? length / 10 : MAX_OFFSET;
  double    by = (over ? offset / 2 : offset) * gain;
  double    diverge = 0.2 + tela_sketch_random (self) * 0.2;
  double    bow_x = tela_sketch_offset (self, MAX_OFFSET * (b.y - a.y) / 200 * gain);
  double    bow_y = tela_sketch_offset (self, MAX_OFFSET * (a.x - b.x) / 200 * gain);
  TelaPoint start = jitter_end (self, a, by);
  TelaPoint c1 = { bow_x + a.x + (b.x - a.x) * diverge, bow_y + a.y + (b.y - a.y) * diverge };
  TelaPoint c2 = { bow_x + a.x + 2 * (b.x - a.x) * diverge, bow_y + a.y + 2 * (b.y - a.y) * diverge };
  TelaPoint end;

  c1 = jitter (self, c1, by);
  c2 = jitter (self, c2, by);
  end = jitter_end (self, b, by);
  tela_path_move (path, start.x, start.y);
  tela_path_curve (path, c1.x, c1.y, c2.x, c2.y, end.x, end.y);
}

void
tela_sketch_line (TelaSketch *self,
                  GArray     *path,
                  TelaPoint   a,
                  TelaPoint   b)
{
  if (self->roughness <= 0)
    {
      const TelaPathOp *last = path->len > 0 ? &g_array_index (path, TelaPathOp, path->len - 1) : NULL;

      if (last == NULL || self->single || last->x != a.x || last->y != a.y)
        tela_path_move (path, a.x, a.y); /* dashes begin anew on every side */
      tela_path_line (path, b.x, b.y);
      return;
    }

  stroke_line (self, path, a, b, FALSE);
  if (!self->single)
    stroke_line (self, path, a, b, TRUE);
}

void
tela_sketch_corner (TelaSketch *self,
                    GArray     *path,
                    TelaPoint   a,
                    TelaPoint   c1,
                    TelaPoint   c2,
                    TelaPoint   b)
{
  guint i;

  if (self->roughness <= 0)
    {
      if (self->single)
        tela_path_move (path, a.x, a.y);
      tela_path_curve (path, c1.x, c1.y, c2.x, c2.y, b.x, b.y);
      return;
    }

  for (i = 0; i < (self->single ? 1 : 2); i++)
    {
      double    by = MAX_OFFSET + 0.3 * i;
      TelaPoint start = i == 0 ? a : jitter_end (self, a, MAX_OFFSET);
      TelaPoint end = jitter_end (self, b, by);
      TelaPoint p1 = jitter (self, c1, by);
      TelaPoint p2 = jitter (self, c2, by);

      tela_path_move (path, start.x, start.y);
      tela_path_curve (path, p1.x, p1.y, p2.x, p2.y, end.x, end.y);
    }
}

void
tela_sketch_polygon (TelaSketch      *self,
                     GArray          *path,
                     const TelaPoint *points,
                     guint            n,
                     gboolean         close)
{
  guint i;

  for (i = 0; i + 1 < n; i++)
    tela_sketch_line (self, path, points[i], points[i + 1]);
  if (close && n > 2)
    tela_sketch_line (self, path, points[n - 1], points[0]);
}

/* A smooth curve through all points but the first and the last, which only bend its ends (Catmull and Rom). */
static void
trace_through (GArray          *path,
               const TelaPoint *p,
               guint            n)
{
  guint i;

  if (n < 3)
    return;
  tela_path_move (path, p[1].x, p[1].y);
  if (n == 3)
    tela_path_curve (path, p[1].x, p[1].y, p[2].x, p[2].y, p[2].x, p[2].y);
  for (i = 1; i + 2 < n; i++)
    tela_path_curve (path,
                     p[i].x + (p[i + 1].x - p[i - 1].x) / 6, p[i].y + (p[i + 1].y - p[i - 1].y) / 6,
                     p[i + 1].x + (p[i].x - p[i + 2].x) / 6, p[i + 1].y + (p[i].y - p[i + 2].y) / 6,
                     p[i + 1].x, p[i + 1].y);
}

static void
stroke_curve (TelaSketch      *self,
              GArray          *path,
              const TelaPoint *points,
              guint            n,
              double           by)
{
  g_autofree TelaPoint *p = g_new (TelaPoint, n + 2);
  guint                 i;

  p[0] = jitter (self, points[0], by);
  for (i = 0; i < n; i++)
    p[i + 1] = jitter (self, points[i], by);
  p[n + 1] = jitter (self, points[n - 1], by);
  trace_through (path, p, n + 2);
}

void
tela_sketch_curve (TelaSketch      *self,
                   GArray          *path,
                   const TelaPoint *points,
                   guint            n)
{
  guint32    seed = self->state;
  TelaSketch second;

  if (n == 0)
    return;
  stroke_curve (self, path, points, n, 1 + self->roughness * 0.2);
  if (self->single || self->roughness <= 0)
    return;

  tela_sketch_init (&second, (double) seed + 1, self->roughness);
  stroke_curve (&second, path, points, n, 1.5 * (1 + self->roughness * 0.22));
}

TelaEllipse
tela_sketch_choose_ellipse (TelaSketch *self,
                            double      x,
                            double      y,
                            double      width,
                            double      height,
                            double      fitting)
{
  TelaEllipse ellipse = { x, y, fabs (width / 2), fabs (height / 2), 0 };
  double      around = sqrt (2 * G_PI * sqrt ((ellipse.rx * ellipse.rx + ellipse.ry * ellipse.ry) / 2));
  double      steps = ceil (MAX (CURVE_STEPS, CURVE_STEPS / sqrt (200) * around));

  ellipse.step = 2 * G_PI / MIN (steps, MAX_CURVE_STEPS);
  ellipse.rx += tela_sketch_offset (self, ellipse.rx * (1 - fitting));
  ellipse.ry += tela_sketch_offset (self, ellipse.ry * (1 - fitting));

  return ellipse;
}

static TelaPoint
on_ellipse (const TelaEllipse *e,
            double             angle,
            double             share)
{
  return (TelaPoint){ e->x + share * e->rx * cos (angle), e->y + share * e->ry * sin (angle) };
}

/* Once round, starting at a random place near the top and running on a little beyond the start. */
static void
stroke_ellipse (TelaSketch        *self,
                GArray            *path,
                const TelaEllipse *e,
                double             by,
                double             overlap,
                GArray            *inside)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  double    start = tela_sketch_offset (self, 0.5) - G_PI_2;
  double    end = start + 2 * G_PI - 0.01;
  double    angle;
  TelaPoint p = jitter (self, on_ellipse (e, start - e->step, 0.9), by);

  g_array_append_val (points, p);
  for (angle = start; angle < end; angle += e->step)
    {
      p = jitter (self, on_ellipse (e, angle, 1), by);
      g_array_append_val (points, p);
      if (inside != NULL)
        g_array_append_val (inside, p);
    }
  p = jitter (self, on_ellipse (e, start + 2 * G_PI + overlap * 0.5, 1), by);
  g_array_append_val (points, p);
  p = jitter (self, on_ellipse (e, start + overlap, 0.98), by);
  g_array_append_val (points, p);
  p = jitter (self, on_ellipse (e, start + overlap * 0.5, 0.9), by);
  g_array_append_val (points, p);
  trace_through (path, (TelaPoint *) (gpointer) points->data, points->len);
}

static void
trace_exact_ellipse (GArray            *path,
                     const TelaEllipse *e,
                     GArray            *inside)
{
  const double k = 0.5522847498307936; /* control length of a quarter circle */
  double       angle;

  tela_path_move (path, e->x + e->rx, e->y);
  tela_path_curve (path, e->x + e->rx, e->y + k * e->ry, e->x + k * e->rx, e->y + e->ry, e->x, e->y + e->ry);
  tela_path_curve (path, e->x - k * e->rx, e->y + e->ry, e->x - e->rx, e->y + k * e->ry, e->x - e->rx, e->y);
  tela_path_curve (path, e->x - e->rx, e->y - k * e->ry, e->x - k * e->rx, e->y - e->ry, e->x, e->y - e->ry);
  tela_path_curve (path, e->x + k * e->rx, e->y - e->ry, e->x + e->rx, e->y - k * e->ry, e->x + e->rx, e->y);
  for (angle = 0; inside != NULL && angle <= 2 * G_PI; angle += e->step / 4)
    {
      TelaPoint p = on_ellipse (e, angle, 1);

      g_array_append_val (inside, p);
    }
}

void
tela_sketch_ellipse (TelaSketch        *self,
                     GArray            *path,
                     const TelaEllipse *e,
                     GArray            *inside)
{
  double least;

  if (self->roughness <= 0)
    {
      trace_exact_ellipse (path, e, inside);
      return;
    }

  least = within (self, 0.4, 1);
  stroke_ellipse (self, path, e, 1, e->step * within (self, 0.1, least), inside);
  if (!self->single)
    stroke_ellipse (self, path, e, 1.5, 0, NULL);
}
