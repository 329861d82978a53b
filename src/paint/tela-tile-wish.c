/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What of the cache is painted, and when. */

#include "tela-tile-cache-private.h"

#include <math.h>

#include "tela-scene.h"

#define MAX_JOBS 16      /* with the painter: what its elements are is looked up when its turn is near, which a frame has no time for if all of it is at once */
#define MAX_STALE_JOBS 1 /* of those, while the camera moves: all is stale under a flood of changes, and frames need the processor */
#define PRIORITY_VISIBLE 1000000
#define PRIORITY_NEAR 800000   /* visible, and something half as sharp stands in for it, or */
#define PRIORITY_COARSE 900000 /* a quarter */
#define PRIORITY_STALE 500000  /* visible, and there, though not as it should be */
#define PRIORITY_OVERVIEW 0
#define PRIORITY_RING (-1000000)

/* An element is cut at the edge of its frame, also where the frame itself does not reach. */
static void
add_frames (TelaTileCache *self,
            GPtrArray     *elements)
{
  g_autoptr (GHashTable) known = NULL;
  guint n = elements->len;
  guint i;

  if (self->source.lookup == NULL)
    return;
  for (i = 0; i < n; i++)
    {
      const char  *id = tela_element_get_string (elements->pdata[i], TELA_KEY_FRAME_ID);
      TelaElement *frame;
      guint        k;

      if (id == NULL)
        continue;
      if (known == NULL)
        {
          known = g_hash_table_new (g_str_hash, g_str_equal);
          for (k = 0; k < n; k++)
            g_hash_table_add (known, (gpointer) tela_element_get_id (elements->pdata[k]));
        }
      if (!g_hash_table_add (known, (gpointer) id))
        continue;
      frame = tela_tile_cache_is_lifted (self, id) ? NULL : self->source.lookup (id, self->source.user_data);
      if (frame != NULL)
        g_ptr_array_add (elements, frame);
    }
}

/* (transfer full) */
static GPtrArray *
query_tile (TelaTileCache  *self,
            const TelaTile *tile)
{
  TelaRect area = tela_rect_expand (tela_tile_cache_get_area (self, tile), TELA_SCENE_REACH);
  g_autoptr (GPtrArray) found = self->source.query (area, self->source.user_data);
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  guint      i;

  for (i = 0; i < found->len; i++)
    if (!tela_tile_cache_is_lifted (self, tela_element_get_id (found->pdata[i])))
      g_ptr_array_add (elements, tela_element_ref (found->pdata[i]));
  add_frames (self, elements);

  return elements;
}

static void grant_wishes (TelaTileCache *self, gboolean is_update);

/* The next turn comes with a frame. */
static gboolean
waits_for_update (TelaTileCache *self)
{
  return self->n_granted < self->wishes->len && g_hash_table_size (self->jobs) == 0;
}

static void
tile_painted_cb (guint64  id,
                 GBytes  *pixels,
                 int      stride,
                 gpointer user_data)
{
  TelaTileCache *self = user_data;
  TelaTile      *tile = g_hash_table_lookup (self->jobs, &id);
  gboolean       is_news = FALSE;

  g_hash_table_remove (self->jobs, &id);
  tile->job = 0;
  if (pixels == NULL)
    tile->failed = TRUE;
  else
    {
      const guint n_landing = g_hash_table_size (self->landing);

      is_news = !tela_tile_cache_is_settled (self); /* else it is one around, for later */
      self->n_painted++;
      tela_tile_cache_set_picture (self, tile, pixels, stride);
      tile->is_there = TRUE;
      tile->shown = tile->painting;
      tela_tile_cache_keep_budget (self);
      tela_tile_cache_land (self);
      is_news = is_news || g_hash_table_size (self->landing) != n_landing;
    }
  grant_wishes (self, FALSE);
  if (is_news || waits_for_update (self))
    g_signal_emit_by_name (self, "ready");
}

