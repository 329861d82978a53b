/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-layers.h"
#include "tela-tile-cache.h"

G_BEGIN_DECLS

/* @draws: room for the list, of TelaTileDraw; kept between frames. */
void tela_layers_draw_tiles (TelaTileCache *cache, GArray *draws, GtkSnapshot *snapshot, const GdkRGBA *paper, gboolean for_cairo, int device_scale);

G_END_DECLS
