/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A dab of a colour on a button. Property color: a CSS colour; "transparent" shows as a crossed field. */
#define TELA_TYPE_SWATCH (tela_swatch_get_type ())
G_DECLARE_FINAL_TYPE (TelaSwatch, tela_swatch, TELA, SWATCH, GtkWidget)

G_END_DECLS
