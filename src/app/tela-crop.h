/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-frame.h"

G_BEGIN_DECLS

/* The window through which a part of an image is seen. Pure; operations are without stamps. */
typedef struct
{
  TelaRect box;   /* what is seen, in board units, not rotated */
  TelaRect whole; /* where all of the image would be, likewise */
  double   angle; /* of both, about the middle of @box */
  double   natural_width, natural_height;
  gboolean is_flipped_x, is_flipped_y;
} TelaCrop;

TelaCrop tela_crop_of (const TelaElement *image, double natural_width, double natural_height);
/* Drags one side or corner of the window to a place on the board; what is seen stays where it is. @smallest: board units. */
TelaCrop tela_crop_resize (const TelaCrop *self, TelaHandle handle, TelaPoint to, double smallest);
/* Moves the image behind its window, by board units. */
TelaCrop tela_crop_shift (const TelaCrop *self, double dx, double dy);
/* Makes @image, which was cropped as @from, seen through @self. (transfer full) */
TelaElement *tela_crop_build_op (const TelaCrop *self, const TelaCrop *from, const TelaElement *image);
/* The whole image in its place. (transfer full) */
TelaElement *tela_crop_uncover (const TelaCrop *self, const TelaElement *image);

G_END_DECLS
