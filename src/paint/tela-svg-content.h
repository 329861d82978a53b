/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* What an element shows, with its own place as the origin. @opacity: of each of its layers. */
void tela_svg_add_content (GString *svg, const TelaElement *element, const TelaPaintOptions *options, double opacity);
/* A rectangle's tag, left open for more attributes. */
void tela_svg_add_box (GString *svg, double x, double y, double width, double height, double radius);

G_END_DECLS
