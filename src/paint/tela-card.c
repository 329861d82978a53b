/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-card.h"

#include <math.h>

#include "tela-look.h"
#include "tela-text.h"

#define RADIUS 8.0
#define LEAST_LABEL 3.0 /* device pixels: what is smaller cannot be read */

double
tela_card_get_radius (double width,
                      double height)
{
  return MIN (RADIUS, MIN (width, height) / 4);
}

static void
paint_label (cairo_t                *cr,
             const TelaElement      *element,
             const char             *label,
             double                  size,
             TelaColour              colour,
             const TelaPaintOptions *options)
{
  double width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));
  double room = width - 2 * TELA_CARD_MARGIN;

  if (room > 0 && size * options->scale >= LEAST_LABEL)
    tela_text_paint_label (cr, label, TELA_CARD_MARGIN, height / 2 + TELA_CARD_BASELINE * size, size, 0.5, room, colour);
}

void
tela_card_paint (cairo_t                *cr,
                 const TelaElement      *element,
                 const char             *label,
                 const TelaPaintOptions *options)
{
  const double dashes[] = { 6, 4 };
  double       width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double       height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));

  if (!(width > 0 && height > 0))
    return;
  tela_path_trace_box (cr, 0.5, 0.5, MAX (width - 1, 0.1), MAX (height - 1, 0.1), tela_card_get_radius (width, height));
  tela_colour_set (cr, tela_look_get_colour (TELA_LOOK_CARD_FACE, options->dark), 1);
  cairo_fill_preserve (cr);
  tela_colour_set (cr, tela_look_get_colour (TELA_LOOK_CARD_EDGE, options->dark), 1);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, dashes, 2, 0);
  cairo_stroke (cr);
  if (label != NULL)
    paint_label (cr, element, label, MIN (TELA_CARD_LABEL_SIZE, height / 2),
                 tela_look_get_colour (TELA_LOOK_CARD_INK, options->dark), options);
}

void
tela_card_paint_label (cairo_t                *cr,
                       const TelaElement      *element,
                       const TelaPaintOptions *options)
{
  TelaColour  ink = tela_look_get_ink (element);
  double      size;
  const char *label = tela_look_get_card_label (element, &size);

  if (label != NULL)
    paint_label (cr, element, label, size,
                 ink.alpha > 0 ? ink : tela_look_get_colour (TELA_LOOK_CARD_TEXT, options->dark), options);
}
