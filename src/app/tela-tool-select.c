/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include <math.h>

#include "tela-canvas-attach.h"
#include "tela-copies.h"
#include "tela-transform.h"

#define HIT_SLACK 6.0           /* widget pixels around a thin line */
#define HANDLE_SLACK 11.0       /* handles are hit within 22 px, */
#define HANDLE_SLACK_TOUCH 22.0 /* or 44 px by a finger */

typedef enum
{
  STATE_IDLE,
  STATE_PRESSED, /* on a shape; not yet a drag */
  STATE_MOVE,
  STATE_COPY, /* what moves are copies */
  STATE_HANDLE,
  STATE_BAND,
} State;

/* Selects, moves, resizes, rotates. */
typedef struct
{
  TelaTool     tool;
  State        state;
  TelaPointer  start;
  TelaPointer  now;
  TelaHandle   handle;
  TelaFrame    frame;    /* as it was at the press */
  GPtrArray   *elements; /* (element-type TelaElement): what moves, as it was at the press */
  TelaAttach  *attach;   /* what is attached to it; NULL until the drag is more than a click, and for copies */
  GPtrArray   *before;   /* (element-type TelaElement): what was selected when a band began */
  char        *pressed;  /* id of the shape under the press */
  TelaGesture *gesture;
} SelectTool;

static void
reset (SelectTool *self)
{
  self->state = STATE_IDLE;
  self->handle = TELA_HANDLE_NONE;
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->attach, tela_attach_free);
  g_clear_pointer (&self->before, g_ptr_array_unref);
  g_clear_pointer (&self->pressed, g_free);
  gtk_widget_queue_draw (GTK_WIDGET (self->tool.canvas));
}

static TelaHandle
handle_at (SelectTool        *self,
           const TelaPointer *pointer,
           GPtrArray         *selected,
           TelaFrame         *frame)
{
  double unit = tela_canvas_get_unit (self->tool.canvas);

  if (selected->len == 0 || !tela_canvas_can_edit (self->tool.canvas))
    return TELA_HANDLE_NONE;

  *frame = tela_frame_of (selected);
  return tela_frame_hit (frame, selected->len == 1 ? selected->pdata[0] : NULL, unit,
                         (TelaPoint){ pointer->x, pointer->y },
                         unit * (pointer->touch ? HANDLE_SLACK_TOUCH : HANDLE_SLACK));
}

/* What is selected is moved from anywhere in its frame, also where nothing is painted. */
static gboolean
is_in_frame (GPtrArray         *selected,
             const TelaPointer *pointer)
{
  TelaFrame frame;
  TelaPoint at;

  if (selected->len == 0)
    return FALSE;

  frame = tela_frame_of (selected);
  at = tela_point_rotate ((TelaPoint){ pointer->x, pointer->y }, tela_frame_centre (&frame), -frame.angle);

  return !frame.is_line && tela_rect_contains (frame.box, (TelaRect){ at.x, at.y, 0, 0 });
}

/* A text that is part of a shape or an arrow is moved with it. */
static const TelaElement *
whole_of (TelaBoard         *board,
          const TelaElement *hit)
{
  const char        *id = hit == NULL ? NULL : tela_element_get_string (hit, TELA_KEY_CONTAINER_ID);
  const TelaElement *container = id == NULL ? NULL : tela_board_lookup_shown (board, id);

  return container != NULL ? container : hit;
}

static void
press_shape (SelectTool        *self,
             const TelaPointer *pointer,
             const TelaElement *hit)
{
  TelaCanvas    *canvas = self->tool.canvas;
  TelaSelection *selection = tela_canvas_get_selection (canvas);

  if (hit != NULL)
    {
      g_autoptr (GPtrArray) group = tela_selection_group_of (tela_canvas_get_board (canvas), hit);

      if (pointer->state & GDK_SHIFT_MASK)
        tela_selection_toggle (selection, group);
      else if (!tela_selection_contains (selection, tela_element_get_id (hit)))
        tela_selection_set_elements (selection, group);
      self->pressed = g_strdup (tela_element_get_id (hit));
    }
  self->state = STATE_PRESSED;
}

