/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include <math.h>

#include "tela-canvas-attach.h"
#include "tela-crop.h"
#include "tela-image.h"
#include "tela-paint.h"

#define SMALLEST 12.0 /* widget pixels of what is left */
#define HANDLE_SLACK 11.0
#define HANDLE_SLACK_TOUCH 22.0
#define ARM 16.0 /* widget pixels of a handle's arm */
#define ARM_WIDTH 4.0
#define VEIL 0.35 /* how much of what is cut off shows */

typedef enum
{
  STATE_IDLE,
  STATE_HANDLE,
  STATE_SHIFT,
  STATE_OUTSIDE,
} State;

/* Works on the one image that is selected, until there is a click beside it. */
typedef struct
{
  TelaTool     tool;
  State        state;
  TelaPointer  start;
  TelaHandle   handle;
  TelaCrop     crop;     /* as it was at the press */
  GPtrArray   *elements; /* (element-type TelaElement): the image, as it was then */
  TelaAttach  *attach;
  TelaGesture *gesture;
} CropTool;

static void
reset (CropTool *self)
{
  self->state = STATE_IDLE;
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->attach, tela_attach_free);
  gtk_widget_queue_draw (GTK_WIDGET (self->tool.canvas));
}

/* (transfer full) (nullable) */
static TelaElement *
find_image (TelaCanvas *canvas,
            TelaCrop   *crop)
{
  g_autoptr (GPtrArray) selected =
      tela_selection_collect (tela_canvas_get_selection (canvas), tela_canvas_get_board (canvas));
  double width, height;

  if (selected->len != 1 || !tela_canvas_measure_image (canvas, selected->pdata[0], &width, &height))
    return NULL;
  *crop = tela_crop_of (selected->pdata[0], width, height);

  return tela_element_ref (selected->pdata[0]);
}

static TelaPoint
handle_place (const TelaCrop *crop,
              TelaHandle      handle)
{
  TelaPoint middle = tela_rect_centre (crop->box);
  int       x, y;

  tela_handle_get_side (handle, &x, &y);

  return tela_point_rotate (
      (TelaPoint){ middle.x + x * crop->box.width / 2, middle.y + y * crop->box.height / 2 }, middle, crop->angle);
}

/* Corners go before sides, which are hit along their whole length. */
static TelaHandle
handle_at (TelaCanvas        *canvas,
           const TelaCrop    *crop,
           const TelaPointer *pointer)
{
  static const TelaHandle corners[] = { TELA_HANDLE_NW, TELA_HANDLE_NE, TELA_HANDLE_SE, TELA_HANDLE_SW };
  double                  slack = tela_canvas_get_unit (canvas) * (pointer->touch ? HANDLE_SLACK_TOUCH : HANDLE_SLACK);
  TelaPoint               local;

  for (guint i = 0; i < G_N_ELEMENTS (corners); i++)
    {
      TelaPoint at = handle_place (crop, corners[i]);

      if (hypot (at.x - pointer->x, at.y - pointer->y) <= slack)
        return corners[i];
    }

  local = tela_point_rotate ((TelaPoint){ pointer->x, pointer->y }, tela_rect_centre (crop->box), -crop->angle);
  local.x -= crop->box.x;
  local.y -= crop->box.y;
  if (local.x < -slack || local.y < -slack || local.x > crop->box.width + slack || local.y > crop->box.height + slack)
    return TELA_HANDLE_NONE;
  slack = MIN (slack, MIN (crop->box.width, crop->box.height) / 4);
  if (local.y < slack)
    return TELA_HANDLE_N;
  if (local.y > crop->box.height - slack)
    return TELA_HANDLE_S;
  if (local.x < slack)
    return TELA_HANDLE_W;

  return local.x > crop->box.width - slack ? TELA_HANDLE_E : TELA_HANDLE_NONE;
}

