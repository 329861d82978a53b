/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-transform.h"

#include "tela-board.h"

G_BEGIN_DECLS

/* Arrows that are attached to shapes. An end is attached by `startBinding` or `endBinding`, which name the shape. */

/* The topmost shape that an arrow's end at that place attaches to; @arrow: its id, to be left out. NULL: none. Borrowed. */
const TelaElement *tela_binding_find_target (TelaBoard *board, TelaPoint at, double slack, const char *arrow);
/* Attaches both ends of @arrow, as it is shown, to what is under them, or frees them, and lets them stop at the outline.
 * (transfer full): an operation without a stamp */
TelaElement *tela_binding_attach (TelaBoard *board, const TelaElement *arrow, double slack);

/* Arrows that are attached to any of @moving without being among them, and their labels.
 * (transfer full)(element-type TelaElement) */
GPtrArray *tela_binding_collect (TelaBoard *board, GPtrArray *moving);
/* Adds to @ops what becomes of @arrows, which were collected, when @ops are done to @moving: an end keeps its place
 * relative to its shape. */
void tela_binding_follow (GPtrArray *arrows, GPtrArray *moving, GPtrArray *ops);

G_END_DECLS
