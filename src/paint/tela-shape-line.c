/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shape.h"

#include <math.h>

#include "tela-ink.h"

/* Open shapes: lines, arrows, ink. */

#define LOOP_GAP 8.0 /* a path whose ends are nearer than this is closed and can be filled */
#define CURVE_PIECES 10
#define ELBOW_RADIUS 16.0
#define ROUNDNESS_CURVE 2
#define INK_FILL_SLACK 0.75 /* board units */
#define LONG_INK 4096       /* points */
#define INK_PIECE 128       /* points of an outline, when it is long */
#define INK_OVERLAP 8
#define MAX_THINNED_INK 5000 /* points: the work may grow with their square */

/* Straight runs whose corners are rounded. */
static void
trace_elbows (TelaSketch      *sketch,
              GArray          *path,
              const TelaPoint *p,
              guint            n)
{
  TelaPoint last = p[0];
  guint     i;

  for (i = 1; i + 1 < n; i++)
    {
      double    before = hypot (p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
      double    after = hypot (p[i + 1].x - p[i].x, p[i + 1].y - p[i].y);
      double    r = MIN (ELBOW_RADIUS, MIN (before, after) / 2);
      double    in = before > 0 ? r / before : 0;
      double    out = after > 0 ? r / after : 0;
      TelaPoint a = { p[i].x + (p[i - 1].x - p[i].x) * in, p[i].y + (p[i - 1].y - p[i].y) * in };
      TelaPoint b = { p[i].x + (p[i + 1].x - p[i].x) * out, p[i].y + (p[i + 1].y - p[i].y) * out };
      TelaPoint c1 = { a.x + (p[i].x - a.x) * 2 / 3, a.y + (p[i].y - a.y) * 2 / 3 };
      TelaPoint c2 = { b.x + (p[i].x - b.x) * 2 / 3, b.y + (p[i].y - b.y) * 2 / 3 };

      tela_sketch_line (sketch, path, last, a);
      tela_sketch_corner (sketch, path, a, c1, c2, b);
      last = b;
    }
  tela_sketch_line (sketch, path, last, p[n - 1]);
}

/* Points of the exact curve through @p, to fill its inside with a pattern. */
static GArray *
flatten_curve (const TelaPoint *p,
               guint            n)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  guint   i;
  guint   k;

  for (i = 0; i + 1 < n; i++)
    {
      TelaPoint before = p[i > 0 ? i - 1 : i];
      TelaPoint after = p[MIN (i + 2, n - 1)];
      TelaPoint c1 = { p[i].x + (p[i + 1].x - before.x) / 6, p[i].y + (p[i + 1].y - before.y) / 6 };
      TelaPoint c2 = { p[i + 1].x + (p[i].x - after.x) / 6, p[i + 1].y + (p[i].y - after.y) / 6 };

      for (k = 0; k < CURVE_PIECES; k++)
        tela_path_append_point (out, tela_path_point (p[i], c1, c2, p[i + 1], (double) k / CURVE_PIECES));
    }

  return out;
}

static void
fill_line (TelaShaper      *self,
           TelaSketch      *sketch,
           const TelaPoint *points,
           guint            n)
{
  if (self->roundness == 0)
    {
      if (self->fill_style == TELA_FILL_SOLID)
        tela_shaper_add_solid_polygon (self, sketch, points, n);
      else
        tela_shaper_add_pattern (self, sketch, points, n);
    }
  else if (self->fill_style == TELA_FILL_SOLID)
    {
      GArray *fill = tela_path_new ();

      sketch->single = TRUE;
      sketch->roughness += sketch->roughness > 0 ? TELA_FILL_GAIN : 0;
      tela_sketch_curve (sketch, fill, points, n);
      tela_shaper_add_fill (self, fill, TELA_LAYER_BACKGROUND_COLOUR)->even_odd = TRUE;
    }
  else
    {
      g_autoptr (GArray) polygon = flatten_curve (points, n);

      tela_shaper_add_pattern (self, sketch, (TelaPoint *) (gpointer) polygon->data, polygon->len);
    }
}

