/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include "tela-attach.h"

/* What the pointer touches goes; one drag is one undo step. */
typedef struct
{
  TelaTool     tool;
  gboolean     pressed;
  TelaGesture *gesture; /* NULL until something was hit */
} EraserTool;

static void
eraser_motion (TelaTool          *tool,
               const TelaPointer *pointer)
{
  EraserTool        *self = (EraserTool *) tool;
  double             slack = 6 * tela_canvas_get_unit (tool->canvas);
  const TelaElement *hit;
  g_autoptr (GPtrArray) one = NULL;
  g_autoptr (GPtrArray) ops = NULL;

  if (!self->pressed)
    return;
  hit = tela_board_hit (tela_canvas_get_board (tool->canvas), pointer->x, pointer->y, slack);
  if (hit == NULL)
    return;

  one = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_ptr_array_add (one, tela_element_ref (hit));
  ops = tela_attach_delete (tela_canvas_get_board (tool->canvas), one);
  if (self->gesture == NULL)
    self->gesture = tela_session_begin (tela_canvas_get_session (tool->canvas));
  tela_gesture_update (self->gesture, (TelaElement *const *) ops->pdata, ops->len);
}

static void
eraser_press (TelaTool          *tool,
              const TelaPointer *pointer)
{
  ((EraserTool *) tool)->pressed = TRUE;
  eraser_motion (tool, pointer);
}

static void
eraser_release (TelaTool          *tool,
                const TelaPointer *pointer)
{
  EraserTool *self = (EraserTool *) tool;

  eraser_motion (tool, pointer);
  self->pressed = FALSE;
  if (self->gesture != NULL)
    tela_gesture_end (g_steal_pointer (&self->gesture));
}

static void
eraser_cancel (TelaTool *tool)
{
  EraserTool *self = (EraserTool *) tool;

  self->pressed = FALSE;
  g_clear_pointer (&self->gesture, tela_gesture_cancel);
}

const TelaToolClass tela_tool_eraser_class = {
  .name = "eraser",
  .cursor = "crosshair",
  .edits = TRUE,
  .size = sizeof (EraserTool),
  .press = eraser_press,
  .motion = eraser_motion,
  .release = eraser_release,
  .cancel = eraser_cancel,
};
