/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* As tela_paint_elements(); gives up when *stop (nullable, atomic) is no longer 0. */
void tela_scene_paint (cairo_t *cr, TelaElement *const *elements, gsize n, const TelaPaintOptions *options, const int *stop);

/* One element as if it were alone, opaque and in no frame. */
void tela_scene_paint_bare (cairo_t *cr, const TelaElement *element, const TelaPaintOptions *options);

/* Around the text on an arrow the arrow is left out, and a zigzag runs over the edge, by so many board units at most:
 * what changes with an element reaches that much farther than its bounds. */
#define TELA_SCENE_REACH 6.0

#define TELA_FRAME_RADIUS 8.0
#define TELA_FRAME_NAME_SIZE 14.0
#define TELA_FRAME_NAME_RISE 8.0 /* of its baseline over the frame */
#define TELA_LABEL_GAP 5.0       /* room around the text on an arrow */

G_END_DECLS
