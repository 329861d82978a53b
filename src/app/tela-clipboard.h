/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"
#include "tela-clip.h"

G_BEGIN_DECLS

/* Shapes on the clipboard have Excalidraw's form, so that they travel between both programs; or that of a picture. */
void tela_clipboard_copy (TelaCanvas *canvas, GPtrArray *elements, const TelaClipOptions *options);
/* Drawings, pictures, files and text land under the pointer, else in the middle of the view. */
void tela_clipboard_paste (TelaCanvas *canvas);

G_END_DECLS
