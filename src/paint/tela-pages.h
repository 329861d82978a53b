/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* A drawing on paper: all of it on one page, or each frame on a page of its own. Pages may be drawn on any one thread. */
typedef struct _TelaPages TelaPages;

/* @options: page_per_frame, of a drawing without frames there is one page still; the data of its images must live as long. */
TelaPages *tela_pages_new (TelaElement *const *elements, gsize n, const TelaPictureOptions *options);
void       tela_pages_free (TelaPages *self);
guint      tela_pages_get_n (TelaPages *self);
TelaRect   tela_pages_get_area (TelaPages *self, guint page); /* what of the board it shows */
/* Fitted into @width × @height points and centred there. */
void tela_pages_draw (TelaPages *self, guint page, cairo_t *cr, double width, double height);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaPages, tela_pages_free)

G_END_DECLS
