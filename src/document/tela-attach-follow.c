/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <math.h>

#define AIM_STEPS 4 /* two bound ends aim at each other: enough for both to choose their side */
#define SAME 1e-7   /* board units: nothing that an eye or a file would notice */
#define SKEW 0.5    /* board units off a right angle, as files have them */

enum
{
  BEFORE,
  AFTER
};

typedef struct
{
  TelaBound   bound;
  TelaKey     key;
  guint       at;        /* index of its point */
  guint       next;      /* index of the neighbouring point */
  gboolean    is_free;   /* the gesture has taken this end, so it is where it was put */
  gboolean    is_moving; /* its shape is not as it was */
  TelaOutline outline[2];
  /* What is left between the place that the binding says and the place where the end was, as files of other versions
   * and hands have it: along the way and across it, or in the shape's own directions. Kept, so that the way back leads
   * home. */
  TelaSpot rest;
} End;

typedef struct
{
  End       ends[2];
  TelaSpot *spots[2]; /* owned */
  guint     n;
  double    stroke;
} Line;

static void
line_clear (Line *line)
{
  for (guint i = 0; i < 2; i++)
    {
      tela_bound_clear (&line->ends[i].bound);
      g_free (line->spots[i]);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)

static gboolean
is_bound (const End *end,
          guint      when)
{
  return end->bound.form != TELA_BOUND_NOT && !(when == AFTER && end->is_free);
}

static TelaSpot
aim_of (const End *end,
        guint      when,
        TelaSpot   from)
{
  if (end->bound.form == TELA_BOUND_FOCUS)
    return tela_outline_aim (&end->outline[when], end->bound.focus, from);

  return tela_outline_from_ratio (&end->outline[when], end->bound.fixed);
}

/* Where the bindings say that the ends are, and the direction in which the line comes there. */
static void
predict (const Line *line,
         guint       when,
         TelaSpot    places[2],
         TelaSpot    ways[2])
{
  TelaSpot aims[2];
  TelaSpot from[2];

  for (guint i = 0; i < 2; i++)
    {
      const End *other = &line->ends[1 - i];

      from[i] = line->spots[when][line->ends[i].next];
      if (line->n == 2 && is_bound (other, when))
        from[i] = other->outline[when].centre;
      aims[i] = line->spots[when][line->ends[i].at];
    }
  for (guint step = 0; step < AIM_STEPS; step++)
    for (guint i = 0; i < 2; i++)
      {
        if (is_bound (&line->ends[i], when))
          aims[i] = aim_of (&line->ends[i], when, from[i]);
        if (line->n == 2)
          from[1 - i] = aims[i];
      }

  for (guint i = 0; i < 2; i++)
    {
      const End *end = &line->ends[i];
      double     length = hypot (aims[i].x - from[i].x, aims[i].y - from[i].y);

      ways[i] = length > 0 ? (TelaSpot){ (aims[i].x - from[i].x) / length, (aims[i].y - from[i].y) / length }
                           : (TelaSpot){ 1, 0 };
      places[i] = aims[i];
      if (end->bound.form == TELA_BOUND_POINT)
        ways[i] = (TelaSpot){ cos (end->outline[when].angle), sin (end->outline[when].angle) };
      else if (is_bound (end, when))
        places[i] = tela_outline_stop (&end->outline[when], from[i], aims[i], end->bound.gap);
    }
}

static void
keep_rests (Line *line)
{
  TelaSpot places[2], ways[2];

  predict (line, BEFORE, places, ways);
  for (guint i = 0; i < 2; i++)
    {
      TelaSpot own = line->spots[BEFORE][line->ends[i].at];
      double   dx = own.x - places[i].x;
      double   dy = own.y - places[i].y;

      line->ends[i].rest = (TelaSpot){ dx * ways[i].x + dy * ways[i].y, dy * ways[i].x - dx * ways[i].y };
    }
}

static void
find_places (const Line *line,
             TelaSpot    places[2])
{
  TelaSpot ways[2];

  predict (line, AFTER, places, ways);
  for (guint i = 0; i < 2; i++)
    {
      TelaSpot rest = line->ends[i].rest;

      if (!is_bound (&line->ends[i], AFTER))
        continue;
      places[i].x += rest.x * ways[i].x - rest.y * ways[i].y;
      places[i].y += rest.x * ways[i].y + rest.y * ways[i].x;
    }
}

static gboolean
is_same (TelaSpot a,
         TelaSpot b)
{
  return fabs (a.x - b.x) < SAME && fabs (a.y - b.y) < SAME;
}

/* An end that is pulled away from a shape that stays is bound no more; one that the gesture binds is where it says. */
static void
read_end (TelaAttachWork *work,
          const char     *id,
          Line           *line,
          guint           i)
{
  End               *end = &line->ends[i];
  const TelaElement *op = tela_attach_op (work, id);
  const TelaElement *shapes[2];
  gboolean           is_said = op != NULL && tela_element_get (op, end->key, NULL, NULL);

  if (!tela_bound_read (tela_attach_before (work, id), end->key, &end->bound))
    return;

  shapes[BEFORE] = tela_attach_before (work, end->bound.target);
  shapes[AFTER] = tela_attach_after (work, end->bound.target);
  if (shapes[BEFORE] == NULL || tela_attach_is_line (shapes[BEFORE]) || !tela_element_is_visible (shapes[AFTER]))
    {
      end->bound.form = TELA_BOUND_NOT; /* a shape that is gone leaves the end where it is */
      return;
    }

  tela_outline_init (&end->outline[BEFORE], shapes[BEFORE]);
  tela_outline_init (&end->outline[AFTER], shapes[AFTER]);
  if (end->bound.form == TELA_BOUND_ORBIT)
    end->bound.gap += line->stroke / 2;
  end->is_moving = !tela_attach_has_same_box (shapes[BEFORE], shapes[AFTER]);
  end->is_free = is_said || (!end->is_moving && !is_same (line->spots[BEFORE][end->at], line->spots[AFTER][end->at]));
  if (!is_said && end->is_free)
    {
      TelaOpBuilder *builder = tela_op_builder_new (id);

      tela_op_builder_set_json (builder, end->key, "null");
      tela_attach_say (work, builder);
    }
}

static gboolean
is_shift (const End *end,
          double    *dx,
          double    *dy)
{
  const TelaOutline *a = &end->outline[BEFORE];
  const TelaOutline *b = &end->outline[AFTER];

  *dx = b->centre.x - a->centre.x;
  *dy = b->centre.y - a->centre.y;

  return a->half_width == b->half_width && a->half_height == b->half_height && a->angle == b->angle;
}

/* Both ends go the same way: the whole line does. */
static gboolean
shift_whole (TelaAttachWork *work,
             const char     *id,
             const Line     *line)
{
  const TelaElement *before = tela_attach_before (work, id);
  TelaOpBuilder     *op;
  double             dx, dy, other_dx, other_dy;

  if (tela_attach_op (work, id) != NULL || !is_bound (&line->ends[0], AFTER) || !is_bound (&line->ends[1], AFTER) ||
      !is_shift (&line->ends[0], &dx, &dy) || !is_shift (&line->ends[1], &other_dx, &other_dy) ||
      fabs (dx - other_dx) > SAME || fabs (dy - other_dy) > SAME)
    return FALSE;

  op = tela_op_builder_new (id);
  tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (before, TELA_KEY_X, 0) + dx);
  tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (before, TELA_KEY_Y, 0) + dy);
  tela_attach_say (work, op);

  return TRUE;
}

