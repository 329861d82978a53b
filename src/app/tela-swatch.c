/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-swatch.h"

#define SIZE 20
#define RADIUS 6

struct _TelaSwatch
{
  GtkWidget parent_instance;

  char *color; /* owned */
};

G_DEFINE_FINAL_TYPE (TelaSwatch, tela_swatch, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_COLOR,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
tela_swatch_measure (GtkWidget     *widget,
                     GtkOrientation orientation,
                     int            for_size,
                     int           *minimum,
                     int           *natural,
                     int           *minimum_baseline,
                     int           *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
append_cross (GtkSnapshot   *snapshot,
              const GdkRGBA *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (SIZE / 2.0f, SIZE / 2.0f));
  gtk_snapshot_rotate (snapshot, -45);
  gtk_snapshot_append_color (snapshot, colour, &GRAPHENE_RECT_INIT (-SIZE / 2.0f, -1, SIZE, 2));
  gtk_snapshot_restore (snapshot);
}

static void
tela_swatch_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  TelaSwatch    *self = TELA_SWATCH (widget);
  GskRoundedRect outline;
  GdkRGBA        colour = { 0 };
  GdkRGBA        edge;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &edge);
  edge.alpha *= 0.25f;
  if (self->color != NULL)
    gdk_rgba_parse (&colour, self->color);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (gtk_widget_get_width (widget) - SIZE) / 2,
                                                          (float) (gtk_widget_get_height (widget) - SIZE) / 2));
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &colour, &outline.bounds);
  if (colour.alpha == 0)
    append_cross (snapshot, &edge);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ edge, edge, edge, edge });
  gtk_snapshot_restore (snapshot);
}

static void
tela_swatch_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  g_value_set_string (value, TELA_SWATCH (object)->color);
}

static void
tela_swatch_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  TelaSwatch *self = TELA_SWATCH (object);

  g_free (self->color);
  self->color = g_value_dup_string (value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tela_swatch_finalize (GObject *object)
{
  g_free (TELA_SWATCH (object)->color);

  G_OBJECT_CLASS (tela_swatch_parent_class)->finalize (object);
}

static void
tela_swatch_class_init (TelaSwatchClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tela_swatch_get_property;
  object_class->set_property = tela_swatch_set_property;
  object_class->finalize = tela_swatch_finalize;
  widget_class->measure = tela_swatch_measure;
  widget_class->snapshot = tela_swatch_snapshot;

  props[PROP_COLOR] = g_param_spec_string ("color", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tela_swatch_init (TelaSwatch *self)
{
}
