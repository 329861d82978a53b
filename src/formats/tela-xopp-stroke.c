/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-formats-private.h"
#include "tela-xopp-private.h"

#define MAX_NUMBERS 1000000
#define MAX_CORNERS 8

/* How wide ink is at full pressure, for each unit of strokeWidth; how it thins: see the ink of the painter. */
#define INK_SIZE 4.25
#define INK_THINNING 0.6
#define INK_FULL 0.9510565162951535 /* sin (0.8 * pi / 2) */

TelaXoppColour
tela_xopp_read_colour (const char *text)
{
  static const struct
  {
    const char *name, *colour;
  } names[] = {
    { "black", "#000000" },
    { "blue", "#3333cc" },
    { "red", "#ff0000" },
    { "green", "#008000" },
    { "gray", "#808080" },
    { "lightblue", "#00c0ff" },
    { "lightgreen", "#00ff00" },
    { "magenta", "#ff00ff" },
    { "orange", "#ff8000" },
    { "yellow", "#ffff00" },
    { "white", "#ffffff" },
    { "pink", "#ffc0d4" },
  };

  if (text != NULL && text[0] == '#' && strspn (text + 1, "0123456789abcdefABCDEF") == 8 && text[9] == '\0')
    return (TelaXoppColour){ g_strndup (text, 7), g_ascii_strtoull (text + 7, NULL, 16) * 100.0 / 255 };
  if (text != NULL && text[0] == '#' && strspn (text + 1, "0123456789abcdefABCDEF") == 6 && text[7] == '\0')
    return (TelaXoppColour){ g_strdup (text), 100 };
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (names); i++)
    if (strcmp (text, names[i].name) == 0)
      return (TelaXoppColour){ g_strdup (names[i].colour), 100 };
  return (TelaXoppColour){ g_strdup ("#000000"), 100 };
}

static guint64
read_digits (const char **at,
             guint64      before,
             guint       *n)
{
  for (; g_ascii_isdigit (**at); ++*at, ++*n)
    before = before * 10 + (guint64) (**at - '0');
  return before;
}

/* As g_ascii_strtod(), which is slow for the plain decimals that nearly all are: up to 15 digits are one exact division. */
static double
read_number (const char  *text,
             const char **end)
{
  static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15 };
  const char         *at = text + strspn (text, " \n");
  gboolean            negative = *at == '-';
  guint64             digits;
  guint               n = 0, n_whole;
  char               *slow_end;
  double              value;

  at += negative;
  digits = read_digits (&at, 0, &n);
  n_whole = n;
  if (*at == '.')
    {
      at++;
      digits = read_digits (&at, digits, &n);
    }
  if (n_whole > 0 && n < G_N_ELEMENTS (powers) && (*at == ' ' || *at == '\0'))
    {
      *end = at;
      value = (double) digits / powers[n - n_whole];
      return negative ? -value : value;
    }
  value = g_ascii_strtod (text, &slow_end);
  *end = slow_end;
  return value;
}

/* Numbers between spaces, as long as there are any. */
static GArray *
read_numbers (const char *text)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (double));

  while (text != NULL && out->len < MAX_NUMBERS)
    {
      const char *end;
      double      value = read_number (text, &end);

      if (end == text)
        break;
      if (!isfinite (value))
        value = 0;
      value = CLAMP (value, -1e6, 1e6);
      g_array_append_val (out, value);
      text = end;
    }
  return out;
}

/* Coordinates of the board; the odd one at the end is dropped. */
static GArray *
read_points (const char         *text,
             const TelaXoppPage *page)
{
  GArray *points = read_numbers (text);

  g_array_set_size (points, points->len / 2 * 2);
  for (guint i = 0; i < points->len; i++)
    g_array_index (points, double, i) += i % 2 == 0 ? page->x : page->y;
  return points;
}

/* The pressure at which ink of the widest width @full is @width wide. */
static double
get_pressure (double width,
              double full)
{
  double t = asin (MIN (1, width / full * INK_FULL)) / G_PI_2;

  return CLAMP ((t - 0.5) / INK_THINNING + 0.5, 0, 1);
}

