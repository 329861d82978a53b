/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-line.h"

#include <hb-ot.h>
#include <hb.h>
#include <pango/pangocairo.h>
#include <string.h>

#define MAX_CACHED_OPS 200000 /* about 11 MB in each thread that paints */
#define MAX_CACHED_LINES 4096
#define MAX_CACHED_EXTENTS (2 * 1024 * 1024) /* bytes of text */

typedef struct
{
  int             number;
  const char     *families;
  TelaFontMetrics metrics;
  guint           n_own; /* so many of the families have the same widths; 0: one */
} Font;

#define HAND_FONTS "Comic Neue,Comic Relief,Comic Sans MS,Patrick Hand,Kalam,Cantarell,Nunito,sans-serif"

static const Font fonts[] = {
  { 5, "Excalifont,Virgil," HAND_FONTS, { 0.886, 0.374 } }, /* first: what an unknown number gets */
  { 1, "Virgil,Excalifont," HAND_FONTS, { 0.886, 0.374 } },
  { 2, "Helvetica,Arial,Liberation Sans,Nimbus Sans,sans-serif", { 0.770, 0.230 }, 4 },
  { 3, "Cascadia Code,Cascadia Mono,monospace", { 0.928, 0.234 } },
  { 6, "Nunito,Cantarell,sans-serif", { 1.011, 0.353 } },
  { 7, "Lilita One,sans-serif", { 0.923, 0.220 } },
  { 8, "Comic Shanns,Comic Mono,monospace", { 0.750, 0.250 } },
  { 9, "Liberation Sans,Arial,Helvetica,Nimbus Sans,sans-serif", { 0.905, 0.212 }, 4 },
  { 10, "Assistant,sans-serif", { 1.021, 0.287 } },
};

/* Of one thread: Pango's objects are not shared, and a font map belongs to its thread. */
typedef struct
{
  PangoContext         *context;
  PangoFontDescription *descriptions[G_N_ELEMENTS (fonts)];
  GHashTable           *lines; /* "family text" → TelaLine */
  gsize                 n_ops;
  GHashTable           *extents; /* "family text" → TelaLineExtent, of what is long */
  gsize                 n_extents;
  hb_draw_funcs_t      *draw;
} Shaper;

static void
shaper_free (gpointer data)
{
  Shaper *self = data;
  gsize   i;

  g_hash_table_unref (self->lines);
  g_hash_table_unref (self->extents);
  for (i = 0; i < G_N_ELEMENTS (fonts); i++)
    g_clear_pointer (&self->descriptions[i], pango_font_description_free);
  g_object_unref (self->context);
  hb_draw_funcs_destroy (self->draw);
  g_free (self);
}

static GPrivate shaper_of_thread = G_PRIVATE_INIT (shaper_free);

typedef struct
{
  GArray   *path;
  TelaPoint origin;
  TelaPoint last;
  double    unit;
} Pen;

static TelaPoint
pen_point (const Pen *pen,
           float      x,
           float      y)
{
  return (TelaPoint){ pen->origin.x + x * pen->unit, pen->origin.y - y * pen->unit };
}

static void
move_to_cb (hb_draw_funcs_t *funcs,
            void            *data,
            hb_draw_state_t *state,
            float            x,
            float            y,
            void            *user_data)
{
  Pen *pen = data;

  pen->last = pen_point (pen, x, y);
  tela_path_move (pen->path, pen->last.x, pen->last.y);
}

static void
line_to_cb (hb_draw_funcs_t *funcs,
            void            *data,
            hb_draw_state_t *state,
            float            x,
            float            y,
            void            *user_data)
{
  Pen *pen = data;

  pen->last = pen_point (pen, x, y);
  tela_path_line (pen->path, pen->last.x, pen->last.y);
}

static void
quadratic_to_cb (hb_draw_funcs_t *funcs,
                 void            *data,
                 hb_draw_state_t *state,
                 float            cx,
                 float            cy,
                 float            x,
                 float            y,
                 void            *user_data)
{
  Pen      *pen = data;
  TelaPoint a = pen->last;
  TelaPoint c = pen_point (pen, cx, cy);
  TelaPoint b = pen_point (pen, x, y);

  tela_path_curve (pen->path, a.x + (c.x - a.x) * 2 / 3, a.y + (c.y - a.y) * 2 / 3,
                   b.x + (c.x - b.x) * 2 / 3, b.y + (c.y - b.y) * 2 / 3, b.x, b.y);
  pen->last = b;
}

static void
cubic_to_cb (hb_draw_funcs_t *funcs,
             void            *data,
             hb_draw_state_t *state,
             float            x1,
             float            y1,
             float            x2,
             float            y2,
             float            x,
             float            y,
             void            *user_data)
{
  Pen      *pen = data;
  TelaPoint c1 = pen_point (pen, x1, y1);
  TelaPoint c2 = pen_point (pen, x2, y2);

  pen->last = pen_point (pen, x, y);
  tela_path_curve (pen->path, c1.x, c1.y, c2.x, c2.y, pen->last.x, pen->last.y);
}

