/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-application.h"
#include "tela-board-page.h"

G_BEGIN_DECLS

/* A window: the list of boards, or one board. */
#define TELA_TYPE_WINDOW (tela_window_get_type ())
G_DECLARE_FINAL_TYPE (TelaWindow, tela_window, TELA, WINDOW, AdwApplicationWindow)

TelaWindow *tela_window_new (TelaApplication *application);
/* Shows the board when it is loaded. */
void tela_window_open_board (TelaWindow *self, const char *project_id);
void tela_window_new_board (TelaWindow *self); /* makes one, and opens it */
void tela_window_show_boards (TelaWindow *self);
/* Opens the board of that file; the first time it becomes a new one. */
void tela_window_open_file (TelaWindow *self, GFile *file);
/* Asks whether to accept the invitation of a link, and does it; the board is shown by a process of its own. */
void        tela_window_join (TelaWindow *self, const char *link);
const char *tela_window_get_board_id (TelaWindow *self); /* NULL: the list is shown */
TelaCanvas *tela_window_get_canvas (TelaWindow *self);
void        tela_window_show_job (TelaWindow *self, TelaJob *job); /* its picture, on its board once that is there */
void        tela_window_toast (TelaWindow *self, const char *text);

G_END_DECLS
