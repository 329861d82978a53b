/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-colour.h"
#include "tela-path.h"

G_BEGIN_DECLS

/* Pieces of SVG text: numbers with two decimals at most, so that the same drawing gives the same bytes everywhere. */
void tela_svg_add_number (GString *svg, double number);
void tela_svg_add_attribute (GString *svg, const char *name, double number);
void tela_svg_add_text (GString *svg, const char *text, gsize len);                        /* escaped; what XML cannot hold is left out */
void tela_svg_add_paint (GString *svg, const char *name, TelaColour colour, double alpha); /* name: "fill" or "stroke" */
void tela_svg_add_path (GString *svg, const GArray *path);

G_END_DECLS
