/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-geometry.h"

#include <math.h>
#include <string.h>

/* As Excalidraw has them. */
#define DEFAULT_STROKE_WIDTH 2.0
#define DEFAULT_FONT_SIZE 20.0
#define INK_WIDTH 4.25 /* of a full-pressure stroke, in stroke widths */
#define ARROWHEAD_SIZE 30.0
#define FRAME_LABEL 24.0  /* stands above the frame */
#define ZIGZAG_REACH 1.6  /* of zigzag strokes over the edge, in stroke widths */
#define HATCH_REACH 4.0   /* of a careless hand's hatching over the edge, in stroke widths */
#define TEXT_OVERRUN 0.25 /* of the width: a text may be longer than its file says */
#define LOOP_DISTANCE 8.0 /* ends that are nearer make a line a closed shape */
#define CURVE_STEPS 8     /* straight pieces for a bent one */

typedef struct
{
  double x, y;
} Point;

TelaRect
tela_rect_union (TelaRect a,
                 TelaRect b)
{
  double   right = MAX (a.x + a.width, b.x + b.width);
  double   bottom = MAX (a.y + a.height, b.y + b.height);
  TelaRect result = { .x = MIN (a.x, b.x), .y = MIN (a.y, b.y) };

  result.width = right - result.x;
  result.height = bottom - result.y;
  return result;
}

TelaRect
tela_rect_expand (TelaRect a,
                  double   by)
{
  return (TelaRect){ a.x - by, a.y - by, a.width + 2 * by, a.height + 2 * by };
}

static gboolean
is_type (const TelaElement *self,
         const char        *type)
{
  const char *own = tela_element_get_string (self, TELA_KEY_TYPE);

  return own != NULL && strcmp (own, type) == 0;
}

/* NULL: not a line, an arrow or ink, or one without usable points. */
static const TelaNumbers *
get_path (const TelaElement *self)
{
  const TelaNumbers *points;

  if (!is_type (self, "line") && !is_type (self, "arrow") && !is_type (self, "freedraw"))
    return NULL;
  points = tela_element_get_numbers (self, TELA_KEY_POINTS);
  return points != NULL && points->stride == 2 ? points : NULL;
}

static gboolean
is_bent (const TelaElement *self,
         const TelaNumbers *path)
{
  TelaValue roundness;

  return path->n > 2 && !is_type (self, "freedraw") && !tela_element_get_boolean (self, TELA_KEY_ELBOWED, FALSE) &&
         tela_element_get (self, TELA_KEY_ROUNDNESS, &roundness, NULL) && roundness.kind == TELA_VALUE_JSON;
}

static double
get_stroke_width (const TelaElement *self)
{
  return fabs (tela_element_get_number (self, TELA_KEY_STROKE_WIDTH, DEFAULT_STROKE_WIDTH));
}

TelaRect
tela_element_get_box (const TelaElement *self)
{
  const TelaNumbers *path = get_path (self);
  double             x = tela_element_get_number (self, TELA_KEY_X, 0);
  double             y = tela_element_get_number (self, TELA_KEY_Y, 0);
  double             right, bottom, left, top;

  if (path == NULL)
    {
      double width = tela_element_get_number (self, TELA_KEY_WIDTH, 0);
      double height = tela_element_get_number (self, TELA_KEY_HEIGHT, 0);

      return (TelaRect){ x + MIN (width, 0), y + MIN (height, 0), fabs (width), fabs (height) };
    }

  left = right = path->v[0];
  top = bottom = path->v[1];
  for (guint i = 1; i < path->n; i++)
    {
      left = MIN (left, path->v[2 * i]);
      right = MAX (right, path->v[2 * i]);
      top = MIN (top, path->v[2 * i + 1]);
      bottom = MAX (bottom, path->v[2 * i + 1]);
    }
  return (TelaRect){ x + left, y + top, right - left, bottom - top };
}

/* How far a curve through the points may leave their box: its handles are a sixth of the chord long. */
static double
get_overshoot (const TelaNumbers *path)
{
  double longest = 0;

  for (guint i = 1; i < path->n; i++)
    {
      guint next = MIN (i + 1, path->n - 1);

      longest =
          MAX (longest, hypot (path->v[2 * next] - path->v[2 * i - 2], path->v[2 * next + 1] - path->v[2 * i - 1]));
    }
  return longest / 6;
}

static gboolean
is_filled (const TelaElement *self)
{
  const char *color = tela_element_get_string (self, TELA_KEY_BACKGROUND_COLOR);

  return color != NULL && color[0] != '\0' && strcmp (color, "transparent") != 0;
}

