/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-layers.h"
#include "tela-tile-cache.h"

G_BEGIN_DECLS

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

G_END_DECLS
