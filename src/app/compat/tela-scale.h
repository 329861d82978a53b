/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Pixels of the display a pixel of the window; whole numbers only where GTK is older than 4.12. */
double tela_scale_of (GtkNative *native);

G_END_DECLS
