/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* The part of an image that is shown, in pixels of the original. */
typedef struct
{
  double x, y, width, height;
  int    natural_width, natural_height;
} TelaImageView;

/* Its crop, of an original of that size. */
TelaImageView tela_image_get_view (const TelaElement *element, int width, int height);

/* The size of the original, if options.known has it decoded. */
gboolean tela_image_measure (const TelaElement *element, const TelaPaintOptions *options, int *width, int *height);

/* FALSE: the image is not here or cannot be read. @bytes: (out) (transfer full) */
gboolean tela_image_look_up (const TelaElement *element, const TelaPaintOptions *options, GBytes **bytes, TelaImageView *view);

/* An image element with its box at the origin, or a box in its place while its bytes are not here. */
void tela_image_paint (cairo_t *cr, const TelaElement *element, const TelaPaintOptions *options);

G_END_DECLS
