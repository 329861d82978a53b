/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

/* Moves the board under the pointer. */
typedef struct
{
  TelaTool tool;
  double   wx, wy; /* of the last event */
} HandTool;

static void
hand_press (TelaTool          *tool,
            const TelaPointer *pointer)
{
  HandTool *self = (HandTool *) tool;

  self->wx = pointer->wx;
  self->wy = pointer->wy;
}

static void
hand_motion (TelaTool          *tool,
             const TelaPointer *pointer)
{
  HandTool *self = (HandTool *) tool;

  tela_viewport_pan (tela_canvas_get_viewport (tool->canvas), pointer->wx - self->wx, pointer->wy - self->wy);
  self->wx = pointer->wx;
  self->wy = pointer->wy;
}

static void
hand_cancel (TelaTool *tool)
{
}

const TelaToolClass tela_tool_hand_class = {
  .name = "hand",
  .cursor = "grab",
  .size = sizeof (HandTool),
  .press = hand_press,
  .motion = hand_motion,
  .release = hand_motion,
  .cancel = hand_cancel,
};