static void
add_ink (TelaDraft      *draft,
         TelaDraftStyle *style,
         GArray         *points,
         GArray         *widths)
{
  g_autoptr (GArray) pressures = g_array_new (FALSE, FALSE, sizeof (double));
  guint  n = points->len / 2;
  double full = 0;

  for (guint i = widths->len > 1; i < widths->len; i++)
    full = MAX (full, g_array_index (widths, double, i));
  full = MAX (full, 0.01);
  for (guint i = 0; i < n; i++)
    {
      double width = widths->len > 1 ? g_array_index (widths, double, MIN (i + 1, widths->len - 1)) : full;
      double pressure = get_pressure (width, full);

      g_array_append_val (pressures, pressure);
    }

  tela_draft_fill_ink (points, pressures);
  n = pressures->len;
  style->stroke_width = full / (2 * INK_FULL * INK_SIZE);
  tela_draft_begin_points (draft, NULL, "freedraw", (const double *) points->data, n, style);
  tela_draft_add_values (draft, "pressures", (const double *) pressures->data, n);
  tela_json_writer_name (&draft->writer, "simulatePressure");
  tela_json_writer_boolean (&draft->writer, FALSE);
  tela_draft_end (draft);
}

/* Drawn with a ruler, or with one of the tools for shapes: corners, and nothing between them. */
static gboolean
is_ruled (GArray *points,
          GArray *widths)
{
  guint n = points->len / 2;

  return widths->len <= 1 && n <= MAX_CORNERS;
}

static const char *
read_dashes (TelaDraft  *draft,
             const char *style)
{
  if (style == NULL || strcmp (style, "plain") == 0)
    return NULL;
  if (strcmp (style, "dot") == 0)
    return "dotted";
  if (strcmp (style, "dash") != 0)
    tela_draft_note (draft, _ ("Uncommon dashes of strokes became common ones"));
  return "dashed";
}

static void
add_line (TelaDraft            *draft,
          const TelaDraftStyle *style,
          GArray               *points)
{
  tela_draft_begin_points (draft, NULL, "line", (const double *) points->data, points->len / 2, style);
  tela_draft_end (draft);
}

/* A fill closes its outline, the stroke over it does not. */
static void
add_fill (TelaDraft            *draft,
          const TelaDraftStyle *stroke,
          GArray               *points,
          const char           *colour,
          double                alpha)
{
  g_autofree char *fill = g_strdup_printf ("%s%02x", colour, (guint) CLAMP (alpha, 0, 255));
  g_autoptr (GArray) outline = g_array_copy (points);
  TelaDraftStyle style = { .fill = fill, .opacity = stroke->opacity, .frame_id = stroke->frame_id };

  g_array_append_vals (outline, points->data, 2);
  add_line (draft, &style, outline);
}

void
tela_xopp_add_stroke (TelaDraft          *draft,
                      const TelaXoppPage *page,
                      TelaXoppAttributes *attributes,
                      const char         *text)
{
  TelaXoppColour   colour = tela_xopp_read_colour (g_hash_table_lookup (attributes, "color"));
  g_autofree char *stroke = colour.text;
  g_autoptr (GArray) points = read_points (text, page);
  g_autoptr (GArray) widths = read_numbers (g_hash_table_lookup (attributes, "width"));
  const char    *dashes = read_dashes (draft, g_hash_table_lookup (attributes, "style"));
  const char    *tool = g_hash_table_lookup (attributes, "tool");
  TelaDraftStyle style = { .stroke = stroke, .stroke_style = dashes, .frame_id = page->frame_id };

  style.opacity = MAX (1, g_strcmp0 (tool, "highlighter") == 0 && colour.opacity > 99 ? 50 : colour.opacity);
  if (*(const char *) (g_hash_table_lookup (attributes, "fn") ?: "") != '\0')
    tela_draft_note (draft, _ ("Sound recordings with strokes were left out"));
  if (points->len < 4)
    {
      tela_draft_note (draft, _ ("Strokes with less than two points were left out"));
      return;
    }
  if (g_hash_table_contains (attributes, "fill"))
    add_fill (draft, &style, points, stroke, tela_xopp_get_number (attributes, "fill", 255));
  if (dashes == NULL && !is_ruled (points, widths))
    {
      add_ink (draft, &style, points, widths);
      return;
    }
  style.stroke_width = widths->len > 0 ? g_array_index (widths, double, 0) : 1;
  add_line (draft, &style, points);
}
