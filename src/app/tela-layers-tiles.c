/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-layers-private.h"

#include "tela-picture.h"

/* On whole pixels of the display again, where a renderer has nothing to smooth: an edge between two would show. */
static graphene_rect_t
to_logical (TelaPixelRect        rect,
            const TelaPixelGrid *grid)
{
  return GRAPHENE_RECT_INIT ((float) ((rect.x - grid->left) / grid->scale), (float) ((rect.y - grid->top) / grid->scale),
                             (float) (rect.width / grid->scale), (float) (rect.height / grid->scale));
}

void
tela_layers_draw_tiles (TelaTileCache       *cache,
                        GArray              *draws,
                        GtkSnapshot         *snapshot,
                        const GdkRGBA       *paper,
                        const TelaPixelGrid *grid,
                        gboolean             for_cairo)
{
  tela_tile_cache_get_draws (cache, draws);
  for (guint i = 0; i < draws->len; i++)
    {
      const TelaTileDraw *draw = &g_array_index (draws, TelaTileDraw, i);
      graphene_rect_t     to = to_logical (draw->to, grid);
      graphene_rect_t     clip = to_logical (draw->clip, grid);

      if (draw->picture == NULL)
        gtk_snapshot_append_color (snapshot, paper, &clip);
      else
        tela_picture_append (draw->picture, snapshot, for_cairo, &to, &clip);
    }
}
