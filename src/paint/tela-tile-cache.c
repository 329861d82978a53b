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
#define MIN_BUCKET (-20)
#define MAX_BUCKET 8
#define MAX_CELLS 64     /* of a viewport's side */
#define MAX_JOBS 8       /* with the painter: what its elements are is looked up when its turn is near, which a frame has no time for if all of it is at once */
#define MAX_STALE_JOBS 1 /* of those, while the camera moves: all is stale under a flood of changes, and frames need the processor */
#define MOVING_US (G_USEC_PER_SEC / 5)
#define PRIORITY_VISIBLE 1000000
#define PRIORITY_STALE 500000 /* visible, and there, though not as it should be */
#define PRIORITY_OVERVIEW 0
#define PRIORITY_RING (-1000000)

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

static void
cancel_job (TelaTileCache *self,
            TelaTile      *tile)
{
  if (tile->job == 0)
    return;
  tela_painter_cancel (self->painter, tile->job);
  g_hash_table_remove (self->jobs, &tile->job);
  tile->job = 0;
}

static void
set_picture (TelaTileCache *self,
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
  cancel_job (self, tile);
  set_picture (self, tile, NULL, 0);
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

/* What this update wanted stays, whatever it costs. */
static void
keep_budget (TelaTileCache *self)
{
  while (self->bytes > self->budget && self->recent.tail != NULL)
    {
      TelaTile *tile = self->recent.tail->data;

      if (tile->used == self->frame)
        return;
      drop_tile (self, tile);
    }
}

static TelaTile *
ensure_tile (TelaTileCache *self,
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

static TelaRect
tile_area (TelaTileCache  *self,
           const TelaTile *tile)
{
  double span = tela_tile_cache_get_span (self, tile->key.bucket);

  return (TelaRect){ tile->key.col * span, tile->key.row * span, span, span };
}

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
  TelaRect area = tela_rect_expand (tile_area (self, tile), TELA_SCENE_REACH);
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

static void
tile_painted_cb (guint64  id,
                 GBytes  *pixels,
                 int      stride,
                 gpointer user_data)
{
  TelaTileCache *self = user_data;
  TelaTile      *tile = g_hash_table_lookup (self->jobs, &id);
  guint          n_landing = g_hash_table_size (self->landing);
  gboolean       is_seen = !tela_tile_cache_is_settled (self); /* else it is one around, for later */

  g_hash_table_remove (self->jobs, &id);
  tile->job = 0;
  if (pixels == NULL)
    {
      tile->failed = TRUE;
      grant_wishes (self, FALSE);
      return;
    }

  self->n_painted++;
  set_picture (self, tile, pixels, stride);
  tile->is_there = TRUE;
  tile->shown = tile->painting;
  keep_budget (self);
  tela_tile_cache_land (self);
  grant_wishes (self, FALSE);
  if (is_seen || (self->n_granted < self->wishes->len && g_hash_table_size (self->jobs) == 0) || g_hash_table_size (self->landing) != n_landing)
    g_signal_emit (self, signals[READY], 0);
}

static void
start_job (TelaTileCache *self,
           TelaTile      *tile,
           int            priority)
{
  static guint64 last_job; /* one painter may serve several caches */
  g_autoptr (GPtrArray) elements = query_tile (self, tile);
  TelaRect     area = tile_area (self, tile);
  TelaTileJob *job;

  tile->painting = tile->version;
  if (elements->len == 0)
    {
      set_picture (self, tile, NULL, 0);
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

/* Where it has to wait, nobody sees it: it is out of view, or there is nearly as sharp a picture in its place. */
static gboolean
can_wait (TelaTileCache      *self,
          const TelaTileWish *wish)
{
  return wish->priority < PRIORITY_OVERVIEW || tela_tile_cache_has_near (self, &wish->key);
}

/* As many as the painter is to have at a time. While the camera zooms, what can wait gets one turn a frame: all of it is
 * needed anew at each doubling, much of it in vain, and frames need the processor. */
static void
grant_wishes (TelaTileCache *self,
              gboolean       is_update)
{
  const gint64   now = g_get_monotonic_time ();
  const gboolean moves = now - self->moved_at < MOVING_US;
  const gboolean zooms = now - self->zoomed_at < MOVING_US;
  gboolean       has_turn = is_update && g_hash_table_size (self->jobs) == 0;

  for (; self->n_granted < self->wishes->len; self->n_granted++)
    {
      const TelaTileWish *wish = &g_array_index (self->wishes, TelaTileWish, self->n_granted);
      TelaTile           *tile = g_hash_table_lookup (self->tiles, &wish->key);

      if (tile == NULL || tile->job != 0 || tela_tile_is_fresh (tile) || tile->failed)
        continue;
      if (g_hash_table_size (self->jobs) >= (moves && tile->is_there ? MAX_STALE_JOBS : MAX_JOBS))
        return;
      if (zooms && can_wait (self, wish))
        {
          if (!has_turn)
            return;
          has_turn = FALSE;
        }
      start_job (self, tile, wish->priority);
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
priority_of (const TelaTile  *tile,
             const TelaCells *cells,
             gboolean         ring)
{
  if (ring)
    return PRIORITY_RING - distance_to_centre (cells, tile->key.col, tile->key.row);
  if (tile->is_there)
    return PRIORITY_STALE;

  return PRIORITY_VISIBLE - distance_to_centre (cells, tile->key.col, tile->key.row);
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
        TelaTile *tile = inside == ring ? NULL : ensure_tile (self, self->bucket, col, row);

        if (tile != NULL)
          want (self, tile, priority_of (tile, cells, ring));
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
      (int) CLAMP (floor (log2 (self->pixels / MAX (MAX (extent.width, extent.height), 1))), MIN_BUCKET, MAX_BUCKET);
  if (self->overview >= self->bucket)
    {
      self->has_overview = FALSE;
      return;
    }

  cells = tela_tile_cache_get_cells (self, self->overview, extent);
  for (row = cells.top; row <= MIN (cells.bottom, cells.top + 2); row++)
    for (col = cells.left; col <= MIN (cells.right, cells.left + 2); col++)
      {
        TelaTile *tile = ensure_tile (self, self->overview, col, row);

        tela_tile_cache_touch (self, tile);
        if (!settled)
          cancel_job (self, tile); /* a whole board takes long; what is in view comes first */
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

static void
tela_tile_cache_dispose (GObject *object)
{
  TelaTileCache *self = TELA_TILE_CACHE (object);

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
  keep_budget (self);
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
  self->bucket = (int) CLAMP (ceil (log2 (self->scale) - BUCKET_TOLERANCE), MIN_BUCKET, MAX_BUCKET);
  most = MAX_CELLS * tela_tile_cache_get_span (self, self->bucket);
  self->area = (TelaRect){ area.x, area.y, MIN (area.width, most), MIN (area.height, most) };
  if (self->scale != before)
    self->zoomed_at = g_get_monotonic_time ();
  if (self->scale != before || memcmp (&self->area, &old, sizeof old) != 0)
    self->moved = TRUE;
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
  self->moved = FALSE;
  keep_budget (self);
  tela_tile_cache_land (self);
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
    if (tela_rect_intersects (area, tile_area (self, l->data)))
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
