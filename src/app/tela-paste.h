/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"

G_BEGIN_DECLS

/* What comes onto a board from elsewhere: as one edit, which becomes the selection, around (x, y). What cannot be read is
 * told. Nothing of it is decoded or stored on the main thread. */

/* Excalidraw's JSON or a picture; @name (nullable): what the picture is called. */
void tela_paste_bytes (TelaCanvas *canvas, GBytes *bytes, const char *name, double x, double y);
/* Drawings and pictures, side by side. (element-type GFile) */
void tela_paste_files (TelaCanvas *canvas, GPtrArray *files, double x, double y);
/* Puts a picture in the place of the image @id, as wide as that is. */
void tela_paste_replace (TelaCanvas *canvas, GFile *file, const char *id);
/* A text element, with lines that are not too long. */
void tela_paste_text (TelaCanvas *canvas, const char *text, double x, double y);
/* The text is one of Excalidraw's, or an SVG: nothing to be shown as text. */
gboolean tela_paste_is_drawing (const char *text);

G_END_DECLS