static void
select_press (TelaTool          *tool,
              const TelaPointer *pointer)
{
  SelectTool    *self = (SelectTool *) tool;
  TelaBoard     *board = tela_canvas_get_board (tool->canvas);
  TelaSelection *selection = tela_canvas_get_selection (tool->canvas);
  double         slack = HIT_SLACK * tela_canvas_get_unit (tool->canvas);
  g_autoptr (GPtrArray) selected = tela_selection_collect (selection, board);
  const TelaElement *hit;

  self->start = self->now = *pointer;
  self->handle = handle_at (self, pointer, selected, &self->frame);
  if (self->handle != TELA_HANDLE_NONE && pointer->n_press < 2)
    {
      self->state = STATE_HANDLE;
      /* A text wraps in the one shape that is resized; several shapes are scaled with what is in them. */
      self->elements = selected->len == 1 ? g_ptr_array_ref (selected) : tela_selection_with_labels (board, selected);
      return;
    }

  hit = whole_of (board, tela_board_hit (board, pointer->x, pointer->y, slack));
  if (hit == NULL)
    hit = tela_canvas_find_frame_name (tool->canvas, pointer->x, pointer->y);
  if (hit != NULL || is_in_frame (selected, pointer))
    {
      press_shape (self, pointer, hit);
      return;
    }

  self->state = STATE_BAND;
  if (pointer->state & GDK_SHIFT_MASK)
    self->before = g_steal_pointer (&selected);
  else
    tela_selection_clear (selection);
}

static void
update_band (SelectTool *self)
{
  TelaCanvas *canvas = self->tool.canvas;
  TelaRect    band = { MIN (self->start.x, self->now.x), MIN (self->start.y, self->now.y),
                       fabs (self->now.x - self->start.x), fabs (self->now.y - self->start.y) };
  g_autoptr (GPtrArray) near = tela_board_query (tela_canvas_get_board (canvas), &band);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; self->before != NULL && i < self->before->len; i++)
    g_ptr_array_add (chosen, tela_element_ref (self->before->pdata[i]));
  for (guint i = 0; i < near->len; i++)
    if (!tela_element_get_boolean (near->pdata[i], TELA_KEY_LOCKED, FALSE) &&
        tela_rect_contains (band, tela_element_get_upright_box (near->pdata[i])))
      g_ptr_array_add (chosen, tela_element_ref (near->pdata[i]));

  tela_selection_set_elements (tela_canvas_get_selection (canvas), chosen);
  gtk_widget_queue_draw (GTK_WIDGET (canvas));
}

/* With Alt the copies are dragged, and what was there stays. */
static void
begin_move (SelectTool        *self,
            const TelaPointer *pointer,
            GPtrArray         *selected)
{
  TelaCanvas *canvas = self->tool.canvas;

  self->elements = tela_attach_expand (tela_canvas_get_board (canvas), selected);
  self->state = STATE_MOVE;
  if (pointer->state & GDK_ALT_MASK)
    {
      g_autoptr (TelaCopies) copies = tela_copies_new (tela_canvas_get_board (canvas));

      tela_copies_keep_frames (copies);
      tela_copies_add (copies, self->elements, NULL, 0, 0);
      g_ptr_array_unref (self->elements);
      self->elements = g_ptr_array_ref (tela_copies_get (copies));
      self->state = STATE_COPY;
    }
}

/* FALSE: nothing that can be dragged. */
static gboolean
begin (SelectTool        *self,
       const TelaPointer *pointer)
{
  TelaCanvas *canvas = self->tool.canvas;

  if (self->state == STATE_PRESSED)
    {
      g_autoptr (GPtrArray) selected =
          tela_selection_collect (tela_canvas_get_selection (canvas), tela_canvas_get_board (canvas));

      if (selected->len == 0)
        return FALSE;
      begin_move (self, pointer, selected);
    }
  if (self->state != STATE_COPY)
    self->attach = tela_canvas_attach (canvas, self->elements);
  self->gesture = tela_session_begin (tela_canvas_get_session (canvas));
  tela_canvas_set_dragging (canvas);

  return TRUE;
}

