/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"
#include "tela-shelf.h"

G_BEGIN_DECLS

/* The drawings of the library: a click puts one on the board. Signals "problem" (const char *message), "removed" (TelaShelfItem *item,
 * guint position). */
#define TELA_TYPE_LIBRARY_PANEL (tela_library_panel_get_type ())
G_DECLARE_FINAL_TYPE (TelaLibraryPanel, tela_library_panel, TELA, LIBRARY_PANEL, GtkWidget)

void tela_library_panel_set_canvas (TelaLibraryPanel *self, TelaCanvas *canvas); /* borrowed: where drawings go; NULL at its end */
void tela_library_panel_set_shelf (TelaLibraryPanel *self, TelaShelf *shelf);
void tela_library_panel_import (TelaLibraryPanel *self, GFile *file);
void tela_library_panel_export (TelaLibraryPanel *self, GFile *file);
void tela_library_panel_restore (TelaLibraryPanel *self, TelaShelfItem *item, guint position);

G_END_DECLS