static GArray *
read_points (const TelaShaper *self)
{
  const TelaNumbers *numbers = tela_element_get_numbers (self->element, TELA_KEY_POINTS);
  GArray            *points = g_array_new (FALSE, FALSE, sizeof (TelaPoint));

  if (numbers != NULL && numbers->stride == 2)
    {
      g_array_append_vals (points, numbers->v, numbers->n);
    }
  else
    {
      tela_path_append_point (points, (TelaPoint){ 0, 0 });
      tela_path_append_point (points, (TelaPoint){ self->width, self->height });
    }

  return points;
}

static gboolean
is_loop (const TelaPoint *p,
         guint            n)
{
  return n >= 3 && hypot (p[n - 1].x - p[0].x, p[n - 1].y - p[0].y) <= LOOP_GAP;
}

void
tela_shaper_build_line (TelaShaper *self,
                        gboolean    is_arrow)
{
  g_autoptr (GArray) points = read_points (self);
  TelaPoint *p = (TelaPoint *) (gpointer) points->data;
  guint      n = points->len;
  GArray    *outline = tela_path_new ();
  gboolean   is_elbow = is_arrow && tela_element_get_boolean (self->element, TELA_KEY_ELBOWED, FALSE);
  gboolean   is_filled = !is_arrow && self->has_fill && is_loop (p, n);
  TelaSketch sketch = tela_shaper_start (self, is_elbow);

  if (n >= 2 && is_elbow)
    trace_elbows (&sketch, outline, p, n);
  else if (n >= 2 && self->roundness != 0)
    tela_sketch_curve (&sketch, outline, p, n);
  else if (n >= 2)
    tela_sketch_polygon (&sketch, outline, p, n, is_filled);
  if (is_filled)
    fill_line (self, &sketch, p, n);
  tela_shaper_add_stroke (self, outline);
  if (is_arrow && n >= 2)
    tela_shaper_add_arrowheads (self, outline, p, n);
}

/* From afar ink is a line of even width without the points that fall together. */
static void
build_thin_ink (TelaShaper      *self,
                const TelaPoint *p,
                guint            n,
                double           width)
{
  GArray   *path = tela_path_new ();
  TelaPoint last = p[0];
  double    apart = 0.7 / MAX (self->scale, 1e-6);
  guint     i;

  tela_path_move (path, p[0].x, p[0].y);
  for (i = 1; i < n; i++)
    if (i == n - 1 || hypot (p[i].x - last.x, p[i].y - last.y) >= apart)
      {
        tela_path_line (path, p[i].x, p[i].y);
        last = p[i];
      }
  if (n == 1)
    tela_path_line (path, p[0].x + 0.01, p[0].y);
  tela_shaper_add_stroke (self, path)->width = width;
}

/* Excalidraw draws the pen's last step to its end only if it wrote down where that was. */
static gboolean
is_finished (const TelaElement *element)
{
  TelaValue value;

  return tela_element_get (element, TELA_KEY_LAST_COMMITTED_POINT, &value, NULL) && value.kind != TELA_VALUE_NULL;
}

