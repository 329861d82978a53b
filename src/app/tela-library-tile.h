/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-shelf.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A drawing of the library, to be clicked, dragged, or asked for a menu: the action "library.menu" (u position). */
#define TELA_TYPE_LIBRARY_TILE (tela_library_tile_get_type ())
G_DECLARE_FINAL_TYPE (TelaLibraryTile, tela_library_tile, TELA, LIBRARY_TILE, GtkWidget)

GtkWidget *tela_library_tile_new (void);
void       tela_library_tile_set_item (TelaLibraryTile *self, TelaShelfItem *item, guint position);
guint      tela_library_tile_get_position (TelaLibraryTile *self);

G_END_DECLS
