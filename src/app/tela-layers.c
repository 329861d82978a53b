/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-layers-private.h"

#include <math.h>

#include "tela-attach.h"
#include "tela-frame-meter.h"
#include "tela-picture.h"
#include "tela-scale.h"
#include "tela-sprites.h"

#define MAX_OVER 1000   /* of what rests, drawn again over what moves; own and remote motion itself is not cut */
#define MANY_SPRITES 48 /* more are drawn on a few pictures */
#define MAX_WAIT_MS 250 /* for more tiles */

struct _TelaLayers
{
  GObject parent_instance;

  TelaPainter   *painter;  /* owned; NULL without a board */
  TelaTileCache *cache;    /* owned; NULL without a board */
  TelaBoard     *board;    /* owned; nullable */
  TelaImages    *images;   /* owned; NULL without a board */
  TelaSprites   *sprites;  /* owned */
  GHashTable    *moving;   /* id → TelaElement as the tiles have it, both owned */
  guint          landed;   /* tiles are to be shown */
  gboolean       is_stale; /* the lifted ones must be told to the cache again */
  char          *hidden;   /* owned; nullable */
  GArray        *draws;    /* TelaTileDraw */
};

G_DEFINE_FINAL_TYPE (TelaLayers, tela_layers, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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

static void
tell_lifted (TelaLayers *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer       element;

  g_hash_table_iter_init (&iter, self->moving);
  while (g_hash_table_iter_next (&iter, NULL, &element))
    g_ptr_array_add (all, element);
  tela_tile_cache_set_lifted (self->cache, (TelaElement *const *) all->pdata, all->len);
}

static void
take (GHashTable        *table,
      const TelaElement *element)
{
  g_hash_table_insert (table, g_strdup (tela_element_get_id (element)), tela_element_ref (element));
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
      take (self->moving, change->before != NULL ? change->before : change->after);
      return TRUE;
    }

  /* One that was lifted and has changed for good goes back to the tiles: the cache paints it there. */
  if (g_hash_table_remove (self->moving, id))
    return TRUE;

  tela_tile_cache_change (self->cache, change->before, change->after);

  return FALSE;
}

/* A veil that falls where the same is shown without it changes nothing, and the board does not tell. */
static gboolean
drop_unveiled (TelaLayers *self)
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

  lifts = drop_unveiled (self) || lifts;
  if (lifts)
    tell_lifted (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
merged_cb (TelaLayers *self)
{
  gboolean lands = drop_unveiled (self);
  gboolean has_images = tela_images_refresh (self->images);

  if (lands)
    tell_lifted (self);
  if (has_images)
    tela_tile_cache_invalidate_all (self->cache); /* they may be anywhere */
  if (lands || has_images)
    g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
landed_cb (gpointer user_data)
{
  TelaLayers *self = user_data;

  self->landed = 0;
  g_signal_emit (self, signals[CHANGED], 0);

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
      g_signal_emit (self, signals[CHANGED], 0);
    }
  else if (self->landed == 0)
    {
      self->landed = g_timeout_add (MIN (wait_ms, MAX_WAIT_MS), landed_cb, self);
      g_source_set_name_by_id (self->landed, "[tela] show tiles");
    }
}

static void
clear_board (TelaLayers *self)
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

static void
tela_layers_dispose (GObject *object)
{
  TelaLayers *self = TELA_LAYERS (object);

  if (self->moving != NULL)
    clear_board (self);
  g_clear_pointer (&self->moving, g_hash_table_unref);
  g_clear_pointer (&self->draws, g_array_unref);
  g_clear_pointer (&self->sprites, tela_sprites_free);
  g_clear_pointer (&self->hidden, g_free);

  G_OBJECT_CLASS (tela_layers_parent_class)->dispose (object);
}

static void
tela_layers_class_init (TelaLayersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_layers_dispose;

  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_LAYERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
image_loaded_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[CHANGED], 0);
}

static void
tela_layers_init (TelaLayers *self)
{
  self->sprites = tela_sprites_new (image_loaded_cb, self);
  self->moving = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tela_element_unref);
  self->draws = g_array_new (FALSE, FALSE, sizeof (TelaTileDraw));
}

