/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

#define TELA_DEFAULT_INK "#1e1e1e" /* of elements that name no colour */

typedef struct
{
  double red, green, blue, alpha;
} TelaColour;

/* A CSS colour: #rgb, #rgba, #rrggbb, #rrggbbaa, rgb(), rgba() or a name. FALSE (and nothing to paint): NULL,
 * "transparent" or not understood. */
gboolean tela_colour_parse (const char *text, TelaColour *colour);
void     tela_colour_set (cairo_t *cr, TelaColour colour, double alpha);

/* As the filters "invert (93 %) hue-rotate (180°)" of a web page make it. */
TelaColour tela_colour_darken (TelaColour colour);

G_END_DECLS