static GPtrArray *
build_ops (SelectTool        *self,
           const TelaPointer *pointer)
{
  TelaPoint to = { pointer->x, pointer->y };
  gboolean  shift = (pointer->state & GDK_SHIFT_MASK) != 0;
  double    dx = pointer->x - self->start.x;
  double    dy = pointer->y - self->start.y;

  if (self->handle >= TELA_HANDLE_POINT)
    return tela_transform_point (self->elements->pdata[0], self->handle - TELA_HANDLE_POINT, to);
  if (self->handle == TELA_HANDLE_ROTATE)
    return tela_transform_rotate (self->elements, &self->frame, to, shift);
  if (tela_transform_is_width (self->elements, self->handle))
    return tela_transform_width (self->elements->pdata[0], &self->frame, self->handle, to);
  if (self->handle != TELA_HANDLE_NONE)
    return tela_transform_resize (self->elements, &self->frame, self->handle, to, shift);

  if (shift && fabs (dx) < fabs (dy))
    dx = 0;
  else if (shift)
    dy = 0;
  return tela_canvas_move (self->tool.canvas, self->elements, dx, dy, &(TelaSpot){ to.x, to.y });
}

/* Copies are made anew by each step, with all that they are. */
static GPtrArray *
complete (SelectTool *self,
          GPtrArray  *moves)
{
  GPtrArray *ops;

  if (self->attach != NULL)
    return tela_attach_complete (self->attach, moves);

  ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  for (guint i = 0; i < moves->len; i++)
    g_ptr_array_add (ops, tela_attach_overlay (self->elements->pdata[i], moves->pdata[i]));

  return ops;
}

/* Which ends of an arrow are under the hand. */
static TelaAttachEnds
dragged_ends (SelectTool *self)
{
  const TelaElement *line = self->elements->pdata[0];
  const TelaNumbers *points = tela_element_get_numbers (line, TELA_KEY_POINTS);

  if (self->handle < TELA_HANDLE_POINT || g_strcmp0 (tela_element_get_string (line, TELA_KEY_TYPE), "arrow") != 0)
    return 0;
  if (self->handle == TELA_HANDLE_POINT)
    return TELA_ATTACH_START;

  return self->handle - TELA_HANDLE_POINT == points->n - 1 ? TELA_ATTACH_END : 0;
}

static void
select_motion (TelaTool          *tool,
               const TelaPointer *pointer)
{
  SelectTool *self = (SelectTool *) tool;
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (GPtrArray) ops = NULL;

  if (self->state == STATE_IDLE)
    return;

  self->now = *pointer;
  if (self->state == STATE_BAND)
    {
      update_band (self);
      return;
    }

  if (self->gesture == NULL && (!tela_pointer_is_drag (&self->start, pointer) ||
                                !tela_canvas_can_edit (tool->canvas) || !begin (self, pointer)))
    return;

  moves = build_ops (self, pointer);
  if (dragged_ends (self) != 0)
    {
      TelaElement *bound =
          tela_canvas_bind_arrow (tool->canvas, self->elements->pdata[0], moves->pdata[0], dragged_ends (self));

      tela_element_unref (moves->pdata[0]);
      moves->pdata[0] = bound;
    }
  ops = complete (self, moves);
  tela_gesture_update (self->gesture, (TelaElement *const *) ops->pdata, ops->len);
}

/* A click inside the frame chooses the one that was clicked, or nothing; a double click edits a text, or begins one, or
 * crops an image. TRUE: that has a tool of its own, so this one is gone. */
static gboolean
click (SelectTool        *self,
       const TelaPointer *pointer)
{
  TelaCanvas        *canvas = self->tool.canvas;
  TelaBoard         *board = tela_canvas_get_board (canvas);
  const TelaElement *pressed = self->pressed == NULL ? NULL : tela_board_lookup_shown (board, self->pressed);

  if (self->start.n_press >= 2 && tela_canvas_can_edit (canvas))
    {
      if (pressed == NULL)
        pressed = tela_canvas_find_writable (canvas, pointer->x, pointer->y);
      if (pressed == NULL)
        tela_canvas_new_text (canvas, pointer->x, pointer->y);
      else if (tela_canvas_crop (canvas, pressed))
        return TRUE;
      else if (!tela_canvas_rename_frame (canvas, pressed))
        tela_canvas_edit_text (canvas, pressed);
    }
  else if (pressed == NULL && self->state == STATE_PRESSED)
    tela_selection_clear (tela_canvas_get_selection (canvas));
  else if (pressed != NULL && !(self->start.state & GDK_SHIFT_MASK))
    {
      g_autoptr (GPtrArray) group = tela_selection_group_of (board, pressed);

      tela_selection_set_elements (tela_canvas_get_selection (canvas), group);
    }

  return FALSE;
}

