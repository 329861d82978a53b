/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sprites-private.h"

#include <math.h>

#include "tela-paint.h"

#define SAME 1e-6     /* board units */
#define MAX_SIDE 2048 /* device pixels of a texture; larger ones are painted where they are visible */

typedef struct
{
  TelaElement *element; /* owned; as it was painted */
  TelaElement *label;   /* owned; nullable: for which it left room */
  TelaPicture *picture; /* owned; NULL until it was seen twice with the same looks, or on a sheet */
  TelaRect     bounds;  /* of that element, in board units, its corner on a pixel of the tiles */
  double       dx, dy;  /* from there to the element's own */
  double       scale;   /* device pixels a board unit */
  gboolean     is_used; /* in this frame */
} Sprite;

struct _TelaSprites
{
  GHashTable       *sprites; /* id, borrowed from the element → Sprite */
  TelaSpriteLoader *loader;
  TelaImagesFunc    loaded;
  gpointer          loaded_data;
  TelaViewport     *viewport; /* borrowed, during a frame */
  TelaImages       *images;   /* borrowed, during a frame */
  int               device_scale;
  gboolean          for_cairo;
  TelaSpriteSheet   sheet; /* during a frame of many */
};

static void
sprite_free (gpointer data)
{
  Sprite *sprite = data;

  g_clear_pointer (&sprite->picture, tela_picture_free);
  tela_element_unref (sprite->element);
  g_clear_pointer (&sprite->label, tela_element_unref);
  g_free (sprite);
}

/* Equal in everything but the place. */
static gboolean
looks_alike (const TelaElement *a,
             const TelaElement *b)
{
  if (a == b)
    return TRUE;
  if (tela_element_get_n (a) != tela_element_get_n (b))
    return FALSE;

  for (guint i = 0; i < tela_element_get_n (a); i++)
    {
      TelaValue va, vb;
      TelaKey   ka = tela_element_get_nth (a, i, &va, NULL);
      TelaKey   kb = tela_element_get_nth (b, i, &vb, NULL);

      if (ka != kb || (ka != TELA_KEY_X && ka != TELA_KEY_Y && !tela_value_equal (va, vb)))
        return FALSE;
    }

  return TRUE;
}

/* Is the label where it was, seen from its arrow? */
static gboolean
leaves_same_room (const Sprite      *sprite,
                  const TelaElement *element,
                  const TelaElement *label)
{
  TelaRect was, is;

  if (sprite->label == NULL || label == NULL)
    return sprite->label == label;

  was = tela_element_get_box (sprite->label);
  is = tela_element_get_box (label);

  return fabs (was.width - is.width) < SAME && fabs (was.height - is.height) < SAME &&
         fabs (was.x - is.x - tela_element_get_number (sprite->element, TELA_KEY_X, 0) +
               tela_element_get_number (element, TELA_KEY_X, 0)) < SAME &&
         fabs (was.y - is.y - tela_element_get_number (sprite->element, TELA_KEY_Y, 0) +
               tela_element_get_number (element, TELA_KEY_Y, 0)) < SAME;
}

static void
paint (TelaSprites       *self,
       cairo_t           *cr,
       const TelaElement *element,
       const TelaElement *label,
       double             scale)
{
  const TelaPaintOptions options = { .scale = scale, .known = tela_images_get_size, .asset_data = self->images };

  tela_paint_element (cr, element, label, &options);
  if (self->images != NULL && !tela_paint_is_loaded (element, &options))
    tela_sprite_loader_start (self->loader, self->images, element, scale);
}

static TelaPicture *
paint_picture (TelaSprites  *self,
               const Sprite *sprite,
               double        scale)
{
  TelaRect         bounds = sprite->bounds;
  int              width = (int) ceil (bounds.width * scale);
  int              height = (int) ceil (bounds.height * scale);
  cairo_surface_t *surface;
  cairo_t         *cr;
  int              stride;
  g_autoptr (GBytes) bytes = NULL;

  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
    return NULL;

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -bounds.x, -bounds.y);
  paint (self, cr, sprite->element, sprite->label, scale);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }

  stride = cairo_image_surface_get_stride (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * (gsize) height,
                                      (GDestroyNotify) cairo_surface_destroy, surface);

  return tela_picture_new (bytes, width, height, stride);
}

typedef struct
{
  TelaSprites       *sprites;
  const TelaElement *element;
  const TelaElement *label;
} Brush;

