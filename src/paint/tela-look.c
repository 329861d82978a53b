/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-look.h"

#include "tela-geometry.h"

/* Light, and what is darkened for dark pictures: names stay readable, a frame for pictures to be made stays loud. */
static const char *const colours[][2] = {
  [TELA_LOOK_PAPER] = { "#ffffff", "#ffffff" },
  [TELA_LOOK_FRAME_EDGE] = { "#bbbbbb", "#bbbbbb" },
  [TELA_LOOK_MAGIC_FRAME_EDGE] = { "#7affd7", "#1d8264" },
  [TELA_LOOK_FRAME_NAME] = { "#999999", "#7a7a7a" },
  [TELA_LOOK_CARD_FACE] = { "#f1f3f5", "#f1f3f5" },
  [TELA_LOOK_BARE_CARD] = { "#d3d3d3", "#d3d3d3" },
  [TELA_LOOK_CARD_EDGE] = { "#adb5bd", "#adb5bd" },
  [TELA_LOOK_CARD_INK] = { "#495057", "#495057" },
  [TELA_LOOK_CARD_TEXT] = { "#000000", "#000000" },
};

TelaColour
tela_look_get_colour (TelaLookColour colour,
                      gboolean       dark)
{
  TelaColour parsed;

  tela_colour_parse (colours[colour][dark ? 1 : 0], &parsed);

  return dark ? tela_colour_darken (parsed) : parsed;
}

TelaColour
tela_look_get_ink (const TelaElement *element)
{
  TelaColour colour;

  if (tela_element_has (element, TELA_KEY_STROKE_COLOR))
    tela_colour_parse (tela_element_get_string (element, TELA_KEY_STROKE_COLOR), &colour);
  else
    tela_colour_parse (TELA_DEFAULT_INK, &colour);

  return colour;
}

TelaColour
tela_look_get_layer_colour (const TelaLayer   *layer,
                            const TelaElement *element,
                            gboolean           dark)
{
  TelaColour colour;

  switch (layer->colour)
    {
    case TELA_LAYER_STROKE_COLOUR:
      return tela_look_get_ink (element);
    case TELA_LAYER_BACKGROUND_COLOUR:
      tela_colour_parse (tela_element_get_string (element, TELA_KEY_BACKGROUND_COLOR), &colour);
      return colour;
    case TELA_LAYER_CARD:
      return tela_look_get_colour (tela_look_get_ink (element).alpha > 0 ? TELA_LOOK_CARD_FACE : TELA_LOOK_BARE_CARD,
                                   dark);
    case TELA_LAYER_PAPER:
    default:
      return tela_look_get_colour (TELA_LOOK_PAPER, dark);
    }
}

gboolean
tela_look_is_type (const TelaElement *element,
                   const char        *type)
{
  return g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), type) == 0;
}

gboolean
tela_look_is_frame (const TelaElement *element)
{
  return tela_look_is_type (element, "frame") || tela_look_is_type (element, "magicframe");
}

TelaColour
tela_look_get_frame_edge (const TelaElement *frame,
                          gboolean           dark)
{
  return tela_look_get_colour (
      tela_look_is_type (frame, "magicframe") ? TELA_LOOK_MAGIC_FRAME_EDGE : TELA_LOOK_FRAME_EDGE, dark);
}

const char *
tela_look_get_frame_name (const TelaElement *frame)
{
  const char *name = tela_element_get_string (frame, TELA_KEY_NAME);

  if (name != NULL)
    return name;

  return tela_look_is_type (frame, "magicframe") ? "AI Frame" : "Frame";
}

gboolean
tela_look_is_layered (const TelaElement *element)
{
  static const char *const layered[] = { "rectangle", "ellipse", "diamond", "line", "draw", "arrow", "freedraw", NULL };
  const char              *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return type != NULL && g_strv_contains (layered, type);
}

double
tela_look_get_opacity (const TelaElement *element,
                       const TelaElement *frame)
{
  double opacity = CLAMP (tela_element_get_number (element, TELA_KEY_OPACITY, 100), 0, 100) / 100;

  return frame != NULL ? opacity * tela_look_get_opacity (frame, NULL) : opacity;
}

const char *
tela_look_get_card_label (const TelaElement *element,
                          double            *size)
{
  const char *link = tela_element_get_string (element, TELA_KEY_LINK);
  double      width = tela_element_get_box (element).width;
  const char *label;

  if (tela_look_is_type (element, "iframe"))
    label = "IFrame element";
  else if (!tela_look_is_type (element, "embeddable"))
    return NULL;
  else if (link != NULL && *link != '\0')
    label = link;
  else
    label = "Empty Web-Embed";
  *size = MAX (width / MAX (g_utf8_strlen (label, -1), 2), width / 30); /* about half of the width, but to be read */

  return label;
}
