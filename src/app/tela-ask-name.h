/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Told the name without room around it, which is never empty, when it was given. */
typedef void (*TelaNameFunc) (const char *name, gpointer user_data);

/* Asks for a name over @parent. @heading in header capitals, @verb with an access key; @name: to begin with;
 * @max_length: 0, any. */
void tela_ask_name (GtkWindow *parent, const char *heading, const char *verb, const char *name, int max_length, TelaNameFunc func, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
