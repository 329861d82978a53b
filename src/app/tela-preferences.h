/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* For tela_dialog_present(). What is chosen there holds at once. */
GtkWidget *tela_preferences_new (GSettings *settings);

G_END_DECLS
