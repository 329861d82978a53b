/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-layers-private.h"

#include <string.h>

#include "tela-picture.h"

/* On whole pixels of the display again, where a renderer has nothing to smooth: an edge between two would show. */
static graphene_rect_t
to_logical (TelaPixelRect        rect,
            const TelaPixelGrid *grid)
{
  return GRAPHENE_RECT_INIT ((float) ((rect.x - grid->left) / grid->scale), (float) ((rect.y - grid->top) / grid->scale),
                             (float) (rect.width / grid->scale), (float) (rect.height / grid->scale));
}

/* A part of a coarser picture, where the sharp one is not there yet. */
static gboolean
is_part (const TelaTileDraw *draw)
{
  return draw->picture != NULL && memcmp (&draw->to, &draw->clip, sizeof draw->to) != 0;
}

static int
compare_draws (gconstpointer a,
               gconstpointer b)
{
  const TelaTileDraw *first = a;
  const TelaTileDraw *second = b;

  if (is_part (first) != is_part (second))
    return is_part (first) ? -1 : 1;
  if (!is_part (first))
    return 0;
  if (first->to.width != second->to.width)
    return first->to.width > second->to.width ? -1 : 1;

  return first->picture < second->picture ? -1 : first->picture > second->picture;
}

/* OpenGL shades all of a picture for each part of it. So it is drawn once, whole, the coarsest first, and what is sharp
 * over it. */
static void
merge_parts (GArray *draws)
{
  guint n = 0;

  g_array_sort (draws, compare_draws);
  for (guint i = 0; i < draws->len; i++)
    {
      TelaTileDraw *draw = &g_array_index (draws, TelaTileDraw, i);

      if (is_part (draw))
        {
          if (n > 0 && g_array_index (draws, TelaTileDraw, n - 1).picture == draw->picture)
            continue;
          draw->clip = draw->to;
        }
      g_array_index (draws, TelaTileDraw, n++) = *draw;
    }
  g_array_set_size (draws, n);
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
  if (!for_cairo)
    merge_parts (draws);
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
