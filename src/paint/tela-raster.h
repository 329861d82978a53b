/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/* Decoded images, shared by all threads within one memory budget. */
typedef struct _TelaRaster TelaRaster;

/* @bytes: an image file; its content is known by @file_id. Decodes it unless it is cached. @reduce: at most as many times
 * 2 smaller than the original is enough; it is smaller than asked if the whole were above the budget. NULL: it cannot be read. (transfer full) */
TelaRaster *tela_raster_get (const char *file_id, GBytes *bytes, guint reduce);
void        tela_raster_unref (TelaRaster *self);
/* How many times 2 smaller it is than the original, whose size is also given. */
guint tela_raster_get_reduction (const TelaRaster *self);
void  tela_raster_get_size (const TelaRaster *self, int *width, int *height);
/* A new surface over the shared pixels: not to be drawn to. It must not outlive @self. (transfer full) */
cairo_surface_t *tela_raster_create_surface (const TelaRaster *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaRaster, tela_raster_unref)

G_END_DECLS
