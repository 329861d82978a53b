/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* What came out of an image file. */
typedef struct
{
  GdkPixbuf *pixbuf;        /* owned; upright */
  int        width, height; /* of the original, upright */
  int        reduction;     /* how many times 2 the pixbuf is smaller; below 0: larger */
} TelaDecoded;

/* Decodes an image file, its first frame, at most about @wanted times 2 smaller. A photograph (JPEG) is reduced while it is
 * decoded, and a drawing (SVG) is painted at that very size; anything else comes as it is, and not at all above 120 megapixels.
 * Nothing is read but @bytes. FALSE: it cannot be read, or is too large. */
gboolean tela_decode (GBytes *bytes, int wanted, TelaDecoded *decoded);

G_END_DECLS