/* How far the pattern inside runs over the edge. */
static double
get_fill_reach (const TelaElement *self,
                double             roughness)
{
  const char *style = tela_element_get_string (self, TELA_KEY_FILL_STYLE);

  if (style == NULL || strcmp (style, "solid") == 0 || !is_filled (self))
    return 0;

  return ((strcmp (style, "zigzag") == 0 ? ZIGZAG_REACH : 0) + (roughness >= 1 ? HATCH_REACH : 0)) *
         get_stroke_width (self);
}

static double
get_margin (const TelaElement *self,
            TelaRect           box)
{
  const TelaNumbers *path = get_path (self);
  double             stroke = get_stroke_width (self);
  double             roughness = fabs (tela_element_get_number (self, TELA_KEY_ROUGHNESS, 1));
  double             margin = 1 + stroke / 2 + roughness * (3 + 0.005 * MAX (box.width, box.height));

  if (is_type (self, "freedraw"))
    margin = 1 + INK_WIDTH * stroke;
  else if (is_type (self, "text"))
    margin = fabs (tela_element_get_number (self, TELA_KEY_FONT_SIZE, DEFAULT_FONT_SIZE));
  else if (is_type (self, "frame") || is_type (self, "magicframe"))
    margin = stroke + FRAME_LABEL;
  else
    margin += get_fill_reach (self, roughness);

  if (path != NULL && is_bent (self, path))
    margin += get_overshoot (path);
  if (is_type (self, "arrow") || tela_element_get_string (self, TELA_KEY_START_ARROWHEAD) != NULL ||
      tela_element_get_string (self, TELA_KEY_END_ARROWHEAD) != NULL)
    margin += ARROWHEAD_SIZE;

  return margin;
}

/* Where the lines of a text may lie. */
static TelaRect
get_text_room (const TelaElement *self,
               TelaRect           box,
               double             angle)
{
  const char *align = tela_element_get_string (self, TELA_KEY_TEXT_ALIGN);
  double      over = TEXT_OVERRUN * box.width;

  if (angle != 0) /* it turns about the middle of the box */
    return (TelaRect){ box.x - over, box.y, box.width + 2 * over, box.height };

  if (g_strcmp0 (align, "center") == 0)
    box.x -= over / 2;
  else if (g_strcmp0 (align, "right") == 0)
    box.x -= over;
  box.width += over;

  return box;
}

TelaRect
tela_element_get_bounds (const TelaElement *self)
{
  TelaRect box = tela_element_get_box (self);
  double   angle = tela_element_get_number (self, TELA_KEY_ANGLE, 0);
  double   margin = get_margin (self, box);

  if (is_type (self, "text"))
    box = get_text_room (self, box, angle);
  if (angle != 0)
    {
      double cosine = fabs (cos (angle));
      double sine = fabs (sin (angle));
      double width = box.width * cosine + box.height * sine;
      double height = box.width * sine + box.height * cosine;

      box = (TelaRect){ box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height };
    }
  box = tela_rect_expand (box, margin);

  /* Veils are not checked before they are shown, and the index needs an order. */
  return isfinite (box.x + box.y + box.width + box.height) ? box : (TelaRect){ 0 };
}