/* The gesture takes the line along with all that it is bound to. */
static gboolean
is_carried (const Line *line)
{
  double   dx = line->spots[AFTER][0].x - line->spots[BEFORE][0].x;
  double   dy = line->spots[AFTER][0].y - line->spots[BEFORE][0].y;
  gboolean is_along = TRUE;

  for (guint i = 0; i < 2; i++)
    {
      double shape_dx, shape_dy;

      if (line->ends[i].bound.form != TELA_BOUND_NOT)
        is_along = is_along && is_bound (&line->ends[i], AFTER) && is_shift (&line->ends[i], &shape_dx, &shape_dy) &&
                   fabs (shape_dx - dx) < SAME && fabs (shape_dy - dy) < SAME;
    }
  for (guint i = 0; is_along && i < line->n; i++)
    is_along =
        is_same ((TelaSpot){ line->spots[BEFORE][i].x + dx, line->spots[BEFORE][i].y + dy }, line->spots[AFTER][i]);

  return is_along;
}

static void
say_ends (TelaAttachWork *work,
          const char     *id,
          const Line     *line,
          const TelaSpot  places[2])
{
  const TelaElement *after = tela_attach_after (work, id);
  TelaOpBuilder     *op = tela_op_builder_new (id);
  double             angle = tela_element_get_number (after, TELA_KEY_ANGLE, 0);
  guint              n = line->n;

  if (tela_element_get_boolean (after, TELA_KEY_ELBOWED, FALSE) && angle == 0)
    {
      TelaElbowEnds ends = { { places[0], places[1] } };

      for (guint i = 0; i < 2; i++)
        {
          const End *end = &line->ends[i];
          double     turn = is_bound (end, AFTER) ? end->outline[AFTER].angle - end->outline[BEFORE].angle : 0;

          ends.ways[i] = tela_elbow_heading (line->spots[BEFORE][end->at], line->spots[BEFORE][end->next], turn);
        }
      tela_elbow_write (op, after, line->spots[BEFORE], n, &ends);
    }
  else
    {
      g_autofree TelaSpot *spots = g_memdup2 (line->spots[AFTER], sizeof (TelaSpot) * n);

      spots[0] = places[0];
      spots[n - 1] = places[1];
      tela_line_set_spots (op, spots, n, angle);
    }
  tela_attach_say (work, op);
}

