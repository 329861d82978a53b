/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-text.h"

#include <math.h>
#include <string.h>

#include "tela-line.h"
#include "tela-paint.h"

#define MAX_LABEL 300         /* characters: shaping takes its time, and a name in a file may be as long as a book */
#define LEAST_DEVICE_SIZE 3.0 /* device pixels; smaller text is bars */
#define BAR_ALPHA 0.45
#define OVERHANG 2.0 /* of the font size: no glyph reaches further out of its line */
#define LONGEST 1.25 /* of the width in the file, if the font is right: the bounds of a text reach so far */

static void
paint_line (cairo_t        *cr,
            const TelaLine *line,
            double          x,
            double          baseline,
            double          x_scale,
            double          y_scale)
{
  guint i;

  cairo_save (cr);
  cairo_translate (cr, x, baseline);
  cairo_scale (cr, x_scale, y_scale);
  cairo_new_path (cr);
  tela_path_trace_fill (line->path, cr);
  cairo_fill (cr);
  for (i = 0; i < line->pictures->len; i++)
    {
      const TelaPicture *picture = &g_array_index (line->pictures, TelaPicture, i);

      cairo_set_font_face (cr, picture->face);
      cairo_set_font_size (cr, TELA_LINE_SIZE);
      cairo_show_glyphs (cr, &picture->glyph, 1);
    }
  cairo_restore (cr);
}

static void
paint_bar (cairo_t   *cr,
           TelaColour colour,
           double     x,
           double     y,
           double     width,
           double     height)
{
  if (width <= 0)
    return;
  tela_colour_set (cr, colour, BAR_ALPHA);
  cairo_rectangle (cr, x, y, width, height);
  cairo_fill (cr);
}

double
tela_text_line_width (const char *text,
                      gsize       len,
                      int         family)
{
  return len > TELA_LINE_LONGEST ? tela_line_measure (text, len, family).width : tela_line_get (text, len, family)->width;
}

/* The greatest width of a line at TELA_LINE_SIZE. Of a short text all is shaped, since it is painted next. */
static TelaLineExtent
measure (const char *text,
         int         family)
{
  gsize          len = strlen (text);
  TelaLineExtent widest = { 0, TRUE, FALSE };

  if (len > TELA_LINE_LONGEST)
    return tela_line_measure (text, len, family);
  for (const char *next = text; next != NULL;)
    {
      gsize           n = strcspn (next, "\n");
      const TelaLine *line = tela_line_get (next, n, family);

      widest = (TelaLineExtent){ MAX (widest.width, line->width), widest.is_own && line->is_own, FALSE };
      next = next[n] == '\n' ? next + n + 1 : NULL;
    }

  return widest;
}

TelaTextLook
tela_text_look (const TelaElement *element)
{
  const char     *text = tela_element_get_string (element, TELA_KEY_TEXT);
  const char     *align = tela_element_get_string (element, TELA_KEY_TEXT_ALIGN);
  double          width = tela_element_get_number (element, TELA_KEY_WIDTH, 0);
  TelaTextLook    look = { .squeeze = 1 };
  TelaFontMetrics metrics;
  TelaLineExtent  extent = { 0, TRUE, FALSE };
  double          widest;
  double          limit;

  look.family = (int) CLAMP (tela_element_get_number (element, TELA_KEY_FONT_FAMILY, 5), 0, 1000);
  look.size = CLAMP (tela_element_get_number (element, TELA_KEY_FONT_SIZE, 20), 0.1, 1e5);
  look.line_height = look.size * CLAMP (tela_element_get_number (element, TELA_KEY_LINE_HEIGHT, 1.25), 0.1, 100);
  metrics = tela_font_get_metrics (look.family);
  look.baseline = (look.line_height - (metrics.ascent + metrics.descent) * look.size) / 2 + metrics.ascent * look.size;
  if (g_strcmp0 (align, "center") == 0)
    look.align = 0.5;
  else if (g_strcmp0 (align, "right") == 0)
    look.align = 1;

  if (text != NULL)
    extent = measure (text, look.family);
  widest = extent.width * look.size / TELA_LINE_SIZE;
  limit = extent.is_own ? width * LONGEST : width;
  if (width >= 1 && widest > limit)
    look.squeeze = limit / widest; /* keep to the room that its author saw */
  look.room = width >= 1 ? width : widest;

  return look;
}

