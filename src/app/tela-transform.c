/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-transform.h"

#include <math.h>

#include "tela-factory.h"

#define SNAP_ANGLE (G_PI / 12)
#define MIN_SIZE 1e-3

static GPtrArray *
new_ops (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
}

static TelaElement *
end_op (TelaOpBuilder *op)
{
  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

GPtrArray *
tela_transform_move (GPtrArray *elements,
                     double     dx,
                     double     dy)
{
  GPtrArray *ops = new_ops ();

  for (guint i = 0; i < elements->len; i++)
    {
      TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (elements->pdata[i]));

      tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (elements->pdata[i], TELA_KEY_X, 0) + dx);
      tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (elements->pdata[i], TELA_KEY_Y, 0) + dy);
      g_ptr_array_add (ops, end_op (op));
    }

  return ops;
}

/* Where a drag takes the frame, still in the frame's own, unrotated system. */
typedef struct
{
  TelaRect from;
  double   x, y;   /* of the corner that was at from.x, from.y */
  double   sx, sy; /* factors; negative: flipped */
} Scale;

static Scale
scale_of (const TelaFrame *frame,
          TelaHandle       handle,
          TelaPoint        local,
          gboolean         keep_ratio)
{
  TelaRect box = frame->box;
  Scale    scale = { .from = box, .x = box.x, .y = box.y, .sx = 1, .sy = 1 };
  int      hx, hy;

  tela_handle_get_side (handle, &hx, &hy);
  box.width = MAX (box.width, MIN_SIZE);
  box.height = MAX (box.height, MIN_SIZE);
  if (hx != 0)
    scale.sx = (hx > 0 ? local.x - box.x : box.x + box.width - local.x) / box.width;
  if (hy != 0)
    scale.sy = (hy > 0 ? local.y - box.y : box.y + box.height - local.y) / box.height;

  if (keep_ratio)
    {
      double factor = hx == 0 ? fabs (scale.sy) : hy == 0 ? fabs (scale.sx)
                                                          : MAX (fabs (scale.sx), fabs (scale.sy));

      scale.sx = copysign (factor, scale.sx);
      scale.sy = copysign (factor, scale.sy);
    }

  /* The opposite side, or the middle where the handle has none on that axis, stays in place. */
  scale.x = hx < 0 ? box.x + box.width - scale.sx * box.width : hx > 0 ? box.x
                                                                       : box.x + box.width * (1 - scale.sx) / 2;
  scale.y = hy < 0   ? box.y + box.height - scale.sy * box.height
            : hy > 0 ? box.y
                     : box.y + box.height * (1 - scale.sy) / 2;

  return scale;
}

static TelaPoint
scale_point (const Scale *scale,
             double       x,
             double       y)
{
  return (TelaPoint){ scale->x + (x - scale->from.x) * scale->sx, scale->y + (y - scale->from.y) * scale->sy };
}

static void
scale_points (TelaOpBuilder     *op,
              const TelaNumbers *points,
              const Scale       *scale)
{
  g_autofree double *pairs = g_new (double, 2 * points->n);

  for (guint i = 0; i < points->n; i++)
    {
      pairs[2 * i] = points->v[2 * i] * scale->sx;
      pairs[2 * i + 1] = points->v[2 * i + 1] * scale->sy;
    }
  tela_factory_set_points (op, pairs, points->n);
}

/* A text grows by its font, so both factors are one. What stands in a container gets its place there. */
static TelaRect
scale_text (TelaOpBuilder     *op,
            const TelaElement *element,
            TelaRect           box,
            const Scale       *scale)
{
  gboolean  is_bound = tela_element_get_string (element, TELA_KEY_CONTAINER_ID) != NULL;
  double    sx = fabs (scale->sx);
  double    sy = fabs (scale->sy);
  double    before = tela_element_get_number (element, TELA_KEY_FONT_SIZE, 20);
  double    size = CLAMP (before * (is_bound ? MIN (sx, sy) : MAX (sx, sy)), 1, 1000);
  double    factor = size / before;
  TelaPoint a = scale_point (scale, box.x, box.y);
  TelaPoint b = scale_point (scale, box.x + box.width, box.y + box.height);

  tela_op_builder_set_number (op, TELA_KEY_FONT_SIZE, size);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, box.width * factor);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, box.height * factor);

  return (TelaRect){ MIN (a.x, b.x), MIN (a.y, b.y), box.width * factor, box.height * factor };
}

static TelaElement *
resize_one (const TelaElement *element,
            const Scale       *scale,
            double             angle,
            TelaPoint          pivot)
{
  TelaOpBuilder     *op = tela_op_builder_new (tela_element_get_id (element));
  const TelaNumbers *points = tela_element_get_numbers (element, TELA_KEY_POINTS);
  TelaRect           box = tela_element_get_box (element);
  TelaPoint          a = scale_point (scale, box.x, box.y);
  TelaPoint          b = scale_point (scale, box.x + box.width, box.y + box.height);
  TelaRect           to = { MIN (a.x, b.x), MIN (a.y, b.y), fabs (b.x - a.x), fabs (b.y - a.y) };
  TelaPoint          origin = { to.x, to.y };
  TelaPoint          centre;
  TelaPoint          turned;

  if (points != NULL && points->stride == 2)
    {
      origin = scale_point (scale, tela_element_get_number (element, TELA_KEY_X, 0),
                            tela_element_get_number (element, TELA_KEY_Y, 0));
      scale_points (op, points, scale);
    }
  else if (g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "text") == 0)
    {
      to = scale_text (op, element, box, scale);
      origin = (TelaPoint){ to.x, to.y };
    }
  else
    {
      tela_op_builder_set_number (op, TELA_KEY_WIDTH, MAX (MIN_SIZE, to.width));
      tela_op_builder_set_number (op, TELA_KEY_HEIGHT, MAX (MIN_SIZE, to.height));
    }

  /* The element turns about its own middle, the drag was about the frame's: shift so that the fixed side stays. */
  centre = tela_rect_centre (to);
  turned = tela_point_rotate (centre, pivot, angle);
  tela_op_builder_set_number (op, TELA_KEY_X, origin.x + turned.x - centre.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, origin.y + turned.y - centre.y);

  return end_op (op);
}

