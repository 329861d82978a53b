/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-geometry.h"

G_BEGIN_DECLS

/* The outline of a shape that lines are bound to. All places are on the board. */
typedef struct
{
  double x, y;
} TelaSpot;

#define TELA_OUTLINE_MAX_CORNERS 40

typedef struct
{
  TelaSpot centre;
  double   angle;
  double   half_width, half_height;
  gboolean is_diamond;
  guint    n;                                 /* 0: an ellipse */
  TelaSpot corners[TELA_OUTLINE_MAX_CORNERS]; /* convex, clockwise, from the centre, not rotated */
} TelaOutline;

void tela_outline_init (TelaOutline *self, const TelaElement *shape);
/* Of a place to the outline made larger by @gap: below 0 inside of it, 0 on it. Exact but for ellipses. */
double tela_outline_measure (const TelaOutline *self, TelaSpot at, double gap);
/* Where the way from @from to @to meets the outline made larger by @gap; @to if it does not. */
TelaSpot tela_outline_stop (const TelaOutline *self, TelaSpot from, TelaSpot to, double gap);
/* Excalidraw's focus: the line from @from touches the shape scaled by |focus| about its centre; above 0 it passes with the
 * centre to its right. The point where it touches, which is the one that a line from there aims at. */
TelaSpot tela_outline_aim (const TelaOutline *self, double focus, TelaSpot from);
double   tela_outline_focus (const TelaOutline *self, TelaSpot from, TelaSpot to);
/* Excalidraw's fixed points: 0 to 1 across the unrotated box. */
TelaSpot tela_outline_from_ratio (const TelaOutline *self, TelaSpot ratio);
TelaSpot tela_outline_to_ratio (const TelaOutline *self, TelaSpot at);

TelaSpot tela_spot_rotate (TelaSpot spot, TelaSpot about, double angle);

G_END_DECLS