static double
distance_to_segment (Point p,
                     Point a,
                     Point b)
{
  double dx = b.x - a.x;
  double dy = b.y - a.y;
  double length = dx * dx + dy * dy;
  double t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;

  t = CLAMP (t, 0, 1);
  return hypot (p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* Distance to a chain of points, and by the even-odd rule whether the point is inside of it closed. */
typedef struct
{
  Point    at;
  Point    first, last;
  guint    n;
  double   distance;
  gboolean inside;
} Chain;

static void
cross (Chain *chain,
       Point  a,
       Point  b)
{
  if ((a.y > chain->at.y) != (b.y > chain->at.y) && chain->at.x < (b.x - a.x) * (chain->at.y - a.y) / (b.y - a.y) + a.x)
    chain->inside = !chain->inside;
}

static void
chain_to (Chain *chain,
          Point  to)
{
  if (chain->n++ == 0)
    {
      chain->first = chain->last = to;
      chain->distance = hypot (chain->at.x - to.x, chain->at.y - to.y);
      return;
    }

  chain->distance = MIN (chain->distance, distance_to_segment (chain->at, chain->last, to));
  cross (chain, chain->last, to);
  chain->last = to;
}

static Point
path_point (const TelaNumbers *path,
            guint              i)
{
  i = MIN (i, path->n - 1);
  return (Point){ path->v[2 * i], path->v[2 * i + 1] };
}

/* The Catmull-Rom curve between points i and i + 1. */
static Point
curve_point (const TelaNumbers *path,
             guint              i,
             double             t)
{
  Point  p0 = path_point (path, i > 0 ? i - 1 : 0);
  Point  p1 = path_point (path, i);
  Point  p2 = path_point (path, i + 1);
  Point  p3 = path_point (path, i + 2);
  double a = -t / 2 + t * t - t * t * t / 2;
  double b = 1 - 2.5 * t * t + 1.5 * t * t * t;
  double c = t / 2 + 2 * t * t - 1.5 * t * t * t;
  double d = -t * t / 2 + t * t * t / 2;

  return (Point){ a * p0.x + b * p1.x + c * p2.x + d * p3.x, a * p0.y + b * p1.y + c * p2.y + d * p3.y };
}

static gboolean
hit_path (const TelaElement *self,
          const TelaNumbers *path,
          Point              at,
          double             slack)
{
  Chain    chain = { .at = at };
  gboolean bent = is_bent (self, path);
  Point    end = path_point (path, path->n - 1);
  double   reach = slack + get_stroke_width (self) / 2 * (is_type (self, "freedraw") ? INK_WIDTH : 1);

  chain.at.x -= tela_element_get_number (self, TELA_KEY_X, 0);
  chain.at.y -= tela_element_get_number (self, TELA_KEY_Y, 0);
  chain_to (&chain, path_point (path, 0));
  for (guint i = 0; i + 1 < path->n; i++)
    {
      for (guint step = 1; bent && step < CURVE_STEPS; step++)
        chain_to (&chain, curve_point (path, i, (double) step / CURVE_STEPS));
      chain_to (&chain, path_point (path, i + 1));
    }

  if (chain.distance <= reach)
    return TRUE;
  if (is_type (self, "arrow") || path->n < 3 || !is_filled (self) ||
      hypot (end.x - chain.first.x, end.y - chain.first.y) > LOOP_DISTANCE)
    return FALSE;
  cross (&chain, chain.last, chain.first);
  return chain.inside;
}

static gboolean
hit_polygon (const Point *corners,
             guint        n,
             Point        at,
             double       reach,
             gboolean     filled)
{
  Chain chain = { .at = at };

  for (guint i = 0; i <= n; i++)
    chain_to (&chain, corners[i % n]);
  return chain.distance <= reach || (filled && chain.inside);
}

static gboolean
hit_ellipse (TelaRect box,
             Point    at,
             double   reach,
             gboolean filled)
{
  double a = MAX (box.width / 2, 0.5);
  double b = MAX (box.height / 2, 0.5);
  double x = at.x - box.x - box.width / 2;
  double y = at.y - box.y - box.height / 2;
  double level = hypot (x / a, y / b); /* 1 on the outline */
  double slope = hypot (x / (a * a), y / (b * b));
  /* First-order distance; exact enough within some pixels of the outline. */
  double distance = slope > 0 ? fabs (level * (level - 1) / slope) : MIN (a, b);

  return distance <= reach || (filled && level <= 1);
}

gboolean
tela_element_hit (const TelaElement *self,
                  double             x,
                  double             y,
                  double             slack)
{
  const TelaNumbers *path = get_path (self);
  TelaRect           box = tela_element_get_box (self);
  double             angle = tela_element_get_number (self, TELA_KEY_ANGLE, 0);
  double             right = box.x + box.width;
  double             bottom = box.y + box.height;
  double             cx = box.x + box.width / 2;
  double             cy = box.y + box.height / 2;
  double             reach = slack + get_stroke_width (self) / 2;
  Point              at = { cx + (x - cx) * cos (angle) + (y - cy) * sin (angle),
                            cy - (x - cx) * sin (angle) + (y - cy) * cos (angle) };
  const Point        corners[] = { { box.x, box.y }, { right, box.y }, { right, bottom }, { box.x, bottom } };
  const Point        tips[] = { { cx, box.y }, { right, cy }, { cx, bottom }, { box.x, cy } };

  if (path != NULL)
    return hit_path (self, path, at, slack);
  if (is_type (self, "ellipse"))
    return hit_ellipse (box, at, reach, is_filled (self));
  if (is_type (self, "diamond"))
    return hit_polygon (tips, 4, at, reach, is_filled (self));
  if (is_type (self, "rectangle"))
    return hit_polygon (corners, 4, at, reach, is_filled (self));
  if (is_type (self, "frame") || is_type (self, "magicframe"))
    return hit_polygon (corners, 4, at, reach, FALSE);

  /* Texts, images and kinds that we do not know are whole boxes. */
  return tela_rect_contains (tela_rect_expand (box, slack), (TelaRect){ .x = at.x, .y = at.y });
}
