/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-tile-cache.h"
#include "tela-picture.h"
#include "tela-sprites.h"

G_BEGIN_DECLS

/* What many sprites are drawn on: a few pictures, only where something moves. What rests is drawn there too if it lies over
 * something that moves, but only where that has left paint. As it is also in the tiles below, the sum is what it would be if all
 * were painted one over the other, whatever is translucent. */
typedef struct
{
  GArray       *cells;    /* Cell; NULL: there is no sheet in this frame */
  TelaViewport *viewport; /* borrowed */
  TelaRect      visible;
  double        scale; /* device pixels a board unit */
  int           device_scale;
  gboolean      for_cairo;
  gboolean      is_clipped;
  TelaRect      clip; /* in board units */
} TelaSpriteSheet;

typedef void (*TelaSpritePaint) (cairo_t *cr, gpointer user_data); /* in board units */

void     tela_sprite_sheet_begin (TelaSpriteSheet *self, TelaViewport *viewport, int device_scale, gboolean for_cairo, const TelaRect *areas, guint n_areas);
gboolean tela_sprite_sheet_touches (const TelaSpriteSheet *self, TelaRect bounds);
/* @over: it rests. */
void tela_sprite_sheet_draw (TelaSpriteSheet *self, TelaPicture *picture, TelaRect bounds, gboolean over);
void tela_sprite_sheet_paint (TelaSpriteSheet *self, TelaRect bounds, gboolean over, TelaSpritePaint paint, gpointer user_data);
void tela_sprite_sheet_end (TelaSpriteSheet *self, GtkSnapshot *snapshot);

/* Decodes the images of sprites on other threads, each once for a scale. @loaded: one of them can be drawn better; on this
 * thread, never after it was cancelled. */
typedef struct _TelaSpriteLoader TelaSpriteLoader;

TelaSpriteLoader *tela_sprite_loader_new (TelaImagesFunc loaded, gpointer user_data);
void              tela_sprite_loader_free (TelaSpriteLoader *self);
void              tela_sprite_loader_cancel (TelaSpriteLoader *self);
void              tela_sprite_loader_start (TelaSpriteLoader *self, TelaImages *images, const TelaElement *element, double scale);

G_END_DECLS
