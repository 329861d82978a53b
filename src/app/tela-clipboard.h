/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"

G_BEGIN_DECLS

/* Shapes on the clipboard have Excalidraw's form, so that they travel between both programs. */
void tela_clipboard_copy (GtkWidget *widget, GPtrArray *elements);
/* Shapes land under the middle of the view; other text becomes a text. */
void tela_clipboard_paste (TelaCanvas *canvas);
/* Copies of @elements, which keep their references among each other, as one edit; they become the selection. */
void tela_clipboard_insert (TelaCanvas *canvas, GPtrArray *elements, double dx, double dy);

/* (transfer full) */
char *tela_clipboard_write (GPtrArray *elements);
/* What tela_clipboard_write() or Excalidraw wrote, under ids of their own; NULL: it is no such text.
 * (transfer full)(element-type TelaElement) */
GPtrArray *tela_clipboard_read (const char *text);

G_END_DECLS
