/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Makes a text view break, align and space its lines as the painter does. @wrapped: the text of the view with the breaks
 * of the painter; @line_height: in pixels of the view. */
void tela_text_flow_apply (GtkTextView *view, const char *wrapped, GtkJustification align, double line_height);

G_END_DECLS
