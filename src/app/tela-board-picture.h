/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-workspace.h"

G_BEGIN_DECLS

/* The picture of a board, or a sign that stands for one; always the picture that the project has now. */
#define TELA_TYPE_BOARD_PICTURE (tela_board_picture_get_type ())
G_DECLARE_FINAL_TYPE (TelaBoardPicture, tela_board_picture, TELA, BOARD_PICTURE, GtkWidget)

GtkWidget *tela_board_picture_new (TelaProject *project, TelaWorkspace *workspace);
/* Only what may be seen soon is loaded; at first it is not. */
void     tela_board_picture_set_near (TelaBoardPicture *self, gboolean is_near);
gboolean tela_board_picture_is_loaded (TelaBoardPicture *self);

G_END_DECLS