static void
line_free (gpointer data)
{
  TelaLine *line = data;

  g_array_unref (line->path);
  g_array_unref (line->pictures);
  g_free (line);
}

static void
clear_picture (gpointer data)
{
  TelaPicture *picture = data;

  cairo_font_face_destroy (picture->face);
}

static Shaper *
get_shaper (void)
{
  Shaper               *self = g_private_get (&shaper_of_thread);
  cairo_font_options_t *options;
  gsize                 i;

  if (self != NULL)
    return self;

  self = g_new0 (Shaper, 1);
  self->context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  options = cairo_font_options_create ();
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (self->context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (self->context, FALSE);
  for (i = 0; i < G_N_ELEMENTS (fonts); i++)
    {
      self->descriptions[i] = pango_font_description_new ();
      pango_font_description_set_family_static (self->descriptions[i], fonts[i].families);
      pango_font_description_set_absolute_size (self->descriptions[i], TELA_LINE_SIZE * PANGO_SCALE);
    }
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, line_free);
  self->extents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->draw = hb_draw_funcs_create ();
  hb_draw_funcs_set_move_to_func (self->draw, move_to_cb, NULL, NULL);
  hb_draw_funcs_set_line_to_func (self->draw, line_to_cb, NULL, NULL);
  hb_draw_funcs_set_quadratic_to_func (self->draw, quadratic_to_cb, NULL, NULL);
  hb_draw_funcs_set_cubic_to_func (self->draw, cubic_to_cb, NULL, NULL);
  g_private_set (&shaper_of_thread, self);

  return self;
}

static gsize
find_font (int family)
{
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (fonts); i++)
    if (fonts[i].number == family)
      return i;

  return 0;
}

TelaFontMetrics
tela_font_get_metrics (int family)
{
  return fonts[find_font (family)].metrics;
}

const char *
tela_font_get_families (int family)
{
  return fonts[find_font (family)].families;
}

static gboolean
is_coloured (PangoFont *font)
{
  hb_face_t *face = hb_font_get_face (pango_font_get_hb_font (font));

  return hb_ot_color_has_png (face) || hb_ot_color_has_layers (face) || hb_ot_color_has_svg (face);
}

static void
append_glyph (Shaper    *self,
              TelaLine  *line,
              PangoFont *font,
              PangoGlyph glyph,
              TelaPoint  at)
{
  hb_font_t *hb_font = pango_font_get_hb_font (font);
  Pen        pen = { line->path, at, at, 0 };
  int        x_scale;
  int        y_scale;

  if (glyph == PANGO_GLYPH_EMPTY)
    return;
  if (glyph & PANGO_GLYPH_UNKNOWN_FLAG)
    {
      double e = TELA_LINE_SIZE;

      tela_path_move (line->path, at.x + e * 0.1, at.y);
      tela_path_line (line->path, at.x + e * 0.5, at.y);
      tela_path_line (line->path, at.x + e * 0.5, at.y - e * 0.7);
      tela_path_line (line->path, at.x + e * 0.1, at.y - e * 0.7);
      return;
    }
  if (is_coloured (font))
    {
      cairo_scaled_font_t *scaled = pango_cairo_font_get_scaled_font (PANGO_CAIRO_FONT (font));
      TelaPicture          picture = { cairo_font_face_reference (cairo_scaled_font_get_font_face (scaled)),
                                       { glyph, at.x, at.y } };

      g_array_append_val (line->pictures, picture);
      return;
    }

  hb_font_get_scale (hb_font, &x_scale, &y_scale);
  if (x_scale == 0)
    return;
  pen.unit = TELA_LINE_SIZE / x_scale;
#if HB_VERSION_ATLEAST(11, 2, 0)
  hb_font_draw_glyph_or_fail (hb_font, glyph, self->draw, &pen);
#else
  hb_font_get_glyph_shape (hb_font, glyph, self->draw, &pen);
#endif
}

static gboolean
is_own_font (PangoFont *font,
             gsize      wanted)
{
  g_autoptr (PangoFontDescription) description = pango_font_describe (font);
  g_auto (GStrv) families = g_strsplit (fonts[wanted].families, ",", -1);
  const char *family = pango_font_description_get_family (description);
  guint       i;

  for (i = 0; i < MAX (fonts[wanted].n_own, 1) && families[i] != NULL; i++)
    if (family != NULL && g_ascii_strcasecmp (families[i], family) == 0)
      return TRUE;

  return FALSE;
}

