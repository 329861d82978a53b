/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

extern const char *const fixture_types[];
extern const guint       fixture_n_types;

/* An element of that type with random style, seed and angle; its place is within @area. (transfer full) */
TelaElement *fixture_element (GRand *rand, const char *type, guint number, TelaRect area);
/* @n elements of all types. (transfer full) */
GPtrArray *fixture_board (guint32 seed, guint n, TelaRect area);
/* From a JSON object with the usual properties. (transfer full) */
TelaElement *fixture_parse (const char *json);

/* @area painted at @scale in one go: width and height are whole pixels. (transfer full) */
cairo_surface_t *fixture_paint (GPtrArray *elements, TelaRect area, double scale);
/* A PNG of a gradient. (transfer full) */
GBytes *fixture_image (int width, int height);
GBytes *fixture_asset (const char *file_id, gpointer user_data); /* fixture_image() for "here" */

G_END_DECLS
