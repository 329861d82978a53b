/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-text-flow.h"

#include <math.h>
#include <string.h>

/* Two, since what is between two ranges of one tag is no longer between them. */
static const char *const line_tags[] = { "tela-line-odd", "tela-line-even" };

#define FLIPPED_TAG "tela-flipped"
#define SAME_CENTRE (PANGO_SCALE / 16)
#define LEAST_SHARE 0.1

static GtkTextTag *
get_tag (GtkTextBuffer *buffer,
         const char    *name)
{
  return gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), name);
}

static void
ensure_tags (GtkTextBuffer *buffer)
{
  if (get_tag (buffer, FLIPPED_TAG) != NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (line_tags); i++)
    gtk_text_buffer_create_tag (buffer, line_tags[i], "allow-breaks", FALSE, NULL);
  gtk_text_buffer_create_tag (buffer, FLIPPED_TAG, NULL);
}

static void
apply (GtkTextBuffer *buffer,
       GtkTextTag    *tag,
       int            from,
       int            to)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_iter_at_offset (buffer, &start, from);
  gtk_text_buffer_get_iter_at_offset (buffer, &end, to);
  gtk_text_buffer_apply_tag (buffer, tag, &start, &end);
}

/* A run no higher than that share of its font. */
static GtkTextTag *
get_height_tag (GtkTextBuffer *buffer,
                double         share)
{
  g_autofree char *name = g_strdup_printf ("tela-height-%d", (int) (share * 1000));
  GtkTextTag      *tag = get_tag (buffer, name);

  return tag != NULL ? tag : gtk_text_buffer_create_tag (buffer, name, "line-height", floor (share * 1000) / 1000, NULL);
}

/* Each font is centred on its line by itself, so that a line of several fonts would be higher than one: all but the first
 * are made to fit into it. A line from the right is aligned as the painter does it: by the side that is named. */
static void
set_line (GtkTextView *view,
          const char  *line,
          gsize        len,
          int          offset,
          double       line_height)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (view), NULL);
  PangoLayoutLine *laid;
  double           first = 0;

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, line, (int) len);
  laid = pango_layout_get_line_readonly (layout, 0);
  if (pango_layout_line_get_resolved_direction (laid) == PANGO_DIRECTION_RTL)
    apply (gtk_text_view_get_buffer (view), get_tag (gtk_text_view_get_buffer (view), FLIPPED_TAG), offset,
           offset + (int) g_utf8_strlen (line, (gssize) len));
  for (GSList *l = laid->runs; l != NULL; l = l->next)
    {
      PangoGlyphItem *run = l->data;
      PangoRectangle  box;
      double          centre;
      double          share;
      int             start = offset + (int) g_utf8_pointer_to_offset (line, line + run->item->offset);

      pango_glyph_string_extents (run->glyphs, run->item->analysis.font, NULL, &box);
      centre = box.y + box.height / 2.0;
      if (l == laid->runs)
        first = centre;
      if (fabs (centre - first) < SAME_CENTRE || box.height <= 0)
        continue;
      share = MAX (line_height * PANGO_SCALE - 2 * fabs (centre - first), 0) / box.height;
      apply (gtk_text_view_get_buffer (view), get_height_tag (gtk_text_view_get_buffer (view), MAX (share, LEAST_SHARE)),
             start, start + run->item->num_chars);
    }
}

static GtkJustification
mirrored (GtkJustification align)
{
  if (align == GTK_JUSTIFY_CENTER)
    return align;

  return align == GTK_JUSTIFY_LEFT ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT;
}

/* How many characters of the text stand for the next line of @wrapped: white space at a break is left out there. */
static int
measure_line (const char **text,
              const char  *wrapped,
              gsize        len)
{
  const char *start = *text;
  const char *p = start + MIN (len, strlen (start));

  if (wrapped[len] == '\n' && *p != '\n')
    while (*p != '\0' && *p != '\n' && g_unichar_isspace (g_utf8_get_char (p)))
      p = g_utf8_next_char (p);
  *text = p;

  return (int) g_utf8_pointer_to_offset (start, p);
}

void
tela_text_flow_apply (GtkTextView     *view,
                      const char      *wrapped,
                      GtkJustification align,
                      double           line_height)
{
  GtkTextBuffer   *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter      start;
  GtkTextIter      end;
  g_autofree char *whole = NULL;
  const char      *text;
  int              offset = 0;

  ensure_tags (buffer);
  g_object_set (get_tag (buffer, FLIPPED_TAG), "justification", mirrored (align), NULL);
  gtk_text_view_set_justification (view, align);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_all_tags (buffer, &start, &end);
  text = whole = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);

  for (guint i = 0;; i++)
    {
      gsize       len = strcspn (wrapped, "\n");
      const char *line = text;
      int         n = measure_line (&text, wrapped, len);

      if (n > 0)
        {
          apply (buffer, get_tag (buffer, line_tags[i % 2]), offset, offset + n);
          set_line (view, line, (gsize) (text - line), offset, line_height);
        }
      offset += n;
      if (*text == '\n')
        {
          text++;
          offset++;
        }
      if (wrapped[len] == '\0' || *text == '\0')
        break;
      wrapped += len + 1;
    }
}
