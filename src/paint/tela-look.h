/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-colour.h"
#include "tela-shape.h"

G_BEGIN_DECLS

/* What an element looks like by its kind, the same on the screen and in every file. */

/* What has no colour of its own: paper, frames, cards. */
typedef enum
{
  TELA_LOOK_PAPER,
  TELA_LOOK_FRAME_EDGE,
  TELA_LOOK_MAGIC_FRAME_EDGE,
  TELA_LOOK_FRAME_NAME,
  TELA_LOOK_CARD_FACE,
  TELA_LOOK_BARE_CARD, /* without an edge */
  TELA_LOOK_CARD_EDGE,
  TELA_LOOK_CARD_INK,
  TELA_LOOK_CARD_TEXT, /* of a page's card whose stroke has no colour */
} TelaLookColour;

TelaColour tela_look_get_colour (TelaLookColour colour, gboolean dark);

/* Of an element's strokes and text; dark pictures are made of elements that have dark colours already. */
TelaColour tela_look_get_ink (const TelaElement *element);
TelaColour tela_look_get_layer_colour (const TelaLayer *layer, const TelaElement *element, gboolean dark);

gboolean    tela_look_is_type (const TelaElement *element, const char *type);
gboolean    tela_look_is_frame (const TelaElement *element);
TelaColour  tela_look_get_frame_edge (const TelaElement *frame, gboolean dark);
const char *tela_look_get_frame_name (const TelaElement *frame);
/* Opacity is of each of its layers, so that a fill is seen through the stroke; that of other kinds is of the whole. */
gboolean tela_look_is_layered (const TelaElement *element);
/* Of the element and of the frame it is in (nullable). */
double tela_look_get_opacity (const TelaElement *element, const TelaElement *frame);

/* What stands in a card in place of a web page, and how large; NULL: @element is no such card. */
const char *tela_look_get_card_label (const TelaElement *element, double *size);

G_END_DECLS
