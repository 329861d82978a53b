/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-ink.h"

#include <math.h>

#include "tela-paint.h"

/* A pen stroke as the outline of the ink it leaves: the input is smoothed, each point gets a radius by its pressure
 * (or, without a pressure pen, by how fast it was drawn), and the outline runs along one side, round the end, back
 * along the other side, and round the start. */

#define SIZE_PER_WIDTH 4.25
#define THINNING 0.6
#define SMOOTHING 0.5
#define STREAMLINE 0.5
#define PRESSURE_INERTIA 0.275
#define CAP_STEPS 13
#define END_STEPS 29
#define ROUND 3.1416 /* a little more than half a turn, so that caps close */

typedef struct
{
  TelaPoint at;
  TelaPoint back; /* unit vector to the point before */
  double    pressure;
  double    distance; /* from the point before */
  double    walked;   /* from the start */
} Sample;

static TelaPoint
add (TelaPoint a,
     TelaPoint b,
     double    times)
{
  return (TelaPoint){ a.x + b.x * times, a.y + b.y * times };
}

static TelaPoint
mix (TelaPoint a,
     TelaPoint b,
     double    t)
{
  return (TelaPoint){ a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t };
}

static TelaPoint
across (TelaPoint v)
{
  return (TelaPoint){ v.y, -v.x };
}

static double
dot (TelaPoint a,
     TelaPoint b)
{
  return a.x * b.x + a.y * b.y;
}

static double
distance (TelaPoint a,
          TelaPoint b)
{
  return hypot (a.x - b.x, a.y - b.y);
}

static TelaPoint
turn_around (TelaPoint p,
             TelaPoint centre,
             double    angle)
{
  double c = cos (angle);
  double s = sin (angle);
  double x = p.x - centre.x;
  double y = p.y - centre.y;

  return (TelaPoint){ x * c - y * s + centre.x, x * s + y * c + centre.y };
}

static double
radius_at (double size,
           double pressure)
{
  double t = 0.5 - THINNING * (0.5 - pressure);

  return size * sin (t * G_PI_2);
}

static double
pressure_by_speed (double before,
                   double way,
                   double size)
{
  double speed = MIN (1, way / size);

  return MIN (1, before + (1 - speed - before) * speed * PRESSURE_INERTIA);
}

static GArray *
collect_points (const TelaNumbers *points)
{
  GArray *out = g_array_sized_new (FALSE, FALSE, sizeof (TelaPoint), points->n + 4);
  guint   i;

  for (i = 0; i < points->n; i++)
    {
      TelaPoint p = { points->v[2 * i], points->v[2 * i + 1] };

      g_array_append_val (out, p);
    }
  if (out->len == 1)
    {
      TelaPoint p = { points->v[0] + 1, points->v[1] + 1 };

      g_array_append_val (out, p);
    }
  else if (out->len == 2)
    {
      TelaPoint a = g_array_index (out, TelaPoint, 0);
      TelaPoint b = g_array_index (out, TelaPoint, 1);

      g_array_set_size (out, 1);
      for (i = 1; i <= 4; i++)
        {
          TelaPoint p = mix (a, b, i / 4.0);

          g_array_append_val (out, p);
        }
    }

  return out;
}

/* The input drawn out, without doubles and without the crumbs at its start. */
static GArray *
smooth_input (const TelaNumbers *points,
              const TelaNumbers *pressures,
              double             size,
              gboolean           finished)
{
  g_autoptr (GArray) input = collect_points (points);
  GArray  *samples = g_array_sized_new (FALSE, FALSE, sizeof (Sample), input->len);
  double   pull = 0.15 + (1 - STREAMLINE) * 0.85;
  double   walked = 0;
  gboolean is_long = FALSE;
  Sample   last = { g_array_index (input, TelaPoint, 0), { 1, 1 }, 0.25, 0, 0 };
  guint    i;

  if (pressures != NULL && pressures->n > 0)
    last.pressure = pressures->v[0];
  g_array_append_val (samples, last);
  for (i = 1; i < input->len; i++)
    {
      TelaPoint raw = g_array_index (input, TelaPoint, i);
      gboolean  is_end = i == input->len - 1;
      Sample    next = { .pressure = 0.5 };

      next.at = finished && is_end ? raw : mix (last.at, raw, pull);
      next.distance = distance (last.at, next.at);
      if (next.distance == 0)
        continue;
      walked += next.distance;
      is_long = is_long || walked >= size;
      if (!is_end && !is_long)
        continue;
      next.walked = walked;
      if (pressures != NULL && pressures->n > 0)
        next.pressure = pressures->v[MIN (i, pressures->n - 1)];
      next.back = (TelaPoint){ (last.at.x - next.at.x) / next.distance, (last.at.y - next.at.y) / next.distance };
      g_array_append_val (samples, next);
      last = next;
    }
  if (samples->len > 1)
    g_array_index (samples, Sample, 0).back = g_array_index (samples, Sample, 1).back;

  return samples;
}

static double
first_pressure (const Sample *s,
                guint         n,
                gboolean      simulate,
                double        size)
{
  double mean = s[0].pressure;
  guint  i;

  for (i = 0; i < MIN (n, 10); i++)
    mean = (mean + (simulate ? pressure_by_speed (mean, s[i].distance, size) : s[i].pressure)) / 2;

  return mean;
}

static void
append (GArray   *out,
        TelaPoint p)
{
  g_array_append_val (out, p);
}

