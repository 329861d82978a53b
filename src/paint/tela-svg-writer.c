/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-svg-writer.h"

#include <math.h>
#include <string.h>

void
tela_svg_add_number (GString *svg,
                     double   number)
{
  char  text[64];
  gsize len;

  if (!isfinite (number) || fabs (number) < 0.005)
    {
      g_string_append_c (svg, '0');
      return;
    }
  g_ascii_formatd (text, sizeof text, "%.2f", CLAMP (number, -1e12, 1e12));
  len = strlen (text);
  while (text[len - 1] == '0')
    len--;
  if (text[len - 1] == '.')
    len--;
  g_string_append_len (svg, text, (gssize) len);
}

void
tela_svg_add_attribute (GString    *svg,
                        const char *name,
                        double      number)
{
  g_string_append_printf (svg, " %s=\"", name);
  tela_svg_add_number (svg, number);
  g_string_append_c (svg, '"');
}

void
tela_svg_add_text (GString    *svg,
                   const char *text,
                   gsize       len)
{
  for (gsize i = 0; i < len; i++)
    {
      switch (text[i])
        {
        case '&':
          g_string_append (svg, "&amp;");
          break;
        case '<':
          g_string_append (svg, "&lt;");
          break;
        case '>':
          g_string_append (svg, "&gt;");
          break;
        case '"':
          g_string_append (svg, "&quot;");
          break;
        default:
          if ((guchar) text[i] >= 0x20 || text[i] == '\t')
            g_string_append_c (svg, text[i]);
          break;
        }
    }
}

void
tela_svg_add_paint (GString    *svg,
                    const char *name,
                    TelaColour  colour,
                    double      alpha)
{
  g_string_append_printf (svg, " %s=\"#%02x%02x%02x\"", name, (guint) lround (colour.red * 255),
                          (guint) lround (colour.green * 255), (guint) lround (colour.blue * 255));
  if (colour.alpha * alpha < 1)
    {
      g_string_append_printf (svg, " %s-opacity=\"", name);
      tela_svg_add_number (svg, colour.alpha * alpha);
      g_string_append_c (svg, '"');
    }
}

static void
add_point (GString *svg,
           char     letter,
           double   x,
           double   y)
{
  g_string_append_c (svg, letter);
  tela_svg_add_number (svg, x);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, y);
}

void
tela_svg_add_path (GString      *svg,
                   const GArray *path)
{
  g_string_append (svg, " d=\"");
  for (guint i = 0; i < path->len; i++)
    {
      const TelaPathOp *op = &g_array_index (path, TelaPathOp, i);

      if (op->kind == TELA_PATH_CURVE)
        {
          add_point (svg, 'C', op->x1, op->y1);
          add_point (svg, ' ', op->x2, op->y2);
          add_point (svg, ' ', op->x, op->y);
        }
      else
        add_point (svg, op->kind == TELA_PATH_MOVE ? 'M' : 'L', op->x, op->y);
    }
  g_string_append_c (svg, '"');
}
