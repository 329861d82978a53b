/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-path.h"
#include "tela-value.h"

G_BEGIN_DECLS

/* As tela_paint_ink_outline(), in points. (transfer full)(element-type TelaPoint) */
GArray *tela_ink_outline (const TelaNumbers *points, const TelaNumbers *pressures, gboolean simulate_pressure, double stroke_width, gboolean finished);

/* About how wide that ink is. */
double tela_ink_width (const TelaNumbers *points, const TelaNumbers *pressures, gboolean simulate_pressure, double stroke_width);

G_END_DECLS
