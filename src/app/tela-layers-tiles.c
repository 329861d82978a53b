/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-layers-private.h"

#include "tela-picture.h"

static graphene_rect_t
to_logical (TelaPixelRect rect,
            float         scale)
{
  return GRAPHENE_RECT_INIT ((float) rect.x / scale, (float) rect.y / scale, (float) rect.width / scale,
                             (float) rect.height / scale);
}

void
tela_layers_draw_tiles (TelaTileCache *cache,
                        GArray        *draws,
                        GtkSnapshot   *snapshot,
                        const GdkRGBA *paper,
                        gboolean       for_cairo,
                        int            device_scale)
{
  tela_tile_cache_get_draws (cache, draws);
  for (guint i = 0; i < draws->len; i++)
    {
      const TelaTileDraw *draw = &g_array_index (draws, TelaTileDraw, i);
      graphene_rect_t     to = to_logical (draw->to, (float) device_scale);
      graphene_rect_t     clip = to_logical (draw->clip, (float) device_scale);

      if (draw->picture == NULL)
        gtk_snapshot_append_color (snapshot, paper, &clip);
      else
        tela_picture_append (draw->picture, snapshot, for_cairo, &to, &clip);
    }
}
