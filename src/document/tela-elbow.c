/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <math.h>

#define STUB 40.0 /* board units that a new route goes straight on from a shape */
#define LEAST 1.0 /* a shorter end segment shows no direction */

/* The direction of the axis nearest to that one. */
static TelaSpot
snap (double x,
      double y)
{
  if (fabs (x) >= fabs (y))
    return (TelaSpot){ x < 0 ? -1 : 1, 0 };

  return (TelaSpot){ 0, y < 0 ? -1 : 1 };
}

/* The way out of an end, turned as its shape has turned. */
static TelaSpot
heading (TelaSpot end,
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

TelaSpot *
tela_elbow_route (const TelaSpot *spots,
                  guint           n,
                  TelaSpot        first,
                  TelaSpot        last,
                  const double    turns[2],
                  guint          *n_out)
{
  TelaSpot             ways[2] = { heading (spots[0], spots[1], turns[0]), heading (spots[n - 1], spots[n - 2], turns[1]) };
  g_autofree TelaSpot *drawn_out = g_memdup2 (spots, sizeof (TelaSpot) * n);

  drawn_out[0] = first;
  drawn_out[n - 1] = last;
  if (turns[0] == 0 && turns[1] == 0 && stretch (drawn_out, n, ways, spots))
    {
      *n_out = n;
      return g_steal_pointer (&drawn_out);
    }

  return route_anew (first, last, ways, n_out);
}