static void
brush_cb (cairo_t *cr,
          gpointer user_data)
{
  const Brush *brush = user_data;

  paint (brush->sprites, cr, brush->element, brush->label,
         tela_viewport_get_zoom (brush->sprites->viewport) * brush->sprites->device_scale);
}

/* Drawn when the renderer comes to it, not now. */
static void
append_painting (TelaSprites *self,
                 GtkSnapshot *snapshot,
                 const Brush *brush,
                 TelaRect     bounds)
{
  TelaRect visible = tela_viewport_get_visible (self->viewport);
  double   zoom = tela_viewport_get_zoom (self->viewport);
  double   left = MAX (bounds.x, visible.x);
  double   top = MAX (bounds.y, visible.y);
  double   right = MIN (bounds.x + bounds.width, visible.x + visible.width);
  double   bottom = MIN (bounds.y + bounds.height, visible.y + visible.height);
  cairo_t *cr;

  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT ((float) floor ((left - visible.x) * zoom) - 1,
                                     (float) floor ((top - visible.y) * zoom) - 1,
                                     (float) ceil ((right - left) * zoom) + 3,
                                     (float) ceil ((bottom - top) * zoom) + 3));
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -visible.x, -visible.y);
  brush_cb (cr, (gpointer) brush);
  cairo_destroy (cr);
}

static void
loaded_cb (gpointer user_data)
{
  TelaSprites *self = user_data;

  g_hash_table_remove_all (self->sprites);
  self->loaded (self->loaded_data);
}

TelaSprites *
tela_sprites_new (TelaImagesFunc loaded,
                  gpointer       user_data)
{
  TelaSprites *self = g_new0 (TelaSprites, 1);

  self->loaded = loaded;
  self->loaded_data = user_data;
  self->loader = tela_sprite_loader_new (loaded_cb, self);
  self->sprites = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sprite_free);

  return self;
}

void
tela_sprites_free (TelaSprites *self)
{
  tela_sprite_loader_free (self->loader);
  g_hash_table_unref (self->sprites);
  g_free (self);
}

void
tela_sprites_clear (TelaSprites *self)
{
  tela_sprite_loader_cancel (self->loader);
  g_hash_table_remove_all (self->sprites);
}

void
tela_sprites_begin (TelaSprites  *self,
                    TelaViewport *viewport,
                    int           device_scale,
                    gboolean      for_cairo,
                    TelaImages   *images)
{
  GHashTableIter iter;
  gpointer       sprite;

  self->viewport = viewport;
  self->images = images;
  self->device_scale = device_scale;
  self->for_cairo = for_cairo;
  g_hash_table_iter_init (&iter, self->sprites);
  while (g_hash_table_iter_next (&iter, NULL, &sprite))
    ((Sprite *) sprite)->is_used = FALSE;
}

static void
append_picture (TelaSprites *self,
                GtkSnapshot *snapshot,
                TelaPicture *picture,
                TelaRect     bounds)
{
  TelaRect        at = tela_viewport_rect_to_widget (self->viewport, bounds);
  float           scale = (float) self->device_scale;
  graphene_rect_t to = GRAPHENE_RECT_INIT ((float) round (at.x * self->device_scale) / scale,
                                           (float) round (at.y * self->device_scale) / scale,
                                           (float) tela_picture_get_width (picture) / scale,
                                           (float) tela_picture_get_height (picture) / scale);

  tela_picture_append (picture, snapshot, self->for_cairo, &to, &to);
}

/* On the pixels of the tiles, so that what has not moved looks as it does there. */
static TelaRect
snap (TelaRect bounds,
      double   scale)
{
  double x = floor (bounds.x * scale) / scale;
  double y = floor (bounds.y * scale) / scale;

  return (TelaRect){ x, y, bounds.x + bounds.width - x, bounds.y + bounds.height - y };
}

