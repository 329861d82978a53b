/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

G_BEGIN_DECLS

/* Board units are Excalidraw's scene pixels; y grows down; angles are radians, clockwise. */
typedef struct
{
  double x, y, width, height;
} TelaRect;

static inline gboolean
tela_rect_intersects (TelaRect a,
                      TelaRect b)
{
  return a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height;
}

static inline gboolean
tela_rect_contains (TelaRect outer,
                    TelaRect inner)
{
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
}

TelaRect tela_rect_union (TelaRect a, TelaRect b);
TelaRect tela_rect_expand (TelaRect a, double by);

/* The unrotated box of the shape itself (for lines and ink from their points). */
TelaRect tela_element_get_box (const TelaElement *self);
/* Axis-parallel box around everything that may be painted: rotation, stroke width, arrowheads, sketchiness. */
TelaRect tela_element_get_bounds (const TelaElement *self);
/* Is the point on the outline, or inside a filled or text-like shape? @slack in board units. */
gboolean tela_element_hit (const TelaElement *self, double x, double y, double slack);

G_END_DECLS
