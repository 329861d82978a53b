/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-layers.h"
#include "tela-sprites.h"
#include "tela-tile-cache.h"

G_BEGIN_DECLS

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

/* How the pixels of the display lie: at a scale that is no whole number not every pixel of the window begins with one. */
typedef struct
{
  double scale;
  double left, top; /* pixels of the display that the first one in the canvas begins before it; less than one */
} TelaPixelGrid;

/* As tela_layers_draw(). @device_scale: that of the tiles' own pixels. */
void tela_layers_draw_on (TelaLayers *self, GtkSnapshot *snapshot, TelaViewport *viewport, const GdkRGBA *paper, const TelaPixelGrid *grid, int device_scale, gboolean for_cairo);

/* @draws: room for the list, of TelaTileDraw; kept between frames. */
void tela_layers_draw_tiles (TelaTileCache *cache, GArray *draws, GtkSnapshot *snapshot, const GdkRGBA *paper, const TelaPixelGrid *grid, gboolean for_cairo);

void     tela_layers_changed (TelaLayers *self); /* emits it */
void     tela_layers_clear_board (TelaLayers *self);
void     tela_layers_take (TelaLayers *self, const TelaElement *element); /* it moves; as the tiles have it */
void     tela_layers_tell_lifted (TelaLayers *self);                      /* to the cache: what moves */
gboolean tela_layers_drop_unveiled (TelaLayers *self);                    /* TRUE: something no longer moves */

G_END_DECLS
