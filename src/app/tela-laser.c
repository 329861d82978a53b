/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-laser.h"

#define LIT_US (1200 * 1000)
#define GAP_US (250 * 1000) /* between two strokes */
#define WIDTH 6.0           /* widget pixels, at the point */

static const TelaCursorSample *
get (GArray *samples,
     guint   at)
{
  return &g_array_index (samples, TelaCursorSample, at);
}

gboolean
tela_laser_is_lit (GArray *samples,
                   gint64  now)
{
  return samples->len > 0 && get (samples, samples->len - 1)->at > now - LIT_US;
}

static gboolean
shows (const TelaCursorSample *sample,
       gint64                  now)
{
  return sample->at <= now && sample->at > now - LIT_US;
}

static gboolean
find_bounds (TelaViewport    *viewport,
             GArray          *samples,
             gint64           now,
             graphene_rect_t *bounds)
{
  gboolean found = FALSE;

  for (guint i = 0; i < samples->len; i++)
    {
      double          wx, wy;
      graphene_rect_t spot;

      if (!shows (get (samples, i), now))
        continue;
      tela_viewport_to_widget (viewport, get (samples, i)->x, get (samples, i)->y, &wx, &wy);
      graphene_rect_init (&spot, (float) (wx - WIDTH), (float) (wy - WIDTH), 2 * (float) WIDTH, 2 * (float) WIDTH);
      if (found)
        graphene_rect_union (bounds, &spot, bounds);
      else
        *bounds = spot;
      found = TRUE;
    }

  return found;
}

void
tela_laser_draw (GtkSnapshot   *snapshot,
                 TelaViewport  *viewport,
                 GArray        *samples,
                 gint64         now,
                 const GdkRGBA *colour)
{
  TelaRect        visible = tela_viewport_get_visible (viewport);
  double          zoom = tela_viewport_get_zoom (viewport);
  graphene_rect_t window = GRAPHENE_RECT_INIT (0, 0, (float) (visible.width * zoom), (float) (visible.height * zoom));
  graphene_rect_t bounds;
  double          x = 0, y = 0;
  cairo_t        *cr;

  if (!find_bounds (viewport, samples, now, &bounds) || !graphene_rect_intersection (&bounds, &window, &bounds))
    return;

  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (guint i = 0; i < samples->len; i++)
    {
      const TelaCursorSample *sample = get (samples, i);
      gboolean                is_joined = i > 0 && sample->at - get (samples, i - 1)->at < GAP_US;
      double                  wx, wy;

      tela_viewport_to_widget (viewport, sample->x, sample->y, &wx, &wy);
      if (shows (sample, now))
        {
          cairo_set_line_width (cr, WIDTH * (1 - (double) (now - sample->at) / LIT_US));
          cairo_move_to (cr, is_joined ? x : wx, is_joined ? y : wy);
          cairo_line_to (cr, wx, wy);
          cairo_stroke (cr);
        }
      x = wx;
      y = wy;
    }
  cairo_destroy (cr);
}
