/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

#define TELA_CARD_LABEL_SIZE 16.0
#define TELA_CARD_MARGIN 10.0   /* beside the label, board units */
#define TELA_CARD_BASELINE 0.27 /* of the label under the middle, in sizes */

/* A box with a name in it, for what cannot be shown: with the element's own place as the origin. */
void tela_card_paint (cairo_t *cr, const TelaElement *element, const char *label, const TelaPaintOptions *options);
/* What the card of a web page says; nothing for other elements. */
void tela_card_paint_label (cairo_t *cr, const TelaElement *element, const TelaPaintOptions *options);

double tela_card_get_radius (double width, double height);

G_END_DECLS