/* What was painted before, if it looks like that still. (transfer none) */
static Sprite *
find_sprite (TelaSprites       *self,
             const TelaElement *element,
             const TelaElement *label,
             TelaRect           bounds,
             double             scale)
{
  Sprite  *sprite = g_hash_table_lookup (self->sprites, tela_element_get_id (element));
  gboolean is_new = sprite == NULL;

  if (sprite != NULL && sprite->scale == scale && looks_alike (sprite->element, element) &&
      leaves_same_room (sprite, element, label))
    {
      if (sprite->picture == NULL)
        sprite->picture = paint_picture (self, sprite, scale);
      return sprite;
    }

  sprite = g_new0 (Sprite, 1);
  sprite->element = tela_element_ref (element);
  sprite->label = label != NULL ? tela_element_ref (label) : NULL;
  sprite->bounds = snap (bounds, scale);
  sprite->dx = bounds.x - sprite->bounds.x;
  sprite->dy = bounds.y - sprite->bounds.y;
  sprite->scale = scale;
  /* On a sheet a picture costs no more than painting there. What has just changed may do so in each frame. */
  if (is_new && self->sheet.cells != NULL)
    sprite->picture = paint_picture (self, sprite, scale);
  g_hash_table_replace (self->sprites, (gpointer) tela_element_get_id (sprite->element), sprite);

  return sprite;
}

/* What lies in a frame is cut off at its edge, wherever the hand has it. */
static void
push_clip (TelaSprites *self,
           GtkSnapshot *snapshot,
           TelaRect     box)
{
  TelaRect to = tela_viewport_rect_to_widget (self->viewport, box);

  self->sheet.is_clipped = TRUE;
  self->sheet.clip = box;
  if (self->sheet.cells == NULL)
    gtk_snapshot_push_clip (
        snapshot, &GRAPHENE_RECT_INIT ((float) to.x, (float) to.y, (float) to.width, (float) to.height));
}

static void
pop_clip (TelaSprites *self,
          GtkSnapshot *snapshot)
{
  self->sheet.is_clipped = FALSE;
  if (self->sheet.cells == NULL)
    gtk_snapshot_pop (snapshot);
}

void
tela_sprites_begin_sheet (TelaSprites    *self,
                          const TelaRect *areas,
                          guint           n_areas)
{
  tela_sprite_sheet_begin (&self->sheet, self->viewport, self->device_scale, self->for_cairo, areas, n_areas);
}

static void
draw (TelaSprites  *self,
      GtkSnapshot  *snapshot,
      const Sprite *sprite,
      const Brush  *brush,
      TelaRect      bounds,
      gboolean      over)
{
  const TelaRect at = { bounds.x - sprite->dx, bounds.y - sprite->dy, bounds.width, bounds.height };

  if (self->sheet.cells != NULL && sprite->picture != NULL)
    tela_sprite_sheet_draw (&self->sheet, sprite->picture, at, over);
  else if (self->sheet.cells != NULL)
    tela_sprite_sheet_paint (&self->sheet, bounds, over, brush_cb, (gpointer) brush);
  else if (sprite->picture != NULL)
    append_picture (self, snapshot, sprite->picture, at);
  else
    append_painting (self, snapshot, brush, bounds);
}

void
tela_sprites_draw (TelaSprites       *self,
                   GtkSnapshot       *snapshot,
                   const TelaElement *element,
                   const TelaElement *label,
                   const TelaElement *frame,
                   gboolean           over)
{
  const Brush brush = { self, element, label };
  TelaRect    bounds = tela_element_get_bounds (element);
  double      scale = tela_viewport_get_zoom (self->viewport) * self->device_scale;
  gboolean    is_cut = frame != NULL && tela_element_get_number (frame, TELA_KEY_ANGLE, 0) == 0;
  Sprite     *sprite;

  if (self->sheet.cells != NULL ? !tela_sprite_sheet_touches (&self->sheet, bounds)
                                : !tela_rect_intersects (bounds, tela_viewport_get_visible (self->viewport)))
    return;

  sprite = find_sprite (self, element, label, bounds, scale);
  sprite->is_used = TRUE;
  if (is_cut)
    push_clip (self, snapshot, tela_element_get_box (frame));
  draw (self, snapshot, sprite, &brush, bounds, over);
  if (is_cut)
    pop_clip (self, snapshot);
}

void
tela_sprites_end (TelaSprites *self,
                  GtkSnapshot *snapshot)
{
  GHashTableIter iter;
  gpointer       sprite;

  tela_sprite_sheet_end (&self->sheet, snapshot);
  g_hash_table_iter_init (&iter, self->sprites);
  while (g_hash_table_iter_next (&iter, NULL, &sprite))
    if (!((Sprite *) sprite)->is_used)
      g_hash_table_iter_remove (&iter);
}
