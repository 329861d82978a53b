/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-colour.h"

#include <math.h>
#include <pango/pango.h>

static gboolean
parse_function (const char *text,
                TelaColour *colour)
{
  double values[4] = { 0, 0, 0, 1 };
  guint  n = 0;

  if (!g_str_has_prefix (text, "rgb"))
    return FALSE;
  text = strchr (text, '(');
  while (text != NULL && n < 4 && *text != ')' && *text != '\0')
    {
      char *end;

      text += strspn (text, "(, /");
      values[n] = g_ascii_strtod (text, &end);
      if (end == text || !isfinite (values[n]))
        return FALSE;
      if (*end == '%')
        {
          values[n] *= n < 3 ? 2.55 : 0.01;
          end++;
        }
      text = end;
      n++;
    }
  *colour = (TelaColour){ CLAMP (values[0] / 255, 0, 1), CLAMP (values[1] / 255, 0, 1),
                          CLAMP (values[2] / 255, 0, 1), CLAMP (values[3], 0, 1) };

  return n >= 3;
}

gboolean
tela_colour_parse (const char *text,
                   TelaColour *colour)
{
  PangoColor rgb;
  guint16    alpha;

  *colour = (TelaColour){ 0, 0, 0, 0 };
  if (text == NULL || g_str_equal (text, "transparent"))
    return FALSE;
  if (parse_function (text, colour))
    return colour->alpha > 0;
  if (!pango_color_parse_with_alpha (&rgb, &alpha, text))
    return FALSE;
  *colour = (TelaColour){ rgb.red / 65535.0, rgb.green / 65535.0, rgb.blue / 65535.0, alpha / 65535.0 };

  return alpha > 0;
}

void
tela_colour_set (cairo_t   *cr,
                 TelaColour colour,
                 double     alpha)
{
  cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, colour.alpha * alpha);
}

TelaColour
tela_colour_darken (TelaColour colour)
{
  double r = 0.93 - 0.86 * colour.red;
  double g = 0.93 - 0.86 * colour.green;
  double b = 0.93 - 0.86 * colour.blue;

  return (TelaColour){ CLAMP (-0.574 * r + 1.430 * g + 0.144 * b, 0, 1), CLAMP (0.426 * r + 0.430 * g + 0.144 * b, 0, 1),
                       CLAMP (0.426 * r + 1.430 * g - 0.856 * b, 0, 1), colour.alpha };
}
