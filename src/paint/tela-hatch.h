/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-sketch.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_FILL_SOLID,
  TELA_FILL_HACHURE,
  TELA_FILL_CROSS_HATCH,
  TELA_FILL_ZIGZAG,
  TELA_FILL_DOTS,
} TelaFillStyle;

TelaFillStyle tela_fill_style_parse (const char *name); /* NULL or unknown: solid */

/* How much of the area the pattern covers, to paint a flat tint in its stead. */
double tela_fill_style_coverage (TelaFillStyle style, double roughness, double stroke_width);

/* Strokes that fill the closed polygon with the pattern, to be drawn @weight wide with @gap between. FALSE: there
 * would be too many of them. */
gboolean tela_hatch (TelaSketch *sketch, GArray *path, const TelaPoint *polygon, guint n, TelaFillStyle style, double gap, double weight);

G_END_DECLS
