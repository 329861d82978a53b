/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A screen reader says it, from GTK 4.14 on. Before that it tells of what has the focus only. */
void tela_announce (GtkWidget *widget, const char *text);

G_END_DECLS