static gboolean
is_inside (const TelaCrop    *crop,
           const TelaPointer *pointer)
{
  TelaPoint at = tela_point_rotate ((TelaPoint){ pointer->x, pointer->y }, tela_rect_centre (crop->box), -crop->angle);

  return tela_rect_contains (crop->box, (TelaRect){ at.x, at.y, 0, 0 });
}

static void
crop_press (TelaTool          *tool,
            const TelaPointer *pointer)
{
  CropTool *self = (CropTool *) tool;
  g_autoptr (TelaElement) image = find_image (tool->canvas, &self->crop);

  self->start = *pointer;
  self->state = STATE_OUTSIDE;
  if (image == NULL)
    return;

  self->handle = handle_at (tool->canvas, &self->crop, pointer);
  if (self->handle != TELA_HANDLE_NONE)
    self->state = STATE_HANDLE;
  else if (is_inside (&self->crop, pointer))
    self->state = STATE_SHIFT;
  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_ptr_array_add (self->elements, g_steal_pointer (&image));
}

static void
crop_motion (TelaTool          *tool,
             const TelaPointer *pointer)
{
  CropTool *self = (CropTool *) tool;
  TelaPoint to = { self->crop.box.x, self->crop.box.y };
  TelaCrop  crop;
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GPtrArray) ops = NULL;

  if (self->state == STATE_IDLE || self->state == STATE_OUTSIDE)
    return;
  if (self->gesture == NULL)
    {
      if (!tela_pointer_is_drag (&self->start, pointer) || !tela_canvas_can_edit (tool->canvas))
        return;
      self->attach = tela_canvas_attach (tool->canvas, self->elements);
      self->gesture = tela_session_begin (tela_canvas_get_session (tool->canvas));
    }

  /* By as much as the pointer has moved: it need not have been quite on the edge. */
  if (self->state == STATE_HANDLE)
    {
      to = handle_place (&self->crop, self->handle);
      to.x += pointer->x - self->start.x;
      to.y += pointer->y - self->start.y;
      crop = tela_crop_resize (&self->crop, self->handle, to, SMALLEST * tela_canvas_get_unit (tool->canvas));
    }
  else
    crop = tela_crop_shift (&self->crop, pointer->x - self->start.x, pointer->y - self->start.y);

  changes = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_ptr_array_add (changes, tela_crop_build_op (&crop, &self->crop, self->elements->pdata[0]));
  ops = tela_attach_complete (self->attach, changes);
  tela_gesture_update (self->gesture, (TelaElement *const *) ops->pdata, ops->len);
}

static void
crop_release (TelaTool          *tool,
              const TelaPointer *pointer)
{
  CropTool *self = (CropTool *) tool;
  gboolean  is_done = self->state == STATE_OUTSIDE;

  crop_motion (tool, pointer);
  if (self->gesture != NULL)
    tela_gesture_end (g_steal_pointer (&self->gesture));
  else if (self->start.n_press >= 2)
    is_done = TRUE;
  reset (self);
  if (is_done)
    tela_canvas_tool_done (tool->canvas); /* it frees the tool */
}

static void
crop_cancel (TelaTool *tool)
{
  CropTool *self = (CropTool *) tool;

  g_clear_pointer (&self->gesture, tela_gesture_cancel);
  reset (self);
}

static const char *
crop_hover (TelaTool          *tool,
            const TelaPointer *pointer)
{
  static const char *const cursors[] = { NULL, "nwse-resize", "ns-resize", "nesw-resize", "ew-resize", "nwse-resize",
                                         "ns-resize", "nesw-resize", "ew-resize" };
  TelaCrop                 crop;
  g_autoptr (TelaElement) image = find_image (tool->canvas, &crop);
  TelaHandle handle;

  if (image == NULL)
    return NULL;
  handle = handle_at (tool->canvas, &crop, pointer);
  if (handle != TELA_HANDLE_NONE)
    return crop.angle == 0 ? cursors[handle] : "crosshair";

  return is_inside (&crop, pointer) ? "move" : NULL;
}

