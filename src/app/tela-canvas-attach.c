/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-attach.h"

#include "tela-paint.h"
#include "tela-tool.h"

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

  if (ops->len > 0)
    tela_session_edit (tela_canvas_get_session (self), (TelaElement *const *) ops->pdata, ops->len);
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

void
tela_canvas_draw_targets (TelaCanvas    *self,
                          GtkSnapshot   *snapshot,
                          const char    *arrow,
                          TelaAttachEnds ends)
{
  GtkWidget         *widget = GTK_WIDGET (self);
  TelaBoard         *board = tela_canvas_get_board (self);
  const TelaElement *shown = tela_board_lookup_shown (board, arrow);
  GdkRGBA            colour = { 0 };

  if (shown == NULL)
    return;

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "tela_selection_color", &colour);
  colour.alpha *= TARGET_ALPHA;
  for (guint i = 0; i < 2; i++)
    {
      const TelaElement *target =
          ends & (1u << i) ? tela_attach_get_target (board, shown, (TelaAttachEnds) (1u << i)) : NULL;
      cairo_t *cr;

      if (target == NULL)
        continue;
      cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                                     (float) gtk_widget_get_height (widget)));
      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_set_line_width (cr, (double) TARGET_WIDTH);
      draw_outline (self, cr, target);
      cairo_destroy (cr);
    }
}
