/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <math.h>
#include <string.h>

#define STUB 40.0  /* board units that a new route goes straight on from a shape */
#define CORNER 0.1 /* of a side: nearer to a corner no arrow leaves */
#define LEAST 1.0  /* a shorter end segment shows no direction */

/* The direction of the axis nearest to that one. */
static TelaSpot
snap (double x,
      double y)
{
  if (fabs (x) >= fabs (y))
    return (TelaSpot){ x < 0 ? -1 : 1, 0 };

  return (TelaSpot){ 0, y < 0 ? -1 : 1 };
}

TelaSpot
tela_elbow_heading (TelaSpot end,
                    TelaSpot next,
                    double   turn)
{
  TelaSpot own = snap (next.x - end.x, next.y - end.y);
  TelaSpot turned = tela_spot_rotate (own, (TelaSpot){ 0, 0 }, turn);

  return snap (turned.x, turned.y);
}

static gboolean
leaves (TelaSpot end,
        TelaSpot next,
        TelaSpot way)
{
  return (next.x - end.x) * way.x + (next.y - end.y) * way.y >= LEAST;
}

/* The same route with its first and last segment drawn out. FALSE: they would turn back. */
static gboolean
stretch (TelaSpot       *spots,
         guint           n,
         const TelaSpot  ways[2],
         const TelaSpot *was)
{
  if (n < 4)
    return FALSE;

  if (ways[0].x != 0)
    spots[1].y = spots[0].y;
  else
    spots[1].x = spots[0].x;
  if (ways[1].x != 0)
    spots[n - 2].y = spots[n - 1].y;
  else
    spots[n - 2].x = spots[n - 1].x;

  /* With two corners the piece between them belongs to both. */
  for (guint i = 1; i + 2 < n; i++)
    {
      gboolean was_level = fabs (was[i].y - was[i + 1].y) < fabs (was[i].x - was[i + 1].x);
      double   off = was_level ? fabs (spots[i].y - spots[i + 1].y) : fabs (spots[i].x - spots[i + 1].x);

      if (off > LEAST)
        return FALSE;
    }

  return leaves (spots[0], spots[1], ways[0]) && leaves (spots[n - 1], spots[n - 2], ways[1]);
}

/* A route in a system where the first way goes to the right. */
static guint
route_right (TelaSpot  to,
             TelaSpot  way,
             TelaSpot *out)
{
  double ahead = to.x + way.x * STUB;
  double between = fabs (to.y) < 2 * STUB ? MIN (0, to.y) - 2 * STUB : to.y / 2;

  if (way.x < 0 && to.x >= 2 * LEAST)
    {
      if (fabs (to.y) < LEAST)
        return 0;
      out[0] = (TelaSpot){ to.x / 2, 0 };
      out[1] = (TelaSpot){ to.x / 2, to.y };
      return 2;
    }
  if (way.x < 0)
    {
      out[0] = (TelaSpot){ STUB, 0 };
      out[1] = (TelaSpot){ STUB, between };
      out[2] = (TelaSpot){ ahead, between };
      out[3] = (TelaSpot){ ahead, to.y };
      return 4;
    }
  if (way.x > 0)
    {
      ahead = MAX (STUB, ahead);
      out[0] = (TelaSpot){ ahead, 0 };
      out[1] = (TelaSpot){ ahead, to.y };
      return 2;
    }
  if (to.x >= LEAST && -to.y * way.y >= LEAST)
    {
      out[0] = (TelaSpot){ to.x, 0 };
      return 1;
    }

  ahead = to.y + way.y * STUB;
  out[0] = (TelaSpot){ STUB, 0 };
  out[1] = (TelaSpot){ STUB, ahead };
  out[2] = (TelaSpot){ to.x, ahead };
  return 3;
}

static TelaSpot *
route_anew (TelaSpot       first,
            TelaSpot       last,
            const TelaSpot ways[2],
            guint         *n_out)
{
  TelaSpot *spots = g_new (TelaSpot, 6);
  TelaSpot  way = ways[0];
  TelaSpot  between = { last.x - first.x, last.y - first.y };
  /* Turned so that the first way goes to the right. */
  TelaSpot to = { between.x * way.x + between.y * way.y, between.y * way.x - between.x * way.y };
  TelaSpot back = { ways[1].x * way.x + ways[1].y * way.y, ways[1].y * way.x - ways[1].x * way.y };
  guint    n = route_right (to, back, spots + 1);

  for (guint i = 1; i <= n; i++)
    {
      TelaSpot own = spots[i];

      spots[i] = (TelaSpot){ first.x + own.x * way.x - own.y * way.y, first.y + own.x * way.y + own.y * way.x };
    }
  spots[0] = first;
  spots[n + 1] = last;
  *n_out = n + 2;

  return spots;
}

