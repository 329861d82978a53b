/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The board below the layers: what of it moves, and where tiles get it from. */

#include "tela-layers-private.h"

#include "tela-frame-meter.h"
#include "tela-picture.h"

#define MAX_WAIT_MS 250 /* for more tiles */

static GPtrArray *
source_query (TelaRect area,
              gpointer user_data)
{
  return tela_board_query (TELA_LAYERS (user_data)->board, &area);
}

static TelaElement *
source_lookup (const char *id,
               gpointer    user_data)
{
  const TelaElement *element = tela_board_lookup_shown (TELA_LAYERS (user_data)->board, id);

  return element == NULL ? NULL : tela_element_ref (element);
}

static GPtrArray *
source_children (const char *frame,
                 gpointer    user_data)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_add (names, (gpointer) frame);

  return tela_board_find_linked (TELA_LAYERS (user_data)->board, names);
}

static gboolean
source_extent (TelaRect *extent,
               gpointer  user_data)
{
  return tela_board_get_extent (TELA_LAYERS (user_data)->board, extent);
}

static GBytes *
source_asset (const char *file_id,
              gpointer    user_data)
{
  return tela_images_get (file_id, TELA_LAYERS (user_data)->images);
}

static gpointer
source_wrap (GBytes  *pixels,
             int      size,
             int      stride,
             gpointer user_data)
{
  return tela_picture_new (pixels, size, size, stride);
}

static TelaTileSource
source_of (TelaLayers *self)
{
  return (TelaTileSource){
    .query = source_query,
    .lookup = source_lookup,
    .children = source_children,
    .extent = source_extent,
    .wrap = source_wrap,
    .unwrap = (GDestroyNotify) tela_picture_free,
    .asset = source_asset,
    .user_data = self,
  };
}

void
tela_layers_tell_lifted (TelaLayers *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       element;

  g_hash_table_iter_init (&iter, self->moving);
  while (g_hash_table_iter_next (&iter, NULL, &element))
    g_ptr_array_add (all, element);
  tela_tile_cache_set_lifted (self->cache, (TelaElement *const *) all->pdata, all->len);
}

void
tela_layers_take (TelaLayers        *self,
                  const TelaElement *element)
{
  g_hash_table_insert (self->moving, g_strdup (tela_element_get_id (element)), tela_element_ref (element));
}

/* TRUE: which ones are lifted has changed. */
static gboolean
apply_change (TelaLayers       *self,
              const TelaChange *change)
{
  const TelaElement *any = change->after != NULL ? change->after : change->before;
  const char        *id = tela_element_get_id (any);

  if (tela_board_is_veiled (self->board, id))
    {
      if (g_hash_table_contains (self->moving, id))
        return FALSE;
      tela_layers_take (self, change->before != NULL ? change->before : change->after);
      return TRUE;
    }

  /* One that was lifted and has changed for good goes back to the tiles: the cache paints it there. */
  if (g_hash_table_remove (self->moving, id))
    return TRUE;

  tela_tile_cache_change (self->cache, change->before, change->after);

  return FALSE;
}

/* A veil that falls where the same is shown without it changes nothing, and the board does not tell. */
gboolean
tela_layers_drop_unveiled (TelaLayers *self)
{
  GHashTableIter iter;
  gpointer       id;
  gboolean       any = FALSE;

  g_hash_table_iter_init (&iter, self->moving);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!tela_board_is_veiled (self->board, id))
      {
        g_hash_table_iter_remove (&iter);
        any = TRUE;
      }

  return any;
}

static void
change_cb (TelaBoard        *board,
           const TelaChange *changes,
           guint             n,
           TelaLayers       *self)
{
  gboolean lifts = FALSE;

  for (guint i = 0; i < n; i++)
    lifts = apply_change (self, &changes[i]) || lifts;

  lifts = tela_layers_drop_unveiled (self) || lifts;
  if (lifts)
    tela_layers_tell_lifted (self);
  tela_layers_changed (self);
}

