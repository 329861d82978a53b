/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <math.h>
#include <string.h>

#include "tela-image.h"
#include "tela-line.h"
#include "tela-scene.h"
#include "tela-shape.h"
#include "tela-sheet.h"
#include "tela-svg-writer.h"
#include "tela-text.h"

static const TelaColour default_ink = { 0.118, 0.118, 0.118, 1 }; /* #1e1e1e */
static const TelaColour paper = { 1, 1, 1, 1 };
static const TelaColour grey = { 0.6, 0.6, 0.6, 1 };

static TelaColour
read_ink (const TelaElement *element)
{
  TelaColour colour;

  if (!tela_element_has (element, TELA_KEY_STROKE_COLOR))
    return default_ink;
  tela_colour_parse (tela_element_get_string (element, TELA_KEY_STROKE_COLOR), &colour);

  return colour;
}

/* What elements name; ids are borrowed. */
typedef struct
{
  GHashTable *labels; /* id of a container → the text in it */
  GHashTable *frames; /* id of a frame → its place among the elements */
} Links;

static gboolean
is_type (const TelaElement *element,
         const char        *type)
{
  return g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), type) == 0;
}

static gboolean
is_frame (const TelaElement *element)
{
  return is_type (element, "frame") || is_type (element, "magicframe");
}

static void
add_box (GString *svg,
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
add_layer (GString           *svg,
           const TelaLayer   *layer,
           const TelaElement *element)
{
  TelaColour colour = paper;

  if (layer->colour == TELA_LAYER_STROKE_COLOUR)
    colour = read_ink (element);
  else if (layer->colour == TELA_LAYER_BACKGROUND_COLOUR)
    tela_colour_parse (tela_element_get_string (element, TELA_KEY_BACKGROUND_COLOR), &colour);
  if (colour.alpha * layer->alpha <= 0)
    return;

  g_string_append (svg, "<path");
  if (layer->width <= 0)
    {
      tela_svg_add_paint (svg, "fill", colour, layer->alpha);
      if (layer->even_odd)
        g_string_append (svg, " fill-rule=\"evenodd\"");
    }
  else
    {
      g_string_append (svg, " fill=\"none\"");
      tela_svg_add_paint (svg, "stroke", colour, layer->alpha);
      tela_svg_add_attribute (svg, "stroke-width", layer->width);
      if (layer->dash[0] > 0)
        {
          g_string_append (svg, " stroke-dasharray=\"");
          tela_svg_add_number (svg, layer->dash[0]);
          g_string_append_c (svg, ' ');
          tela_svg_add_number (svg, layer->dash[1]);
          g_string_append_c (svg, '"');
        }
    }
  tela_svg_add_path (svg, layer->path);
  g_string_append (svg, "/>\n");
}

static void
add_line_of_text (GString    *svg,
                  const char *text,
                  gsize       len,
                  int         family,
                  double      size,
                  TelaColour  colour,
                  const char *anchor,
                  double      x,
                  double      y)
{
  if (len == 0)
    return;
  g_string_append_printf (svg, "<text xml:space=\"preserve\" font-family=\"%s\" text-anchor=\"%s\"",
                          tela_font_get_families (family), anchor);
  tela_svg_add_attribute (svg, "font-size", size);
  tela_svg_add_attribute (svg, "x", x);
  tela_svg_add_attribute (svg, "y", y);
  tela_svg_add_paint (svg, "fill", colour, 1);
  g_string_append_c (svg, '>');
  tela_svg_add_text (svg, text, len);
  g_string_append (svg, "</text>\n");
}

static void
add_text (GString           *svg,
          const TelaElement *element)
{
  const char     *text = tela_element_get_string (element, TELA_KEY_TEXT);
  const char     *align = tela_element_get_string (element, TELA_KEY_TEXT_ALIGN);
  double          size = CLAMP (tela_element_get_number (element, TELA_KEY_FONT_SIZE, 20), 0.1, 1e5);
  double          line_height = size * CLAMP (tela_element_get_number (element, TELA_KEY_LINE_HEIGHT, 1.25), 0.1, 100);
  double          width = tela_element_get_number (element, TELA_KEY_WIDTH, 0);
  int             family = (int) CLAMP (tela_element_get_number (element, TELA_KEY_FONT_FAMILY, 5), 0, 1000);
  TelaFontMetrics metrics = tela_font_get_metrics (family);
  double          baseline = (line_height - (metrics.ascent + metrics.descent) * size) / 2 + metrics.ascent * size;
  const char     *anchor = "start";
  double          x = 0;

  if (g_strcmp0 (align, "center") == 0)
    {
      anchor = "middle";
      x = width / 2;
    }
  else if (g_strcmp0 (align, "right") == 0)
    {
      anchor = "end";
      x = width;
    }
  for (guint i = 0; text != NULL; i++)
    {
      gsize len = strcspn (text, "\n");

      add_line_of_text (svg, text, len, family, size, read_ink (element), anchor, x, i * line_height + baseline);
      text = text[len] == '\n' ? text + len + 1 : NULL;
    }
}

static void
add_card (GString    *svg,
          const char *label,
          double      width,
          double      height)
{
  add_box (svg, 0, 0, width, height, MIN (8, MIN (width, height) / 4));
  g_string_append (svg, " fill=\"#f1f3f5\" stroke=\"#adb5bd\" stroke-dasharray=\"6 4\"/>\n");
  if (label != NULL)
    add_line_of_text (svg, label, strlen (label), TELA_LABEL_FAMILY, MIN (16, height / 2), default_ink, "middle",
                      width / 2, height / 2 + 5);
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
      add_card (svg, "Image", width, height);
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
           double             height)
{
  const char *name = tela_element_get_string (element, TELA_KEY_NAME);

  add_box (svg, 0, 0, width, height, TELA_FRAME_RADIUS);
  g_string_append (svg, " fill=\"none\" stroke=\"#bbbbbb\" stroke-width=\"2\"/>\n");
  name = name != NULL ? name : "Frame";
  add_line_of_text (svg, name, strlen (name), TELA_LABEL_FAMILY, TELA_FRAME_NAME_SIZE, grey, "start", 0,
                    -TELA_FRAME_NAME_GAP - TELA_FRAME_NAME_SIZE / 2);
}

static void
add_content (GString                *svg,
             const TelaElement      *element,
             const TelaPaintOptions *options)
{
  g_autoptr (GArray) layers = tela_shape_build (element, options->scale);
  double width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));

  for (guint i = 0; layers != NULL && i < layers->len; i++)
    add_layer (svg, &g_array_index (layers, TelaLayer, i), element);
  if (layers != NULL)
    return;
  if (is_type (element, "text"))
    add_text (svg, element);
  else if (is_type (element, "image"))
    add_image (svg, element, options, width, height);
  else if (is_frame (element))
    add_frame (svg, element, width, height);
  else
    add_card (svg, tela_image_get_card_label (element), width, height);
}