static void
start_job (TelaTileCache *self,
           TelaTile      *tile,
           int            priority)
{
  static guint64 last_job; /* one painter may serve several caches */
  g_autoptr (GPtrArray) elements = query_tile (self, tile);
  TelaRect     area = tela_tile_cache_get_area (self, tile);
  TelaTileJob *job;

  tile->painting = tile->version;
  if (elements->len == 0)
    {
      tela_tile_cache_set_picture (self, tile, NULL, 0);
      tile->is_there = TRUE;
      tile->shown = tile->painting;
      return;
    }

  job = g_new0 (TelaTileJob, 1);
  *job = (TelaTileJob){ .elements = g_steal_pointer (&elements), .x = area.x, .y = area.y, .pixels = self->pixels };
  job->scale = ldexp (1, tile->key.bucket);
  job->paper = self->paper;
  job->asset = self->source.asset;
  job->asset_data = self->source.user_data;
  tile->job = ++last_job;
  g_hash_table_insert (self->jobs, &tile->job, tile);
  tela_painter_push (self->painter, tile->job, job, priority, tile_painted_cb, self);
}

static int
compare_wishes (const void *a,
                const void *b)
{
  const TelaTileWish *first = a;
  const TelaTileWish *second = b;

  if (first->priority != second->priority)
    return first->priority > second->priority ? -1 : 1;

  if (first->shown != second->shown)
    return first->shown < second->shown ? -1 : 1;
  if ((first->key.row | 1) != (second->key.row | 1))
    return first->key.row < second->key.row ? -1 : 1;

  return first->key.col < second->key.col ? -1 : first->key.col > second->key.col;
}

/* It is out of view, or what stands in for it will do while all is in motion. */
static gboolean
can_wait (const TelaTileWish *wish)
{
  return wish->priority <= PRIORITY_COARSE && wish->priority != PRIORITY_STALE;
}

static gboolean
rest_cb (gpointer user_data)
{
  TelaTileCache *self = user_data;

  self->rest_source = 0;
  g_signal_emit_by_name (self, "ready");

  return G_SOURCE_REMOVE;
}

/* Where no frame comes for what waits, for the camera may rest by now and nothing is painted. */
static void
watch_rest (TelaTileCache *self)
{
  gint64 left_us = self->zoomed_at + TELA_TILE_MOVING_US - g_get_monotonic_time ();

  if (self->rest_source != 0 || !waits_for_update (self))
    return;
  self->rest_source = g_timeout_add ((guint) (MAX (left_us, 0) / 1000) + 1, rest_cb, self);
  g_source_set_name_by_id (self->rest_source, "[tela] the camera rests");
}

/* As many as the painter is to have at a time. While the camera zooms, what can wait gets one turn a frame: all of it is
 * needed anew at each doubling, much of it in vain, and frames need the processor; none where they are late already. What is
 * stale has one turn a frame then. */
static void
grant_wishes (TelaTileCache *self,
              gboolean       is_update)
{
  const gint64   now = g_get_monotonic_time ();
  const gboolean moves = now - self->moved_at < TELA_TILE_MOVING_US;
  const gboolean zooms = now - self->zoomed_at < TELA_TILE_MOVING_US;
  gboolean       has_turn = is_update && !self->is_hurried && g_hash_table_size (self->jobs) == 0;

  for (; self->n_granted < self->wishes->len; self->n_granted++)
    {
      const TelaTileWish *wish = &g_array_index (self->wishes, TelaTileWish, self->n_granted);
      TelaTile           *tile = g_hash_table_lookup (self->tiles, &wish->key);

      if (tile == NULL || tile->job != 0 || tela_tile_is_fresh (tile) || tile->failed)
        continue;
      if (g_hash_table_size (self->jobs) >= (moves && tile->is_there ? MAX_STALE_JOBS : MAX_JOBS))
        return;
      if (moves && tile->is_there && self->is_hurried && !is_update)
        return;
      if (zooms && can_wait (wish) && !has_turn)
        return;
      start_job (self, tile, wish->priority);
      if (tile->job != 0 && can_wait (wish)) /* one with nothing on it takes no turn: no frame would come for the rest */
        has_turn = FALSE;
    }
}

static void
want (TelaTileCache *self,
      TelaTile      *tile,
      int            priority)
{
  TelaTileWish wish = { tile->key, priority, tile->shown };

  tela_tile_cache_touch (self, tile);
  if (tile->job != 0)
    tela_painter_set_priority (self->painter, tile->job, priority);
  else if (!tela_tile_is_fresh (tile) && !tile->failed)
    g_array_append_val (self->wishes, wish);
}

/* The four below one coarser tile come together: then that is no longer drawn for the last of them. */
static int
distance_to_centre (const TelaCells *cells,
                    gint64           col,
                    gint64           row)
{
  gint64 dx = 2 * (col | 1) - cells->left - cells->right;
  gint64 dy = 2 * (row | 1) - cells->top - cells->bottom;

  return (int) MIN (dx * dx + dy * dy, 100000);
}

