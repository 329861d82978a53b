/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-path.h"

G_BEGIN_DECLS

/* The hand: how unsteadily it draws, and its random numbers. The same settings and calls give the same path on every
 * machine. The random numbers are those of Park and Miller's multiplier modulo 2^32, the jitter that of the well-known
 * sketchy renderers, so that a scene looks as its author saw it. */
typedef struct
{
  guint32  state;         /* of the random numbers; never 0 */
  double   roughness;     /* 0: exact */
  gboolean single;        /* one stroke instead of two over each other */
  gboolean keep_vertices; /* strokes end exactly where they should */
} TelaSketch;

void   tela_sketch_init (TelaSketch *self, double seed, double roughness);
double tela_sketch_random (TelaSketch *self);            /* [0, 1) */
double tela_sketch_offset (TelaSketch *self, double by); /* within ±by × roughness */

void tela_sketch_line (TelaSketch *self, GArray *path, TelaPoint a, TelaPoint b);
void tela_sketch_corner (TelaSketch *self, GArray *path, TelaPoint a, TelaPoint c1, TelaPoint c2, TelaPoint b);
void tela_sketch_polygon (TelaSketch *self, GArray *path, const TelaPoint *points, guint n, gboolean close);
void tela_sketch_curve (TelaSketch *self, GArray *path, const TelaPoint *points, guint n);

/* The radii are chosen once, as the outline and its filling share them. */
typedef struct
{
  double x, y, rx, ry, step;
} TelaEllipse;

TelaEllipse tela_sketch_choose_ellipse (TelaSketch *self, double x, double y, double width, double height, double fitting);
/* @inside (nullable): gets the points of the first round. */
void tela_sketch_ellipse (TelaSketch *self, GArray *path, const TelaEllipse *ellipse, GArray *inside);

G_END_DECLS
