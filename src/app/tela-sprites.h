/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-images.h"
#include "tela-viewport.h"

G_BEGIN_DECLS

/* Elements in motion, one render node each. What only changes its place is painted once and moved as a texture; what
 * changes its looks (ink under way, a resize) is painted in the frame itself. Images are decoded on other threads; until then there is a coarser one or a box. */
typedef struct _TelaSprites TelaSprites;

/* @loaded: an image has been decoded, so what was drawn can be drawn better. */
TelaSprites *tela_sprites_new (TelaImagesFunc loaded, gpointer user_data);
void         tela_sprites_free (TelaSprites *self);
void         tela_sprites_clear (TelaSprites *self);
/* One frame; what it does not draw is forgotten. */
void tela_sprites_begin (TelaSprites *self, TelaViewport *viewport, int device_scale, gboolean for_cairo, TelaImages *images);
/* What is drawn from here on is painted one over the other on a few pictures, where @areas are. */
void tela_sprites_begin_sheet (TelaSprites *self, const TelaRect *areas, guint n_areas);
/* @label: the text on an arrow, which leaves room for it; nullable, and not drawn. @frame: where it is cut off; nullable.
 * @over: it rests, and is drawn only where what was drawn before has left paint on the sheet. */
void tela_sprites_draw (TelaSprites *self, GtkSnapshot *snapshot, const TelaElement *element, const TelaElement *label, const TelaElement *frame, gboolean over);
void tela_sprites_end (TelaSprites *self, GtkSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaSprites, tela_sprites_free)

G_END_DECLS
