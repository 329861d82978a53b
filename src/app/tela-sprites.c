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
  GHashTable     *sprites;     /* id, borrowed from the element → Sprite */
  GHashTable     *loading;     /* what images are being decoded: id:scale */
  GCancellable   *cancellable; /* owned; of that */
  TelaImagesFunc  loaded;
  gpointer        loaded_data;
  TelaViewport   *viewport; /* borrowed, during a frame */
  TelaImages     *images;   /* borrowed, during a frame */
  int             device_scale;
  gboolean        for_cairo;
  TelaSpriteSheet sheet; /* during a frame of many */
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

/* An image to be decoded. */
typedef struct
{
  TelaImages  *images;  /* owned */
  TelaElement *element; /* owned */
  double       scale;
  char        *key; /* owned; in `loading` */
} Load;

static void
load_free (gpointer data)
{
  Load *self = data;

  tela_images_unref (self->images);
  tela_element_unref (self->element);
  g_free (self->key);
  g_free (self);
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Load            *load = data;
  const TelaPaintOptions options = { .scale = load->scale, .asset = tela_images_get, .asset_data = load->images };

  tela_paint_load (load->element, &options);
  g_task_return_boolean (task, TRUE);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  TelaSprites           *self = user_data;
  const Load            *load = g_task_get_task_data (G_TASK (result));
  const TelaPaintOptions options = { .scale = load->scale,
                                     .known = tela_images_get_size,
                                     .asset_data = load->images };

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return; /* cancelled: there may be no sprites any more */

  /* One that is not here yet is not asked for again in every frame. */
  if (!tela_paint_is_loaded (load->element, &options))
    return;
  g_hash_table_remove (self->loading, load->key);
  g_hash_table_remove_all (self->sprites);
  self->loaded (self->loaded_data);
}

static void
start_loading (TelaSprites       *self,
               const TelaElement *element,
               double             scale)
{
  g_autofree char *key = g_strdup_printf ("%s:%g", tela_element_get_id (element), scale);
  g_autoptr (GTask) task = NULL;
  Load *load;

  if (g_hash_table_contains (self->loading, key))
    return;
  g_hash_table_add (self->loading, g_strdup (key));
  load = g_new (Load, 1);
  *load = (Load){ .images = tela_images_ref (self->images),
                  .element = tela_element_ref (element),
                  .scale = scale,
                  .key = g_steal_pointer (&key) };
  task = g_task_new (NULL, self->cancellable, loaded_cb, self);
  g_task_set_source_tag (task, start_loading);
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_in_thread);
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
    start_loading (self, element, scale);
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

TelaSprites *
tela_sprites_new (TelaImagesFunc loaded,
                  gpointer       user_data)
{
  TelaSprites *self = g_new0 (TelaSprites, 1);

  self->loaded = loaded;
  self->loaded_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->loading = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sprites = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sprite_free);

  return self;
}

void
tela_sprites_free (TelaSprites *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_hash_table_unref (self->loading);
  g_hash_table_unref (self->sprites);
  g_free (self);
}

void
tela_sprites_clear (TelaSprites *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_hash_table_remove_all (self->loading);
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
