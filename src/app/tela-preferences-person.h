/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The rows about the user in what tela-preferences.ui builds. */
void tela_preferences_bind_person (GtkBuilder *builder, GSettings *settings);

G_END_DECLS
