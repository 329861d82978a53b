/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Who may not edit keeps the tools that change nothing; at the others stands why they are off. @toolbar and all in it. */
void tela_tool_buttons_allow (GtkWidget *toolbar, gboolean can_edit);

G_END_DECLS