static void
add_rotation (GString           *svg,
              const TelaElement *element)
{
  TelaRect box = tela_element_get_box (element);

  g_string_append (svg, "rotate(");
  tela_svg_add_number (svg, tela_element_get_number (element, TELA_KEY_ANGLE, 0) * 180 / G_PI);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, box.x + box.width / 2);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, box.y + box.height / 2);
  g_string_append_c (svg, ')');
}

/* The number of the element's frame among the clips; -1: none. */
static int
find_frame (const Links       *links,
            const TelaElement *element)
{
  const char *id = tela_element_get_string (element, TELA_KEY_FRAME_ID);
  gpointer    index;

  return id != NULL && g_hash_table_lookup_extended (links->frames, id, NULL, &index) ? GPOINTER_TO_INT (index) : -1;
}

/* Frames cut what is in them; the arrow makes room for the text on it. */
static void
add_clips (GString         *svg,
           const TelaSheet *sheet)
{
  for (guint i = 0; i < sheet->elements->len; i++)
    {
      const TelaElement *element = sheet->elements->pdata[i];
      TelaRect           box = tela_element_get_box (element);

      if (!is_frame (element))
        continue;
      g_string_append_printf (svg, "<clipPath id=\"frame-%u\">", i);
      add_box (svg, box.x, box.y, box.width, box.height, TELA_FRAME_RADIUS);
      g_string_append (svg, " transform=\"");
      add_rotation (svg, element);
      g_string_append (svg, "\"/></clipPath>\n");
    }
}

static gboolean
add_hole (GString           *svg,
          const TelaSheet   *sheet,
          guint              index,
          const TelaElement *label)
{
  TelaRect         all = tela_rect_expand (sheet->extent, 1);
  TelaRect         hole;
  const TelaPoint *p;
  TelaPoint        corners[8];
  g_autoptr (GArray) path = NULL;

  if (label == NULL || !is_type (sheet->elements->pdata[index], "arrow"))
    return FALSE;
  hole = tela_rect_expand (tela_element_get_box (label), TELA_LABEL_GAP);
  path = tela_path_new ();
  corners[0] = (TelaPoint){ all.x, all.y };
  corners[1] = (TelaPoint){ all.x + all.width, all.y };
  corners[2] = (TelaPoint){ all.x + all.width, all.y + all.height };
  corners[3] = (TelaPoint){ all.x, all.y + all.height };
  corners[4] = (TelaPoint){ hole.x, hole.y };
  corners[5] = (TelaPoint){ hole.x + hole.width, hole.y };
  corners[6] = (TelaPoint){ hole.x + hole.width, hole.y + hole.height };
  corners[7] = (TelaPoint){ hole.x, hole.y + hole.height };
  for (p = corners; p < corners + 8; p++)
    if ((p - corners) % 4 == 0)
      tela_path_move (path, p->x, p->y);
    else
      tela_path_line (path, p->x, p->y);
  g_string_append_printf (svg, "<clipPath id=\"label-%u\"><path clip-rule=\"evenodd\"", index);
  tela_svg_add_path (svg, path);
  g_string_append (svg, "/></clipPath>\n");

  return TRUE;
}

