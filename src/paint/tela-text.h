/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-colour.h"
#include "tela-element.h"

G_BEGIN_DECLS

#define TELA_LABEL_FAMILY 2 /* the font family of labels: the plain one */

/* How a text element is set, with its box at the origin. */
typedef struct
{
  int    family;
  double size;
  double line_height; /* board units */
  double baseline;    /* of the first line */
  double room;        /* the lines are aligned in it */
  double align;       /* 0 left, 0.5 centre, 1 right */
  double squeeze;     /* of every line's width: 1 unless another font stands in for the one that is not here */
} TelaTextLook;

TelaTextLook tela_text_look (const TelaElement *element);

/* Of a line, at TELA_LINE_SIZE. */
double tela_text_line_width (const char *text, gsize len, int family);

/* A text element with its box at the origin. */
void tela_text_paint (cairo_t *cr, const TelaElement *element, TelaColour colour, double scale);

/* One line in the plain font, cut and ended by "…" where it would be wider than @max_width. Its baseline is at @y, its room
 * begins at @x, @align as in TelaTextLook. */
void tela_text_paint_label (cairo_t *cr, const char *text, double x, double y, double size, double align, double max_width, TelaColour colour);
/* The words that tela_text_paint_label() shows. (transfer full) */
char *tela_text_fit_label (const char *text, double size, double max_width);

G_END_DECLS
