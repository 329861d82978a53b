/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-tile-cache.h"

G_BEGIN_DECLS

#define TELA_TILE_MIN_BUCKET (-20)
#define TELA_TILE_MAX_BUCKET 8
#define TELA_TILE_MOVING_US (G_USEC_PER_SEC / 5) /* so long after it moved, the camera rests */

/* A tile of bucket b has 2^b device pixels per board unit. */
typedef struct
{
  int    bucket;
  gint64 col, row;
} TelaTileKey;

typedef struct
{
  TelaTileKey key;     /* first: the table's key */
  gpointer    picture; /* owned; NULL: empty, or not there yet */
  int         stride;
  gsize       bytes;
  gboolean    is_there; /* it can be drawn: as its picture, or as nothing if it is empty */
  gboolean    failed;   /* out of memory: not tried again until something changes */
  guint64     version;  /* of what it should show */
  guint64     shown;    /* version of what it shows */
  guint64     painting; /* version of what is being painted */
  guint64     job;      /* 0: none */
  guint64     used;     /* the last update that wanted it */
  GList       link;     /* in the order of use */
} TelaTile;

/* To be painted when its turn comes. */
typedef struct
{
  TelaTileKey key;
  int         priority;
  guint64     shown; /* of equals, the one with the oldest picture comes first */
} TelaTileWish;

/* Inclusive. */
typedef struct
{
  gint64 left, top, right, bottom;
} TelaCells;

struct _TelaTileCache
{
  GObject parent_instance;

  TelaPainter   *painter; /* owned */
  TelaTileSource source;
  GHashTable    *tiles;  /* TelaTileKey → TelaTile */
  GHashTable    *jobs;   /* id → TelaTile, borrowed */
  GArray        *wishes; /* TelaTileWish; those from `n_granted` on wait */
  guint          n_granted;
  GQueue         recent; /* TelaTile, the last used first */
  gsize          bytes;
  gsize          budget;
  guint32        paper;
  int            pixels; /* of a tile's side */

  TelaRect area;
  double   scale;
  int      bucket;
  int      overview; /* bucket in which a few tiles hold the whole board */
  gboolean has_overview;
  gboolean moved;    /* since the last update */
  gint64   moved_at; /* when an update last saw that; the monotonic clock's */
  gint64   zoomed_at;
  gboolean is_hurried;
  guint    rest_source; /* what waits for the camera to rest gets a frame then; 0: none */
  guint64  frame;
  guint64  last_version;
  guint64  n_painted;

  GHashTable *lifted;  /* id → TelaElement */
  GHashTable *landing; /* id → Landing: no longer lifted, not yet seen in the tiles */
};

double    tela_tile_cache_get_span (TelaTileCache *self, int bucket); /* board units of a tile's side */
TelaCells tela_tile_cache_get_cells (TelaTileCache *self, int bucket, TelaRect area);
void      tela_tile_cache_touch (TelaTileCache *self, TelaTile *tile); /* it was used just now */
void      tela_tile_cache_init_lifted (TelaTileCache *self);
void      tela_tile_cache_land (TelaTileCache *self);                                     /* those that the tiles show by now */
TelaTile *tela_tile_cache_find (TelaTileCache *self, int bucket, gint64 col, gint64 row); /* NULL: none */
int       tela_tile_cache_find_near (TelaTileCache *self, const TelaTileKey *key);        /* a picture in its place: 1 or 2 levels coarser, or 1 finer; 0: none */
TelaTile *tela_tile_cache_ensure (TelaTileCache *self, int bucket, gint64 col, gint64 row);
TelaRect  tela_tile_cache_get_area (TelaTileCache *self, const TelaTile *tile);                          /* of the board */
void      tela_tile_cache_set_picture (TelaTileCache *self, TelaTile *tile, GBytes *pixels, int stride); /* @pixels: NULL if it is empty */
void      tela_tile_cache_cancel_job (TelaTileCache *self, TelaTile *tile);
void      tela_tile_cache_keep_budget (TelaTileCache *self); /* but what this update wanted stays, whatever it costs */

static inline gboolean
tela_tile_is_fresh (const TelaTile *tile)
{
  return tile->is_there && tile->shown == tile->version;
}

G_END_DECLS
