/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Painted pixels as a renderer takes them best, and the node that showed them last: where nothing moves, nothing is made. */
typedef struct _TelaPicture TelaPicture;

/* Premultiplied ARGB32 of cairo. */
TelaPicture *tela_picture_new (GBytes *pixels, int width, int height, int stride);
void         tela_picture_free (TelaPicture *self);
/* @for_cairo: the renderer draws with cairo, which turns each pixel of a texture over in every frame. @to: where all of it goes;
 * @clip: what of that is shown, with cairo; else all of it is. */
void             tela_picture_append (TelaPicture *self, GtkSnapshot *snapshot, gboolean for_cairo, const graphene_rect_t *to, const graphene_rect_t *clip);
gboolean         tela_picture_is_for_cairo (GtkWidget *widget);
cairo_surface_t *tela_picture_get_surface (TelaPicture *self); /* over the same pixels: not to be drawn to */
int              tela_picture_get_width (const TelaPicture *self);
int              tela_picture_get_height (const TelaPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaPicture, tela_picture_free)

G_END_DECLS
