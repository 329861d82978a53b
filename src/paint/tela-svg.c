/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include "tela-look.h"
#include "tela-scene.h"
#include "tela-sheet.h"
#include "tela-svg-content.h"
#include "tela-svg-writer.h"

/* What elements name; ids are borrowed. */
typedef struct
{
  GHashTable *labels; /* id of a container → the text in it */
  GHashTable *frames; /* id of a frame → its place among the elements */
} Links;

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

      if (!tela_look_is_frame (element))
        continue;
      g_string_append_printf (svg, "<clipPath id=\"frame-%u\">", i);
      tela_svg_add_box (svg, box.x, box.y, box.width, box.height, TELA_FRAME_RADIUS);
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

  if (label == NULL || !tela_look_is_type (sheet->elements->pdata[index], "arrow"))
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
  double             opacity = tela_look_get_opacity (element, frame >= 0 ? sheet->elements->pdata[frame] : NULL);

  if (frame >= 0)
    g_string_append_printf (svg, "<g clip-path=\"url(#frame-%d)\">", frame);
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
  if (opacity < 1 && !tela_look_is_layered (element))
    {
      tela_svg_add_attribute (svg, "opacity", opacity);
      opacity = 1;
    }
  g_string_append (svg, ">\n");
  tela_svg_add_content (svg, element, &sheet->options, opacity);
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
      tela_svg_add_box (svg, sheet->extent.x, sheet->extent.y, sheet->extent.width, sheet->extent.height, 0);
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
      if (tela_look_is_frame (element))
        g_hash_table_insert (frames, (gpointer) tela_element_get_id (element), GINT_TO_POINTER (i));
    }
  add_head (svg, &sheet);
  add_clips (svg, &sheet);
  for (guint i = 0; i < sheet.elements->len; i++)
    add_element (svg, &sheet, i, &links);
  g_string_append (svg, "</svg>\n");

  return g_string_free_to_bytes (svg);
}
