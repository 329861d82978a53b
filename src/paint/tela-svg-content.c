/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-svg-content.h"

#include <math.h>
#include <string.h>

#include "tela-card.h"
#include "tela-image.h"
#include "tela-job-card.h"
#include "tela-line.h"
#include "tela-look.h"
#include "tela-scene.h"
#include "tela-svg-writer.h"
#include "tela-text.h"

void
tela_svg_add_box (GString *svg,
                  double   x,
                  double   y,
                  double   width,
                  double   height,
                  double   radius)
{
  g_string_append (svg, "<rect");
  tela_svg_add_attribute (svg, "x", x);
  tela_svg_add_attribute (svg, "y", y);
  tela_svg_add_attribute (svg, "width", width);
  tela_svg_add_attribute (svg, "height", height);
  if (radius > 0)
    tela_svg_add_attribute (svg, "rx", radius);
}

static void
add_dashes (GString      *svg,
            const double *dash)
{
  g_string_append (svg, " stroke-dasharray=\"");
  tela_svg_add_number (svg, dash[0]);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, dash[1]);
  g_string_append_c (svg, '"');
}

static void
add_layer (GString           *svg,
           const TelaLayer   *layer,
           const TelaElement *element,
           gboolean           dark,
           double             opacity)
{
  TelaColour colour = tela_look_get_layer_colour (layer, element, dark);
  double     alpha = layer->alpha * opacity;

  if (colour.alpha * alpha <= 0)
    return;

  g_string_append (svg, "<path");
  if (layer->width <= 0)
    {
      tela_svg_add_paint (svg, "fill", colour, alpha);
      if (layer->even_odd)
        g_string_append (svg, " fill-rule=\"evenodd\"");
    }
  else
    {
      g_string_append (svg, " fill=\"none\"");
      tela_svg_add_paint (svg, "stroke", colour, alpha);
      tela_svg_add_attribute (svg, "stroke-width", layer->width);
      if (layer->dash[0] > 0)
        add_dashes (svg, layer->dash);
    }
  tela_svg_add_path (svg, layer->path);
  g_string_append (svg, "/>\n");
}

/* @length: to be squeezed to; 0: as wide as it is. */
static void
add_line_of_text (GString     *svg,
                  const char  *text,
                  gsize        len,
                  TelaTextLook look,
                  TelaColour   colour,
                  double       y,
                  double       length)
{
  if (len == 0)
    return;
  g_string_append_printf (svg, "<text xml:space=\"preserve\" font-family=\"%s\" text-anchor=\"%s\"",
                          tela_font_get_families (look.family),
                          look.align == 0 ? "start" : look.align < 1 ? "middle"
                                                                     : "end");
  tela_svg_add_attribute (svg, "font-size", look.size);
  tela_svg_add_attribute (svg, "x", look.align * look.room);
  tela_svg_add_attribute (svg, "y", y);
  if (length > 0)
    {
      tela_svg_add_attribute (svg, "textLength", length);
      g_string_append (svg, " lengthAdjust=\"spacingAndGlyphs\"");
    }
  tela_svg_add_paint (svg, "fill", colour, 1);
  g_string_append_c (svg, '>');
  tela_svg_add_text (svg, text, len);
  g_string_append (svg, "</text>\n");
}

static void
add_text (GString           *svg,
          const TelaElement *element)
{
  const char  *text = tela_element_get_string (element, TELA_KEY_TEXT);
  TelaTextLook look = tela_text_look (element);
  double       y;

  for (y = look.baseline; text != NULL; y += look.line_height)
    {
      gsize  len = strcspn (text, "\n");
      double width = tela_text_line_width (text, len, look.family) * look.size / TELA_LINE_SIZE;

      add_line_of_text (svg, text, len, look, tela_look_get_ink (element), y,
                        look.squeeze < 1 ? width * look.squeeze : 0);
      text = text[len] == '\n' ? text + len + 1 : NULL;
    }
}

static void
add_label (GString    *svg,
           const char *text,
           double      size,
           double      room,
           double      align,
           TelaColour  colour,
           double      y)
{
  TelaTextLook     look = { .family = TELA_LABEL_FAMILY, .size = size, .room = room, .align = align };
  g_autofree char *label = tela_text_fit_label (text, size, room);

  add_line_of_text (svg, label, strlen (label), look, colour, y, 0);
}

/* In the middle of a card. */
static void
add_card_label (GString    *svg,
                const char *text,
                double      size,
                double      width,
                double      height,
                TelaColour  colour)
{
  if (width <= 2 * TELA_CARD_MARGIN)
    return;
  g_string_append (svg, "<g transform=\"translate(");
  tela_svg_add_number (svg, TELA_CARD_MARGIN);
  g_string_append (svg, " 0)\">");
  add_label (svg, text, size, width - 2 * TELA_CARD_MARGIN, 0.5, colour, height / 2 + TELA_CARD_BASELINE * size);
  g_string_append (svg, "</g>\n");
}

