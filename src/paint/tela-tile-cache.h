/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* The picture of a board as square tiles in zoom buckets that are powers of two. What is there is shown, scaled if
 * need be, until what is asked for has been painted: never blank. No GTK; one thread.
 *
 * Each frame: set_viewport() if the camera moved, update() in the frame clock's update phase, get_draws() and get_above()
 * in the snapshot. */

#define TELA_TILE_SIZE 256                            /* pixels at device scale 1 */
#define TELA_TILE_DEFAULT_BUDGET (256u * 1024 * 1024) /* bytes of pixels */

/* Where the elements come from. All called on the cache's own thread, but for `asset`. */
typedef struct
{
  /* Shown elements that touch @area, in z-order, the lifted ones too. (transfer full)(element-type TelaElement) */
  GPtrArray *(*query) (TelaRect area, gpointer user_data);
  TelaElement *(*lookup) (const char *id, gpointer user_data);    /* one that is shown; (transfer full), NULL: none */
  GPtrArray *(*children) (const char *frame, gpointer user_data); /* shown elements that are in it, as query(); nullable */
  gboolean (*extent) (TelaRect *extent, gpointer user_data);      /* of all; FALSE: the board is empty */
  /* Makes of fresh pixels what is drawn later, say a GdkTexture; freed with @unwrap. Nullable: draws bear the GBytes. */
  gpointer (*wrap) (GBytes *pixels, int size, int stride, gpointer user_data);
  GDestroyNotify unwrap;
  TelaAssetFunc  asset;     /* nullable */
  gpointer       user_data; /* of all of them */
} TelaTileSource;

typedef struct
{
  int x, y, width, height;
} TelaPixelRect;

/* One thing to draw: the whole picture goes to @to, of which only @clip is shown. Device pixels, the viewport's corner is 0, 0. */
typedef struct
{
  gpointer      picture; /* NULL: nothing but paper. What wrap() made, or a GBytes; borrowed until the next update() or main loop turn */
  int           size, stride;
  TelaPixelRect to;
  TelaPixelRect clip;
  gboolean      is_sharp; /* of the bucket that was asked for */
} TelaTileDraw;

#define TELA_TYPE_TILE_CACHE (tela_tile_cache_get_type ())
G_DECLARE_FINAL_TYPE (TelaTileCache, tela_tile_cache, TELA, TILE_CACHE, GObject)

TelaTileCache *tela_tile_cache_new (TelaPainter *painter, const TelaTileSource *source);
void           tela_tile_cache_set_budget (TelaTileCache *self, gsize bytes);
void           tela_tile_cache_set_device_scale (TelaTileCache *self, int scale); /* another one forgets all tiles */

/* 0xffRRGGBB: tiles are as opaque as paper is, so that nothing need be drawn below them; 0: they are not. */
void tela_tile_cache_set_paper (TelaTileCache *self, guint32 paper);
/* @scale: device pixels per board unit. */
void tela_tile_cache_set_viewport (TelaTileCache *self, TelaRect area, double scale);
/* Frames take long: while the camera zooms, what something nearly as sharp stands in for is not painted; while it moves,
 * one stale tile a frame. */
void tela_tile_cache_set_hurried (TelaTileCache *self, gboolean hurried);
/* Gives the painter what is missing or stale, the visible first, and takes back what is no longer wanted. */
void tela_tile_cache_update (TelaTileCache *self);
/* What to draw, without gaps or overlaps; without paper nothing where the board is empty. (element-type TelaTileDraw): replaced. */
void tela_tile_cache_get_draws (TelaTileCache *self, GArray *draws);
/* Every visible tile is there, sharp and up to date. */
gboolean tela_tile_cache_is_settled (TelaTileCache *self);
gsize    tela_tile_cache_get_bytes (TelaTileCache *self);
guint64  tela_tile_cache_get_n_painted (TelaTileCache *self); /* tiles, since it was made */

/* An element changed; either may be NULL. Nothing happens for one that is lifted. */
void tela_tile_cache_change (TelaTileCache *self, const TelaElement *before, const TelaElement *after);
void tela_tile_cache_invalidate (TelaTileCache *self, TelaRect area);
void tela_tile_cache_invalidate_all (TelaTileCache *self);

/* Elements in motion are left out of the tiles and drawn above them. Call it with each as it was painted before it was
 * lifted (its place in the tiles), n = 0 at the end. One that comes down stays above until the tiles have it. */
void     tela_tile_cache_set_lifted (TelaTileCache *self, TelaElement *const *elements, gsize n);
gboolean tela_tile_cache_is_lifted (TelaTileCache *self, const char *id);
gboolean tela_tile_cache_has_above (TelaTileCache *self);
/* What to draw above the tiles now, as it is shown now, in z-order. (transfer full)(element-type TelaElement) */
GPtrArray *tela_tile_cache_get_above (TelaTileCache *self);

/* What rests and lies over @above in view, in z-order; it is in the tiles, too. At most @max. (transfer full)(element-type TelaElement) */
GPtrArray *tela_tile_cache_get_over (TelaTileCache *self, GPtrArray *above, guint max);

/* Signal "ready": tiles came that are in view, or an element came down: draw again. */

G_END_DECLS