/* Across the fixed segment, to the side where @end is: its corner stays a corner. */
static TelaSpot
way_across (TelaSpot corner,
            TelaSpot next,
            TelaSpot end)
{
  if (fabs (next.x - corner.x) >= fabs (next.y - corner.y))
    return (TelaSpot){ 0, end.y < corner.y ? -1 : 1 };

  return (TelaSpot){ end.x < corner.x ? -1 : 1, 0 };
}

/* What a hand has fixed stays; both ends find their way to it. */
static TelaSpot *
route_to_fixed (const TelaSpot      *spots,
                const TelaElbowEnds *ends,
                const guint          fixed[2],
                guint               *n_out,
                int                 *shift)
{
  TelaSpot             first = spots[fixed[0]];
  TelaSpot             last = spots[fixed[1]];
  TelaSpot             head_ways[2] = { ends->ways[0], way_across (first, spots[fixed[0] + 1], ends->places[0]) };
  TelaSpot             tail_ways[2] = { way_across (last, spots[fixed[1] - 1], ends->places[1]), ends->ways[1] };
  guint                n_head, n_tail, n_kept = fixed[1] - fixed[0] + 1;
  g_autofree TelaSpot *head = route_anew (ends->places[0], first, head_ways, &n_head);
  g_autofree TelaSpot *tail = route_anew (last, ends->places[1], tail_ways, &n_tail);
  TelaSpot            *all = g_new (TelaSpot, n_head + n_kept + n_tail - 2);

  memcpy (all, head, sizeof (TelaSpot) * (n_head - 1));
  memcpy (all + n_head - 1, spots + fixed[0], sizeof (TelaSpot) * n_kept);
  memcpy (all + n_head - 1 + n_kept, tail + 1, sizeof (TelaSpot) * (n_tail - 1));
  *n_out = n_head + n_kept + n_tail - 2;
  *shift = (int) n_head - 1 - (int) fixed[0];

  return all;
}

static gboolean
is_same_way (TelaSpot a,
             TelaSpot b)
{
  return a.x == b.x && a.y == b.y;
}

TelaSpot *
tela_elbow_route (const TelaSpot      *spots,
                  guint                n,
                  const TelaElbowEnds *ends,
                  const guint          fixed[2],
                  guint               *n_out,
                  int                 *shift)
{
  g_autofree TelaSpot *drawn_out = g_memdup2 (spots, sizeof (TelaSpot) * n);

  *shift = 0;
  drawn_out[0] = ends->places[0];
  drawn_out[n - 1] = ends->places[1];
  if (is_same_way (ends->ways[0], tela_elbow_heading (spots[0], spots[1], 0)) &&
      is_same_way (ends->ways[1], tela_elbow_heading (spots[n - 1], spots[n - 2], 0)) &&
      stretch (drawn_out, n, ends->ways, spots))
    {
      *n_out = n;
      return g_steal_pointer (&drawn_out);
    }
  if (fixed[0] < fixed[1])
    return route_to_fixed (spots, ends, fixed, n_out, shift);

  return route_anew (ends->places[0], ends->places[1], ends->ways, n_out);
}

TelaSpot
tela_elbow_leave (const TelaOutline *outline,
                  double             gap,
                  TelaSpot          *place)
{
  TelaSpot ratio = tela_outline_to_ratio (outline, *place);
  double   far = 2 * (outline->half_width + outline->half_height + gap);
  TelaSpot way, inner, outer;

  if (fabs (ratio.x - 0.5) >= fabs (ratio.y - 0.5))
    {
      way = (TelaSpot){ ratio.x < 0.5 ? -1 : 1, 0 };
      inner = (TelaSpot){ 0.5, CLAMP (ratio.y, CORNER, 1 - CORNER) };
    }
  else
    {
      way = (TelaSpot){ 0, ratio.y < 0.5 ? -1 : 1 };
      inner = (TelaSpot){ CLAMP (ratio.x, CORNER, 1 - CORNER), 0.5 };
    }
  inner = tela_outline_from_ratio (outline, inner);
  way = tela_spot_rotate (way, (TelaSpot){ 0, 0 }, outline->angle);
  outer = (TelaSpot){ inner.x + far * way.x, inner.y + far * way.y };
  *place = tela_outline_stop (outline, outer, inner, gap);

  return snap (way.x, way.y);
}
