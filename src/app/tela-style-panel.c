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

  GtkWidget     *background; /* template children */
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
