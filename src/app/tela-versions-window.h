/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-workspace.h"

G_BEGIN_DECLS

/* What a board was, by name and hour by hour: to look at, to name, to go back to. Signals "restore" and "copy" (GPtrArray
 * *elements of TelaElement, const char *title): somebody wants the board to be so again, or another one to be so; who does
 * that closes the window. */
#define TELA_TYPE_VERSIONS_WINDOW (tela_versions_window_get_type ())
G_DECLARE_FINAL_TYPE (TelaVersionsWindow, tela_versions_window, TELA, VERSIONS_WINDOW, AdwWindow)

GtkWidget *tela_versions_window_new (GtkWindow *parent, TelaWorkspace *workspace, TelaSession *session);

G_END_DECLS