static void
add_element (GString         *svg,
             const TelaSheet *sheet,
             guint            index,
             const Links     *links)
{
  const TelaElement *element = sheet->elements->pdata[index];
  const TelaElement *label = g_hash_table_lookup (links->labels, tela_element_get_id (element));
  TelaRect           box = tela_element_get_box (element);
  gboolean           has_points = tela_element_get_numbers (element, TELA_KEY_POINTS) != NULL;
  int                frame = find_frame (links, element);
  gboolean           is_cut = add_hole (svg, sheet, index, label);
  double             opacity = CLAMP (tela_element_get_number (element, TELA_KEY_OPACITY, 100), 0, 100) / 100;

  if (frame >= 0)
    {
      opacity *= CLAMP (tela_element_get_number (sheet->elements->pdata[frame], TELA_KEY_OPACITY, 100), 0, 100) / 100;
      g_string_append_printf (svg, "<g clip-path=\"url(#frame-%d)\">", frame);
    }
  if (is_cut)
    g_string_append_printf (svg, "<g clip-path=\"url(#label-%u)\">", index);
  g_string_append (svg, "<g transform=\"");
  if (tela_element_get_number (element, TELA_KEY_ANGLE, 0) != 0)
    add_rotation (svg, element);
  g_string_append (svg, "translate(");
  tela_svg_add_number (svg, has_points ? tela_element_get_number (element, TELA_KEY_X, 0) : box.x);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, has_points ? tela_element_get_number (element, TELA_KEY_Y, 0) : box.y);
  g_string_append (svg, ")\"");
  if (opacity < 1)
    tela_svg_add_attribute (svg, "opacity", opacity);
  g_string_append (svg, ">\n");
  add_content (svg, element, &sheet->options);
  g_string_append (svg, is_cut ? "</g></g>" : "</g>");
  g_string_append (svg, frame >= 0 ? "</g>\n" : "\n");
}

static void
add_head (GString         *svg,
          const TelaSheet *sheet)
{
  TelaColour colour;

  g_string_append (svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
  tela_svg_add_attribute (svg, "width", sheet->extent.width);
  tela_svg_add_attribute (svg, "height", sheet->extent.height);
  g_string_append (svg, " viewBox=\"");
  tela_svg_add_number (svg, sheet->extent.x);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, sheet->extent.y);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, sheet->extent.width);
  g_string_append_c (svg, ' ');
  tela_svg_add_number (svg, sheet->extent.height);
  g_string_append (svg, "\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\n");
  if (tela_colour_parse (sheet->background, &colour))
    {
      add_box (svg, sheet->extent.x, sheet->extent.y, sheet->extent.width, sheet->extent.height, 0);
      tela_svg_add_paint (svg, "fill", colour, 1);
      g_string_append (svg, "/>\n");
    }
}

GBytes *
tela_paint_svg (TelaElement *const       *elements,
                gsize                     n,
                const TelaPictureOptions *options)
{
  g_auto (TelaSheet) sheet = { NULL };
  g_autoptr (GHashTable) labels = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) frames = g_hash_table_new (g_str_hash, g_str_equal);
  const Links links = { labels, frames };
  GString    *svg = g_string_new (NULL);

  tela_sheet_init (&sheet, elements, n, options);
  sheet.options.scale = MAX (1, sheet.options.scale); /* every detail: it may be looked at from near */
  for (guint i = 0; i < sheet.elements->len; i++)
    {
      const TelaElement *element = sheet.elements->pdata[i];
      const char        *container = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);

      if (container != NULL)
        g_hash_table_insert (labels, (gpointer) container, (gpointer) element);
      if (is_frame (element))
        g_hash_table_insert (frames, (gpointer) tela_element_get_id (element), GINT_TO_POINTER (i));
    }
  add_head (svg, &sheet);
  add_clips (svg, &sheet);
  for (guint i = 0; i < sheet.elements->len; i++)
    add_element (svg, &sheet, i, &links);
  g_string_append (svg, "</svg>\n");

  return g_string_free_to_bytes (svg);
}
