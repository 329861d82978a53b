/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tile-cache-private.h"

#include <math.h>

#define FINER_BUCKETS 3    /* so many buckets below are looked at when zooming out */
#define COARSER_BUCKETS 12 /* and so many above when zooming in, besides the overview */

static TelaPixelRect
place (TelaTileCache *self,
       int            bucket,
       gint64         col,
       gint64         row)
{
  double span = tela_tile_cache_get_span (self, bucket);
  double left = round ((col * span - self->area.x) * self->scale);
  double top = round ((row * span - self->area.y) * self->scale);
  double right = round (((col + 1) * span - self->area.x) * self->scale);
  double bottom = round (((row + 1) * span - self->area.y) * self->scale);

  /* Tiles of an overview seen from very near could be larger than an int. */
  left = CLAMP (left, -1e9, 1e9);
  top = CLAMP (top, -1e9, 1e9);
  right = CLAMP (right, -1e9, 1e9);
  bottom = CLAMP (bottom, -1e9, 1e9);

  return (TelaPixelRect){ (int) left, (int) top, (int) (right - left), (int) (bottom - top) };
}

/* Cells side by side are one. */
static void
draw_paper (TelaTileCache *self,
            GArray        *draws,
            TelaPixelRect  clip)
{
  TelaTileDraw *last = draws->len == 0 ? NULL : &g_array_index (draws, TelaTileDraw, draws->len - 1);
  TelaTileDraw  item = { .to = clip, .clip = clip, .is_sharp = TRUE };

  if (self->paper == 0)
    return;
  if (last != NULL && last->picture == NULL && last->clip.y == clip.y && last->clip.height == clip.height &&
      last->clip.x + last->clip.width == clip.x)
    {
      last->clip.width += clip.width;
      last->to = last->clip;
    }
  else
    g_array_append_val (draws, item);
}

static void
draw (TelaTileCache *self,
      GArray        *draws,
      TelaTile      *tile,
      TelaPixelRect  clip)
{
  TelaTileDraw item = { .picture = tile->picture, .size = self->pixels, .stride = tile->stride, .clip = clip };

  tela_tile_cache_touch (self, tile);
  if (clip.width <= 0 || clip.height <= 0)
    return;
  if (tile->picture == NULL)
    {
      draw_paper (self, draws, clip);
      return;
    }
  item.to = place (self, tile->key.bucket, tile->key.col, tile->key.row);
  item.is_sharp = tile->key.bucket == self->bucket && tela_tile_is_fresh (tile);
  g_array_append_val (draws, item);
}

static gint64
ancestor (gint64 cell,
          int    levels)
{
  return levels < 63 ? cell >> levels : (cell < 0 ? -1 : 0); /* rounds down, below zero too */
}

static void
draw_coarser (TelaTileCache *self,
              GArray        *draws,
              int            bucket,
              gint64         col,
              gint64         row)
{
  int last = bucket - COARSER_BUCKETS;
  int b;

  for (b = bucket - 1; b >= last || (self->has_overview && b >= self->overview); b--)
    {
      TelaTile *tile = tela_tile_cache_find (self, b, ancestor (col, bucket - b), ancestor (row, bucket - b));

      if (tile == NULL || !tile->is_there)
        continue;
      draw (self, draws, tile, place (self, bucket, col, row));
      return;
    }
  draw_paper (self, draws, place (self, bucket, col, row));
}

static gboolean
has_finer (TelaTileCache *self,
           int            bucket,
           gint64         col,
           gint64         row,
           int            depth)
{
  TelaTile *tile = tela_tile_cache_find (self, bucket, col, row);
  int       i;

  if (tile != NULL && tile->is_there)
    return TRUE;
  for (i = 0; depth > 0 && i < 4; i++)
    if (has_finer (self, bucket + 1, 2 * col + (i & 1), 2 * row + (i >> 1), depth - 1))
      return TRUE;

  return FALSE;
}

int
tela_tile_cache_find_near (TelaTileCache     *self,
                           const TelaTileKey *key)
{
  if (has_finer (self, key->bucket, key->col, key->row, 1))
    return 1;
  for (int levels = 1; levels <= 2; levels++)
    {
      const TelaTile *coarser =
          tela_tile_cache_find (self, key->bucket - levels, ancestor (key->col, levels), ancestor (key->row, levels));

      if (coarser != NULL && coarser->is_there)
        return levels;
    }

  return 0;
}

/* The cell by its own tile, else by quarters that have finer tiles, and what is left by the nearest coarser one. */
static void
cover (TelaTileCache *self,
       GArray        *draws,
       int            bucket,
       gint64         col,
       gint64         row,
       int            depth)
{
  TelaTile *tile = tela_tile_cache_find (self, bucket, col, row);
  int       i;

  if (tile != NULL && tile->is_there)
    draw (self, draws, tile, place (self, bucket, col, row));
  else if (depth > 0 && has_finer (self, bucket, col, row, depth))
    for (i = 0; i < 4; i++)
      cover (self, draws, bucket + 1, 2 * col + (i & 1), 2 * row + (i >> 1), depth - 1);
  else
    draw_coarser (self, draws, bucket, col, row);
}

void
tela_tile_cache_get_draws (TelaTileCache *self,
                           GArray        *draws)
{
  TelaCells cells = tela_tile_cache_get_cells (self, self->bucket, self->area);
  gint64    col;
  gint64    row;

  g_array_set_size (draws, 0);
  for (row = cells.top; row <= cells.bottom; row++)
    for (col = cells.left; col <= cells.right; col++)
      cover (self, draws, self->bucket, col, row, FINER_BUCKETS);
}

gboolean
tela_tile_cache_is_settled (TelaTileCache *self)
{
  TelaCells cells = tela_tile_cache_get_cells (self, self->bucket, self->area);
  gint64    col;
  gint64    row;

  for (row = cells.top; row <= cells.bottom; row++)
    for (col = cells.left; col <= cells.right; col++)
      {
        TelaTile *tile = tela_tile_cache_find (self, self->bucket, col, row);

        if (tile == NULL || !tela_tile_is_fresh (tile))
          return FALSE;
      }

  return TRUE;
}
