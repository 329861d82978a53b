/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-text-view.h"

#include <math.h>

#include "tela-factory.h"
#include "tela-line.h"
#include "tela-text-flow.h"

#define MARGIN 8             /* pixels of the view at its sides: room for the caret */
#define FINENESS 5.0         /* the view is so much larger than it is shown: it rounds the widths of letters to pixels */
#define LARGE_LINE 200.0     /* widget pixels; from here on rounding does not show */
#define LEAST_LINE 10.0      /* pixels of the view */
#define DEFAULT_FONT_SIZE 20 /* of files that do not say it */

struct _TelaTextView
{
  GtkTextView parent_instance;

  GtkCssProvider *css;       /* owned; font and colour */
  char           *css_text;  /* owned; what is loaded */
  char           *preedit;   /* owned */
  char           *flow_text; /* owned; the lines that are set */
  double          flow_line; /* the height of them */
  double          scale;     /* pixels of the view a board unit */
};

G_DEFINE_FINAL_TYPE (TelaTextView, tela_text_view, GTK_TYPE_TEXT_VIEW)

/* What a painted line takes for a break, and no more; the painter has no tabulators. */
static char *
normalise (const char *text,
           int         len)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; p < text + len; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\r' && p + 1 < text + len && p[1] == '\n')
        continue;
      if (c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029)
        g_string_append_c (out, '\n');
      else if (c == '\t')
        g_string_append (out, "    ");
      else if (c == '\n' || c >= ' ')
        g_string_append_unichar (out, c);
    }

  return g_string_free (out, FALSE);
}

static void
insert_text_cb (GtkTextBuffer *buffer,
                GtkTextIter   *at,
                const char    *text,
                int            len,
                TelaTextView  *self)
{
  g_autofree char *clean = normalise (text, len);

  if (strlen (clean) == (gsize) len && strncmp (clean, text, (gsize) len) == 0)
    return;

  g_signal_stop_emission_by_name (buffer, "insert-text");
  gtk_text_buffer_insert (buffer, at, clean, -1);
}

static void
changed_cb (TelaTextView *self)
{
  g_clear_pointer (&self->flow_text, g_free);
}

static void
preedit_cb (TelaTextView *self,
            const char   *preedit)
{
  g_free (self->preedit);
  self->preedit = g_strdup (preedit != NULL ? preedit : "");
  g_signal_emit_by_name (self, "composed");
}

/* The families of the painter in CSS; the generic ones must not be quoted. (transfer full) */
static char *
css_families (int family)
{
  g_auto (GStrv) names = g_strsplit (tela_font_get_families (family), ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "sans-serif") != 0 && strcmp (names[i], "monospace") != 0)
      {
        g_autofree char *name = names[i];

        names[i] = g_strdup_printf ("\"%s\"", name);
      }

  return g_strjoinv (", ", names);
}

static void
update_css (TelaTextView      *self,
            const TelaElement *shown,
            double             font_size,
            double             line_height)
{
  const char      *colour = tela_element_get_string (shown, TELA_KEY_STROKE_COLOR);
  int              family = (int) tela_element_get_number (shown, TELA_KEY_FONT_FAMILY, TELA_FACTORY_FONT_FAMILY);
  g_autofree char *families = css_families (family);
  g_autofree char *ink = NULL;
  g_autofree char *css = NULL;
  char             size[G_ASCII_DTOSTR_BUF_SIZE];
  GdkRGBA          rgba;

  if (colour == NULL || !gdk_rgba_parse (&rgba, colour))
    gdk_rgba_parse (&rgba, "#1e1e1e");
  ink = gdk_rgba_to_string (&rgba);
  g_ascii_formatd (size, sizeof size, "%.3f", font_size);
  css = g_strdup_printf ("textview.tela-text, textview.tela-text text { font-family: %s; font-size: %spx;"
                         " line-height: %.0fpx; font-weight: normal; font-style: normal; letter-spacing: 0;"
                         " color: %s; caret-color: %s; background: none; padding: 0; }"
                         " textview.tela-text text selection { color: %s;"
                         " background-color: alpha(@tela_selection_color, 0.35); }",
                         families, size, line_height, *self->preedit == '\0' ? "transparent" : ink, ink,
                         *self->preedit == '\0' ? "transparent" : ink);
  if (g_strcmp0 (css, self->css_text) == 0)
    return;

  gtk_css_provider_load_from_data (self->css, css, -1);
  g_free (self->css_text);
  self->css_text = g_steal_pointer (&css);
  g_clear_pointer (&self->flow_text, g_free);
}

static GtkJustification
align_of (const TelaElement *shown)
{
  const char *align = tela_element_get_string (shown, TELA_KEY_TEXT_ALIGN);

  if (g_strcmp0 (align, "center") == 0)
    return GTK_JUSTIFY_CENTER;

  return g_strcmp0 (align, "right") == 0 ? GTK_JUSTIFY_RIGHT : GTK_JUSTIFY_LEFT;
}

static gboolean
is_wrapped (const TelaElement *shown)
{
  return tela_element_get_string (shown, TELA_KEY_CONTAINER_ID) != NULL ||
         !tela_element_get_boolean (shown, TELA_KEY_AUTO_RESIZE, TRUE);
}

