/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-style-panel.h"

#include <glib/gi18n.h>

#include "tela-swatch.h"
#include "tela-template.h"

#define PALETTE_WIDTH 480

struct _TelaStylePanel
{
  GtkWidget parent_instance;

  TelaStyle *style; /* owned */
  TelaKinds  kinds;

  GtkWidget     *stroke_color; /* template children */
  GtkWidget     *background_color;
  GtkWidget     *stroke_swatch;
  GtkWidget     *background_swatch;
  GtkWidget     *stroke;
  GtkWidget     *background;
  GtkWidget     *fill;
  GtkWidget     *width;
  GtkWidget     *line;
  GtkWidget     *roughness;
  GtkWidget     *edges;
  GtkWidget     *elbow;
  GtkWidget     *arrowheads;
  GtkWidget     *text_size;
  GtkWidget     *font;
  GtkWidget     *align;
  GtkWidget     *commands;
  GtkAdjustment *opacity_adjustment;
};

G_DEFINE_FINAL_TYPE (TelaStylePanel, tela_style_panel, GTK_TYPE_WIDGET)

static void
update (TelaStylePanel *self)
{
  gboolean    is_drawn = (self->kinds & (TELA_KIND_SHAPE | TELA_KIND_LINE)) != 0;
  const char *background = self->style == NULL ? NULL : tela_style_get_string (self->style, TELA_KEY_BACKGROUND_COLOR);
  gboolean    is_mixed = self->style != NULL && tela_style_is_mixed (self->style, TELA_KEY_BACKGROUND_COLOR);
  gboolean    can_fill = (self->kinds & (TELA_KIND_SHAPE | TELA_KIND_INK)) ||
                      (self->kinds & (TELA_KIND_LINE | TELA_KIND_ARROW)) == TELA_KIND_LINE;
  gboolean is_filled = can_fill && (is_mixed || g_strcmp0 (background, "transparent") != 0);

  gtk_widget_set_visible (self->stroke, is_drawn || (self->kinds & (TELA_KIND_INK | TELA_KIND_TEXT)));
  gtk_widget_set_visible (self->background, can_fill);
  gtk_widget_set_visible (self->fill, is_filled);
  gtk_widget_set_visible (self->width, is_drawn || (self->kinds & TELA_KIND_INK));
  gtk_widget_set_visible (self->line, is_drawn);
  gtk_widget_set_visible (self->roughness, is_drawn);
  gtk_widget_set_visible (self->edges, is_drawn);
  gtk_widget_set_visible (self->elbow, (self->kinds & TELA_KIND_ARROW) != 0);
  gtk_widget_set_visible (self->arrowheads, (self->kinds & TELA_KIND_ARROW) != 0);
  gtk_widget_set_visible (self->text_size, (self->kinds & TELA_KIND_TEXT) != 0);
  gtk_widget_set_visible (self->font, (self->kinds & TELA_KIND_TEXT) != 0);
  gtk_widget_set_visible (self->align, (self->kinds & TELA_KIND_TEXT) != 0);
}

/* As Excalidraw writes it. (transfer full) */
static char *
color_to_text (const GdkRGBA *rgba)
{
  guint red = (guint) (rgba->red * 255 + 0.5f);
  guint green = (guint) (rgba->green * 255 + 0.5f);
  guint blue = (guint) (rgba->blue * 255 + 0.5f);
  guint alpha = (guint) (rgba->alpha * 255 + 0.5f);

  if (alpha == 255)
    return g_strdup_printf ("#%02x%02x%02x", red, green, blue);

  return alpha == 0 ? g_strdup ("transparent") : g_strdup_printf ("#%02x%02x%02x%02x", red, green, blue, alpha);
}

