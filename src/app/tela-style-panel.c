/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-style-panel.h"

#include "tela-swatch.h"
#include "tela-template.h"

struct _TelaStylePanel
{
  GtkWidget parent_instance;

  TelaStyle *style; /* owned */
  TelaKinds  kinds;

  GtkWidget     *stroke_color; /* template children */
  GtkWidget     *background_color;
  GtkWidget     *background;
  GtkWidget     *fill;
  GtkWidget     *width;
  GtkWidget     *line;
  GtkWidget     *roughness;
  GtkWidget     *edges;
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
  gboolean    is_filled = (self->kinds & TELA_KIND_SHAPE) && g_strcmp0 (background, "transparent") != 0;

  gtk_widget_set_visible (self->background, (self->kinds & TELA_KIND_SHAPE) != 0);
  gtk_widget_set_visible (self->fill, is_filled);
  gtk_widget_set_visible (self->width, is_drawn || (self->kinds & TELA_KIND_INK));
  gtk_widget_set_visible (self->line, is_drawn);
  gtk_widget_set_visible (self->roughness, is_drawn);
  gtk_widget_set_visible (self->edges, is_drawn);
  gtk_widget_set_visible (self->arrowheads, (self->kinds & TELA_KIND_ARROW) != 0);
  gtk_widget_set_visible (self->text_size, (self->kinds & TELA_KIND_TEXT) != 0);
  gtk_widget_set_visible (self->font, (self->kinds & TELA_KIND_TEXT) != 0);
  gtk_widget_set_visible (self->align, (self->kinds & TELA_KIND_TEXT) != 0);
}

/* Excalidraw writes colours like this. */
static void
color_set_cb (GtkColorChooser *chooser,
              TelaStylePanel  *self)
{
  gboolean         is_stroke = GTK_WIDGET (chooser) == self->stroke_color;
  g_autofree char *text = NULL;
  GdkRGBA          rgba;
  guint            alpha;

  gtk_color_chooser_get_rgba (chooser, &rgba);
  alpha = (guint) (rgba.alpha * 255 + 0.5f);
  text = g_strdup_printf ("#%02x%02x%02x", (guint) (rgba.red * 255 + 0.5f), (guint) (rgba.green * 255 + 0.5f),
                          (guint) (rgba.blue * 255 + 0.5f));
  if (alpha < 255)
    {
      g_autofree char *opaque = g_steal_pointer (&text);

      text = g_strdup_printf ("%s%02x", opaque, alpha);
    }
  g_object_set (self->style, is_stroke ? "stroke-color" : "background-color", text, NULL);
}

static gboolean
color_of_text (GBinding     *binding,
               const GValue *text,
               GValue       *color,
               gpointer      user_data)
{
  GdkRGBA rgba = { 1, 1, 1, 0 };

  if (g_value_get_string (text) != NULL && strcmp (g_value_get_string (text), "transparent") != 0)
    gdk_rgba_parse (&rgba, g_value_get_string (text));
  g_value_set_boxed (color, &rgba);

  return TRUE;
}

static void
bind_color (TelaStylePanel *self,
            GtkWidget      *button,
            const char     *property)
{
  g_object_bind_property_full (self->style, property, button, "rgba", G_BINDING_SYNC_CREATE, color_of_text, NULL, NULL,
                               NULL);
  g_signal_connect_object (button, "color-set", G_CALLBACK (color_set_cb), self, 0);
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
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, background);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, fill);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, width);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, line);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, roughness);
  gtk_widget_class_bind_template_child (widget_class, TelaStylePanel, edges);
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
}

void
tela_style_panel_set_style (TelaStylePanel *self,
                            TelaStyle      *style)
{
  g_return_if_fail (TELA_IS_STYLE_PANEL (self));

  g_set_object (&self->style, style);
  g_signal_connect_object (style, "notify::background-color", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  bind_color (self, self->stroke_color, "stroke-color");
  bind_color (self, self->background_color, "background-color");
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
