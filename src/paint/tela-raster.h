/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* Decoded images, shared by all threads within one memory budget; the sizes that were not used for longest go first. */
typedef struct _TelaRaster TelaRaster;

/* How many times 2 smaller than the original; below 0 larger, which makes drawings (SVG) crisp. */
#define TELA_RASTER_LARGEST -6
#define TELA_RASTER_SMALLEST 8

/* @bytes: an image file; its content is known by @file_id. Decodes it unless that is known. */
gboolean tela_raster_measure (const char *file_id, GBytes *bytes, int *width, int *height);
/* Decodes it unless it is cached. @reduce: a raster that much reduced is enough. It is reduced more than that where the whole were
 * too large. NULL: it cannot be read. (transfer full) */
TelaRaster *tela_raster_get (const char *file_id, GBytes *bytes, int reduce);
/* Never decodes: what there is already of a file of @size bytes, best for @reduce. *is_done: tela_raster_get() would give no
 * other. (transfer full) */
TelaRaster *tela_raster_peek (const char *file_id, gsize size, int reduce, gboolean *is_done);

void tela_raster_unref (TelaRaster *self);
int  tela_raster_get_reduction (const TelaRaster *self);
void tela_raster_get_size (const TelaRaster *self, int *width, int *height);     /* of the original */
void tela_raster_get_own_size (const TelaRaster *self, int *width, int *height); /* of the surface */
/* A new surface over the shared pixels: not to be drawn to. It must not outlive @self. (transfer full) */
cairo_surface_t *tela_raster_create_surface (const TelaRaster *self);

/* Bytes that all of them take now; it is above the budget only while a single one is. */
#define TELA_RASTER_BUDGET (192u * 1024 * 1024)
gsize tela_raster_get_total (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaRaster, tela_raster_unref)

G_END_DECLS
