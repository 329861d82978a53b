/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-attach.h"

#include <string.h>

#include "tela-paint.h"
#include "tela-tool.h"
#include "tela-transform.h"

#define TARGET_WIDTH 3.0f /* widget pixels of the outline that shows it */
#define TARGET_ALPHA 0.6f

static double
measure_cb (const char *line,
            gsize       len,
            double      font_size,
            int         font_family,
            gpointer    user_data)
{
  g_autofree char *text = g_strndup (line, len);
  double           width;
  double           height;

  tela_paint_measure_text (text, font_size, font_family, 1, &width, &height);

  return width;
}

TelaAttach *
tela_canvas_attach (TelaCanvas *self,
                    GPtrArray  *elements)
{
  return tela_attach_new (tela_canvas_get_board (self), elements, measure_cb, NULL);
}

GPtrArray *
tela_canvas_complete (TelaCanvas *self,
                      GPtrArray  *elements,
                      GPtrArray  *ops)
{
  g_autoptr (TelaAttach) attach = tela_canvas_attach (self, elements);

  return tela_attach_complete (attach, ops);
}

GPtrArray *
tela_canvas_move (TelaCanvas     *self,
                  GPtrArray      *elements,
                  double          dx,
                  double          dy,
                  const TelaSpot *hand)
{
  TelaBoard *board = tela_canvas_get_board (self);
  GPtrArray *ops = tela_transform_move (elements, dx, dy);

  tela_attach_rebind (board, elements, ops, TELA_ATTACH_SLACK * tela_canvas_get_unit (self));
  if (hand != NULL)
    tela_attach_enter_frames (board, elements, ops, (TelaSpot){ dx, dy }, (TelaSpot){ hand->x, hand->y });

  return ops;
}

void
tela_canvas_set_frame (TelaCanvas    *self,
                       TelaOpBuilder *op,
                       double         x,
                       double         y)
{
  const TelaElement *frame = tela_attach_find_frame (tela_canvas_get_board (self), x, y);

  if (frame != NULL)
    tela_op_builder_set_string (op, TELA_KEY_FRAME_ID, tela_element_get_id (frame));
}

TelaElement *
tela_canvas_bind_arrow (TelaCanvas        *self,
                        const TelaElement *arrow,
                        const TelaElement *op,
                        TelaAttachEnds     ends)
{
  g_autoptr (TelaElement) drawn = tela_attach_overlay (arrow, op);
  g_autoptr (TelaElement) bound =
      tela_attach_bind (tela_canvas_get_board (self), drawn, ends, TELA_ATTACH_SLACK * tela_canvas_get_unit (self));

  return bound != NULL ? tela_attach_overlay (op, bound) : tela_element_ref (op);
}

void
tela_canvas_delete (TelaCanvas *self,
                    GPtrArray  *elements)
{
  g_autoptr (GPtrArray) ops = tela_attach_delete (tela_canvas_get_board (self), elements);
  g_autoptr (GPtrArray) freed = g_ptr_array_new ();

  if (ops->len == 0)
    return;

  /* What was in a frame stays, and is selected: a second press deletes it. */
  for (guint i = 0; i < ops->len; i++)
    if (tela_element_has (ops->pdata[i], TELA_KEY_FRAME_ID) &&
        !tela_element_get_boolean (ops->pdata[i], TELA_KEY_IS_DELETED, FALSE))
      g_ptr_array_add (freed, ops->pdata[i]);
  tela_session_edit (tela_canvas_get_session (self), (TelaElement *const *) ops->pdata, ops->len);
  if (freed->len > 0)
    tela_selection_set_elements (tela_canvas_get_selection (self), freed);
}

const TelaElement *
tela_canvas_find_writable (TelaCanvas *self,
                           double      x,
                           double      y)
{
  TelaBoard         *board = tela_canvas_get_board (self);
  const TelaElement *hit = tela_board_hit (board, x, y, 0);

  if (hit != NULL &&
      (g_strcmp0 (tela_element_get_string (hit, TELA_KEY_TYPE), "text") == 0 || tela_attach_can_hold_text (hit)))
    return hit;

  return hit == NULL ? tela_attach_find_container (board, x, y) : NULL;
}

static void
draw_outline (TelaCanvas        *self,
              cairo_t           *cr,
              const TelaElement *shape)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self);
  double        unit = tela_canvas_get_unit (self);
  TelaOutline   outline;
  double        x, y;

  tela_outline_init (&outline, shape);
  tela_viewport_to_widget (viewport, outline.centre.x, outline.centre.y, &x, &y);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_rotate (cr, outline.angle);
  cairo_scale (cr, 1 / unit, 1 / unit);
  cairo_new_path (cr);
  for (guint i = 0; i < outline.n; i++)
    cairo_line_to (cr, outline.corners[i].x, outline.corners[i].y);
  if (outline.n == 0 && outline.half_width > 0 && outline.half_height > 0)
    {
      cairo_scale (cr, outline.half_width, outline.half_height);
      cairo_arc (cr, 0, 0, 1, 0, 2 * G_PI);
    }
  cairo_close_path (cr);
  cairo_restore (cr);
  cairo_stroke (cr);
}

static void
draw_target (TelaCanvas        *self,
             GtkSnapshot       *snapshot,
             const TelaElement *shape)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GdkRGBA    colour = { 0 };
  cairo_t   *cr;

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "tela_selection_color", &colour);
  colour.alpha *= TARGET_ALPHA;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                                 (float) gtk_widget_get_height (widget)));
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_line_width (cr, (double) TARGET_WIDTH);
  draw_outline (self, cr, shape);
  cairo_destroy (cr);
}

void
tela_canvas_draw_targets (TelaCanvas    *self,
                          GtkSnapshot   *snapshot,
                          const char    *arrow,
                          TelaAttachEnds ends)
{
  TelaBoard         *board = tela_canvas_get_board (self);
  const TelaElement *shown = tela_board_lookup_shown (board, arrow);

  for (guint i = 0; shown != NULL && i < 2; i++)
    {
      const TelaElement *target =
          ends & (1u << i) ? tela_attach_get_target (board, shown, (TelaAttachEnds) (1u << i)) : NULL;

      if (target != NULL)
        draw_target (self, snapshot, target);
    }
}

void
tela_canvas_draw_frame (TelaCanvas  *self,
                        GtkSnapshot *snapshot,
                        GPtrArray   *moving,
                        TelaSpot     hand)
{
  const TelaElement *frame = tela_attach_find_frame (tela_canvas_get_board (self), hand.x, hand.y);

  for (guint i = 0; frame != NULL && i < moving->len; i++)
    {
      const char *own = tela_element_get_string (moving->pdata[i], TELA_KEY_FRAME_ID);

      if (strcmp (tela_element_get_id (moving->pdata[i]), tela_element_get_id (frame)) == 0)
        return;
      if (g_strcmp0 (own, tela_element_get_id (frame)) != 0)
        {
          draw_target (self, snapshot, frame);
          return;
        }
    }
}