TelaLayers *
tela_layers_new (void)
{
  return g_object_new (TELA_TYPE_LAYERS, NULL);
}

/* What others are moving when the board is opened. */
static void
adopt_veiled (TelaLayers *self)
{
  g_autoptr (GPtrArray) all = tela_board_query (self->board, NULL);

  for (guint i = 0; i < all->len; i++)
    if (tela_board_is_veiled (self->board, tela_element_get_id (all->pdata[i])))
      take (self->moving, all->pdata[i]);
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

  clear_board (self);
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
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
image_arrived_cb (gpointer user_data)
{
  TelaLayers *self = user_data;

  tela_tile_cache_invalidate_all (self->cache);
  tela_sprites_clear (self->sprites);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tela_layers_set_assets (TelaLayers *self,
                        TelaAssets *assets)
{
  g_return_if_fail (TELA_IS_LAYERS (self));
  g_return_if_fail (self->images != NULL);

  tela_images_set_assets (self->images, assets, image_arrived_cb, self);
}

TelaImages *
tela_layers_get_images (TelaLayers *self)
{
  g_return_val_if_fail (TELA_IS_LAYERS (self), NULL);

  return self->images;
}

void
tela_layers_set_hidden (TelaLayers *self,
                        const char *id)
{
  const TelaElement *shown;

  g_return_if_fail (TELA_IS_LAYERS (self));

  g_free (self->hidden);
  self->hidden = g_strdup (id);
  /* An edit that has changed nothing yet tells nothing, but takes it out of the tiles. */
  shown = id == NULL || self->board == NULL ? NULL : tela_board_lookup_shown (self->board, id);
  if (shown != NULL && !g_hash_table_contains (self->moving, id))
    {
      take (self->moving, shown);
      self->is_stale = TRUE;
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
draw_above (TelaLayers        *self,
            GtkSnapshot       *snapshot,
            const TelaElement *element,
            gboolean           over)
{
  const char        *id = tela_element_get_id (element);
  const char        *frame = tela_element_get_string (element, TELA_KEY_FRAME_ID);
  gboolean           is_arrow = g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "arrow") == 0;
  const TelaElement *label = is_arrow ? tela_attach_find_text (self->board, id) : NULL;

  tela_sprites_draw (self->sprites, snapshot, element, label,
                     frame == NULL ? NULL : tela_board_lookup_shown (self->board, frame), over);
}

static void
begin_sheet (TelaLayers *self,
             GPtrArray  *above)
{
  g_autofree TelaRect *areas = g_new (TelaRect, above->len);

  for (guint i = 0; i < above->len; i++)
    areas[i] = tela_element_get_bounds (above->pdata[i]);
  tela_sprites_begin_sheet (self->sprites, areas, above->len);
}

/* Both in z-order, and drawn so. */
static void
draw_all_above (TelaLayers  *self,
                GtkSnapshot *snapshot)
{
  g_autoptr (GPtrArray) above = tela_tile_cache_get_above (self->cache);
  g_autoptr (GPtrArray) over = NULL;
  guint k = 0;

  for (guint i = above->len; self->hidden != NULL && i-- > 0;)
    if (strcmp (self->hidden, tela_element_get_id (above->pdata[i])) == 0)
      g_ptr_array_remove_index (above, i);
  if (above->len == 0)
    return;

  over = tela_tile_cache_get_over (self->cache, above, MAX_OVER);
  if (over->len > 0 || above->len > MANY_SPRITES)
    begin_sheet (self, above);
  for (guint i = 0; i < above->len; i++)
    {
      for (; k < over->len && tela_board_compare_order (over->pdata[k], above->pdata[i]) < 0; k++)
        draw_above (self, snapshot, over->pdata[k], TRUE);
      draw_above (self, snapshot, above->pdata[i], FALSE);
    }
  for (; k < over->len; k++)
    draw_above (self, snapshot, over->pdata[k], TRUE);
}

/* What is seen, from where a pixel of the display begins, and to where one ends. */
static TelaRect
widen (TelaRect             visible,
       const TelaPixelGrid *grid,
       double               scale)
{
  return (TelaRect){ visible.x - grid->left / scale, visible.y - grid->top / scale,
                     visible.width + (grid->left > 0 ? 1 / scale : 0), visible.height + (grid->top > 0 ? 1 / scale : 0) };
}

void
tela_layers_draw_on (TelaLayers          *self,
                     GtkSnapshot         *snapshot,
                     TelaViewport        *viewport,
                     const GdkRGBA       *paper,
                     const TelaPixelGrid *grid,
                     int                  device_scale,
                     gboolean             for_cairo)
{
  TelaRect     visible = tela_viewport_get_visible (viewport);
  const double scale = tela_viewport_get_zoom (viewport) * grid->scale;

  g_return_if_fail (TELA_IS_LAYERS (self));

  if (self->cache == NULL || visible.width <= 0 || visible.height <= 0)
    return;

  if (drop_unveiled (self))
    tell_lifted (self);
  if (self->is_stale)
    {
      self->is_stale = FALSE;
      tell_lifted (self);
    }
  tela_tile_cache_set_device_scale (self->cache, device_scale);
  tela_tile_cache_set_viewport (self->cache, widen (visible, grid, scale), scale);
  tela_tile_cache_set_paper (self->cache, 0xff000000u | (guint32) (paper->red * 255 + 0.5f) << 16 |
                                              (guint32) (paper->green * 255 + 0.5f) << 8 |
                                              (guint32) (paper->blue * 255 + 0.5f));
  tela_tile_cache_update (self->cache);
  tela_layers_draw_tiles (self->cache, self->draws, snapshot, paper, grid, for_cairo);

  tela_sprites_begin (self->sprites, viewport, device_scale, for_cairo, self->images);
  if (tela_tile_cache_has_above (self->cache))
    draw_all_above (self, snapshot);
  tela_sprites_end (self->sprites, snapshot);
}

/* Of that, what is left when whole pixels are taken away. */
static double
take_whole (double pixels)
{
  const double rest = pixels - floor (pixels);

  return rest < 1e-3 || rest > 1 - 1e-3 ? 0 : rest;
}

static TelaPixelGrid
find_grid (GtkWidget *widget)
{
  GtkNative    *native = gtk_widget_get_native (widget);
  TelaPixelGrid grid = { .scale = tela_scale_of (native) };
  double        dx, dy, x, y;

  gtk_native_get_surface_transform (native, &dx, &dy);
  if (!gtk_widget_translate_coordinates (widget, GTK_WIDGET (native), 0, 0, &x, &y))
    return grid;
  grid.left = take_whole ((x + dx) * grid.scale);
  grid.top = take_whole ((y + dy) * grid.scale);

  return grid;
}

void
tela_layers_draw (TelaLayers    *self,
                  GtkSnapshot   *snapshot,
                  TelaViewport  *viewport,
                  const GdkRGBA *paper,
                  GtkWidget     *widget)
{
  TelaPixelGrid grid = find_grid (widget);

  tela_layers_draw_on (self, snapshot, viewport, paper, &grid, gtk_widget_get_scale_factor (widget),
                       tela_picture_is_for_cairo (widget));
}

gboolean
tela_layers_is_settled (TelaLayers *self)
{
  g_return_val_if_fail (TELA_IS_LAYERS (self), TRUE);

  return self->cache == NULL || tela_tile_cache_is_settled (self->cache);
}

guint
tela_layers_get_n_lifted (TelaLayers *self)
{
  g_return_val_if_fail (TELA_IS_LAYERS (self), 0);

  return g_hash_table_size (self->moving);
}

void
tela_layers_get_painted (TelaLayers *self,
                         guint64    *n_tiles,
                         gsize      *bytes)
{
  g_return_if_fail (TELA_IS_LAYERS (self));

  *n_tiles = self->cache == NULL ? 0 : tela_tile_cache_get_n_painted (self->cache);
  *bytes = self->cache == NULL ? 0 : tela_tile_cache_get_bytes (self->cache);
}
