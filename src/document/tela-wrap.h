/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The width of one line of text in board units: this room knows no fonts. */
typedef double (*TelaMeasureFunc) (const char *line, gsize len, double font_size, int font_family, gpointer user_data);

typedef struct
{
  TelaMeasureFunc measure;
  gpointer        user_data;
  double          font_size;
  int             font_family;
} TelaTextFont;

/* Breaks lines that are wider than @max_width: between words, after hyphens, around ideographs, and within a word that
 * is too long by itself. White space where a line is broken is left out. (transfer full) */
char *tela_wrap_text (const char *text, double max_width, const TelaTextFont *font);
/* The greatest width of a line, and how many there are. */
double tela_wrap_measure (const char *text, const TelaTextFont *font, guint *n_lines);

G_END_DECLS
