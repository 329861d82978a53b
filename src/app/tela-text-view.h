/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-element.h"
#include "tela-viewport.h"

G_BEGIN_DECLS

/* The text widget over the canvas: caret, selection, input methods and keys are its own; the glyphs are the painter's,
 * which are drawn below it, so that nothing moves when the editing ends. Only while an input method composes, it shows its
 * own, which stand in the same places. Signal "composed": what it shows so has changed. */
#define TELA_TYPE_TEXT_VIEW (tela_text_view_get_type ())
G_DECLARE_FINAL_TYPE (TelaTextView, tela_text_view, TELA, TEXT_VIEW, GtkTextView)

GtkWidget  *tela_text_view_new (void);
const char *tela_text_view_get_preedit (TelaTextView *self); /* "": nothing is composed */
/* Takes looks and lines of @shown; after each change of them, of the text, or of the zoom. */
void tela_text_view_update (TelaTextView *self, const TelaElement *shown, double zoom);
/* Over @shown in its parent. @room: where its lines are, before it is turned. */
void tela_text_view_allocate (TelaTextView *self, const TelaElement *shown, TelaRect room, TelaViewport *viewport);

G_END_DECLS