static void
merged_cb (TelaLayers *self)
{
  gboolean lands = tela_layers_drop_unveiled (self);
  gboolean has_images = tela_images_refresh (self->images);

  if (lands)
    tela_layers_tell_lifted (self);
  if (has_images)
    tela_tile_cache_invalidate_all (self->cache); /* they may be anywhere */
  if (lands || has_images)
    tela_layers_changed (self);
}

static gboolean
landed_cb (gpointer user_data)
{
  TelaLayers *self = user_data;

  self->landed = 0;
  tela_layers_changed (self);

  return G_SOURCE_REMOVE;
}

/* Each frame that shows some tiles more keeps the painters from the next ones where the renderer has to share the
 * processors with them. It has a third of the time, until all are there. */
static void
ready_cb (TelaLayers *self)
{
  guint wait_ms = tela_tile_cache_is_settled (self->cache) ? 0 : (guint) (2 * tela_frame_meter_get_last_ms ());

  if (wait_ms == 0)
    {
      g_clear_handle_id (&self->landed, g_source_remove);
      tela_layers_changed (self);
    }
  else if (self->landed == 0)
    {
      self->landed = g_timeout_add (MIN (wait_ms, MAX_WAIT_MS), landed_cb, self);
      g_source_set_name_by_id (self->landed, "[tela] show tiles");
    }
}

void
tela_layers_clear_board (TelaLayers *self)
{
  if (self->board != NULL)
    g_signal_handlers_disconnect_by_data (self->board, self);
  if (self->cache != NULL)
    g_signal_handlers_disconnect_by_data (self->cache, self);
  g_clear_handle_id (&self->landed, g_source_remove);
  g_clear_object (&self->cache);
  /* Its threads may still be painting with the images: they end with it. */
  g_clear_object (&self->painter);
  g_clear_object (&self->board);
  if (self->images != NULL)
    tela_images_set_assets (self->images, NULL, NULL, NULL);
  g_clear_pointer (&self->images, tela_images_unref);
  g_hash_table_remove_all (self->moving);
  tela_sprites_clear (self->sprites);
}

/* What others are moving when the board is opened. */
static void
adopt_veiled (TelaLayers *self)
{
  g_autoptr (GPtrArray) all = NULL;

  if (!tela_board_has_veils (self->board))
    return;

  all = tela_board_query (self->board, NULL);
  for (guint i = 0; i < all->len; i++)
    if (tela_board_is_veiled (self->board, tela_element_get_id (all->pdata[i])))
      tela_layers_take (self, all->pdata[i]);
  self->is_stale = g_hash_table_size (self->moving) > 0;
}

void
tela_layers_set_board (TelaLayers *self,
                       TelaBoard  *board,
                       TelaStore  *store)
{
  TelaTileSource source = source_of (self);

  g_return_if_fail (TELA_IS_LAYERS (self));

  if (self->board == board)
    return;

  tela_layers_clear_board (self);
  if (board != NULL)
    {
      self->board = g_object_ref (board);
      self->images = tela_images_new (store, board);
      self->painter = tela_painter_new ();
      self->cache = tela_tile_cache_new (self->painter, &source);
      g_signal_connect_swapped (self->cache, "ready", G_CALLBACK (ready_cb), self);
      g_signal_connect (board, "changed", G_CALLBACK (change_cb), self);
      g_signal_connect_swapped (board, "merged", G_CALLBACK (merged_cb), self);
      adopt_veiled (self);
    }
  tela_layers_changed (self);
}

static void
image_arrived_cb (gpointer user_data)
{
  TelaLayers *self = user_data;

  tela_tile_cache_invalidate_all (self->cache);
  tela_sprites_clear (self->sprites);
  tela_layers_changed (self);
}

void
tela_layers_set_assets (TelaLayers *self,
                        TelaAssets *assets)
{
  g_return_if_fail (TELA_IS_LAYERS (self));
  g_return_if_fail (self->images != NULL);

  tela_images_set_assets (self->images, assets, image_arrived_cb, self);
}
