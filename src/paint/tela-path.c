/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-path.h"

#include <math.h>

#define DEVICE_LIMIT 1e6      /* device pixels; cairo itself ends at 8.3e6, and strokes need room */
#define GIANT_CURVE_STEPS 256 /* always the same number, so that neighbouring tiles agree */

typedef struct
{
  double left, top, right, bottom;
} Box;

GArray *
tela_path_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (TelaPathOp));
}

void
tela_path_move (GArray *path,
                double  x,
                double  y)
{
  TelaPathOp op = { TELA_PATH_MOVE, 0, 0, 0, 0, x, y };

  g_array_append_val (path, op);
}

void
tela_path_line (GArray *path,
                double  x,
                double  y)
{
  TelaPathOp op = { TELA_PATH_LINE, 0, 0, 0, 0, x, y };

  g_array_append_val (path, op);
}

void
tela_path_curve (GArray *path,
                 double  x1,
                 double  y1,
                 double  x2,
                 double  y2,
                 double  x,
                 double  y)
{
  TelaPathOp op = { TELA_PATH_CURVE, x1, y1, x2, y2, x, y };

  g_array_append_val (path, op);
}

TelaPoint
tela_path_point (TelaPoint a,
                 TelaPoint c1,
                 TelaPoint c2,
                 TelaPoint b,
                 double    t)
{
  double s = 1 - t;

  return (TelaPoint){ s * s * s * a.x + 3 * s * s * t * c1.x + 3 * s * t * t * c2.x + t * t * t * b.x,
                      s * s * s * a.y + 3 * s * s * t * c1.y + 3 * s * t * t * c2.y + t * t * t * b.y };
}

void
tela_path_append_point (GArray   *points,
                        TelaPoint point)
{
  g_array_append_val (points, point);
}

static void
include (Box   *box,
         double x,
         double y)
{
  box->left = MIN (box->left, x);
  box->top = MIN (box->top, y);
  box->right = MAX (box->right, x);
  box->bottom = MAX (box->bottom, y);
}

static gboolean
is_giant (const GArray *path,
          cairo_t      *cr)
{
  Box   box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  guint i;

  for (i = 0; i < path->len; i++)
    {
      const TelaPathOp *op = &g_array_index (path, TelaPathOp, i);

      include (&box, op->x, op->y);
      if (op->kind == TELA_PATH_CURVE)
        {
          include (&box, op->x1, op->y1);
          include (&box, op->x2, op->y2);
        }
    }
  for (i = 0; path->len > 0 && i < 4; i++)
    {
      double x = i & 1 ? box.right : box.left;
      double y = i & 2 ? box.bottom : box.top;

      cairo_user_to_device (cr, &x, &y);
      if (fabs (x) > DEVICE_LIMIT || fabs (y) > DEVICE_LIMIT)
        return TRUE;
    }

  return FALSE;
}

static void
trace (const GArray *path,
       cairo_t      *cr)
{
  guint i;

  for (i = 0; i < path->len; i++)
    {
      const TelaPathOp *op = &g_array_index (path, TelaPathOp, i);

      if (op->kind == TELA_PATH_MOVE)
        cairo_move_to (cr, op->x, op->y);
      else if (op->kind == TELA_PATH_LINE)
        cairo_line_to (cr, op->x, op->y);
      else
        cairo_curve_to (cr, op->x1, op->y1, op->x2, op->y2, op->x, op->y);
    }
}

static TelaPoint
point_on (const TelaPathOp *op,
          TelaPoint         from,
          double            t)
{
  if (op->kind != TELA_PATH_CURVE)
    return (TelaPoint){ op->x, op->y };

  return tela_path_point (from, (TelaPoint){ op->x1, op->y1 }, (TelaPoint){ op->x2, op->y2 },
                          (TelaPoint){ op->x, op->y }, t);
}

/* Part of the segment that lies in the box, as two parameters (Liang and Barsky). */
static gboolean
clip_segment (const Box *box,
              TelaPoint  a,
              TelaPoint  b,
              double    *from,
              double    *to)
{
  const double p[4] = { a.x - b.x, b.x - a.x, a.y - b.y, b.y - a.y };
  const double q[4] = { a.x - box->left, box->right - a.x, a.y - box->top, box->bottom - a.y };
  guint        i;

  *from = 0;
  *to = 1;
  for (i = 0; i < 4; i++)
    {
      if (p[i] == 0 && q[i] < 0)
        return FALSE;
      if (p[i] < 0)
        *from = MAX (*from, q[i] / p[i]);
      else if (p[i] > 0)
        *to = MIN (*to, q[i] / p[i]);
    }

  return *from < *to;
}

static Box
clip_box (cairo_t *cr,
          double   margin)
{
  Box box;

  cairo_clip_extents (cr, &box.left, &box.top, &box.right, &box.bottom);
  box.left -= margin;
  box.top -= margin;
  box.right += margin;
  box.bottom += margin;

  return box;
}

