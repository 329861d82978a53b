/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-chart.h"

#include <glib/gi18n.h>
#include <math.h>

#define HEIGHT 64
#define INSET 2.0

struct _TelaChart
{
  GtkWidget parent_instance;

  char *unit;
  char *names[TELA_CHART_SERIES];
  guint n_series;

  double samples[TELA_CHART_SAMPLES][TELA_CHART_SERIES];
  guint  n_samples; /* all that were added */

  GtkWidget *title; /* children */
  GtkWidget *legend;
  GtkWidget *labels[TELA_CHART_SERIES]; /* in the legend: their colours are those of the lines */
  GtkWidget *area;
};

G_DEFINE_FINAL_TYPE (TelaChart, tela_chart, GTK_TYPE_WIDGET)

/* The next 1, 2 or 5 times a power of ten: the scale does not jump with every sample. */
static double
round_up (double value)
{
  double power = pow (10, floor (log10 (value)));

  if (value <= power)
    return power;
  if (value <= 2 * power)
    return 2 * power;

  return value <= 5 * power ? 5 * power : 10 * power;
}

static const double *
get_sample (TelaChart *self,
            guint      i)
{
  return self->samples[i % TELA_CHART_SAMPLES];
}

static guint
get_first (TelaChart *self)
{
  return self->n_samples > TELA_CHART_SAMPLES ? self->n_samples - TELA_CHART_SAMPLES : 0;
}

static double
get_scale (TelaChart *self)
{
  double greatest = 0;

  for (guint i = get_first (self); i < self->n_samples; i++)
    for (guint k = 0; k < self->n_series; k++)
      if (!isnan (get_sample (self, i)[k]))
        greatest = MAX (greatest, get_sample (self, i)[k]);

  return greatest > 0 ? round_up (greatest) : 1;
}

static void
draw_line (TelaChart *self,
           cairo_t   *cr,
           guint      series,
           double     scale,
           int        width,
           int        height)
{
  static const double dashes[TELA_CHART_SERIES][2] = { { 1, 0 }, { 6, 3 }, { 2, 3 } };
  GdkRGBA             colour;
  gboolean            is_drawing = FALSE;

  for (guint i = get_first (self); i < self->n_samples; i++)
    {
      double value = get_sample (self, i)[series];
      double x = width - INSET - (self->n_samples - 1 - i) * (width - 2 * INSET) / (TELA_CHART_SAMPLES - 1);

      if (isnan (value))
        is_drawing = FALSE;
      else if (is_drawing)
        cairo_line_to (cr, x, height - INSET - value / scale * (height - 2 * INSET));
      else
        cairo_move_to (cr, x, height - INSET - value / scale * (height - 2 * INSET));
      is_drawing = !isnan (value);
    }

  gtk_style_context_get_color (gtk_widget_get_style_context (self->labels[series]), &colour);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_set_dash (cr, dashes[series], series == 0 ? 0 : 2, 0);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

/* What the whole height is. */
static void
draw_scale (TelaChart *self,
            cairo_t   *cr,
            double     scale)
{
  g_autofree char *text = g_strdup_printf ("%g", scale);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (self->area, text);
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (self->area), &colour);
  colour.alpha *= 0.6f;
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_move_to (cr, 4, 2);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_cb (GtkDrawingArea *area,
         cairo_t        *cr,
         int             width,
         int             height,
         gpointer        user_data)
{
  TelaChart *self = user_data;
  double     scale = get_scale (self);

  for (guint k = self->n_series; k-- > 0;)
    draw_line (self, cr, k, scale, width, height);
  draw_scale (self, cr, scale);
}

static void
tela_chart_dispose (GObject *object)
{
  TelaChart *self = TELA_CHART (object);

  g_clear_pointer (&self->title, gtk_widget_unparent);
  g_clear_pointer (&self->legend, gtk_widget_unparent);
  g_clear_pointer (&self->area, gtk_widget_unparent);

  G_OBJECT_CLASS (tela_chart_parent_class)->dispose (object);
}

static void
tela_chart_finalize (GObject *object)
{
  TelaChart *self = TELA_CHART (object);

  g_free (self->unit);
  for (guint i = 0; i < TELA_CHART_SERIES; i++)
    g_free (self->names[i]);

  G_OBJECT_CLASS (tela_chart_parent_class)->finalize (object);
}

static void
tela_chart_class_init (TelaChartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_chart_dispose;
  G_OBJECT_CLASS (klass)->finalize = tela_chart_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "telachart");
}

static void
tela_chart_init (TelaChart *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 4);

  self->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->title), 0);
  gtk_widget_add_css_class (self->title, "heading");
  gtk_widget_set_parent (self->title, GTK_WIDGET (self));

  self->legend = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  gtk_widget_set_parent (self->legend, GTK_WIDGET (self));

  self->area = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->area), HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw_cb, self, NULL);
  gtk_widget_add_css_class (self->area, "area");
  gtk_widget_set_parent (self->area, GTK_WIDGET (self));
}

static void
say_value (TelaChart *self,
           guint      series,
           double     value)
{
  g_autofree char *text = NULL;

  if (isnan (value))
    text = g_strdup_printf ("%s –", self->names[series]);
  else
    text = g_strdup_printf ("%s %.*f%s%s", self->names[series], value < 10 ? 1 : 0, value,
                            self->unit == NULL ? "" : " ", self->unit == NULL ? "" : self->unit);
  if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (self->labels[series])), text) != 0)
    gtk_label_set_label (GTK_LABEL (self->labels[series]), text);
}

GtkWidget *
tela_chart_new (const char        *title,
                const char        *unit,
                const char *const *series)
{
  static const char *const classes[TELA_CHART_SERIES] = { "first", "second", "third" };
  TelaChart               *self = g_object_new (TELA_TYPE_CHART, NULL);

  gtk_label_set_label (GTK_LABEL (self->title), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  self->unit = g_strdup (unit);
  for (guint i = 0; i < TELA_CHART_SERIES && series[i] != NULL; i++)
    {
      self->names[i] = g_strdup (series[i]);
      self->labels[i] = gtk_label_new (NULL);
      gtk_widget_add_css_class (self->labels[i], "caption");
      gtk_widget_add_css_class (self->labels[i], "numeric");
      gtk_widget_add_css_class (self->labels[i], classes[i]);
      gtk_box_append (GTK_BOX (self->legend), self->labels[i]);
      self->n_series++;
      say_value (self, i, NAN);
    }

  return GTK_WIDGET (self);
}

void
tela_chart_add (TelaChart    *self,
                const double *values)
{
  double *sample;

  g_return_if_fail (TELA_IS_CHART (self));

  sample = self->samples[self->n_samples % TELA_CHART_SAMPLES];
  for (guint i = 0; i < self->n_series; i++)
    {
      sample[i] = values[i];
      say_value (self, i, values[i]);
    }
  self->n_samples++;
  gtk_widget_queue_draw (self->area);
}
