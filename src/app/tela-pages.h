/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>

#include "tela-images.h"

G_BEGIN_DECLS

/* A board on paper: all of it on one page, or each frame on a page of its own. Pages may be drawn on any one thread. */
typedef struct _TelaPages TelaPages;

/* @elements: in z-order. @by_frame: of a board without frames there is one page still. */
TelaPages *tela_pages_new (GPtrArray *elements, TelaImages *images, gboolean by_frame);
void       tela_pages_free (TelaPages *self);
guint      tela_pages_get_n (TelaPages *self);
TelaRect   tela_pages_get_area (TelaPages *self, guint page); /* what of the board it shows */
/* Fitted into @width × @height points and centred there. */
void tela_pages_draw (TelaPages *self, guint page, cairo_t *cr, double width, double height);
/* Each page as large as what it shows. */
GBytes *tela_pages_write_pdf (TelaPages *self, GCancellable *cancellable, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaPages, tela_pages_free)

G_END_DECLS
