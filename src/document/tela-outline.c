/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-outline.h"

#include <math.h>
#include <string.h>

#define ADAPTIVE_RADIUS 32.0 /* of roundness 3, as Excalidraw has it */
#define CORNER_SHARE 0.25    /* of the side, for other rounded corners */
#define CORNER_STEPS 8       /* straight pieces for a rounded corner */
#define STOP_STEPS 60        /* halvings: to the last bit of a double */
#define MAX_FOCUS 0.95       /* beyond it a line would miss rounded corners */

TelaSpot
tela_spot_rotate (TelaSpot spot,
                  TelaSpot about,
                  double   angle)
{
  double c = cos (angle);
  double s = sin (angle);
  double dx = spot.x - about.x;
  double dy = spot.y - about.y;

  return (TelaSpot){ about.x + dx * c - dy * s, about.y + dx * s + dy * c };
}

/* 0: sharp */
static double
corner_radius (const TelaElement *shape,
               double             side)
{
  TelaValue    value;
  TelaJsonSpan roundness, type, radius;
  double       adaptive = ADAPTIVE_RADIUS;

  if (!tela_element_get (shape, TELA_KEY_ROUNDNESS, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return 0;

  roundness = (TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) };
  if (!tela_json_find (roundness, "type", &type) || type.len != 1 || *type.data != '3')
    return side * CORNER_SHARE;
  if (tela_json_find (roundness, "value", &radius))
    adaptive = CLAMP (g_ascii_strtod (radius.data, NULL), 0, side / 2);

  return side <= adaptive / CORNER_SHARE ? side * CORNER_SHARE : adaptive;
}

/* A corner from @a to @b, drawn as a curve that @tip pulls at with @pull: 2 is quadratic, 3 cubic with both handles
 * there. */
static void
add_corner (TelaOutline *self,
            TelaSpot     a,
            TelaSpot     tip,
            TelaSpot     b,
            guint        pull)
{
  for (guint i = 0; i <= CORNER_STEPS; i++)
    {
      double t = (double) i / CORNER_STEPS;
      double first = pow (1 - t, pull);
      double last = pow (t, pull);
      double middle = 1 - first - last;

      self->corners[self->n++] =
          (TelaSpot){ first * a.x + middle * tip.x + last * b.x, first * a.y + middle * tip.y + last * b.y };
    }
}

static void
init_corners (TelaOutline    *self,
              const TelaSpot *tips,
              double          dx,
              double          dy)
{
  for (guint i = 0; i < 4; i++)
    {
      TelaSpot before = tips[(i + 3) % 4];
      TelaSpot after = tips[(i + 1) % 4];
      TelaSpot tip = tips[i];
      TelaSpot a = { tip.x + copysign (MIN (dx, fabs (before.x - tip.x)), before.x - tip.x),
                     tip.y + copysign (MIN (dy, fabs (before.y - tip.y)), before.y - tip.y) };
      TelaSpot b = { tip.x + copysign (MIN (dx, fabs (after.x - tip.x)), after.x - tip.x),
                     tip.y + copysign (MIN (dy, fabs (after.y - tip.y)), after.y - tip.y) };

      if (dx > 0 || dy > 0)
        add_corner (self, a, tip, b, self->is_diamond ? 3 : 2);
      else
        self->corners[self->n++] = tip;
    }
}

void
tela_outline_init (TelaOutline       *self,
                   const TelaElement *shape)
{
  const char *type = tela_element_get_string (shape, TELA_KEY_TYPE);
  TelaRect    box = tela_element_get_box (shape);
  double      w = box.width / 2;
  double      h = box.height / 2;

  memset (self, 0, sizeof *self);
  self->centre = (TelaSpot){ box.x + w, box.y + h };
  self->angle = tela_element_get_number (shape, TELA_KEY_ANGLE, 0);
  self->half_width = w;
  self->half_height = h;
  if (g_strcmp0 (type, "diamond") == 0)
    {
      self->is_diamond = TRUE;
      init_corners (self, (const TelaSpot[]){ { 0, -h }, { w, 0 }, { 0, h }, { -w, 0 } },
                    corner_radius (shape, w), corner_radius (shape, h));
    }
  else if (g_strcmp0 (type, "ellipse") != 0)
    {
      double radius = g_strcmp0 (type, "rectangle") == 0 ? corner_radius (shape, MIN (box.width, box.height)) : 0;

      init_corners (self, (const TelaSpot[]){ { -w, -h }, { w, -h }, { w, h }, { -w, h } }, radius, radius);
    }
}

static TelaSpot
to_local (const TelaOutline *self,
          TelaSpot           at)
{
  TelaSpot turned = tela_spot_rotate (at, self->centre, -self->angle);

  return (TelaSpot){ turned.x - self->centre.x, turned.y - self->centre.y };
}

static TelaSpot
from_local (const TelaOutline *self,
            TelaSpot           at)
{
  return tela_spot_rotate ((TelaSpot){ at.x + self->centre.x, at.y + self->centre.y }, self->centre, self->angle);
}

static double
measure_local (const TelaOutline *self,
               TelaSpot           at,
               double             gap)
{
  double   nearest = G_MAXDOUBLE;
  gboolean inside = TRUE;

  if (self->n == 0)
    {
      double a = MAX (self->half_width + gap, 1e-6);
      double b = MAX (self->half_height + gap, 1e-6);

      return (hypot (at.x / a, at.y / b) - 1) * MIN (a, b);
    }

  for (guint i = 0; i < self->n; i++)
    {
      TelaSpot a = self->corners[i];
      TelaSpot b = self->corners[(i + 1) % self->n];
      double   dx = b.x - a.x;
      double   dy = b.y - a.y;
      double   length = dx * dx + dy * dy;
      double   t = length > 0 ? CLAMP (((at.x - a.x) * dx + (at.y - a.y) * dy) / length, 0, 1) : 0;

      nearest = MIN (nearest, hypot (at.x - a.x - t * dx, at.y - a.y - t * dy));
      if (dx * (at.y - a.y) - dy * (at.x - a.x) < 0)
        inside = FALSE;
    }

  return (inside ? -nearest : nearest) - gap;
}

double
tela_outline_measure (const TelaOutline *self,
                      TelaSpot           at,
                      double             gap)
{
  return measure_local (self, to_local (self, at), gap);
}

TelaSpot
tela_outline_stop (const TelaOutline *self,
                   TelaSpot           from,
                   TelaSpot           to,
                   double             gap)
{
  TelaSpot outer = to_local (self, from);
  TelaSpot inner = to_local (self, to);
  double   low = 0;
  double   high = 1;

  if (measure_local (self, outer, gap) <= 0 || measure_local (self, inner, gap) > 0)
    return to;

  for (guint i = 0; i < STOP_STEPS; i++)
    {
      double   middle = (low + high) / 2;
      TelaSpot at = { outer.x + (inner.x - outer.x) * middle, outer.y + (inner.y - outer.y) * middle };

      if (measure_local (self, at, gap) > 0)
        low = middle;
      else
        high = middle;
    }

  return (TelaSpot){ from.x + (to.x - from.x) * low, from.y + (to.y - from.y) * low };
}

TelaSpot
tela_outline_aim (const TelaOutline *self,
                  double             focus,
                  TelaSpot           from)
{
  double         w = self->half_width * fabs (focus);
  double         h = self->half_height * fabs (focus);
  const TelaSpot box[] = { { -w, -h }, { w, -h }, { w, h }, { -w, h } };
  const TelaSpot tips[] = { { 0, -h }, { w, 0 }, { 0, h }, { -w, 0 } };
  TelaSpot       at = to_local (self, from);
  TelaSpot       best = { 0, 0 };
  double         farthest = 0;

  if (focus == 0)
    return self->centre;

  for (guint i = 0; i < 4; i++)
    {
      TelaSpot corner = self->is_diamond ? tips[i] : box[i];
      double   dx = corner.x - at.x;
      double   dy = corner.y - at.y;
      double   length = hypot (dx, dy);
      /* How far the centre is to the right of the way from there to the corner. */
      double side = length > 0 ? (dy * at.x - dx * at.y) / length * copysign (1, focus) : 0;

      if (side > farthest)
        {
          farthest = side;
          best = corner;
        }
    }

  return from_local (self, best);
}

double
tela_outline_focus (const TelaOutline *self,
                    TelaSpot           from,
                    TelaSpot           to)
{
  TelaSpot a = to_local (self, from);
  TelaSpot b = to_local (self, to);
  double   dx = b.x - a.x;
  double   dy = b.y - a.y;
  double   length = hypot (dx, dy);
  double   reach;
  double   side;

  if (length <= 0)
    return 0;

  side = (dy * a.x - dx * a.y) / length;
  dx = fabs (dx / length) * self->half_height;
  dy = fabs (dy / length) * self->half_width;
  reach = self->is_diamond ? MAX (dx, dy) : dx + dy;

  return reach > 0 ? CLAMP (side / reach, -MAX_FOCUS, MAX_FOCUS) : 0;
}

TelaSpot
tela_outline_from_ratio (const TelaOutline *self,
                         TelaSpot           ratio)
{
  return from_local (self, (TelaSpot){ (2 * ratio.x - 1) * self->half_width, (2 * ratio.y - 1) * self->half_height });
}

TelaSpot
tela_outline_to_ratio (const TelaOutline *self,
                       TelaSpot           at)
{
  TelaSpot own = to_local (self, at);

  return (TelaSpot){ 0.5 + own.x / MAX (2 * self->half_width, 1e-6), 0.5 + own.y / MAX (2 * self->half_height, 1e-6) };
}
