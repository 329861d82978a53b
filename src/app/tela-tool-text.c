/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include "tela-canvas-attach.h"

/* A click puts a new text there, or edits the one that is there. */
typedef struct
{
  TelaTool tool;
  gboolean pressed;
} TextTool;

static void
text_press (TelaTool          *tool,
            const TelaPointer *pointer)
{
  TextTool *self = (TextTool *) tool;

  self->pressed = TRUE;
  tela_selection_clear (tela_canvas_get_selection (tool->canvas));
}

static void
text_motion (TelaTool          *tool,
             const TelaPointer *pointer)
{
}

static void
text_release (TelaTool          *tool,
              const TelaPointer *pointer)
{
  TextTool          *self = (TextTool *) tool;
  TelaCanvas        *canvas = tool->canvas;
  double             x = pointer->x;
  double             y = pointer->y;
  const TelaElement *hit;

  if (!self->pressed)
    return;

  hit = tela_canvas_find_writable (canvas, x, y);
  tela_canvas_tool_done (canvas); /* frees the tool */
  if (hit == NULL || !tela_canvas_edit_text (canvas, hit))
    tela_canvas_new_text (canvas, x, y);
}

static void
text_cancel (TelaTool *tool)
{
  ((TextTool *) tool)->pressed = FALSE;
}

const TelaToolClass tela_tool_text_class = {
  .name = "text",
  .cursor = "text",
  .edits = TRUE,
  .places = TRUE,
  .size = sizeof (TextTool),
  .press = text_press,
  .motion = text_motion,
  .release = text_release,
  .cancel = text_cancel,
};
