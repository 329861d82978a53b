/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-path.h"

G_BEGIN_DECLS

/* A glyph that has no outline: an emoji. */
typedef struct
{
  cairo_font_face_t *face; /* owned */
  cairo_glyph_t      glyph;
} TelaPicture;

/* One line of text, shaped once and then painted at any size: its outlines at TELA_LINE_SIZE, the baseline at y = 0. */
typedef struct
{
  GArray  *path;     /* owned */
  GArray  *pictures; /* TelaPicture; owned */
  double   width;
  gboolean is_backwards; /* from the right to the left */
  gboolean is_own;       /* in the font that was asked for, or one as wide, or in pictures: not in what was there instead */
} TelaLine;

#define TELA_LINE_SIZE 100.0

/* Where the baseline lies: shares of the font size above and below it. By the number, not by the font that is there, so that
 * text stands in the same place on every machine. */
typedef struct
{
  double ascent, descent;
} TelaFontMetrics;

TelaFontMetrics tela_font_get_metrics (int family);  /* Excalidraw's number */
const char     *tela_font_get_families (int family); /* comma between, in the order they are tried */

/* Borrowed from the cache of this thread until the next call on it. */
const TelaLine *tela_line_get (const char *text, gsize len, int family);

/* What is longer is shaped in pieces, of which only those that are seen get outlines. */
#define TELA_LINE_LONGEST 1024

typedef struct
{
  double   width;
  gboolean is_own;       /* as in TelaLine */
  gboolean is_backwards; /* its last line runs from the right to the left */
} TelaLineExtent;

/* Bytes of the first piece of a line. */
gsize tela_line_get_piece (const char *text, gsize len);
/* At TELA_LINE_SIZE, without the outlines; of several lines the widest. */
TelaLineExtent tela_line_measure (const char *text, gsize len, int family);

G_END_DECLS
