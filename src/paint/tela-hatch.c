/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-hatch.h"

#include <math.h>

#define HACHURE_ANGLE -41.0 /* degrees */
#define LONG_STEPS 0.7      /* above it the hand is careless: see find_crossings() */
#define MAX_LINES 6000
#define MAX_DOTS 4000

typedef struct
{
  TelaPoint a, b;
} Segment;

TelaFillStyle
tela_fill_style_parse (const char *name)
{
  if (g_strcmp0 (name, "hachure") == 0)
    return TELA_FILL_HACHURE;
  if (g_strcmp0 (name, "cross-hatch") == 0)
    return TELA_FILL_CROSS_HATCH;
  if (g_strcmp0 (name, "zigzag") == 0 || g_strcmp0 (name, "zigzag-line") == 0)
    return TELA_FILL_ZIGZAG;
  if (g_strcmp0 (name, "dots") == 0)
    return TELA_FILL_DOTS;

  return TELA_FILL_SOLID;
}

/* As measured. A rough line is drawn twice; rough dots are the larger the finer they lie. */
double
tela_fill_style_coverage (TelaFillStyle style,
                          double        roughness,
                          double        stroke_width)
{
  const gboolean is_rough = roughness > 0;

  switch (style)
    {
    case TELA_FILL_HACHURE:
      return is_rough ? 0.2 : 0.125;
    case TELA_FILL_CROSS_HATCH:
      return is_rough ? 0.36 : 0.235;
    case TELA_FILL_ZIGZAG:
      return is_rough ? 0.39 : 0.25;
    case TELA_FILL_DOTS:
      return MIN (0.7, 0.04 + 0.2 * roughness / stroke_width);
    case TELA_FILL_SOLID:
    default:
      return 1;
    }
}

static TelaPoint
turn (TelaPoint p,
      double    cosine,
      double    sine)
{
  return (TelaPoint){ p.x * cosine - p.y * sine, p.x * sine + p.y * cosine };
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Where the horizontal line at @y crosses the polygon, sorted. The renderers that we match walk down in steps from @top
 * and begin an edge at its upper end on the first step after it: with long steps some lines run a little over. */
static void
find_crossings (const TelaPoint *p,
                guint            n,
                double           y,
                double           top,
                double           step,
                GArray          *crossings)
{
  guint i;

  g_array_set_size (crossings, 0);
  for (i = 0; i < n; i++)
    {
      TelaPoint a = p[i];
      TelaPoint b = p[(i + 1) % n];
      TelaPoint upper = a.y < b.y ? a : b;
      double    first;
      double    x;

      if ((a.y <= y) == (b.y <= y))
        continue;
      first = top + ceil ((upper.y - top) / step) * step;
      x = upper.x + (y - first) * (b.x - a.x) / (b.y - a.y);
      g_array_append_val (crossings, x);
    }
  g_array_sort (crossings, compare_doubles);
}

/* Parallel lines across the polygon; NULL if there would be too many. */
static GArray *
find_lines (TelaSketch      *sketch,
            const TelaPoint *polygon,
            guint            n,
            double           degrees,
            double           gap)
{
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (Segment));
  g_autoptr (GArray) crossings = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree TelaPoint *p = g_new (TelaPoint, n);
  double                cosine = cos (degrees * G_PI / 180);
  double                sine = sin (degrees * G_PI / 180);
  double                top = INFINITY;
  double                bottom = -INFINITY;
  double                step = 1;
  guint                 i;
  guint                 k;

  gap = MAX (round (gap), 1);
  if (sketch->roughness >= 1 && tela_sketch_random (sketch) > LONG_STEPS)
    step = gap;
  for (i = 0; i < n; i++)
    {
      p[i] = turn (polygon[i], cosine, sine);
      top = MIN (top, p[i].y);
      bottom = MAX (bottom, p[i].y);
    }
  if (!(bottom - top <= gap * MAX_LINES))
    return NULL;

  for (k = 0; top + k * gap <= bottom; k++)
    {
      double y = top + k * gap;

      find_crossings (p, n, y, top, step, crossings);
      for (i = 0; i + 1 < crossings->len; i += 2)
        {
          Segment line = { { round (g_array_index (crossings, double, i)), y },
                           { round (g_array_index (crossings, double, i + 1)), y } };

          line.a = turn (line.a, cosine, -sine);
          line.b = turn (line.b, cosine, -sine);
          g_array_append_val (lines, line);
        }
    }

  return g_steal_pointer (&lines);
}

