/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include <math.h>

#include "tela-canvas-attach.h"
#include "tela-factory.h"

#define SNAP_ANGLE (G_PI / 12)

/* Boxes and lines: one drag makes one element. */
typedef struct
{
  TelaTool     tool;
  TelaPointer  start;
  TelaGesture *gesture; /* NULL until the drag is more than a click */
  char        *id;
  gboolean     pressed;
} ShapeTool;

static gboolean
is_linear (TelaTool *tool)
{
  return tool->klass == &tela_tool_line_class || tool->klass == &tela_tool_arrow_class;
}

static gboolean
is_arrow (TelaTool *tool)
{
  return tool->klass == &tela_tool_arrow_class;
}

static gboolean
is_frame (TelaTool *tool)
{
  return tool->klass == &tela_tool_frame_class;
}

static void
constrain (gboolean linear,
           double  *dx,
           double  *dy)
{
  if (linear)
    {
      double angle = round (atan2 (*dy, *dx) / SNAP_ANGLE) * SNAP_ANGLE;
      double length = hypot (*dx, *dy);

      *dx = length * cos (angle);
      *dy = length * sin (angle);
    }
  else
    {
      double side = MAX (fabs (*dx), fabs (*dy));

      *dx = copysign (side, *dx);
      *dy = copysign (side, *dy);
    }
}

/* The first operation brings the whole element, the later ones only its place. */
static TelaElement *
build (ShapeTool         *self,
       const TelaPointer *pointer)
{
  TelaTool      *tool = &self->tool;
  TelaStyle     *style = tela_canvas_get_style (tool->canvas);
  TelaOpBuilder *op = NULL;
  double         x = self->start.x;
  double         y = self->start.y;
  double         dx = pointer->x - x;
  double         dy = pointer->y - y;
  TelaRect       box;

  if (pointer->state & GDK_SHIFT_MASK)
    constrain (is_linear (tool), &dx, &dy);
  box = (TelaRect){ MIN (x, x + dx), MIN (y, y + dy), fabs (dx), fabs (dy) };

  if (self->id == NULL)
    {
      g_autofree char *index = tela_board_top_index (tela_canvas_get_board (tool->canvas));

      self->id = g_uuid_string_random ();
      if (is_linear (tool))
        op = tela_factory_new_linear (self->id, tool->klass->name, style, index, x, y, dx, dy);
      else if (is_frame (tool))
        op = tela_factory_new_frame (self->id, index, box);
      else
        op = tela_factory_new_box (self->id, tool->klass->name, style, index, box);
      if (!is_frame (tool))
        tela_canvas_set_frame (tool->canvas, op, x, y);
    }
  else if (is_linear (tool))
    {
      const double pairs[] = { 0, 0, dx, dy };

      op = tela_op_builder_new (self->id);
      tela_op_builder_set_number (op, TELA_KEY_X, x); /* binding may have moved it */
      tela_op_builder_set_number (op, TELA_KEY_Y, y);
      tela_factory_set_points (op, pairs, 2);
    }
  else
    {
      op = tela_op_builder_new (self->id);
      tela_factory_set_rect (op, box);
    }

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

static void
shape_press (TelaTool          *tool,
             const TelaPointer *pointer)
{
  ShapeTool *self = (ShapeTool *) tool;

  self->start = *pointer;
  self->pressed = TRUE;
  tela_selection_clear (tela_canvas_get_selection (tool->canvas));
}

static void
shape_motion (TelaTool          *tool,
              const TelaPointer *pointer)
{
  ShapeTool *self = (ShapeTool *) tool;
  g_autoptr (TelaElement) op = NULL;
  g_autoptr (TelaElement) bound = NULL;

  if (!self->pressed)
    return;

  if (self->gesture == NULL)
    {
      if (!tela_pointer_is_drag (&self->start, pointer))
        return;
      self->gesture = tela_session_begin (tela_canvas_get_session (tool->canvas));
    }

  op = build (self, pointer);
  if (is_arrow (tool))
    bound =
        tela_canvas_bind_arrow (tool->canvas, tela_board_lookup_shown (tela_canvas_get_board (tool->canvas), self->id),
                                op, TELA_ATTACH_START | TELA_ATTACH_END);
  tela_gesture_update (self->gesture, bound != NULL ? &bound : &op, 1);
}

static void
shape_release (TelaTool          *tool,
               const TelaPointer *pointer)
{
  ShapeTool       *self = (ShapeTool *) tool;
  g_autofree char *id = NULL;

  shape_motion (tool, pointer);
  self->pressed = FALSE;
  if (self->gesture == NULL)
    return;

  id = g_steal_pointer (&self->id);
  if (is_frame (tool))
    {
      g_autoptr (GPtrArray) ops = tela_canvas_fill_frame (tool->canvas, id);

      tela_gesture_update (self->gesture, (TelaElement *const *) ops->pdata, ops->len);
    }
  tela_gesture_end (g_steal_pointer (&self->gesture));
  tela_selection_set (tela_canvas_get_selection (tool->canvas), (const char *const *) &id, 1);
  tela_canvas_tool_done (tool->canvas); /* frees the tool */
}

static void
shape_cancel (TelaTool *tool)
{
  ShapeTool *self = (ShapeTool *) tool;

  self->pressed = FALSE;
  g_clear_pointer (&self->gesture, tela_gesture_cancel);
  g_clear_pointer (&self->id, g_free);
}

static void
shape_snapshot (TelaTool    *tool,
                GtkSnapshot *snapshot)
{
  ShapeTool *self = (ShapeTool *) tool;

  if (is_arrow (tool) && self->id != NULL)
    tela_canvas_draw_targets (tool->canvas, snapshot, self->id, TELA_ATTACH_START | TELA_ATTACH_END);
}

#define SHAPE_CLASS(variable, type_name) \
  const TelaToolClass variable = {       \
    .name = type_name,                   \
    .cursor = "crosshair",               \
    .edits = TRUE,                       \
    .places = TRUE,                      \
    .size = sizeof (ShapeTool),          \
    .press = shape_press,                \
    .motion = shape_motion,              \
    .release = shape_release,            \
    .cancel = shape_cancel,              \
    .snapshot = shape_snapshot,          \
  }

SHAPE_CLASS (tela_tool_rectangle_class, "rectangle");
SHAPE_CLASS (tela_tool_ellipse_class, "ellipse");
SHAPE_CLASS (tela_tool_diamond_class, "diamond");
SHAPE_CLASS (tela_tool_frame_class, "frame");
SHAPE_CLASS (tela_tool_line_class, "line");
SHAPE_CLASS (tela_tool_arrow_class, "arrow");