static void
select_release (TelaTool          *tool,
                const TelaPointer *pointer)
{
  SelectTool *self = (SelectTool *) tool;

  if (self->state == STATE_IDLE)
    return;

  select_motion (tool, pointer);
  if (self->gesture != NULL)
    {
      tela_gesture_end (g_steal_pointer (&self->gesture));
      if (self->state == STATE_COPY)
        tela_selection_set_elements (tela_canvas_get_selection (tool->canvas), self->elements);
    }
  else if (!tela_pointer_is_drag (&self->start, pointer) && click (self, pointer))
    return;
  reset (self);
}

static void
select_cancel (TelaTool *tool)
{
  SelectTool *self = (SelectTool *) tool;

  g_clear_pointer (&self->gesture, tela_gesture_cancel);
  reset (self);
}

static const char *
select_hover (TelaTool          *tool,
              const TelaPointer *pointer)
{
  static const char *const cursors[] = { NULL, "nwse-resize", "ns-resize", "nesw-resize", "ew-resize", "nwse-resize",
                                         "ns-resize", "nesw-resize", "ew-resize", "grab" };
  SelectTool              *self = (SelectTool *) tool;
  TelaBoard               *board = tela_canvas_get_board (tool->canvas);
  TelaFrame                frame = { 0 };
  TelaHandle               handle;
  g_autoptr (GPtrArray) selected = tela_selection_collect (tela_canvas_get_selection (tool->canvas), board);

  handle = handle_at (self, pointer, selected, &frame);
  if (handle >= TELA_HANDLE_POINT)
    return "crosshair";
  if (handle == TELA_HANDLE_ROTATE || (handle != TELA_HANDLE_NONE && frame.angle == 0))
    return cursors[handle];
  if (handle != TELA_HANDLE_NONE)
    return "crosshair";
  if (is_in_frame (selected, pointer) ||
      tela_board_hit (board, pointer->x, pointer->y, HIT_SLACK * tela_canvas_get_unit (tool->canvas)) != NULL)
    return "move";

  return NULL;
}

static void
select_snapshot (TelaTool    *tool,
                 GtkSnapshot *snapshot)
{
  SelectTool      *self = (SelectTool *) tool;
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (tool->canvas));
  GdkRGBA          colour;
  GdkRGBA          fill;
  GskRoundedRect   outline;
  TelaRect         band;

  if (self->gesture != NULL && dragged_ends (self) != 0)
    tela_canvas_draw_targets (tool->canvas, snapshot, tela_element_get_id (self->elements->pdata[0]),
                              dragged_ends (self));
  if (self->gesture != NULL && (self->state == STATE_MOVE || self->state == STATE_COPY))
    tela_canvas_draw_frame (tool->canvas, snapshot, self->elements, (TelaSpot){ self->now.x, self->now.y });
  if (self->state != STATE_BAND || !tela_pointer_is_drag (&self->start, &self->now))
    return;

  gtk_style_context_lookup_color (context, "tela_selection_color", &colour);
  fill = colour;
  fill.alpha *= 0.12f;
  band = tela_viewport_rect_to_widget (tela_canvas_get_viewport (tool->canvas),
                                       (TelaRect){ MIN (self->start.x, self->now.x), MIN (self->start.y, self->now.y),
                                                   fabs (self->now.x - self->start.x),
                                                   fabs (self->now.y - self->start.y) });
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (band.x, band.y, band.width, band.height), 0);
  gtk_snapshot_append_color (snapshot, &fill, &outline.bounds);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ colour, colour, colour, colour });
}

const TelaToolClass tela_tool_select_class = {
  .name = "select",
  .cursor = "default",
  .size = sizeof (SelectTool),
  .press = select_press,
  .motion = select_motion,
  .release = select_release,
  .cancel = select_cancel,
  .hover = select_hover,
  .snapshot = select_snapshot,
};
