/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-board.h"
#include "tela-images.h"
#include "tela-viewport.h"

G_BEGIN_DECLS

/* What a canvas shows of a board: painted tiles at rest, and above them, as nodes of their own, the elements that some
 * hand is moving. Signal "changed": draw again. */
#define TELA_TYPE_LAYERS (tela_layers_get_type ())
G_DECLARE_FINAL_TYPE (TelaLayers, tela_layers, TELA, LAYERS, GObject)

TelaLayers *tela_layers_new (void);
void        tela_layers_set_board (TelaLayers *self, TelaBoard *board, TelaStore *store);                                                /* both nullable; @store has the images */
void        tela_layers_set_assets (TelaLayers *self, TelaAssets *assets);                                                               /* with a board: missing images are fetched */
TelaImages *tela_layers_get_images (TelaLayers *self);                                                                                   /* NULL without a board */
void        tela_layers_set_hidden (TelaLayers *self, const char *id);                                                                   /* a text under its editor; NULL: none */
void        tela_layers_draw (TelaLayers *self, GtkSnapshot *snapshot, TelaViewport *viewport, const GdkRGBA *paper, GtkWidget *widget); /* the paper below, too; @widget: that it is drawn for */
/* All that is visible is painted, sharp and up to date. */
gboolean tela_layers_is_settled (TelaLayers *self);
guint    tela_layers_get_n_lifted (TelaLayers *self);
void     tela_layers_get_painted (TelaLayers *self, guint64 *n_tiles, gsize *bytes); /* tiles painted so far, and what those that are kept take */

G_END_DECLS
