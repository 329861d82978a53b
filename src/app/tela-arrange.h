/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-geometry.h"

G_BEGIN_DECLS

/* Where several things go relative to each other. Pure. */
typedef enum
{
  TELA_ARRANGE_LEFT,
  TELA_ARRANGE_CENTRE,
  TELA_ARRANGE_RIGHT,
  TELA_ARRANGE_TOP,
  TELA_ARRANGE_MIDDLE,
  TELA_ARRANGE_BOTTOM,
  TELA_ARRANGE_ACROSS, /* equal gaps from left to right */
  TELA_ARRANGE_DOWN,
} TelaArrange;

#define TELA_ARRANGE_LAST TELA_ARRANGE_DOWN

extern const char *const tela_arrange_names[]; /* by number; NULL at the end */

/* Moves the boxes. */
void tela_arrange_boxes (TelaArrange how, TelaRect *boxes, guint n);

/* Operations that mirror @elements about the middle of them all; texts stay readable. (transfer full)(element-type TelaElement) */
GPtrArray *tela_arrange_flip (GPtrArray *elements, gboolean is_sideways);

G_END_DECLS