static void
trace_clipped_segment (cairo_t   *cr,
                       const Box *box,
                       TelaPoint  a,
                       TelaPoint  b,
                       double     walked,
                       double     dash_period)
{
  double    length = hypot (b.x - a.x, b.y - a.y);
  double    from;
  double    to;
  TelaPoint current;

  if (length == 0 || !clip_segment (box, a, b, &from, &to))
    return;

  if (dash_period > 0)
    from = MAX (0, (floor ((walked + from * length) / dash_period) * dash_period - walked) / length);
  if (from > 0 || !cairo_has_current_point (cr))
    cairo_move_to (cr, a.x + (b.x - a.x) * from, a.y + (b.y - a.y) * from);
  else
    {
      cairo_get_current_point (cr, &current.x, &current.y);
      if (hypot (current.x - a.x, current.y - a.y) > 1e-3)
        cairo_move_to (cr, a.x, a.y);
    }
  cairo_line_to (cr, a.x + (b.x - a.x) * to, a.y + (b.y - a.y) * to);
}

void
tela_path_trace_stroke (const GArray *path,
                        cairo_t      *cr,
                        double        width,
                        double        dash_period)
{
  TelaPoint last = { 0, 0 };
  double    walked = 0;
  Box       box;
  guint     i;

  if (!is_giant (path, cr))
    {
      trace (path, cr);
      return;
    }

  box = clip_box (cr, 4 * width + dash_period);
  for (i = 0; i < path->len; i++)
    {
      const TelaPathOp *op = &g_array_index (path, TelaPathOp, i);
      TelaPoint         start = last;
      guint             steps = op->kind == TELA_PATH_CURVE ? GIANT_CURVE_STEPS : 1;
      guint             k;

      if (op->kind == TELA_PATH_MOVE)
        {
          last = (TelaPoint){ op->x, op->y };
          walked = 0;
          cairo_new_sub_path (cr);
          continue;
        }
      for (k = 1; k <= steps; k++)
        {
          TelaPoint next = point_on (op, start, (double) k / steps);

          trace_clipped_segment (cr, &box, last, next, walked, dash_period);
          walked += hypot (next.x - last.x, next.y - last.y);
          last = next;
        }
    }
}

/* Cuts a closed polygon at one side of the box (Sutherland and Hodgman). */
static GArray *
cut (GArray  *points,
     gboolean vertical,
     double   limit,
     gboolean keep_greater)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
  guint   i;

  for (i = 0; i < points->len; i++)
    {
      TelaPoint a = g_array_index (points, TelaPoint, i);
      TelaPoint b = g_array_index (points, TelaPoint, (i + 1) % points->len);
      double    da = (vertical ? a.x : a.y) - limit;
      double    db = (vertical ? b.x : b.y) - limit;
      gboolean  a_in = keep_greater ? da >= 0 : da <= 0;
      gboolean  b_in = keep_greater ? db >= 0 : db <= 0;

      if (a_in)
        g_array_append_val (out, a);
      if (a_in != b_in)
        {
          double    t = da / (da - db);
          TelaPoint p = { a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t };

          g_array_append_val (out, p);
        }
    }
  g_array_unref (points);

  return out;
}

static void
trace_clipped_polygon (cairo_t   *cr,
                       const Box *box,
                       GArray    *points /* (transfer full) */)
{
  guint i;

  points = cut (points, TRUE, box->left, TRUE);
  points = cut (points, TRUE, box->right, FALSE);
  points = cut (points, FALSE, box->top, TRUE);
  points = cut (points, FALSE, box->bottom, FALSE);
  for (i = 0; i < points->len; i++)
    {
      TelaPoint p = g_array_index (points, TelaPoint, i);

      cairo_line_to (cr, p.x, p.y);
    }
  if (points->len > 0)
    cairo_close_path (cr);
  cairo_new_sub_path (cr);
  g_array_unref (points);
}

void
tela_path_trace_fill (const GArray *path,
                      cairo_t      *cr)
{
  GArray   *points = NULL;
  TelaPoint start = { 0, 0 };
  Box       box;
  guint     i;

  if (!is_giant (path, cr))
    {
      trace (path, cr);
      return;
    }

  box = clip_box (cr, 4);
  for (i = 0; i < path->len; i++)
    {
      const TelaPathOp *op = &g_array_index (path, TelaPathOp, i);
      guint             steps = op->kind == TELA_PATH_CURVE ? GIANT_CURVE_STEPS : 1;
      guint             k;

      if (op->kind == TELA_PATH_MOVE || points == NULL)
        {
          if (points != NULL)
            trace_clipped_polygon (cr, &box, points);
          points = g_array_new (FALSE, FALSE, sizeof (TelaPoint));
        }
      for (k = 1; k <= steps; k++)
        {
          tela_path_append_point (points, point_on (op, start, (double) k / steps));
        }
      start = (TelaPoint){ op->x, op->y };
    }
  if (points != NULL)
    trace_clipped_polygon (cr, &box, points);
}

void
tela_path_trace_box (cairo_t *cr,
                     double   x,
                     double   y,
                     double   width,
                     double   height,
                     double   radius)
{
  double r = MIN (radius, MIN (width, height) / 2);

  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - r, y + r, r, -G_PI_2, 0);
  cairo_arc (cr, x + width - r, y + height - r, r, 0, G_PI_2);
  cairo_arc (cr, x + r, y + height - r, r, G_PI_2, G_PI);
  cairo_arc (cr, x + r, y + r, r, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}