/* From @p to the straight piece from @a to @b. */
static double
distance_to (TelaPoint p,
             TelaPoint a,
             TelaPoint b)
{
  double dx = b.x - a.x;
  double dy = b.y - a.y;
  double length = dx * dx + dy * dy;
  double t = length > 0 ? CLAMP (((p.x - a.x) * dx + (p.y - a.y) * dy) / length, 0, 1) : 0;

  return hypot (p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* Keeps of p[first] … p[last] what is needed to stray from it by no more than INK_FILL_SLACK (Douglas and Peucker). */
static void
thin_out (const TelaPoint *p,
          guint            first,
          guint            last,
          gboolean        *keep)
{
  double farthest = INK_FILL_SLACK;
  guint  at = 0;
  guint  i;

  for (i = first + 1; i < last; i++)
    {
      double away = distance_to (p[i], p[first], p[last]);

      if (away > farthest)
        {
          farthest = away;
          at = i;
        }
    }
  if (at == 0)
    return;

  keep[at] = TRUE;
  thin_out (p, first, at, keep);
  thin_out (p, at, last, keep);
}

/* The inside of a closed stroke: a calmer line than the ink itself. */
static void
fill_ink (TelaShaper      *self,
          const TelaPoint *p,
          guint            n)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  g_autofree gboolean *keep = g_new0 (gboolean, n);
  TelaSketch           sketch = tela_shaper_start (self, FALSE);
  gboolean             is_long = n > MAX_THINNED_INK;
  guint                i;

  keep[0] = keep[n - 1] = TRUE;
  if (!is_long)
    thin_out (p, 0, n - 1, keep);
  for (i = 0; i < n; i++)
    if (is_long || keep[i])
      g_array_append_val (points, p[i]);
  self->roundness = ROUNDNESS_CURVE;
  fill_line (self, &sketch, (TelaPoint *) (gpointer) points->data, points->len);
}

/* Drawn through the middles of its sides, which rounds its corners. */
static GArray *
round_outline (const GArray *outline)
{
  const TelaPoint *p = (const TelaPoint *) (gconstpointer) outline->data;
  GArray          *path = tela_path_new ();
  guint            n = outline->len;
  guint            i;

  for (i = 0; i < n; i++)
    {
      TelaPoint a = p[i];
      TelaPoint b = p[(i + 1) % n];
      TelaPoint middle = { (a.x + b.x) / 2, (a.y + b.y) / 2 };
      TelaPoint from = i == 0 ? a : (TelaPoint){ (p[i - 1].x + a.x) / 2, (p[i - 1].y + a.y) / 2 };

      if (i == 0)
        tela_path_move (path, a.x, a.y);
      tela_path_curve (path, from.x + (a.x - from.x) * 2 / 3, from.y + (a.y - from.y) * 2 / 3,
                       middle.x + (a.x - middle.x) * 2 / 3, middle.y + (a.y - middle.y) * 2 / 3, middle.x, middle.y);
    }

  return path;
}

/* (transfer full) Some of them; NULL: there are none. */
static TelaNumbers *
slice (const TelaNumbers *all,
       guint              first,
       guint              n)
{
  if (all == NULL || all->n <= first)
    return NULL;

  return tela_numbers_new (MIN (n, all->n - first), all->stride, all->v + first * all->stride);
}

/* Filling an outline costs by how often it crosses itself. A stroke that goes on and on is so many outlines; each begins
 * a little before the last one ends, until its pull and its pressure are those of the whole. */
static void
build_long_ink (TelaShaper        *self,
                const TelaNumbers *numbers,
                const TelaNumbers *pressures,
                gboolean           simulate)
{
  for (guint first = 0; first < numbers->n; first += INK_PIECE)
    {
      guint    before = MIN (first, INK_OVERLAP);
      guint    n = MIN (INK_PIECE, numbers->n - first) + before;
      gboolean is_end = first + INK_PIECE >= numbers->n;
      g_autoptr (TelaNumbers) piece = slice (numbers, first - before, n);
      g_autoptr (TelaNumbers) pressed = slice (pressures, first - before, n);
      g_autoptr (GArray) outline =
          tela_ink_outline (piece, pressed, simulate, self->stroke_width, is_end && is_finished (self->element));

      tela_shaper_add_fill (self, round_outline (outline), TELA_LAYER_STROKE_COLOUR);
    }
}

void
tela_shaper_build_ink (TelaShaper *self)
{
  const TelaNumbers *pressures = tela_element_get_numbers (self->element, TELA_KEY_PRESSURES);
  const TelaNumbers *numbers = tela_element_get_numbers (self->element, TELA_KEY_POINTS);
  gboolean           simulate = tela_element_get_boolean (self->element, TELA_KEY_SIMULATE_PRESSURE, FALSE);
  g_autoptr (GArray) points = read_points (self);
  g_autoptr (GArray) outline = NULL;
  TelaPoint *p = (TelaPoint *) (gpointer) points->data;
  guint      n = points->len;

  if (numbers == NULL || numbers->stride != 2 || n == 0)
    return;
  self->dash[0] = 0;
  if (self->has_fill && is_loop (p, n))
    fill_ink (self, p, n);
  if (self->scale < TELA_COARSE_SCALE)
    {
      build_thin_ink (self, p, n, tela_ink_width (numbers, pressures, simulate, self->stroke_width));
      return;
    }

  if (!self->has_stroke)
    return;
  if (numbers->n > LONG_INK)
    {
      build_long_ink (self, numbers, pressures, simulate);
      return;
    }

  outline = tela_ink_outline (numbers, pressures, simulate, self->stroke_width, is_finished (self->element));
  tela_shaper_add_fill (self, round_outline (outline), TELA_LAYER_STROKE_COLOUR);
}
