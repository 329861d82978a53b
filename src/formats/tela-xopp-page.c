/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"
#include "tela-xopp-private.h"

#include <glib/gi18n-lib.h>

/* Where Xournal++ puts the lines of its papers, in points. */
#define LINE_TOP 80.0
#define LINE_GAP 24.0
#define MARGIN 72.0
#define GRID 14.1732283
#define MAX_LINES 300
#define MAX_PAPERS 1000

static void
append_line (GString    *out,
             const char *colour,
             double      x1,
             double      y1,
             double      x2,
             double      y2)
{
  char a[4][G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (
      out, "<path d=\"M%s %sL%s %s\" stroke=\"%s\" stroke-width=\"0.5\"/>",
      g_ascii_formatd (a[0], sizeof a[0], "%.3f", x1), g_ascii_formatd (a[1], sizeof a[1], "%.3f", y1),
      g_ascii_formatd (a[2], sizeof a[2], "%.3f", x2), g_ascii_formatd (a[3], sizeof a[3], "%.3f", y2), colour);
}

static void
append_rules (GString            *out,
              const TelaXoppPage *page,
              gboolean            margin)
{
  guint n = 0;

  for (double y = LINE_TOP; y < page->height && n < MAX_LINES; y += LINE_GAP, n++)
    append_line (out, "#40a0ff", 0, y, page->width, y);
  if (margin)
    append_line (out, "#ff0080", MARGIN, 0, MARGIN, page->height);
}

static void
append_grid (GString            *out,
             const TelaXoppPage *page)
{
  guint n = 0;

  for (double x = GRID; x < page->width && n < MAX_LINES; x += GRID, n++)
    append_line (out, "#bdbdbd", x, 0, x, page->height);
  for (double y = GRID; y < page->height && n < 2 * MAX_LINES; y += GRID, n++)
    append_line (out, "#bdbdbd", 0, y, page->width, y);
}

/* Rows of dots are lines that are dashed. */
static void
append_dots (GString            *out,
             const TelaXoppPage *page)
{
  char  a[2][G_ASCII_DTOSTR_BUF_SIZE];
  guint n = 0;

  for (double y = GRID; y < page->height && n < MAX_LINES; y += GRID, n++)
    g_string_append_printf (out,
                            "<path d=\"M14.173 %sH%s\" stroke=\"#bdbdbd\" stroke-width=\"1.2\" "
                            "stroke-linecap=\"round\" stroke-dasharray=\"0 14.1732283\"/>",
                            g_ascii_formatd (a[0], sizeof a[0], "%.3f", y),
                            g_ascii_formatd (a[1], sizeof a[1], "%.3f", page->width));
}

static gboolean
append_pattern (GString            *out,
                const TelaXoppPage *page,
                const char         *style)
{
  if (strcmp (style, "lined") == 0 || strcmp (style, "ruled") == 0)
    append_rules (out, page, strcmp (style, "lined") == 0);
  else if (strcmp (style, "graph") == 0)
    append_grid (out, page);
  else if (strcmp (style, "dotted") == 0)
    append_dots (out, page);
  else
    return FALSE;
  return TRUE;
}

/* The lines of the paper, as a picture; NULL if they are not known. */
static GBytes *
draw_paper (const TelaXoppPage *page,
            const char         *name)
{
  g_autoptr (GString) out = g_string_new ("<svg xmlns=\"http://www.w3.org/2000/svg\"");
  char width[G_ASCII_DTOSTR_BUF_SIZE], height[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (width, sizeof width, "%.3f", page->width);
  g_ascii_formatd (height, sizeof height, "%.3f", page->height);
  g_string_append_printf (out, " width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" fill=\"none\">", width, height, width,
                          height);
  if (!append_pattern (out, page, name))
    return NULL;
  g_string_append (out, "</svg>");
  return g_bytes_new (out->str, out->len);
}

/* Most pages have the paper of the one before. */
static void
add_pattern (TelaDraft            *draft,
             TelaXoppPage         *page,
             const char           *name,
             const TelaDraftBox   *box,
             const TelaDraftStyle *style)
{
  g_autofree char *key = g_strdup_printf ("%s %.9g %.9g", name, page->width, page->height);

  if (g_strcmp0 (key, page->paper_key) != 0)
    {
      g_free (page->paper_key);
      page->paper_key = g_steal_pointer (&key);
      g_clear_pointer (&page->paper, g_bytes_unref);
      if (++page->n_papers <= MAX_PAPERS)
        page->paper = draw_paper (page, name);
    }
  if (page->paper == NULL)
    tela_draft_note (draft, _ ("Patterns of pages that are not known here were left out"));
  else if (tela_draft_begin_image (draft, box, style, page->paper))
    tela_draft_end (draft);
}

void
tela_xopp_add_background (TelaDraft          *draft,
                          TelaXoppPage       *page,
                          TelaXoppAttributes *attributes)
{
  const char    *type = g_hash_table_lookup (attributes, "type"), *pattern = g_hash_table_lookup (attributes, "style");
  TelaXoppColour colour = tela_xopp_read_colour (
      g_hash_table_contains (attributes, "color") ? g_hash_table_lookup (attributes, "color") : "white");
  g_autofree char *fill = colour.text;
  TelaDraftBox     box = { page->x, page->y, page->width, page->height, 0 };
  TelaDraftStyle   style = { .fill = fill, .frame_id = page->frame_id, .locked = TRUE };

  if (g_strcmp0 (type, "pdf") == 0)
    tela_draft_note (draft, _ ("Pages of a PDF file behind the drawing were left out"));
  else if (g_strcmp0 (type, "pixmap") == 0)
    tela_draft_note (draft, _ ("Pictures of other files behind the drawing were left out"));
  tela_draft_begin (draft, NULL, "rectangle", &box, &style);
  tela_draft_end (draft);
  if (pattern != NULL && strcmp (pattern, "plain") != 0)
    add_pattern (draft, page, pattern, &box, &style);
}

static TelaDraftFont
read_font (const char *name)
{
  g_autofree char *folded = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  if (folded != NULL &&
      (strstr (folded, "mono") != NULL || strstr (folded, "courier") != NULL || strstr (folded, "code") != NULL))
    return TELA_DRAFT_FONT_MONO;
  return TELA_DRAFT_FONT_SANS;
}

/* "Sans", "DejaVu Sans Mono Book" and the like. */
static gboolean
is_common_font (const char *name)
{
  g_autofree char *folded = name == NULL ? g_strdup ("sans") : g_ascii_strdown (name, -1);

  return (strstr (folded, "sans") != NULL || strstr (folded, "mono") != NULL) && strstr (folded, "bold") == NULL &&
         strstr (folded, "italic") == NULL && strstr (folded, "oblique") == NULL;
}

void
tela_xopp_add_text (TelaDraft          *draft,
                    const TelaXoppPage *page,
                    TelaXoppAttributes *attributes,
                    const char         *content)
{
  TelaXoppColour   colour = tela_xopp_read_colour (g_hash_table_lookup (attributes, "color"));
  g_autofree char *stroke = colour.text;
  const char      *align = g_hash_table_lookup (attributes, "align");
  TelaDraftStyle   style = { .stroke = stroke, .opacity = MAX (1, colour.opacity), .frame_id = page->frame_id };
  TelaDraftBox     box = { .x = page->x + tela_xopp_get_number (attributes, "x", 0),
                           .y = page->y + tela_xopp_get_number (attributes, "y", 0) };
  TelaDraftText    text = { .text = content, .font = read_font (g_hash_table_lookup (attributes, "font")) };

  if (strlen (content) > TELA_MAX_TEXT_BYTES / 4)
    {
      tela_draft_note (draft, _ ("Texts that are too long were left out"));
      return;
    }
  if (!is_common_font (g_hash_table_lookup (attributes, "font")))
    tela_draft_note (draft, _ ("Texts in other fonts got a plain one"));
  text.size = CLAMP (tela_xopp_get_number (attributes, "size", 12), 1, 1000);
  text.wrap = CLAMP (tela_xopp_get_number (attributes, "wrap", 0), 0, 1e5);
  text.align = g_strcmp0 (align, "center") == 0 || g_strcmp0 (align, "right") == 0 ? align : NULL;
  if (g_strcmp0 (g_hash_table_lookup (attributes, "justify"), "true") == 0)
    tela_draft_note (draft, _ ("Justified texts are no longer so"));
  tela_draft_measure_text (&text, &box.width, &box.height);
  tela_draft_add_text (draft, &box, &text, &style);
}

/* A formula is a picture, or a PDF that only its source can stand for. */
void
tela_xopp_add_image (TelaDraft          *draft,
                     const TelaXoppPage *page,
                     TelaXoppAttributes *attributes,
                     const char         *base64)
{
  double         left = tela_xopp_get_number (attributes, "left", 0), top = tela_xopp_get_number (attributes, "top", 0);
  TelaDraftBox   box = { page->x + left, page->y + top, tela_xopp_get_number (attributes, "right", left) - left,
                         tela_xopp_get_number (attributes, "bottom", top) - top, 0 };
  TelaDraftStyle style = { .stroke = "#000000", .frame_id = page->frame_id };
  TelaDraftText  text = { .text = g_hash_table_lookup (attributes, "text"), .font = TELA_DRAFT_FONT_MONO, .size = 12 };
  gsize          len = 0;
  guchar        *data = g_base64_decode (base64, &len);
  g_autoptr (GBytes) bytes = g_bytes_new_take (data, len);

  box.width = MAX (1, box.width);
  box.height = MAX (1, box.height);
  if (tela_draft_begin_image (draft, &box, &style, bytes))
    tela_draft_end (draft);
  else if (text.text == NULL || strlen (text.text) > TELA_MAX_TEXT_BYTES / 4)
    tela_draft_note (draft, _ ("Images that are no picture, or too large, were left out"));
  else
    {
      tela_draft_note (draft, _ ("Formulas became the text of their source"));
      tela_draft_measure_text (&text, &box.width, &box.height);
      tela_draft_add_text (draft, &box, &text, &style);
    }
}