static void
add_card (GString    *svg,
          const char *label,
          double      width,
          double      height,
          gboolean    dark)
{
  tela_svg_add_box (svg, 0, 0, width, height, tela_card_get_radius (width, height));
  tela_svg_add_paint (svg, "fill", tela_look_get_colour (TELA_LOOK_CARD_FACE, dark), 1);
  tela_svg_add_paint (svg, "stroke", tela_look_get_colour (TELA_LOOK_CARD_EDGE, dark), 1);
  g_string_append (svg, " stroke-dasharray=\"6 4\"/>\n");
  if (label != NULL)
    add_card_label (svg, label, MIN (TELA_CARD_LABEL_SIZE, height / 2), width, height,
                    tela_look_get_colour (TELA_LOOK_CARD_INK, dark));
}

static const char *
get_mime_type (GBytes *bytes)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  if (len > 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return "image/jpeg";
  if (len > 4 && memcmp (data, "GIF8", 4) == 0)
    return "image/gif";
  if (len > 12 && memcmp (data + 8, "WEBP", 4) == 0)
    return "image/webp";
  if (len > 4 && memcmp (data, "\x89PNG", 4) == 0)
    return "image/png";

  return "image/svg+xml";
}

/* A window of its own cuts the image as the crop says. */
static void
add_image (GString                *svg,
           const TelaElement      *element,
           const TelaPaintOptions *options,
           double                  width,
           double                  height)
{
  const TelaNumbers *flip = tela_element_get_numbers (element, TELA_KEY_SCALE);
  gboolean           is_flipped = flip != NULL && flip->n == 2 && flip->stride == 1;
  g_autofree char   *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TelaImageView view;

  if (!tela_image_look_up (element, options, &bytes, &view))
    {
      add_card (svg, "Image", width, height, options->dark);
      return;
    }
  data = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (is_flipped)
    {
      gboolean over = flip->v[0] < 0;
      gboolean down = flip->v[1] < 0;

      g_string_append (svg, "<g transform=\"translate(");
      tela_svg_add_number (svg, over ? width : 0);
      g_string_append_c (svg, ' ');
      tela_svg_add_number (svg, down ? height : 0);
      g_string_append_printf (svg, ") scale(%d %d)\">", over ? -1 : 1, down ? -1 : 1);
    }
  g_string_append (svg, "<svg preserveAspectRatio=\"none\"");
  tela_svg_add_attribute (svg, "width", width);
  tela_svg_add_attribute (svg, "height", height);
  g_string_append (svg, " viewBox=\"");
  tela_svg_add_number (svg, view.x);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, view.y);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, view.width);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, view.height);
  g_string_append_printf (
      svg, "\"><image preserveAspectRatio=\"none\" width=\"%d\" height=\"%d\" href=\"data:%s;base64,%s\"/></svg>",
      view.natural_width, view.natural_height, get_mime_type (bytes), data);
  g_string_append (svg, is_flipped ? "</g>\n" : "\n");
}

static void
add_frame (GString           *svg,
           const TelaElement *element,
           double             width,
           double             height,
           gboolean           dark)
{
  tela_svg_add_box (svg, 0, 0, width, height, TELA_FRAME_RADIUS);
  g_string_append (svg, " fill=\"none\"");
  tela_svg_add_paint (svg, "stroke", tela_look_get_frame_edge (element, dark), 1);
  g_string_append (svg, " stroke-width=\"2\"/>\n");
  add_label (svg, tela_look_get_frame_name (element), TELA_FRAME_NAME_SIZE, width, 0,
             tela_look_get_colour (TELA_LOOK_FRAME_NAME, dark), -TELA_FRAME_NAME_RISE);
}

static void
add_shape (GString           *svg,
           const TelaElement *element,
           const GArray      *layers,
           gboolean           dark,
           double             opacity)
{
  TelaRect box = tela_element_get_box (element);
  g_auto (TelaJobCard) card = { 0 };
  TelaColour  ink = tela_look_get_ink (element);
  double      size;
  const char *label = tela_look_get_card_label (element, &size);

  for (guint i = 0; i < layers->len; i++)
    add_layer (svg, &g_array_index (layers, TelaLayer, i), element, dark, opacity);
  if (label != NULL)
    add_card_label (svg, label, size, box.width, box.height,
                    ink.alpha > 0 ? ink : tela_look_get_colour (TELA_LOOK_CARD_TEXT, dark));
  if (tela_job_card_read (element, &card))
    add_card_label (svg, card.prompt != NULL ? card.prompt : card.words, MIN (TELA_CARD_LABEL_SIZE, box.height / 2),
                    box.width, box.height, tela_look_get_colour (TELA_LOOK_CARD_INK, dark));
}

void
tela_svg_add_content (GString                *svg,
                      const TelaElement      *element,
                      const TelaPaintOptions *options,
                      double                  opacity)
{
  g_autoptr (GArray) layers = tela_shape_build (element, options->scale);
  double width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));

  if (layers != NULL)
    add_shape (svg, element, layers, options->dark, opacity);
  else if (tela_look_is_type (element, "text"))
    add_text (svg, element);
  else if (tela_look_is_type (element, "image"))
    add_image (svg, element, options, width, height);
  else if (tela_look_is_frame (element))
    add_frame (svg, element, width, height, options->dark);
  else
    add_card (svg, tela_element_get_string (element, TELA_KEY_TYPE), width, height, options->dark);
}
