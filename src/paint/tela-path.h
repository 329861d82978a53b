/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double x, y;
} TelaPoint;

typedef enum
{
  TELA_PATH_MOVE,
  TELA_PATH_LINE,
  TELA_PATH_CURVE,
} TelaPathKind;

/* One step: a cubic curve by (x1,y1), (x2,y2) to (x,y), or a line or a move to (x,y). */
typedef struct
{
  TelaPathKind kind;
  double       x1, y1, x2, y2, x, y;
} TelaPathOp;

/* A path is a GArray of TelaPathOp. It is ours and not cairo's because cairo's coordinates end at 2^23 device pixels. */
GArray *tela_path_new (void);
void    tela_path_move (GArray *path, double x, double y);
void    tela_path_line (GArray *path, double x, double y);
void    tela_path_curve (GArray *path, double x1, double y1, double x2, double y2, double x, double y);

TelaPoint tela_path_point (TelaPoint a, TelaPoint c1, TelaPoint c2, TelaPoint b, double t); /* on a cubic curve */
void      tela_path_append_point (GArray *points, TelaPoint point);                         /* to an array of points */

/* Hands the path over to @cr. What is too large for cairo is cut near the clip: as an outline, with whole dash periods
 * left out (0: solid), or as the area inside. */
void tela_path_trace_stroke (const GArray *path, cairo_t *cr, double width, double dash_period);
void tela_path_trace_fill (const GArray *path, cairo_t *cr);

/* The rectangle as a closed path with round corners. */
void tela_path_trace_box (cairo_t *cr, double x, double y, double width, double height, double radius);

G_END_DECLS
