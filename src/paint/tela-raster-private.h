/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-raster.h"

G_BEGIN_DECLS

struct _TelaRaster
{
  gatomicrefcount refs;
  int             reduction;
  int             width, height; /* of the original */
  int             own_width, own_height;
  int             stride;
  guint8         *pixels; /* owned; premultiplied ARGB32 of cairo */
};

/* (transfer full) (nullable) */
TelaRaster *tela_raster_decode (GBytes *bytes, int wanted);
TelaRaster *tela_raster_halve (const TelaRaster *big);
gsize       tela_raster_size_of (const TelaRaster *self);

G_END_DECLS
