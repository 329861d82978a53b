/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-geometry.h"
#include "tela-style.h"

G_BEGIN_DECLS

/* New elements with every field that Excalidraw expects, looking like @style. @index: their place in z-order. Builders
 * are (transfer full); callers may add to them. Stamps are the session's business. */
TelaOpBuilder *tela_factory_new_box (const char *id, const char *type, TelaStyle *style, const char *index, TelaRect box);
TelaOpBuilder *tela_factory_new_frame (const char *id, const char *index, TelaRect box); /* without a name of its own */
/* line or arrow from (x, y) by (dx, dy) */
TelaOpBuilder *tela_factory_new_linear (const char *id, const char *type, TelaStyle *style, const char *index, double x, double y, double dx, double dy);
/* @points: pairs relative to (x, y). @pressures: NULL simulates them. */
TelaOpBuilder *tela_factory_new_ink (const char *id, TelaStyle *style, const char *index, double x, double y, GArray *points, GArray *pressures);
TelaOpBuilder *tela_factory_new_text (const char *id, TelaStyle *style, const char *index, double x, double y);

/* The fields that are always written together. */
void tela_factory_set_rect (TelaOpBuilder *op, TelaRect box);
void tela_factory_set_points (TelaOpBuilder *op, const double *pairs, guint n); /* with width and height */
void tela_factory_set_text (TelaOpBuilder *op, const char *text, double font_size, int font_family, double line_height);
/* The words of a text as they were typed: without the breaks that its container or its own width makes. */
const char *tela_factory_typed_text (const TelaElement *element);
/* @element says @text, and what the operation @look (nullable) says; as large as that is, and one that has no other place
 * stays where it is aligned. */
TelaOpBuilder *tela_factory_retext (const TelaElement *element, const TelaElement *look, const char *text);
void           tela_factory_set_ink (TelaOpBuilder *op, GArray *points, GArray *pressures);

/* A copy of @element with an id, place, seed and offset of its own. */
TelaOpBuilder *tela_factory_duplicate (const TelaElement *element, const char *id, const char *index, double dx, double dy);

#define TELA_FACTORY_FONT_FAMILY TELA_STYLE_FONT_FAMILY
#define TELA_FACTORY_LINE_HEIGHT 1.25 /* of that; of another: */
double tela_factory_line_height (int font_family);

G_END_DECLS