/* How far the worst segment is off a right angle. */
static double
measure_skew (const TelaSpot *spots,
              guint           n)
{
  double worst = 0;

  for (guint i = 1; i < n; i++)
    worst = MAX (worst, MIN (fabs (spots[i].x - spots[i - 1].x), fabs (spots[i].y - spots[i - 1].y)));

  return worst;
}

/* Has the gesture pulled an elbow arrow out of its right angles? */
static gboolean
is_skewed (TelaAttachWork *work,
           const char     *id,
           const Line     *line)
{
  const TelaElement *after = tela_attach_after (work, id);

  return tela_attach_op (work, id) != NULL &&
         tela_element_get_boolean (after, TELA_KEY_ELBOWED, FALSE) &&
         tela_element_get_number (after, TELA_KEY_ANGLE, 0) == 0 &&
         measure_skew (line->spots[BEFORE], line->n) <= SKEW &&
         measure_skew (line->spots[AFTER], line->n) > SKEW;
}

void
tela_attach_follow_line (TelaAttachWork *work,
                         const char     *id)
{
  const TelaElement *before = tela_attach_before (work, id);
  const TelaElement *after = tela_attach_after (work, id);
  g_auto (Line) line = { 0 };
  TelaSpot places[2];
  guint    n_after;
  gboolean is_skew;

  if (!tela_attach_is_line (after) || !tela_element_is_visible (after))
    return;

  line.stroke = tela_element_get_number (before, TELA_KEY_STROKE_WIDTH, 2);
  line.spots[BEFORE] = tela_line_get_spots (before, &line.n);
  line.spots[AFTER] = tela_line_get_spots (after, &n_after);
  if (n_after != line.n)
    return;

  line.ends[0] = (End){ .key = TELA_KEY_START_BINDING, .at = 0, .next = 1 };
  line.ends[1] = (End){ .key = TELA_KEY_END_BINDING, .at = line.n - 1, .next = line.n - 2 };
  read_end (work, id, &line, 0);
  read_end (work, id, &line, 1);
  is_skew = is_skewed (work, id, &line);
  if (!is_skew && !is_bound (&line.ends[0], AFTER) && !is_bound (&line.ends[1], AFTER))
    return;
  if (!line.ends[0].is_moving && !line.ends[1].is_moving && tela_attach_op (work, id) == NULL)
    return;
  if (is_carried (&line) || shift_whole (work, id, &line))
    return;

  keep_rests (&line);
  find_places (&line, places);
  if (is_skew || !is_same (places[0], line.spots[AFTER][0]) || !is_same (places[1], line.spots[AFTER][line.n - 1]))
    say_ends (work, id, &line, places);
}