/* One line from @x to @right; a long one piece by piece, of which only those within the clip are made. */
static void
paint_pieces (cairo_t            *cr,
              const TelaTextLook *look,
              const char         *text,
              gsize               len,
              double              x,
              double              right,
              double              y,
              const TelaRect     *clip)
{
  const double   unit = look->size / TELA_LINE_SIZE;
  const double   reach = OVERHANG * look->size;
  const gboolean is_long = len > TELA_LINE_LONGEST;
  const gboolean is_backwards = is_long && tela_line_measure (text, len, look->family).is_backwards;

  while (len > 0)
    {
      gsize  piece = tela_line_get_piece (text, len);
      double own = is_long ? tela_line_measure (text, piece, look->family).width * unit * look->squeeze : right - x;
      double left = is_backwards ? right - own : x;

      if (left - reach < clip->x + clip->width && left + own + reach > clip->x)
        paint_line (cr, tela_line_get (text, piece, look->family), left, y, unit * look->squeeze,
                    unit * sqrt (look->squeeze));
      x += is_backwards ? 0 : own;
      right -= is_backwards ? own : 0;
      text += piece;
      len -= piece;
    }
}

/* What cannot be seen of a text as long as a book is not even shaped. */
void
tela_text_paint (cairo_t           *cr,
                 const TelaElement *element,
                 TelaColour         colour,
                 double             scale)
{
  const char  *text = tela_element_get_string (element, TELA_KEY_TEXT);
  TelaTextLook look = tela_text_look (element);
  gboolean     as_bars = look.size * scale < LEAST_DEVICE_SIZE;
  gboolean     is_long = text != NULL && strlen (text) > TELA_LINE_LONGEST;
  double       reach = OVERHANG * look.size;
  double       unit = look.size / TELA_LINE_SIZE;
  TelaRect     clip;
  double       y;

  cairo_clip_extents (cr, &clip.x, &clip.y, &clip.width, &clip.height);
  clip.width -= clip.x;
  clip.height -= clip.y;
  tela_colour_set (cr, colour, 1);
  for (y = look.baseline; text != NULL && y - reach < clip.y + clip.height; y += look.line_height)
    {
      gsize len = strcspn (text, "\n");

      if (y + reach > clip.y && len > 0)
        {
          double own = as_bars && is_long ? tela_line_measure (text, len, look.family).width
                                          : tela_text_line_width (text, len, look.family);
          double width = own * unit * look.squeeze;
          double x = look.align * (look.room - width);

          if (as_bars)
            paint_bar (cr, colour, x, y - look.size * 0.55, width, look.size * 0.5);
          else
            paint_pieces (cr, &look, text, len, x, x + width, y, &clip);
        }
      text = text[len] == '\n' ? text + len + 1 : NULL;
    }
}

static double
measure_label (const char *text,
               gsize       len,
               double      size)
{
  return tela_line_get (text, len, TELA_LABEL_FAMILY)->width * size / TELA_LINE_SIZE;
}

char *
tela_text_fit_label (const char *text,
                     double      size,
                     double      max_width)
{
  gsize  len = strcspn (text, "\n");
  glong  n = g_utf8_strlen (text, (gssize) len);
  glong  fits = 0;
  glong  too_long = MIN (n, MAX_LABEL) + 1;
  double dots;

  if (n <= MAX_LABEL && measure_label (text, len, size) <= max_width)
    return g_strndup (text, len);

  dots = measure_label ("…", strlen ("…"), size);
  while (too_long - fits > 1)
    {
      glong middle = (fits + too_long) / 2;

      if (measure_label (text, (gsize) (g_utf8_offset_to_pointer (text, middle) - text), size) + dots <= max_width)
        fits = middle;
      else
        too_long = middle;
    }

  return g_strdup_printf ("%.*s…", (int) (g_utf8_offset_to_pointer (text, fits) - text), text);
}

void
tela_text_paint_label (cairo_t    *cr,
                       const char *text,
                       double      x,
                       double      y,
                       double      size,
                       double      align,
                       double      max_width,
                       TelaColour  colour)
{
  g_autofree char *label = tela_text_fit_label (text, size, max_width);
  const TelaLine  *line = tela_line_get (label, strlen (label), TELA_LABEL_FAMILY);
  double           unit = size / TELA_LINE_SIZE;

  tela_colour_set (cr, colour, 1);
  paint_line (cr, line, x + align * (max_width - line->width * unit), y, unit, unit);
}

void
tela_paint_measure_text (const char *text,
                         double      font_size,
                         int         font_family,
                         double      line_height,
                         double     *width,
                         double     *height)
{
  guint n_lines = 1;

  for (const char *at = text; *at != '\0'; at++)
    n_lines += *at == '\n';
  *width = measure (text, font_family).width * font_size / TELA_LINE_SIZE;
  *height = n_lines * font_size * line_height;
}
