/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include <math.h>

#include "tela-canvas-attach.h"
#include "tela-factory.h"

/* Nearer than this, in widget pixels, two points say nothing new. */
#define MIN_STEP 0.7

/* Ink. It stays chosen after a stroke. */
typedef struct
{
  TelaTool     tool;
  TelaGesture *gesture; /* NULL: the pen is up */
  char        *id;
  double       x, y;      /* the stroke's origin */
  double       wx, wy;    /* of the last point taken */
  GArray      *points;    /* (element-type double): pairs relative to the origin */
  GArray      *pressures; /* (element-type double); NULL: simulated */
} PenTool;

static void
add_point (PenTool           *self,
           const TelaPointer *pointer)
{
  const double pair[] = { pointer->x - self->x, pointer->y - self->y };

  g_array_append_vals (self->points, pair, 2);
  if (self->pressures != NULL)
    {
      double pressure = pointer->pressure < 0 ? 0.5 : pointer->pressure;

      g_array_append_val (self->pressures, pressure);
    }
  self->wx = pointer->wx;
  self->wy = pointer->wy;
}

static void
clear_stroke (PenTool *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->pressures, g_array_unref);
}

static void
pen_press (TelaTool          *tool,
           const TelaPointer *pointer)
{
  PenTool         *self = (PenTool *) tool;
  g_autofree char *index = tela_board_top_index (tela_canvas_get_board (tool->canvas));
  TelaOpBuilder   *builder;
  g_autoptr (TelaElement) op = NULL;

  tela_selection_clear (tela_canvas_get_selection (tool->canvas));
  self->id = g_uuid_string_random ();
  self->x = pointer->x;
  self->y = pointer->y;
  self->points = g_array_new (FALSE, FALSE, sizeof (double));
  if (pointer->pressure >= 0)
    self->pressures = g_array_new (FALSE, FALSE, sizeof (double));
  add_point (self, pointer);

  self->gesture = tela_session_begin (tela_canvas_get_session (tool->canvas));
  tela_gesture_set_draft (self->gesture, TRUE);
  builder = tela_factory_new_ink (self->id, tela_canvas_get_style (tool->canvas), index, self->x, self->y,
                                  self->points, self->pressures);
  tela_canvas_set_frame (tool->canvas, builder, self->x, self->y);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_gesture_update (self->gesture, &op, 1);
}

static void
pen_motion (TelaTool          *tool,
            const TelaPointer *pointer)
{
  PenTool       *self = (PenTool *) tool;
  TelaOpBuilder *builder;
  g_autoptr (TelaElement) op = NULL;

  if (self->gesture == NULL || self->points->len / 2 >= TELA_MAX_POINTS ||
      hypot (pointer->wx - self->wx, pointer->wy - self->wy) < MIN_STEP)
    return;

  add_point (self, pointer);
  builder = tela_op_builder_new (self->id);
  tela_factory_set_ink (builder, self->points, self->pressures);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_gesture_update (self->gesture, &op, 1);
}

static void
pen_release (TelaTool          *tool,
             const TelaPointer *pointer)
{
  PenTool *self = (PenTool *) tool;

  pen_motion (tool, pointer);
  if (self->gesture != NULL)
    tela_gesture_end (g_steal_pointer (&self->gesture));
  clear_stroke (self);
}

static void
pen_cancel (TelaTool *tool)
{
  PenTool *self = (PenTool *) tool;

  g_clear_pointer (&self->gesture, tela_gesture_cancel);
  clear_stroke (self);
}

const TelaToolClass tela_tool_pen_class = {
  .name = "pen",
  .cursor = "crosshair",
  .edits = TRUE,
  .size = sizeof (PenTool),
  .press = pen_press,
  .motion = pen_motion,
  .release = pen_release,
  .cancel = pen_cancel,
};