static void
append_turn (GArray   *left,
             GArray   *right,
             TelaPoint at,
             TelaPoint offset)
{
  guint i;

  for (i = 0; i <= CAP_STEPS; i++)
    {
      append (left, turn_around (add (at, offset, -1), at, ROUND * i / CAP_STEPS));
      append (right, turn_around (add (at, offset, 1), at, -ROUND * i / CAP_STEPS));
    }
}

/* Both sides of the stroke; returns the radius at its end. */
static double
trace_sides (const Sample *s,
             guint         n,
             double        size,
             gboolean      simulate,
             GArray       *left,
             GArray       *right)
{
  double    pressure = first_pressure (s, n, simulate, size);
  double    radius = radius_at (size, s[n - 1].pressure);
  double    apart = size * SMOOTHING;
  TelaPoint before = s[0].back;
  gboolean  was_corner = FALSE;
  guint     i;

  for (i = 0; i < n; i++)
    {
      gboolean  is_end = i == n - 1;
      TelaPoint next = s[is_end ? i : i + 1].back;
      double    bend = is_end ? 1 : dot (s[i].back, next);
      double    current = simulate ? pressure_by_speed (pressure, s[i].distance, size) : s[i].pressure;
      TelaPoint offset;

      if (!is_end && s[n - 1].walked - s[i].walked < 3)
        continue; /* the shaky end of the hand's movement */
      radius = MAX (0.01, radius_at (size, current));

      if ((dot (s[i].back, before) < 0 && !was_corner) || bend < 0)
        {
          TelaPoint side = across (before);

          append_turn (left, right, s[i].at, (TelaPoint){ side.x * radius, side.y * radius });
          was_corner = bend < 0;
          continue;
        }
      was_corner = FALSE;

      offset = across (is_end ? s[i].back : mix (next, s[i].back, bend));
      offset = (TelaPoint){ offset.x * radius, offset.y * radius };
      if (i <= 1 || is_end || left->len == 0 ||
          distance (g_array_index (left, TelaPoint, left->len - 1), add (s[i].at, offset, -1)) > apart)
        append (left, add (s[i].at, offset, -1));
      if (i <= 1 || is_end || right->len == 0 ||
          distance (g_array_index (right, TelaPoint, right->len - 1), add (s[i].at, offset, 1)) > apart)
        append (right, add (s[i].at, offset, 1));
      pressure = current;
      before = s[i].back;
    }

  return radius;
}

GArray *
tela_ink_outline (const TelaNumbers *points,
                  const TelaNumbers *pressures,
                  gboolean           simulate_pressure,
                  double             stroke_width,
                  gboolean           finished)
{
  GArray *outline = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  g_autoptr (GArray) left = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  g_autoptr (GArray) right = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  g_autoptr (GArray) samples = NULL;
  double        size = stroke_width * SIZE_PER_WIDTH;
  gboolean      simulate = simulate_pressure || pressures == NULL || pressures->n == 0;
  const Sample *s;
  TelaPoint     tip;
  double        radius;
  guint         i;

  if (points == NULL || points->n == 0 || points->stride != 2 || !(size > 0))
    return outline;

  samples = smooth_input (points, simulate ? NULL : pressures, size, finished);
  s = (const Sample *) (gconstpointer) samples->data;
  if (samples->len == 1)
    {
      radius = radius_at (size, first_pressure (s, 1, simulate, size));
      for (i = 0; i < 2 * CAP_STEPS; i++)
        append (outline, turn_around ((TelaPoint){ s->at.x + radius, s->at.y }, s->at, G_PI * i / CAP_STEPS));
      return outline;
    }

  radius = trace_sides (s, samples->len, size, simulate, left, right);
  g_array_append_vals (outline, left->data, left->len);
  tip = add (s[samples->len - 1].at, across (s[samples->len - 1].back), -radius);
  for (i = 1; i < END_STEPS; i++)
    append (outline, turn_around (tip, s[samples->len - 1].at, ROUND * 3 * i / END_STEPS));
  for (i = right->len; i > 0; i--)
    append (outline, g_array_index (right, TelaPoint, i - 1));
  for (i = 1; i <= CAP_STEPS; i++)
    append (outline, turn_around (g_array_index (right, TelaPoint, 0), s[0].at, ROUND * i / CAP_STEPS));

  return outline;
}

/* A fast piece counts as much as a slow one that is as long. */
double
tela_ink_width (const TelaNumbers *points,
                const TelaNumbers *pressures,
                gboolean           simulate_pressure,
                double             stroke_width)
{
  const double   size = stroke_width * SIZE_PER_WIDTH;
  const gboolean simulate = simulate_pressure || pressures == NULL || pressures->n == 0;
  double         pressure = simulate ? 0.25 : pressures->v[0];
  double         sum = 0;
  double         walked = 0;

  for (guint i = 1; i < points->n; i++)
    {
      const double way = hypot (points->v[2 * i] - points->v[2 * i - 2], points->v[2 * i + 1] - points->v[2 * i - 1]);

      pressure = simulate ? pressure_by_speed (pressure, way, size) : pressures->v[MIN (i, pressures->n - 1)];
      sum += pressure * way;
      walked += way;
    }

  return 2 * radius_at (size, walked > 0 ? sum / walked : pressure);
}

GArray *
tela_paint_ink_outline (const TelaNumbers *points,
                        const TelaNumbers *pressures,
                        gboolean           simulate_pressure,
                        double             stroke_width,
                        gboolean           finished)
{
  g_autoptr (GArray) outline = tela_ink_outline (points, pressures, simulate_pressure, stroke_width, finished);
  GArray *flat = g_array_sized_new (FALSE, FALSE, sizeof (double), outline->len * 2);

  g_array_append_vals (flat, outline->data, outline->len * 2);

  return flat;
}
