/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tile-cache-private.h"

#include <math.h>
#include <string.h>

#include "tela-look.h"
#include "tela-scene.h"

#define TILE_OVERHEAD 4096    /* bytes a tile counts even if it is empty, so that these have a limit too */
#define BUCKET_TOLERANCE 0.02 /* of a doubling: so little enlargement is not worth four times the pixels */
#define MAX_CELLS 64          /* of a viewport's side */

G_DEFINE_FINAL_TYPE (TelaTileCache, tela_tile_cache, G_TYPE_OBJECT)

enum
{
  READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static guint
key_hash (gconstpointer data)
{
  const TelaTileKey *key = data;

  return (guint) key->col * 73856093u ^ (guint) key->row * 19349663u ^ (guint) key->bucket * 83492791u;
}

static gboolean
key_equal (gconstpointer a,
           gconstpointer b)
{
  const TelaTileKey *x = a;
  const TelaTileKey *y = b;

  return x->bucket == y->bucket && x->col == y->col && x->row == y->row;
}

double
tela_tile_cache_get_span (TelaTileCache *self,
                          int            bucket)
{
  return ldexp (self->pixels, -bucket);
}

TelaCells
tela_tile_cache_get_cells (TelaTileCache *self,
                           int            bucket,
                           TelaRect       area)
{
  double    span = tela_tile_cache_get_span (self, bucket);
  TelaCells cells;

  cells.left = (gint64) floor (CLAMP (area.x / span, -1e15, 1e15));
  cells.top = (gint64) floor (CLAMP (area.y / span, -1e15, 1e15));
  cells.right = (gint64) ceil (CLAMP ((area.x + area.width) / span, -1e15, 1e15)) - 1;
  cells.bottom = (gint64) ceil (CLAMP ((area.y + area.height) / span, -1e15, 1e15)) - 1;
  cells.right = MAX (cells.right, cells.left);
  cells.bottom = MAX (cells.bottom, cells.top);

  return cells;
}

TelaTile *
tela_tile_cache_find (TelaTileCache *self,
                      int            bucket,
                      gint64         col,
                      gint64         row)
{
  const TelaTileKey key = { bucket, col, row };

  return g_hash_table_lookup (self->tiles, &key);
}

void
tela_tile_cache_touch (TelaTileCache *self,
                       TelaTile      *tile)
{
  tile->used = self->frame;
  g_queue_unlink (&self->recent, &tile->link);
  g_queue_push_head_link (&self->recent, &tile->link);
}

void
tela_tile_cache_cancel_job (TelaTileCache *self,
                            TelaTile      *tile)
{
  if (tile->job == 0)
    return;
  tela_painter_cancel (self->painter, tile->job);
  g_hash_table_remove (self->jobs, &tile->job);
  tile->job = 0;
}

void
tela_tile_cache_set_picture (TelaTileCache *self,
                             TelaTile      *tile,
                             GBytes        *pixels,
                             int            stride)
{
  if (tile->picture != NULL)
    self->source.unwrap (tile->picture);
  self->bytes -= tile->bytes;
  tile->picture = NULL;
  tile->bytes = TILE_OVERHEAD;
  tile->stride = stride;
  if (pixels != NULL)
    {
      tile->bytes += g_bytes_get_size (pixels);
      tile->picture = self->source.wrap != NULL
                          ? self->source.wrap (pixels, self->pixels, stride, self->source.user_data)
                          : g_bytes_ref (pixels);
    }
  self->bytes += tile->bytes;
}

static void
drop_tile (TelaTileCache *self,
           TelaTile      *tile)
{
  tela_tile_cache_cancel_job (self, tile);
  tela_tile_cache_set_picture (self, tile, NULL, 0);
  self->bytes -= tile->bytes;
  g_queue_unlink (&self->recent, &tile->link);
  g_hash_table_remove (self->tiles, &tile->key);
  g_free (tile);
}

static void
drop_all (TelaTileCache *self)
{
  g_array_set_size (self->wishes, 0);
  self->n_granted = 0;
  while (self->recent.tail != NULL)
    drop_tile (self, self->recent.tail->data);
}

void
tela_tile_cache_keep_budget (TelaTileCache *self)
{
  while (self->bytes > self->budget && self->recent.tail != NULL)
    {
      TelaTile *tile = self->recent.tail->data;

      if (tile->used == self->frame)
        return;
      drop_tile (self, tile);
    }
}

TelaTile *
tela_tile_cache_ensure (TelaTileCache *self,
                        int            bucket,
                        gint64         col,
                        gint64         row)
{
  TelaTile *tile = tela_tile_cache_find (self, bucket, col, row);

  if (tile != NULL)
    return tile;

  tile = g_new0 (TelaTile, 1);
  tile->key = (TelaTileKey){ bucket, col, row };
  tile->version = ++self->last_version;
  tile->link.data = tile;
  tile->bytes = TILE_OVERHEAD;
  self->bytes += tile->bytes;
  g_hash_table_insert (self->tiles, &tile->key, tile);
  g_queue_push_head_link (&self->recent, &tile->link);

  return tile;
}

TelaRect
tela_tile_cache_get_area (TelaTileCache  *self,
                          const TelaTile *tile)
{
  double span = tela_tile_cache_get_span (self, tile->key.bucket);

  return (TelaRect){ tile->key.col * span, tile->key.row * span, span, span };
}

static void
tela_tile_cache_dispose (GObject *object)
{
  TelaTileCache *self = TELA_TILE_CACHE (object);

  g_clear_handle_id (&self->rest_source, g_source_remove);
  if (self->painter != NULL)
    drop_all (self);
  g_clear_object (&self->painter);
  g_hash_table_remove_all (self->lifted);
  g_hash_table_remove_all (self->landing);

  G_OBJECT_CLASS (tela_tile_cache_parent_class)->dispose (object);
}

static void
tela_tile_cache_finalize (GObject *object)
{
  TelaTileCache *self = TELA_TILE_CACHE (object);

  g_hash_table_unref (self->tiles);
  g_hash_table_unref (self->jobs);
  g_array_unref (self->wishes);
  g_hash_table_unref (self->lifted);
  g_hash_table_unref (self->landing);

  G_OBJECT_CLASS (tela_tile_cache_parent_class)->finalize (object);
}

static void
tela_tile_cache_class_init (TelaTileCacheClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_tile_cache_dispose;
  object_class->finalize = tela_tile_cache_finalize;

  signals[READY] = g_signal_new ("ready", TELA_TYPE_TILE_CACHE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_tile_cache_init (TelaTileCache *self)
{
  self->tiles = g_hash_table_new (key_hash, key_equal);
  self->jobs = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->wishes = g_array_new (FALSE, FALSE, sizeof (TelaTileWish));
  tela_tile_cache_init_lifted (self);
  self->budget = TELA_TILE_DEFAULT_BUDGET;
  self->pixels = TELA_TILE_SIZE;
  self->scale = 1;
}

TelaTileCache *
tela_tile_cache_new (TelaPainter          *painter,
                     const TelaTileSource *source)
{
  TelaTileCache *self = g_object_new (TELA_TYPE_TILE_CACHE, NULL);

  self->painter = g_object_ref (painter);
  self->source = *source;
  if (self->source.wrap == NULL)
    self->source.unwrap = (GDestroyNotify) g_bytes_unref;

  return self;
}

void
tela_tile_cache_set_budget (TelaTileCache *self,
                            gsize          bytes)
{
  self->budget = bytes;
  tela_tile_cache_keep_budget (self);
}

gsize
tela_tile_cache_get_bytes (TelaTileCache *self)
{
  return self->bytes;
}

guint64
tela_tile_cache_get_n_painted (TelaTileCache *self)
{
  return self->n_painted;
}

void
tela_tile_cache_set_device_scale (TelaTileCache *self,
                                  int            scale)
{
  if (self->pixels == TELA_TILE_SIZE * scale)
    return;
  drop_all (self);
  self->pixels = TELA_TILE_SIZE * scale;
  self->moved = TRUE;
}

void
tela_tile_cache_set_paper (TelaTileCache *self,
                           guint32        paper)
{
  if (self->paper == paper)
    return;
  self->paper = paper;
  tela_tile_cache_invalidate_all (self);
}

void
tela_tile_cache_set_viewport (TelaTileCache *self,
                              TelaRect       area,
                              double         scale)
{
  const double before = self->scale;
  TelaRect     old = self->area;
  double       most;

  self->scale = CLAMP (scale, 1e-6, 256);
  self->bucket = (int) CLAMP (ceil (log2 (self->scale) - BUCKET_TOLERANCE), TELA_TILE_MIN_BUCKET, TELA_TILE_MAX_BUCKET);
  most = MAX_CELLS * tela_tile_cache_get_span (self, self->bucket);
  self->area = (TelaRect){ area.x, area.y, MIN (area.width, most), MIN (area.height, most) };
  if (self->scale != before)
    self->zoomed_at = g_get_monotonic_time ();
  if (self->scale != before || memcmp (&self->area, &old, sizeof old) != 0)
    self->moved = TRUE;
}

void
tela_tile_cache_set_hurried (TelaTileCache *self,
                             gboolean       hurried)
{
  self->is_hurried = hurried;
}

static void
mark_stale (TelaTileCache *self,
            TelaTile      *tile)
{
  tile->version = self->last_version;
  tile->failed = FALSE;
}

/* A job that runs is not cancelled: what it brings is nearer to the truth than what is shown, and under steady change
 * nothing would ever come. */
void
tela_tile_cache_invalidate (TelaTileCache *self,
                            TelaRect       area)
{
  GList *l;

  area = tela_rect_expand (area, TELA_SCENE_REACH);
  self->last_version++;
  for (l = self->recent.head; l != NULL; l = l->next)
    if (tela_rect_intersects (area, tela_tile_cache_get_area (self, l->data)))
      mark_stale (self, l->data);
}

void
tela_tile_cache_invalidate_all (TelaTileCache *self)
{
  GList *l;

  self->last_version++;
  for (l = self->recent.head; l != NULL; l = l->next)
    mark_stale (self, l->data);
}

/* What is in a frame is cut at its edge: all of it shows when the frame goes, and less when one comes. */
static void
invalidate_children (TelaTileCache     *self,
                     const TelaElement *frame)
{
  g_autoptr (GPtrArray) children = NULL;
  guint i;

  if (self->source.children == NULL || !tela_look_is_frame (frame))
    return;
  children = self->source.children (tela_element_get_id (frame), self->source.user_data);
  for (i = 0; i < children->len; i++)
    tela_tile_cache_invalidate (self, tela_element_get_bounds (children->pdata[i]));
}

void
tela_tile_cache_change (TelaTileCache     *self,
                        const TelaElement *before,
                        const TelaElement *after)
{
  const TelaElement *either = before != NULL ? before : after;

  if (either == NULL || tela_tile_cache_is_lifted (self, tela_element_get_id (either)))
    return;
  if (before != NULL)
    tela_tile_cache_invalidate (self, tela_element_get_bounds (before));
  if (after != NULL)
    tela_tile_cache_invalidate (self, tela_element_get_bounds (after));
  if (before == NULL || after == NULL)
    invalidate_children (self, either);
}
