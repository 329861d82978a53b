/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-style.h"

G_BEGIN_DECLS

/* Looks of the selection, or of the next shape. Its buttons are the actions "style" and "canvas". */
#define TELA_TYPE_STYLE_PANEL (tela_style_panel_get_type ())
G_DECLARE_FINAL_TYPE (TelaStylePanel, tela_style_panel, TELA, STYLE_PANEL, GtkWidget)

/* What the looks are for; only what matters to it is shown. */
typedef enum
{
  TELA_KIND_SHAPE = 1 << 0,
  TELA_KIND_LINE = 1 << 1,
  TELA_KIND_INK = 1 << 2,
  TELA_KIND_TEXT = 1 << 3,
  TELA_KIND_ARROW = 1 << 4, /* besides TELA_KIND_LINE */
} TelaKinds;

TelaKinds tela_style_panel_kind_of (const char *type); /* of an element, or the name of a tool; 0: it has no looks */

void tela_style_panel_set_style (TelaStylePanel *self, TelaStyle *style);
void tela_style_panel_set_kinds (TelaStylePanel *self, TelaKinds kinds, gboolean has_selection); /* which has commands */

G_END_DECLS
