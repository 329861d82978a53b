/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-layers-private.h"

#include <math.h>

#include "tela-attach.h"
#include "tela-frame-meter.h"
#include "tela-picture.h"
#include "tela-scale.h"

#define MAX_OVER 1000   /* of what rests, drawn again over what moves; own and remote motion itself is not cut */
#define DEAR_FRAME_MS 8 /* half of what a display of 60 Hz has for one */
#define MANY_SPRITES 48 /* more are drawn on a few pictures */

G_DEFINE_FINAL_TYPE (TelaLayers, tela_layers, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
tela_layers_changed (TelaLayers *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
tela_layers_dispose (GObject *object)
{
  TelaLayers *self = TELA_LAYERS (object);

  if (self->moving != NULL)
    tela_layers_clear_board (self);
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
  tela_layers_changed (user_data);
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
      tela_layers_take (self, shown);
      self->is_stale = TRUE;
    }
  tela_layers_changed (self);
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

  if (tela_layers_drop_unveiled (self))
    tela_layers_tell_lifted (self);
  if (self->is_stale)
    {
      self->is_stale = FALSE;
      tela_layers_tell_lifted (self);
    }
  tela_tile_cache_set_device_scale (self->cache, device_scale);
  tela_tile_cache_set_viewport (self->cache, widen (visible, grid, scale), scale);
  tela_tile_cache_set_paper (self->cache, 0xff000000u | (guint32) (paper->red * 255 + 0.5f) << 16 |
                                              (guint32) (paper->green * 255 + 0.5f) << 8 |
                                              (guint32) (paper->blue * 255 + 0.5f));
  tela_tile_cache_set_hurried (self->cache, tela_frame_meter_get_last_ms () > DEAR_FRAME_MS);
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
