/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-window.h"

G_BEGIN_DECLS

/* Boards that are gone in a month: to restore, or to delete for good. Over @parent. */
#define TELA_TYPE_TRASH_WINDOW (tela_trash_window_get_type ())
G_DECLARE_FINAL_TYPE (TelaTrashWindow, tela_trash_window, TELA, TRASH_WINDOW, AdwWindow)

GtkWidget *tela_trash_window_new (TelaWindow *parent);

G_END_DECLS
