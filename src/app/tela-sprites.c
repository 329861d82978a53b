/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sprites.h"

#include <math.h>

#include "tela-paint.h"

#define SAME 1e-6     /* board units */
#define MAX_SIDE 2048 /* device pixels of a texture; larger ones are painted where they are visible */

typedef struct
{
  TelaElement *element; /* owned; as it was painted */
  TelaElement *label;   /* owned; nullable: for which it left room */
  GdkTexture  *texture; /* owned; NULL until it was seen twice with the same looks */
  TelaRect     bounds;  /* of that element, in board units */
  double       scale;   /* device pixels a board unit */
  gboolean     is_used; /* in this frame */
} Sprite;

struct _TelaSprites
{
  GHashTable   *sprites;  /* id, borrowed from the element → Sprite */
  TelaViewport *viewport; /* borrowed, during a frame */
  TelaImages   *images;   /* borrowed, during a frame */
  int           device_scale;
};

static void
sprite_free (gpointer data)
{
  Sprite *sprite = data;

  g_clear_object (&sprite->texture);
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
  const TelaPaintOptions options = { .scale = scale, .asset = tela_images_get, .asset_data = self->images };

  tela_paint_element (cr, element, label, &options);
}

static GdkTexture *
paint_texture (TelaSprites  *self,
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

  return gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
}

static void
paint_in_frame (TelaSprites       *self,
                GtkSnapshot       *snapshot,
                const TelaElement *element,
                const TelaElement *label,
                TelaRect           bounds)
{
  TelaRect        visible = tela_viewport_get_visible (self->viewport);
  double          zoom = tela_viewport_get_zoom (self->viewport);
  double          x0 = MAX (bounds.x, visible.x);
  double          y0 = MAX (bounds.y, visible.y);
  double          x1 = MIN (bounds.x + bounds.width, visible.x + visible.width);
  double          y1 = MIN (bounds.y + bounds.height, visible.y + visible.height);
  TelaRect        to;
  graphene_rect_t area;
  cairo_t        *cr;

  if (x0 >= x1 || y0 >= y1)
    return;

  to = tela_viewport_rect_to_widget (self->viewport, (TelaRect){ x0, y0, x1 - x0, y1 - y0 });
  area = GRAPHENE_RECT_INIT ((float) floor (to.x), (float) floor (to.y), (float) ceil (to.width) + 1,
                             (float) ceil (to.height) + 1);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  cairo_scale (cr, zoom, zoom);
  cairo_translate (cr, -visible.x, -visible.y);
  paint (self, cr, element, label, zoom * self->device_scale);
  cairo_destroy (cr);
}

TelaSprites *
tela_sprites_new (void)
{
  TelaSprites *self = g_new0 (TelaSprites, 1);

  self->sprites = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sprite_free);

  return self;
}

void
tela_sprites_free (TelaSprites *self)
{
  g_hash_table_unref (self->sprites);
  g_free (self);
}

void
tela_sprites_clear (TelaSprites *self)
{
  g_hash_table_remove_all (self->sprites);
}

void
tela_sprites_begin (TelaSprites  *self,
                    TelaViewport *viewport,
                    int           device_scale,
                    TelaImages   *images)
{
  GHashTableIter iter;
  gpointer       sprite;

  self->viewport = viewport;
  self->images = images;
  self->device_scale = device_scale;
  g_hash_table_iter_init (&iter, self->sprites);
  while (g_hash_table_iter_next (&iter, NULL, &sprite))
    ((Sprite *) sprite)->is_used = FALSE;
}

void
tela_sprites_draw (TelaSprites       *self,
                   GtkSnapshot       *snapshot,
                   const TelaElement *element,
                   const TelaElement *label)
{
  TelaRect bounds = tela_element_get_bounds (element);
  double   scale = tela_viewport_get_zoom (self->viewport) * self->device_scale;
  Sprite  *sprite = g_hash_table_lookup (self->sprites, tela_element_get_id (element));

  if (!tela_rect_intersects (bounds, tela_viewport_get_visible (self->viewport)))
    return;

  if (sprite != NULL && sprite->scale == scale && looks_alike (sprite->element, element) &&
      leaves_same_room (sprite, element, label))
    {
      sprite->is_used = TRUE;
      if (sprite->texture == NULL)
        sprite->texture = paint_texture (self, sprite, scale);
    }
  else
    {
      sprite = g_new0 (Sprite, 1);
      sprite->element = tela_element_ref (element);
      sprite->label = label != NULL ? tela_element_ref (label) : NULL;
      sprite->bounds = bounds;
      sprite->scale = scale;
      sprite->is_used = TRUE;
      g_hash_table_replace (self->sprites, (gpointer) tela_element_get_id (sprite->element), sprite);
    }

  if (sprite->texture != NULL)
    {
      TelaRect to = tela_viewport_rect_to_widget (self->viewport, bounds);
      float    width = (float) gdk_texture_get_width (sprite->texture) / (float) self->device_scale;
      float    height = (float) gdk_texture_get_height (sprite->texture) / (float) self->device_scale;

      gtk_snapshot_append_texture (
          snapshot, sprite->texture,
          &GRAPHENE_RECT_INIT ((float) round (to.x * self->device_scale) / (float) self->device_scale,
                               (float) round (to.y * self->device_scale) / (float) self->device_scale, width, height));
    }
  else
    paint_in_frame (self, snapshot, element, label, bounds);
}

void
tela_sprites_end (TelaSprites *self)
{
  GHashTableIter iter;
  gpointer       sprite;

  g_hash_table_iter_init (&iter, self->sprites);
  while (g_hash_table_iter_next (&iter, NULL, &sprite))
    if (!((Sprite *) sprite)->is_used)
      g_hash_table_iter_remove (&iter);
}