/* Under steady change all are stale: then each has its turn. */
static int
priority_of (TelaTileCache   *self,
             const TelaTile  *tile,
             const TelaCells *cells,
             gboolean         ring)
{
  const int distance = distance_to_centre (cells, tile->key.col, tile->key.row);
  int       levels;

  if (ring)
    return PRIORITY_RING - distance;
  if (tile->is_there)
    return PRIORITY_STALE;

  levels = tela_tile_cache_find_near (self, &tile->key);

  return (levels == 1 ? PRIORITY_NEAR : levels == 2 ? PRIORITY_COARSE
                                                    : PRIORITY_VISIBLE) -
         distance;
}

/* The cells, or (@ring) those around them. */
static void
want_cells (TelaTileCache   *self,
            const TelaCells *cells,
            gboolean         ring)
{
  int    reach = ring ? 1 : 0;
  gint64 col;
  gint64 row;

  for (row = cells->top - reach; row <= cells->bottom + reach; row++)
    for (col = cells->left - reach; col <= cells->right + reach; col++)
      {
        gboolean  inside = row >= cells->top && row <= cells->bottom && col >= cells->left && col <= cells->right;
        TelaTile *tile = inside == ring ? NULL : tela_tile_cache_ensure (self, self->bucket, col, row);

        if (tile != NULL)
          want (self, tile, priority_of (self, tile, cells, ring));
      }
}

/* A few coarse tiles that hold the whole board: what is shown where nothing better is. They are painted when all else
 * is done, and again only when the camera has moved. */
static void
want_overview (TelaTileCache *self)
{
  gboolean  settled = tela_tile_cache_is_settled (self);
  TelaRect  extent;
  TelaCells cells;
  gint64    col;
  gint64    row;

  self->has_overview = self->source.extent != NULL && self->source.extent (&extent, self->source.user_data);
  if (!self->has_overview)
    return;
  self->overview =
      (int) CLAMP (floor (log2 (self->pixels / MAX (MAX (extent.width, extent.height), 1))), TELA_TILE_MIN_BUCKET, TELA_TILE_MAX_BUCKET);
  if (self->overview >= self->bucket)
    {
      self->has_overview = FALSE;
      return;
    }

  cells = tela_tile_cache_get_cells (self, self->overview, extent);
  for (row = cells.top; row <= MIN (cells.bottom, cells.top + 2); row++)
    for (col = cells.left; col <= MIN (cells.right, cells.left + 2); col++)
      {
        TelaTile *tile = tela_tile_cache_ensure (self, self->overview, col, row);

        tela_tile_cache_touch (self, tile);
        if (!settled)
          tela_tile_cache_cancel_job (self, tile); /* a whole board takes long; what is in view comes first */
        else if (!tile->is_there || self->moved)
          want (self, tile, PRIORITY_OVERVIEW);
      }
}

static void
cancel_unwanted (TelaTileCache   *self,
                 const TelaCells *cells)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->jobs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TelaTile          *tile = value;
      const TelaTileKey *key = &tile->key;

      if ((self->has_overview && key->bucket == self->overview) ||
          (key->bucket == self->bucket && key->col >= cells->left - 1 && key->col <= cells->right + 1 &&
           key->row >= cells->top - 1 && key->row <= cells->bottom + 1))
        continue;
      tela_painter_cancel (self->painter, tile->job);
      g_hash_table_iter_remove (&iter);
      tile->job = 0;
    }
}

void
tela_tile_cache_update (TelaTileCache *self)
{
  TelaCells cells = tela_tile_cache_get_cells (self, self->bucket, self->area);
  gsize     n = (gsize) ((cells.right - cells.left + 3) * (cells.bottom - cells.top + 3));

  self->frame++;
  if (self->moved)
    self->moved_at = g_get_monotonic_time ();
  g_array_set_size (self->wishes, 0);
  self->n_granted = 0;
  cancel_unwanted (self, &cells);
  want_cells (self, &cells, FALSE);
  want_overview (self);
  if (n * self->pixels * self->pixels * 4 <= self->budget)
    want_cells (self, &cells, TRUE);
  qsort (self->wishes->data, self->wishes->len, sizeof (TelaTileWish), compare_wishes);
  grant_wishes (self, TRUE);
  watch_rest (self);
  self->moved = FALSE;
  tela_tile_cache_keep_budget (self);
  tela_tile_cache_land (self);
}