static void
draw_whole (TelaCanvas        *canvas,
            GtkSnapshot       *snapshot,
            const TelaElement *image,
            const TelaCrop    *crop)
{
  TelaViewport          *viewport = tela_canvas_get_viewport (canvas);
  TelaRect               visible = tela_viewport_get_visible (viewport);
  double                 zoom = tela_viewport_get_zoom (viewport);
  const TelaPaintOptions options = { .scale = zoom,
                                     .known = tela_images_get_size,
                                     .asset_data = tela_canvas_get_images (canvas) };
  g_autoptr (TelaElement) whole = tela_crop_uncover (crop, image);
  cairo_t *cr;

  gtk_snapshot_push_opacity (snapshot, VEIL);
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (GTK_WIDGET (canvas)),
                                                       (float) gtk_widget_get_height (GTK_WIDGET (canvas))));
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -visible.x, -visible.y);
  tela_paint_element (cr, whole, NULL, &options);
  cairo_destroy (cr);
  gtk_snapshot_pop (snapshot);
}

/* Two arms at a corner, one bar on a side, in the frame's own system. */
static void
draw_handle (GtkSnapshot   *snapshot,
             float          x,
             float          y,
             int            side_x,
             int            side_y,
             const GdkRGBA *colour)
{
  const float thick = (float) ARM_WIDTH;
  const float arm = (float) ARM;

  if (side_y != 0)
    gtk_snapshot_append_color (snapshot, colour,
                               &GRAPHENE_RECT_INIT (x - (side_x == 0 ? arm / 2 : side_x > 0 ? arm - thick / 2
                                                                                            : thick / 2),
                                                    y - thick / 2, arm, thick));
  if (side_x != 0)
    gtk_snapshot_append_color (snapshot, colour,
                               &GRAPHENE_RECT_INIT (x - thick / 2,
                                                    y - (side_y == 0 ? arm / 2 : side_y > 0 ? arm - thick / 2
                                                                                            : thick / 2),
                                                    thick, arm));
}

static void
crop_snapshot (TelaTool    *tool,
               GtkSnapshot *snapshot)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (tool->canvas));
  TelaCrop         crop;
  g_autoptr (TelaElement) image = find_image (tool->canvas, &crop);
  GskRoundedRect outline;
  GdkRGBA        colour;
  TelaRect       box;

  if (image == NULL)
    return;

  gtk_style_context_lookup_color (context, "tela_selection_color", &colour);
  draw_whole (tool->canvas, snapshot, image, &crop);
  box = tela_viewport_rect_to_widget (tela_canvas_get_viewport (tool->canvas), crop.box);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (box.x + box.width / 2),
                                                          (float) (box.y + box.height / 2)));
  gtk_snapshot_rotate (snapshot, (float) (crop.angle * 180 / G_PI));
  gsk_rounded_rect_init_from_rect (&outline,
                                   &GRAPHENE_RECT_INIT ((float) (-box.width / 2), (float) (-box.height / 2),
                                                        (float) box.width, (float) box.height),
                                   0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ colour, colour, colour, colour });
  for (TelaHandle handle = TELA_HANDLE_NW; handle <= TELA_HANDLE_W; handle++)
    {
      int x, y;

      tela_handle_get_side (handle, &x, &y);
      draw_handle (snapshot, (float) (x * box.width / 2), (float) (y * box.height / 2), x, y, &colour);
    }
  gtk_snapshot_restore (snapshot);
}

const TelaToolClass tela_tool_crop_class = {
  .name = "crop",
  .cursor = "default",
  .edits = TRUE,
  .hides_selection = TRUE,
  .size = sizeof (CropTool),
  .press = crop_press,
  .motion = crop_motion,
  .release = crop_release,
  .cancel = crop_cancel,
  .hover = crop_hover,
  .snapshot = crop_snapshot,
};
