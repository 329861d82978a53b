/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-geometry.h"

G_BEGIN_DECLS

/* The frame around what is selected, and its handles. Pure. */
typedef enum
{
  TELA_HANDLE_NONE,
  TELA_HANDLE_NW,
  TELA_HANDLE_N,
  TELA_HANDLE_NE,
  TELA_HANDLE_E,
  TELA_HANDLE_SE,
  TELA_HANDLE_S,
  TELA_HANDLE_SW,
  TELA_HANDLE_W,
  TELA_HANDLE_ROTATE,
  TELA_HANDLE_POINT, /* and above: the points of a single line or arrow */
} TelaHandle;

#define TELA_MAX_HANDLES 32

typedef struct
{
  double x, y;
} TelaPoint;

typedef struct
{
  TelaRect box;      /* not rotated */
  double   angle;    /* of the whole frame about the middle of the box; 0 for several elements */
  gboolean is_line;  /* a single line or arrow: its points are the handles */
  gboolean is_level; /* one of them is a frame, as slides are made of: those do not turn */
} TelaFrame;

gboolean tela_element_is_frame (const TelaElement *self); /* on the board, not around a selection */
/* Axis-parallel box of the rotated shape itself, without its stroke. */
TelaRect tela_element_get_upright_box (const TelaElement *self);

TelaPoint tela_rect_centre (TelaRect box);
/* Which side of a box a handle is on: -1, 0 or 1 on each axis; 0, 0 for those that are on none. */
void      tela_handle_get_side (TelaHandle handle, int *x, int *y);
TelaPoint tela_point_rotate (TelaPoint point, TelaPoint about, double angle);

/* Around @elements, which are not empty. */
TelaFrame tela_frame_of (GPtrArray *elements);
TelaPoint tela_frame_centre (const TelaFrame *frame);
/* Where the handles are, at @unit board units a widget pixel. Returns how many there are. @element: of an is_line frame. */
guint tela_frame_handles (const TelaFrame *frame, const TelaElement *element, double unit, TelaHandle kinds[TELA_MAX_HANDLES], TelaPoint at[TELA_MAX_HANDLES]);
/* The nearest handle within @slack board units. */
TelaHandle tela_frame_hit (const TelaFrame *frame, const TelaElement *element, double unit, TelaPoint at, double slack);

G_END_DECLS
