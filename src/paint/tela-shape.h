/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"
#include "tela-hatch.h"

G_BEGIN_DECLS

#define TELA_FILL_GAIN 0.8     /* roughness: fillings are drawn a little more loosely than outlines */
#define TELA_COARSE_SCALE 0.25 /* below this many device pixels per board unit, detail is left out */

typedef enum
{
  TELA_LAYER_STROKE_COLOUR,
  TELA_LAYER_BACKGROUND_COLOUR,
  TELA_LAYER_PAPER,
  TELA_LAYER_CARD,
} TelaLayerColour;

/* One path to paint, in the element's own coordinates: its (x, y) is the origin, unrotated. */
typedef struct
{
  GArray         *path; /* owned */
  TelaLayerColour colour;
  double          alpha;
  double          width;   /* 0: the area inside */
  double          dash[2]; /* 0: solid */
  gboolean        even_odd;
} TelaLayer;

/* What the builders of one shape share. */
typedef struct
{
  const TelaElement *element; /* borrowed */
  GArray            *layers;  /* TelaLayer; borrowed */
  double             width, height;
  double             stroke_width;
  double             roughness;
  double             seed;
  double             dash[2];
  TelaFillStyle      fill_style;
  gboolean           has_fill, has_stroke;
  int                roundness; /* 0: sharp */
  double             radius;    /* of roundness 3 */
  double             scale;
} TelaShaper;

/* The layers of a rectangle, diamond, ellipse, line, arrow, pen stroke or the card of a web page, from the bottom; NULL for other kinds.
 * (transfer full)(element-type TelaLayer) */
GArray *tela_shape_build (const TelaElement *element, double scale);

TelaSketch tela_shaper_start (const TelaShaper *self, gboolean keep_vertices);
TelaLayer *tela_shaper_add_stroke (TelaShaper *self, GArray *path /* takes it */);
TelaLayer *tela_shaper_add_fill (TelaShaper *self, GArray *path /* takes it */, TelaLayerColour colour);

/* Fills the polygon with the element's pattern; as a tint where that could not be seen or would never end. */
void tela_shaper_add_pattern (TelaShaper *self, TelaSketch *sketch, const TelaPoint *points, guint n);
void tela_shaper_add_solid_polygon (TelaShaper *self, TelaSketch *sketch, const TelaPoint *points, guint n);

void tela_shaper_build_rectangle (TelaShaper *self);
void tela_shaper_build_diamond (TelaShaper *self);
void tela_shaper_build_ellipse (TelaShaper *self);
void tela_shaper_build_card (TelaShaper *self);
void tela_shaper_build_line (TelaShaper *self, gboolean is_arrow);
void tela_shaper_build_ink (TelaShaper *self);
/* After the arrow's own path: the heads at both ends. */
void tela_shaper_add_arrowheads (TelaShaper *self, const GArray *path, const TelaPoint *points, guint n);

G_END_DECLS
