/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"

G_BEGIN_DECLS

/* A list of what is on the board: the way there for a screen reader, and to what lies far away or under something. What is
 * selected in it is selected on the board, and the other way. */
#define TELA_TYPE_OUTLINE_PANEL (tela_outline_panel_get_type ())
G_DECLARE_FINAL_TYPE (TelaOutlinePanel, tela_outline_panel, TELA, OUTLINE_PANEL, GtkWidget)

void       tela_outline_panel_set_canvas (TelaOutlinePanel *self, TelaCanvas *canvas); /* borrowed; NULL at the end */
void       tela_outline_panel_set_board (TelaOutlinePanel *self, TelaBoard *board);    /* nullable; that of the canvas */
GtkWidget *tela_outline_panel_get_list (TelaOutlinePanel *self);

G_END_DECLS