static gboolean
hatch_lines (TelaSketch      *sketch,
             GArray          *path,
             const TelaPoint *polygon,
             guint            n,
             double           degrees,
             double           gap,
             gboolean         zigzag)
{
  g_autoptr (GArray) lines = find_lines (sketch, polygon, n, degrees + 90, gap);
  double dx = zigzag ? gap / 2 * cos (degrees * G_PI / 180) : 0;
  double dy = zigzag ? gap / 2 * sin (degrees * G_PI / 180) : 0;
  guint  i;

  if (lines == NULL)
    return FALSE;

  for (i = 0; i < lines->len; i++)
    {
      Segment s = g_array_index (lines, Segment, i);

      if (zigzag && s.a.x == s.b.x && s.a.y == s.b.y)
        continue;
      tela_sketch_line (sketch, path, (TelaPoint){ s.a.x - dx, s.a.y + dy }, s.b);
      if (zigzag)
        tela_sketch_line (sketch, path, (TelaPoint){ s.a.x + dx, s.a.y - dy }, s.b);
    }

  return TRUE;
}

static gboolean
hatch_dots (TelaSketch      *sketch,
            GArray          *path,
            const TelaPoint *polygon,
            guint            n,
            double           gap,
            double           weight)
{
  g_autoptr (GArray) lines = find_lines (sketch, polygon, n, 90, gap);
  guint dots = 0;
  guint i;
  guint k;

  for (i = 0; lines != NULL && i < lines->len; i++)
    {
      Segment s = g_array_index (lines, Segment, i);
      double  length = hypot (s.b.x - s.a.x, s.b.y - s.a.y);
      guint   count = (guint) MAX (0, MIN (ceil (length / gap) - 1, MAX_DOTS));
      double  start = MIN (s.a.y, s.b.y) + length - count * gap;

      dots += count;
      if (dots > MAX_DOTS)
        return FALSE;
      for (k = 0; k < count; k++)
        {
          double      x = (s.a.x + s.b.x) / 2 - gap / 2 + tela_sketch_random (sketch) * gap / 2;
          double      y = start + k * gap - gap / 4 + tela_sketch_random (sketch) * gap / 2;
          TelaEllipse dot = tela_sketch_choose_ellipse (sketch, x, y, weight, weight, 0.95);

          tela_sketch_ellipse (sketch, path, &dot, NULL);
        }
    }

  return lines != NULL;
}

gboolean
tela_hatch (TelaSketch      *sketch,
            GArray          *path,
            const TelaPoint *polygon,
            guint            n,
            TelaFillStyle    style,
            double           gap,
            double           weight)
{
  if (n < 3)
    return TRUE;

  switch (style)
    {
    case TELA_FILL_CROSS_HATCH:
      return hatch_lines (sketch, path, polygon, n, HACHURE_ANGLE, gap, FALSE) &&
             hatch_lines (sketch, path, polygon, n, HACHURE_ANGLE + 90, gap, FALSE);
    case TELA_FILL_ZIGZAG:
      return hatch_lines (sketch, path, polygon, n, HACHURE_ANGLE, gap, TRUE);
    case TELA_FILL_DOTS:
      return hatch_dots (sketch, path, polygon, n, gap, weight);
    case TELA_FILL_HACHURE:
    case TELA_FILL_SOLID:
    default:
      return hatch_lines (sketch, path, polygon, n, HACHURE_ANGLE, gap, FALSE);
    }
}