static void
color_response_cb (GtkDialog      *dialog,
                   int             response,
                   TelaStylePanel *self)
{
  if (response == GTK_RESPONSE_OK)
    {
      const char      *property = g_object_get_data (G_OBJECT (dialog), "tela-property");
      GdkRGBA          rgba;
      g_autofree char *text = NULL;

      gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (dialog), &rgba);
      text = color_to_text (&rgba);
      g_object_set (self->style, property, text, NULL);
    }
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* @property: of the style, which the answer sets; a literal. */
static void
choose_color (TelaStylePanel *self,
              const char     *title,
              TelaKey         key,
              const char     *property)
{
  GtkRoot    *root = gtk_widget_get_root (GTK_WIDGET (self));
  const char *text = tela_style_get_string (self->style, key);
  GtkWidget  *dialog = gtk_color_chooser_dialog_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
  GdkRGBA     rgba;

  if (strcmp (text, "transparent") != 0 && gdk_rgba_parse (&rgba, text))
    gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (dialog), &rgba);
  /* Its palette is wider than a phone. */
  g_object_set (dialog, "show-editor", root != NULL && gtk_widget_get_width (GTK_WIDGET (root)) < PALETTE_WIDTH, NULL);
  g_object_set_data (G_OBJECT (dialog), "tela-property", (gpointer) property);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (color_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
stroke_clicked_cb (TelaStylePanel *self)
{
  choose_color (self, _ ("Stroke Color"), TELA_KEY_STROKE_COLOR, "stroke-color");
}

static void
background_clicked_cb (TelaStylePanel *self)
{
  choose_color (self, _ ("Background Color"), TELA_KEY_BACKGROUND_COLOR, "background-color");
}

static gboolean
unless_mixed (GBinding     *binding,
              const GValue *from,
              GValue       *to,
              gpointer      user_data)
{
  g_autoptr (GObject) style = g_binding_dup_source (binding);
  TelaKey key = tela_style_key_of (g_binding_get_source_property (binding));

  g_value_set_string (to, tela_style_is_mixed (TELA_STYLE (style), key) ? NULL : g_value_get_string (from));

  return TRUE;
}

static void
tela_style_panel_dispose (GObject *object)
{
  g_clear_object (&TELA_STYLE_PANEL (object)->style);
  tela_template_dispose (GTK_WIDGET (object), TELA_TYPE_STYLE_PANEL);

  G_OBJECT_CLASS (tela_style_panel_parent_class)->dispose (object);
}

static void
tela_style_panel_class_init (TelaStylePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_style_panel_dispose;

  g_type_ensure (TELA_TYPE_SWATCH);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-style-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, stroke_color);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, background_color);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, stroke_swatch);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, background_swatch);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, stroke);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, background);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, fill);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, width);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, line);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, roughness);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, edges);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, elbow);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, arrowheads);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, text_size);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, font);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, align);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, commands);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, opacity_adjustment);
}

static void
tela_style_panel_init (TelaStylePanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->stroke_color, "clicked", G_CALLBACK (stroke_clicked_cb), self);
  g_signal_connect_swapped (self->background_color, "clicked", G_CALLBACK (background_clicked_cb), self);
}

void
tela_style_panel_set_style (TelaStylePanel *self,
                            TelaStyle      *style)
{
  g_return_if_fail (TELA_IS_STYLE_PANEL (self));

  g_set_object (&self->style, style);
  g_signal_connect_object (style, "notify::background-color", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_object_bind_property_full (style, "stroke-color", self->stroke_swatch, "color", G_BINDING_SYNC_CREATE, unless_mixed,
                               NULL, NULL, NULL);
  g_object_bind_property_full (style, "background-color", self->background_swatch, "color", G_BINDING_SYNC_CREATE,
                               unless_mixed, NULL, NULL, NULL);
  g_object_bind_property (style, "opacity", self->opacity_adjustment, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

TelaKinds
tela_style_panel_kind_of (const char *type)
{
  static const struct
  {
    const char *type;
    TelaKinds   kind;
  } kinds[] = {
    { "rectangle", TELA_KIND_SHAPE },
    { "ellipse", TELA_KIND_SHAPE },
    { "diamond", TELA_KIND_SHAPE },
    { "embeddable", TELA_KIND_SHAPE },
    { "line", TELA_KIND_LINE },
    { "arrow", TELA_KIND_LINE | TELA_KIND_ARROW },
    { "freedraw", TELA_KIND_INK },
    { "pen", TELA_KIND_INK },
    { "text", TELA_KIND_TEXT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].type, type) == 0)
      return kinds[i].kind;

  return 0;
}

void
tela_style_panel_set_kinds (TelaStylePanel *self,
                            TelaKinds       kinds,
                            gboolean        has_selection)
{
  g_return_if_fail (TELA_IS_STYLE_PANEL (self));

  self->kinds = kinds;
  gtk_widget_set_visible (self->commands, has_selection);
  update (self);
}