/* @line: without a path it is only measured. */
static void
append_run (Shaper         *self,
            TelaLine       *line,
            PangoGlyphItem *run,
            gsize           wanted)
{
  PangoGlyphString *glyphs = run->glyphs;
  int               i;

  line->is_own = line->is_own && (is_coloured (run->item->analysis.font) || is_own_font (run->item->analysis.font, wanted));
  for (i = 0; i < glyphs->num_glyphs; i++)
    {
      PangoGlyphInfo *info = &glyphs->glyphs[i];
      TelaPoint       at = { line->width + (double) info->geometry.x_offset / PANGO_SCALE,
                             (double) info->geometry.y_offset / PANGO_SCALE };

      if (line->path != NULL)
        append_glyph (self, line, run->item->analysis.font, info->glyph, at);
      line->width += (double) info->geometry.width / PANGO_SCALE;
    }
}

static void
shape (Shaper     *self,
       TelaLine   *line,
       const char *text,
       gsize       len,
       gsize       font)
{
  g_autoptr (PangoLayout) layout = pango_layout_new (self->context);
  GSList *l;

  line->is_own = TRUE;
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_font_description (layout, self->descriptions[font]);
  pango_layout_set_text (layout, text, (int) len);
  line->is_backwards = pango_layout_get_direction (layout, 0) == PANGO_DIRECTION_RTL;
  for (l = pango_layout_get_line_readonly (layout, 0)->runs; l != NULL; l = l->next)
    append_run (self, line, l->data, font);
}

static TelaLine *
shape_line (Shaper     *self,
            const char *text,
            gsize       len,
            gsize       font)
{
  TelaLine *line = g_new0 (TelaLine, 1);

  line->path = tela_path_new ();
  line->pictures = g_array_new (FALSE, FALSE, sizeof (TelaPicture));
  g_array_set_clear_func (line->pictures, clear_picture);
  shape (self, line, text, len, font);

  return line;
}

static char *
key_of (const char *text,
        gsize       len,
        gsize       font)
{
  return g_strdup_printf ("%c%.*s", 'a' + (char) font, (int) len, text);
}

const TelaLine *
tela_line_get (const char *text,
               gsize       len,
               int         family)
{
  Shaper          *self = get_shaper ();
  gsize            font = find_font (family);
  g_autofree char *key = key_of (text, len, font);
  TelaLine        *line = g_hash_table_lookup (self->lines, key);

  if (line != NULL)
    return line;

  line = shape_line (self, text, len, font);
  self->n_ops += line->path->len;
  if (self->n_ops > MAX_CACHED_OPS || g_hash_table_size (self->lines) >= MAX_CACHED_LINES)
    {
      g_hash_table_remove_all (self->lines);
      self->n_ops = line->path->len;
    }
  g_hash_table_insert (self->lines, g_steal_pointer (&key), line);

  return line;
}

/* At the end of a word, if there is one. */
gsize
tela_line_get_piece (const char *text,
                     gsize       len)
{
  gsize end = TELA_LINE_LONGEST;

  if (len <= TELA_LINE_LONGEST)
    return len;
  while (end > 0 && text[end - 1] != ' ')
    end--;
  if (end == 0)
    end = (gsize) (g_utf8_find_prev_char (text, text + TELA_LINE_LONGEST + 1) - text);

  return end;
}

static TelaLineExtent
measure_line (Shaper     *self,
              const char *text,
              gsize       len,
              gsize       font)
{
  TelaLineExtent extent = { 0, TRUE, FALSE };

  while (len > 0)
    {
      gsize    piece = tela_line_get_piece (text, len);
      TelaLine line = { 0 };

      shape (self, &line, text, piece, font);
      extent.is_backwards = extent.width == 0 ? line.is_backwards : extent.is_backwards;
      extent.width += line.width;
      extent.is_own = extent.is_own && line.is_own;
      text += piece;
      len -= piece;
    }

  return extent;
}

TelaLineExtent
tela_line_measure (const char *text,
                   gsize       len,
                   int         family)
{
  Shaper          *self = get_shaper ();
  gsize            font = find_font (family);
  g_autofree char *key = key_of (text, len, font);
  TelaLineExtent  *known = g_hash_table_lookup (self->extents, key);
  TelaLineExtent   widest = { 0, TRUE, FALSE };
  const char      *end = text + len;

  if (known != NULL)
    return *known;

  while (text < end)
    {
      const char    *stop = memchr (text, '\n', (gsize) (end - text));
      TelaLineExtent extent = measure_line (self, text, (gsize) ((stop != NULL ? stop : end) - text), font);

      widest = (TelaLineExtent){ MAX (widest.width, extent.width), widest.is_own && extent.is_own,
                                 extent.is_backwards };
      text = stop != NULL ? stop + 1 : end;
    }
  if (self->n_extents + len > MAX_CACHED_EXTENTS)
    {
      g_hash_table_remove_all (self->extents);
      self->n_extents = 0;
    }
  self->n_extents += len;
  g_hash_table_insert (self->extents, g_steal_pointer (&key), g_memdup2 (&widest, sizeof widest));

  return widest;
}
