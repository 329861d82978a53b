/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"
#include "tela-library-panel.h"
#include "tela-outline-panel.h"

G_BEGIN_DECLS

/* One board in a window: header bar, canvas, tools, style panel, zoom. */
#define TELA_TYPE_BOARD_PAGE (tela_board_page_get_type ())
G_DECLARE_FINAL_TYPE (TelaBoardPage, tela_board_page, TELA, BOARD_PAGE, GtkWidget)

TelaCanvas *tela_board_page_get_canvas (TelaBoardPage *self);
/* NULL closes the board. @is_local: kept on this computer alone. */
void tela_board_page_set_session (TelaBoardPage *self, TelaSession *session, TelaWorkspace *workspace, gboolean is_local);
/* Where to begin, instead of where all of it fits: the top left corner in board units. */
void tela_board_page_place (TelaBoardPage *self, double x, double y, double zoom);
void tela_board_page_set_title (TelaBoardPage *self, const char *title);
/* What stands below the title while the board can be edited; NULL: nothing. */
void              tela_board_page_set_note (TelaBoardPage *self, const char *note);
TelaLibraryPanel *tela_board_page_get_library (TelaBoardPage *self);
TelaOutlinePanel *tela_board_page_get_outline (TelaBoardPage *self);
GActionGroup     *tela_board_page_get_actions (TelaBoardPage *self); /* insert as "board" */
void              tela_board_page_show_library (TelaBoardPage *self);
/* The window says how wide it is: below TELA_NARROW_WIDTH words give way to icons. */
void tela_board_page_set_n_jobs (TelaBoardPage *self, guint n); /* that are under way */
void tela_board_page_set_narrow (TelaBoardPage *self, gboolean narrow);

#define TELA_NARROW_WIDTH 560

G_END_DECLS
