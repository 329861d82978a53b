/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-formats.h"
#include "tela-transform.h"

#define FRAME_GAP 4.0   /* widget pixels between a shape and its frame */
#define HANDLE_SIZE 9.0 /* widget pixels */
#define MAX_OUTLINES 200

/* It is asked for in each frame, and read only when the board's own element is another one. */
void
tela_canvas_get_paper (TelaCanvas *self,
                       GdkRGBA    *colour)
{
  TelaBoard         *board = tela_canvas_get_board (self);
  const TelaElement *own = board == NULL ? NULL : tela_board_lookup (board, TELA_BOARD_ELEMENT_ID);
  g_autofree char   *paper = NULL;
  GdkRGBA            parsed;

  if (own != self->paper_of)
    {
      g_clear_pointer (&self->paper_of, tela_element_unref);
      self->paper_of = own == NULL ? NULL : tela_element_ref (own);
      paper = own == NULL ? NULL : tela_excalidraw_dup_paper (board);
      self->paper = (GdkRGBA){ 1, 1, 1, 1 };
      if (paper != NULL && gdk_rgba_parse (&parsed, paper) && parsed.alpha == 1)
        self->paper = parsed;
    }

  *colour = self->paper;
}

static void
append_frame (GtkSnapshot   *snapshot,
              TelaRect       box,
              double         angle,
              float          width,
              const GdkRGBA *colour)
{
  GskRoundedRect outline;
  double         cx = box.x + box.width / 2;
  double         cy = box.y + box.height / 2;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) cx, (float) cy));
  if (angle != 0)
    gtk_snapshot_rotate (snapshot, (float) (angle * 180 / G_PI));
  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT ((float) (-box.width / 2), (float) (-box.height / 2), (float) box.width, (float) box.height),
      0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ *colour, *colour, *colour, *colour });
  gtk_snapshot_restore (snapshot);
}

static void
append_handle (GtkSnapshot   *snapshot,
               double         x,
               double         y,
               double         angle,
               gboolean       is_round,
               const GdkRGBA *colour,
               const GdkRGBA *fill)
{
  GskRoundedRect outline;
  float          half = (float) HANDLE_SIZE / 2;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  if (angle != 0)
    gtk_snapshot_rotate (snapshot, (float) (angle * 180 / G_PI));
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (-half, -half, 2 * half, 2 * half),
                                   is_round ? half : 2);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, fill, &outline.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1.5f, 1.5f, 1.5f, 1.5f },
                              (GdkRGBA[4]){ *colour, *colour, *colour, *colour });
  gtk_snapshot_restore (snapshot);
}

static void
draw_handles (TelaCanvas      *self,
              GtkSnapshot     *snapshot,
              const TelaFrame *frame,
              GPtrArray       *selected,
              const GdkRGBA   *colour,
              const GdkRGBA   *fill)
{
  TelaHandle kinds[TELA_MAX_HANDLES];
  TelaPoint  at[TELA_MAX_HANDLES];
  guint      n = tela_frame_handles (frame, selected->len == 1 ? selected->pdata[0] : NULL, tela_canvas_get_unit (self),
                                     kinds, at);

  for (guint i = 0; i < n; i++)
    {
      double wx, wy;

      tela_viewport_to_widget (self->viewport, at[i].x, at[i].y, &wx, &wy);
      append_handle (snapshot, wx, wy, frame->angle, kinds[i] >= TELA_HANDLE_ROTATE, colour, fill);
    }
}

static void
draw_selection (TelaCanvas  *self,
                GtkSnapshot *snapshot)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  g_autoptr (GPtrArray) selected = NULL;
  GdkRGBA   colour = { 0 };
  GdkRGBA   fill = { 0 };
  TelaFrame frame;
  TelaRect  box;

  if (tela_selection_get_n (self->selection) == 0)
    return;
  selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));
  if (selected->len == 0)
    return;

  gtk_style_context_lookup_color (context, "tela_selection_color", &colour);
  gtk_style_context_lookup_color (context, "tela_handle_color", &fill);

  frame = tela_frame_of (selected);
  for (guint i = 0; selected->len > 1 && i < MIN (selected->len, MAX_OUTLINES); i++)
    append_frame (snapshot, tela_viewport_rect_to_widget (self->viewport, tela_element_get_box (selected->pdata[i])),
                  tela_element_get_number (selected->pdata[i], TELA_KEY_ANGLE, 0), 1, &colour);

  if (!frame.is_line)
    {
      box = tela_rect_expand (tela_viewport_rect_to_widget (self->viewport, frame.box), FRAME_GAP);
      append_frame (snapshot, box, frame.angle, selected->len > 1 ? 1 : 1.5f, &colour);
    }
  if (tela_canvas_can_edit (self))
    draw_handles (self, snapshot, &frame, selected, &colour, &fill);
}

static void
draw_frozen (TelaCanvas  *self,
             GtkSnapshot *snapshot)
{
  TelaRect to = tela_viewport_rect_to_widget (self->viewport, self->frozen_at);

  gtk_snapshot_append_texture (
      snapshot, self->frozen,
      &GRAPHENE_RECT_INIT ((float) to.x, (float) to.y, (float) to.width, (float) to.height));
}

void
tela_canvas_draw (GtkWidget   *widget,
                  GtkSnapshot *snapshot)
{
  TelaCanvas *self = TELA_CANVAS (widget);
  int         width = gtk_widget_get_width (widget);
  int         height = gtk_widget_get_height (widget);
  GdkRGBA     paper;

  tela_canvas_get_paper (self, &paper);
  if (self->session == NULL || self->frozen != NULL)
    gtk_snapshot_append_color (snapshot, &paper, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  if (self->session == NULL)
    return;
  if (self->frozen != NULL)
    {
      draw_frozen (self, snapshot);
      return;
    }

  tela_layers_draw (self->layers, snapshot, self->viewport, &paper, widget);
  if (!self->tool->klass->hides_selection)
    draw_selection (self, snapshot);
  if (self->tool->klass->snapshot != NULL)
    self->tool->klass->snapshot (self->tool, snapshot);
  if (self->text.view != NULL)
    {
      gtk_widget_snapshot_child (widget, self->text.view, snapshot);
      tela_canvas_draw_text (self, snapshot);
    }
}

void
tela_canvas_freeze (TelaCanvas *self)
{
  GtkWidget      *widget = GTK_WIDGET (self);
  int             scale = gtk_widget_get_scale_factor (widget);
  GtkSnapshot    *snapshot = gtk_snapshot_new ();
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float) (gtk_widget_get_width (widget) * scale),
                                             (float) (gtk_widget_get_height (widget) * scale));
  GskRenderNode  *node;

  g_return_if_fail (TELA_IS_CANVAS (self));

  g_clear_object (&self->frozen);
  self->frozen_at = tela_viewport_get_visible (self->viewport);
  gtk_snapshot_scale (snapshot, (float) scale, (float) scale);
  tela_canvas_draw (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node != NULL)
    self->frozen = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)), node, &area);
  g_clear_pointer (&node, gsk_render_node_unref);
}

gboolean
tela_canvas_is_settled (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), TRUE);

  return tela_layers_is_settled (self->layers);
}

void
tela_canvas_get_painted (TelaCanvas *self,
                         guint64    *n_tiles,
                         gsize      *bytes)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  tela_layers_get_painted (self->layers, n_tiles, bytes);
}
