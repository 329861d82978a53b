/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* As tela_tile_job_paint(); what comes back is of no use once *stop (nullable, atomic) is no longer 0. */
GBytes *tela_tile_job_paint_until (const TelaTileJob *self, int *stride, const int *stop);

G_END_DECLS