GPtrArray *
tela_transform_resize (GPtrArray       *elements,
                       const TelaFrame *frame,
                       TelaHandle       handle,
                       TelaPoint        to,
                       gboolean         keep_ratio)
{
  GPtrArray *ops = new_ops ();
  TelaPoint  pivot = tela_rect_centre (frame->box);
  Scale      scale;

  g_return_val_if_fail (handle >= TELA_HANDLE_NW && handle <= TELA_HANDLE_W, ops);

  scale = scale_of (frame, handle, tela_point_rotate (to, pivot, -frame->angle), keep_ratio);
  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (ops, resize_one (elements->pdata[i], &scale, frame->angle, pivot));

  return ops;
}

gboolean
tela_transform_is_width (GPtrArray *elements,
                         TelaHandle handle)
{
  return (handle == TELA_HANDLE_E || handle == TELA_HANDLE_W) && elements->len == 1 &&
         g_strcmp0 (tela_element_get_string (elements->pdata[0], TELA_KEY_TYPE), "text") == 0 &&
         tela_element_get_string (elements->pdata[0], TELA_KEY_CONTAINER_ID) == NULL;
}

GPtrArray *
tela_transform_width (const TelaElement *text,
                      const TelaFrame   *frame,
                      TelaHandle         handle,
                      TelaPoint          to)
{
  GPtrArray     *ops = new_ops ();
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (text));
  TelaPoint      pivot = tela_rect_centre (frame->box);
  TelaPoint      local = tela_point_rotate (to, pivot, -frame->angle);
  TelaRect       box = frame->box;
  double         least = tela_element_get_number (text, TELA_KEY_FONT_SIZE, 20);
  TelaPoint      centre, turned;

  box.width = MAX (least, handle == TELA_HANDLE_E ? local.x - box.x : box.x + box.width - local.x);
  if (handle == TELA_HANDLE_W)
    box.x += frame->box.width - box.width;
  centre = tela_rect_centre (box);
  turned = tela_point_rotate (centre, pivot, frame->angle);
  tela_op_builder_set_number (op, TELA_KEY_X, box.x + turned.x - centre.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, box.y + turned.y - centre.y);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, box.width);
  tela_op_builder_set_boolean (op, TELA_KEY_AUTO_RESIZE, FALSE);
  g_ptr_array_add (ops, end_op (op));

  return ops;
}

GPtrArray *
tela_transform_rotate (GPtrArray       *elements,
                       const TelaFrame *frame,
                       TelaPoint        to,
                       gboolean         snap)
{
  GPtrArray *ops = new_ops ();
  TelaPoint  pivot = tela_rect_centre (frame->box);
  double     angle = atan2 (to.y - pivot.y, to.x - pivot.x) + G_PI_2;
  double     by;

  if (snap)
    angle = round (angle / SNAP_ANGLE) * SNAP_ANGLE;
  by = angle - frame->angle;

  for (guint i = 0; i < elements->len; i++)
    {
      TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (elements->pdata[i]));
      TelaPoint      centre = tela_rect_centre (tela_element_get_box (elements->pdata[i]));
      TelaPoint      turned = tela_point_rotate (centre, pivot, by);
      double         turn = fmod (tela_element_get_number (elements->pdata[i], TELA_KEY_ANGLE, 0) + by, 2 * G_PI);

      tela_op_builder_set_number (op, TELA_KEY_ANGLE, turn < 0 ? turn + 2 * G_PI : turn);
      tela_op_builder_set_number (op, TELA_KEY_X,
                                  tela_element_get_number (elements->pdata[i], TELA_KEY_X, 0) + turned.x - centre.x);
      tela_op_builder_set_number (op, TELA_KEY_Y,
                                  tela_element_get_number (elements->pdata[i], TELA_KEY_Y, 0) + turned.y - centre.y);
      g_ptr_array_add (ops, end_op (op));
    }

  return ops;
}

/* The first point is the origin of the others, so moving it moves the element the other way under them. */
GPtrArray *
tela_transform_point (const TelaElement *line,
                      guint              point,
                      TelaPoint          to)
{
  GPtrArray         *ops = new_ops ();
  TelaOpBuilder     *op = tela_op_builder_new (tela_element_get_id (line));
  const TelaNumbers *points = tela_element_get_numbers (line, TELA_KEY_POINTS);
  double             x = tela_element_get_number (line, TELA_KEY_X, 0);
  double             y = tela_element_get_number (line, TELA_KEY_Y, 0);
  g_autofree double *pairs = NULL;

  g_return_val_if_fail (points != NULL && point < points->n, ops);

  pairs = g_memdup2 (points->v, sizeof (double) * 2 * points->n);
  pairs[2 * point] = to.x - x;
  pairs[2 * point + 1] = to.y - y;
  for (guint i = points->n; i-- > 0;)
    {
      pairs[2 * i] -= pairs[0];
      pairs[2 * i + 1] -= pairs[1];
    }
  if (point == 0)
    {
      tela_op_builder_set_number (op, TELA_KEY_X, to.x);
      tela_op_builder_set_number (op, TELA_KEY_Y, to.y);
    }
  tela_factory_set_points (op, pairs, points->n);
  g_ptr_array_add (ops, end_op (op));

  return ops;
}
