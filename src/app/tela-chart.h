/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A few lines over the last two minutes, under a title and a legend that says the newest values in words. */
#define TELA_TYPE_CHART (tela_chart_get_type ())
G_DECLARE_FINAL_TYPE (TelaChart, tela_chart, TELA, CHART, GtkWidget)

#define TELA_CHART_SERIES 3
#define TELA_CHART_SAMPLES 120

/* @series: their names, NULL at the end, at most TELA_CHART_SERIES; @unit: nullable. */
GtkWidget *tela_chart_new (const char *title, const char *unit, const char *const *series);
void       tela_chart_add (TelaChart *self, const double *values); /* one for each; NAN: there is none */

G_END_DECLS