static void
tela_text_view_finalize (GObject *object)
{
  TelaTextView *self = TELA_TEXT_VIEW (object);

  g_object_unref (self->css);
  g_free (self->css_text);
  g_free (self->flow_text);
  g_free (self->preedit);

  G_OBJECT_CLASS (tela_text_view_parent_class)->finalize (object);
}

static void
tela_text_view_class_init (TelaTextViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_text_view_finalize;

  g_signal_new ("composed", TELA_TYPE_TEXT_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_text_view_init (TelaTextView *self)
{
  GtkWidget            *widget = GTK_WIDGET (self);
  cairo_font_options_t *options = cairo_font_options_create ();

  self->preedit = g_strdup ("");
  self->css = gtk_css_provider_new ();
  gtk_style_context_add_provider (gtk_widget_get_style_context (widget), GTK_STYLE_PROVIDER (self->css),
                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_widget_add_css_class (widget, "tela-text");
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  gtk_widget_set_font_options (widget, options);
  cairo_font_options_destroy (options);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self), MARGIN);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self), MARGIN);
  g_signal_connect (self, "preedit-changed", G_CALLBACK (preedit_cb), NULL);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self)), "insert-text",
                           G_CALLBACK (insert_text_cb), self, 0);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self)), "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
tela_text_view_new (void)
{
  return g_object_new (TELA_TYPE_TEXT_VIEW, NULL);
}

const char *
tela_text_view_get_preedit (TelaTextView *self)
{
  g_return_val_if_fail (TELA_IS_TEXT_VIEW (self), "");

  return self->preedit;
}

void
tela_text_view_update (TelaTextView      *self,
                       const TelaElement *shown,
                       double             zoom)
{
  GtkTextView     *view = GTK_TEXT_VIEW (self);
  double           size = MAX (tela_element_get_number (shown, TELA_KEY_FONT_SIZE, DEFAULT_FONT_SIZE), 0.1);
  double           factor = CLAMP (tela_element_get_number (shown, TELA_KEY_LINE_HEIGHT, TELA_FACTORY_LINE_HEIGHT), 0.1, 100);
  double           line = size * factor * zoom;
  const char      *text = tela_element_get_string (shown, TELA_KEY_TEXT);
  g_autofree char *flow = NULL;

  g_return_if_fail (TELA_IS_TEXT_VIEW (self));

  /* A whole number, so that many lines are as high as they are painted. */
  line = MAX (round (line < LARGE_LINE ? line * FINENESS : line), LEAST_LINE);
  self->scale = line / (size * factor);
  update_css (self, shown, size * self->scale, line);
  gtk_text_view_set_wrap_mode (view, is_wrapped (shown) ? GTK_WRAP_WORD_CHAR : GTK_WRAP_NONE);
  flow = g_strdup_printf ("%d %s", (int) align_of (shown), text != NULL ? text : "");
  if (self->flow_line == line && g_strcmp0 (flow, self->flow_text) == 0)
    return;

  self->flow_line = line;
  g_free (self->flow_text);
  self->flow_text = g_steal_pointer (&flow);
  tela_text_flow_apply (view, text != NULL ? text : "", align_of (shown), line);
}

/* In pixels of the view, which measures itself without it. */
static int
measure_preedit (TelaTextView *self)
{
  g_autoptr (PangoLayout) layout = NULL;
  int width;

  if (*self->preedit == '\0')
    return 0;

  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->preedit);
  pango_layout_get_pixel_size (layout, &width, NULL);

  return width + MARGIN;
}

void
tela_text_view_allocate (TelaTextView      *self,
                         const TelaElement *shown,
                         TelaRect           room,
                         TelaViewport      *viewport)
{
  GtkWidget    *widget = GTK_WIDGET (self);
  TelaRect      text = tela_element_get_box (shown);
  double        angle = tela_element_get_number (shown, TELA_KEY_ANGLE, 0);
  double        zoom = tela_viewport_get_zoom (viewport);
  double        shares[] = { [GTK_JUSTIFY_LEFT] = 0, [GTK_JUSTIFY_RIGHT] = 1, [GTK_JUSTIFY_CENTER] = 0.5 };
  double        wanted = room.width * self->scale;
  double        wx, wy;
  int           width;
  int           height;
  GskTransform *transform;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  width = MAX (width, (int) ceil (wanted) + 2 * MARGIN + (is_wrapped (shown) ? 0 : measure_preedit (self)));
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
  height = MAX (height, (int) ceil (text.height * self->scale));

  /* A text turns about its own middle. */
  tela_viewport_to_widget (viewport, text.x + text.width / 2, text.y + text.height / 2, &wx, &wy);
  transform = gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) wx, (float) wy));
  transform = gsk_transform_rotate (transform, (float) (angle * 180 / G_PI));
  transform = gsk_transform_scale (transform, (float) (zoom / self->scale), (float) (zoom / self->scale));
  transform = gsk_transform_translate (
      transform, &GRAPHENE_POINT_INIT ((float) ((room.x - text.x - text.width / 2) * self->scale - MARGIN -
                                                (width - 2 * MARGIN - wanted) * shares[align_of (shown)]),
                                       (float) (-text.height * self->scale / 2)));
  gtk_widget_allocate (widget, width, height, -1, transform);
  /* It may have scrolled to a caret for which it has room only now. */
  gtk_adjustment_set_value (gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (self)), 0);
  gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self)), 0);
}
