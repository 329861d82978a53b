/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-board-picture.h"

G_BEGIN_DECLS

/* A board in the list: its picture, name, date and menu. Signals: "opened-new" (in a new window), "renamed" (asks for a name),
 * "deleted": each (const char *project_id). */
#define TELA_TYPE_BOARD_CARD (tela_board_card_get_type ())
G_DECLARE_FINAL_TYPE (TelaBoardCard, tela_board_card, TELA, BOARD_CARD, GtkFlowBoxChild)

GtkWidget        *tela_board_card_new (TelaProject *project, TelaWorkspace *workspace, GMenuModel *menu);
TelaProject      *tela_board_card_get_project (TelaBoardCard *self);
TelaBoardPicture *tela_board_card_get_picture (TelaBoardCard *self);

G_END_DECLS
