/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include <math.h>

/* Where an image shall be: nothing is on the board before it is said what. */

#define SIDE 512.0 /* board units, of a click */
#define LEAST 32.0
#define LINE_WIDTH 1.5

typedef struct
{
  TelaTool    tool;
  TelaPointer start, at;
  gboolean    pressed;
} GenerateTool;

static TelaRect
get_box (const GenerateTool *self)
{
  double dx = self->at.x - self->start.x;
  double dy = self->at.y - self->start.y;

  if (!tela_pointer_is_drag (&self->start, &self->at))
    return (TelaRect){ self->start.x - SIDE / 2, self->start.y - SIDE / 2, SIDE, SIDE };
  if (self->at.state & GDK_SHIFT_MASK)
    {
      double side = MAX (fabs (dx), fabs (dy));

      dx = copysign (side, dx);
      dy = copysign (side, dy);
    }
  dx = copysign (MAX (fabs (dx), LEAST), dx);
  dy = copysign (MAX (fabs (dy), LEAST), dy);
  return (TelaRect){ MIN (self->start.x, self->start.x + dx), MIN (self->start.y, self->start.y + dy), fabs (dx),
                     fabs (dy) };
}

static void
generate_press (TelaTool          *tool,
                const TelaPointer *pointer)
{
  GenerateTool *self = (GenerateTool *) tool;

  self->start = self->at = *pointer;
  self->pressed = TRUE;
  tela_selection_clear (tela_canvas_get_selection (tool->canvas));
}

static void
generate_motion (TelaTool          *tool,
                 const TelaPointer *pointer)
{
  GenerateTool *self = (GenerateTool *) tool;

  if (!self->pressed)
    return;
  self->at = *pointer;
  gtk_widget_queue_draw (GTK_WIDGET (tool->canvas));
}

static void
generate_release (TelaTool          *tool,
                  const TelaPointer *pointer)
{
  GenerateTool *self = (GenerateTool *) tool;
  TelaCanvas   *canvas = tool->canvas;
  TelaRect      box;

  generate_motion (tool, pointer);
  if (!self->pressed)
    return;
  self->pressed = FALSE;
  box = get_box (self);
  tela_canvas_tool_done (canvas); /* frees the tool */
  tela_canvas_want_image (canvas, box);
}

static void
generate_cancel (TelaTool *tool)
{
  GenerateTool *self = (GenerateTool *) tool;

  self->pressed = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (tool->canvas));
}

static void
generate_snapshot (TelaTool    *tool,
                   GtkSnapshot *snapshot)
{
  GenerateTool   *self = (GenerateTool *) tool;
  TelaViewport   *viewport = tela_canvas_get_viewport (tool->canvas);
  TelaRect        visible = tela_viewport_get_visible (viewport);
  double          unit = tela_canvas_get_unit (tool->canvas);
  const float     widths[] = { LINE_WIDTH, LINE_WIDTH, LINE_WIDTH, LINE_WIDTH };
  GdkRGBA         colour = { 0.21f, 0.52f, 0.89f, 1 };
  GdkRGBA         face;
  GdkRGBA         colours[4];
  GskRoundedRect  outline;
  graphene_rect_t bounds;
  TelaRect        box;

  if (!self->pressed || !tela_pointer_is_drag (&self->start, &self->at))
    return;
  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (tool->canvas)), "tela_selection_color",
                                  &colour);
  box = get_box (self);
  graphene_rect_init (&bounds, (float) ((box.x - visible.x) / unit), (float) ((box.y - visible.y) / unit),
                      (float) (box.width / unit), (float) (box.height / unit));
  face = colour;
  face.alpha = 0.12f;
  for (guint i = 0; i < 4; i++)
    colours[i] = colour;
  gsk_rounded_rect_init_from_rect (&outline, &bounds, 0);
  gtk_snapshot_append_color (snapshot, &face, &bounds);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

const TelaToolClass tela_tool_generate_class = {
  .name = "generate",
  .cursor = "crosshair",
  .edits = TRUE,
  .size = sizeof (GenerateTool),
  .press = generate_press,
  .motion = generate_motion,
  .release = generate_release,
  .cancel = generate_cancel,
  .snapshot = generate_snapshot,
};
