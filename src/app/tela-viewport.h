/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

#include "tela-geometry.h"

G_BEGIN_DECLS

/* Which part of the infinite board a widget shows: the board point at its top-left corner, and the zoom. "Widget"
 * coordinates are logical pixels. Signal "changed". */
#define TELA_TYPE_VIEWPORT (tela_viewport_get_type ())
G_DECLARE_FINAL_TYPE (TelaViewport, tela_viewport, TELA, VIEWPORT, GObject)

#define TELA_ZOOM_MIN 0.05
#define TELA_ZOOM_MAX 30.0
#define TELA_ZOOM_STEP 1.25
#define TELA_FIT_MARGIN 64.0 /* widget pixels: room for the tools that float over the board */

TelaViewport *tela_viewport_new (void);
double        tela_viewport_get_zoom (TelaViewport *self); /* widget pixels per board unit */
void          tela_viewport_get_origin (TelaViewport *self, double *x, double *y);
void          tela_viewport_place (TelaViewport *self, double x, double y, double zoom);
void          tela_viewport_set_size (TelaViewport *self, double width, double height);
TelaRect      tela_viewport_get_visible (TelaViewport *self);
void          tela_viewport_pan (TelaViewport *self, double dx, double dy);                  /* widget pixels */
void          tela_viewport_zoom_to (TelaViewport *self, double zoom, double wx, double wy); /* that point stays in place */
void          tela_viewport_zoom_by (TelaViewport *self, double factor, double wx, double wy);
void          tela_viewport_zoom_centre (TelaViewport *self, double zoom);
/* Shows all of @area with @margin widget pixels around it, less in a small widget; never above 100 %. */
void     tela_viewport_fit (TelaViewport *self, TelaRect area, double margin);
void     tela_viewport_to_board (TelaViewport *self, double wx, double wy, double *x, double *y);
void     tela_viewport_to_widget (TelaViewport *self, double x, double y, double *wx, double *wy);
TelaRect tela_viewport_rect_to_widget (TelaViewport *self, TelaRect area);

G_END_DECLS
