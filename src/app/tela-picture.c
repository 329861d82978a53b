/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-picture.h"

struct _TelaPicture
{
  GBytes          *pixels; /* owned */
  int              width, height, stride;
  GdkTexture      *texture; /* owned; NULL: not wanted yet */
  cairo_surface_t *surface; /* likewise */
  GskRenderNode   *node;    /* owned; NULL: none yet */
  gboolean         node_is_for_cairo;
  graphene_rect_t  to, clip; /* of that */
};

TelaPicture *
tela_picture_new (GBytes *pixels,
                  int     width,
                  int     height,
                  int     stride)
{
  TelaPicture *self = g_new0 (TelaPicture, 1);

  self->pixels = g_bytes_ref (pixels);
  self->width = width;
  self->height = height;
  self->stride = stride;

  return self;
}

void
tela_picture_free (TelaPicture *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_bytes_unref (self->pixels);
  g_free (self);
}

/* What the renderer replays reads the pixels where they lie, so they go with it. */
cairo_surface_t *
tela_picture_get_surface (TelaPicture *self)
{
  static const cairo_user_data_key_t key;

  if (self->surface == NULL)
    {
      self->surface =
          cairo_image_surface_create_for_data ((guchar *) g_bytes_get_data (self->pixels, NULL), CAIRO_FORMAT_ARGB32,
                                               self->width, self->height, self->stride);
      cairo_surface_set_user_data (self->surface, &key, g_bytes_ref (self->pixels),
                                   (cairo_destroy_func_t) g_bytes_unref);
    }

  return self->surface;
}

static GskRenderNode *
new_texture_node (TelaPicture           *self,
                  const graphene_rect_t *to)
{
  if (self->texture == NULL)
    self->texture = gdk_memory_texture_new (self->width, self->height, GDK_MEMORY_DEFAULT, self->pixels,
                                            (gsize) self->stride);

  return gsk_texture_node_new (self->texture, to);
}

static GskRenderNode *
new_cairo_node (TelaPicture           *self,
                const graphene_rect_t *to,
                const graphene_rect_t *clip)
{
  static const cairo_user_data_key_t key;
  graphene_rect_t                    shown;
  GskRenderNode                     *node;
  cairo_surface_t                   *surface = tela_picture_get_surface (self);
  cairo_t                           *cr;
  gboolean                           is_scaled = to->size.width != (float) self->width || to->size.height != (float) self->height;

  if (!graphene_rect_intersection (to, clip, &shown))
    shown = GRAPHENE_RECT_INIT (clip->origin.x, clip->origin.y, 0, 0);
  node = gsk_cairo_node_new (&shown);
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_rectangle (cr, shown.origin.x, shown.origin.y, shown.size.width, shown.size.height);
  cairo_translate (cr, to->origin.x, to->origin.y);
  cairo_scale (cr, to->size.width / (double) self->width, to->size.height / (double) self->height);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cr), is_scaled ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST);
  cairo_fill (cr);
  cairo_destroy (cr);
  /* For as long as it is recorded there: else cairo would copy it for the recording as soon as the picture goes. */
  cairo_surface_set_user_data (gsk_cairo_node_get_surface (node), &key, cairo_surface_reference (surface),
                               (cairo_destroy_func_t) cairo_surface_destroy);

  return node;
}

void
tela_picture_append (TelaPicture           *self,
                     GtkSnapshot           *snapshot,
                     gboolean               for_cairo,
                     const graphene_rect_t *to,
                     const graphene_rect_t *clip)
{
  if (self->node == NULL || self->node_is_for_cairo != for_cairo || !graphene_rect_equal (&self->to, to) ||
      !graphene_rect_equal (&self->clip, clip))
    {
      g_clear_pointer (&self->node, gsk_render_node_unref);
      self->node = for_cairo ? new_cairo_node (self, to, clip) : new_texture_node (self, to);
      self->node_is_for_cairo = for_cairo;
      self->to = *to;
      self->clip = *clip;
    }
  gtk_snapshot_append_node (snapshot, self->node);
}

gboolean
tela_picture_is_for_cairo (GtkWidget *widget)
{
  GtkNative   *native = gtk_widget_get_native (widget);
  GskRenderer *renderer = native == NULL ? NULL : gtk_native_get_renderer (native);

  return renderer != NULL && GSK_IS_CAIRO_RENDERER (renderer);
}

int
tela_picture_get_width (const TelaPicture *self)
{
  return self->width;
}

int
tela_picture_get_height (const TelaPicture *self)
{
  return self->height;
}
