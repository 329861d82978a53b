/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-picture.h"
#include "tela-sprites.h"

G_BEGIN_DECLS

/* What many sprites are drawn on, as one node. */
typedef struct
{
  cairo_t         *cr;      /* NULL: there is none in this frame */
  cairo_surface_t *surface; /* NULL: it is a node's own */
  TelaViewport    *viewport;
  int              device_scale;
  gboolean         for_cairo;
  int              x, y; /* of its corner, in device pixels of the widget */
  int              width, height;
} TelaSpriteSheet;

/* @in_node: drawn when the renderer comes to it, not now. */
void tela_sprite_sheet_begin (TelaSpriteSheet *self, GtkSnapshot *snapshot, TelaViewport *viewport, int device_scale, gboolean for_cairo, gboolean in_node, TelaRect area);
/* What follows is cut off there; balanced by cairo_restore(). */
void tela_sprite_sheet_clip (TelaSpriteSheet *self, TelaRect box);
/* From here on in board units; balanced by cairo_restore(). */
void tela_sprite_sheet_enter_board (TelaSpriteSheet *self);
void tela_sprite_sheet_draw (TelaSpriteSheet *self, TelaPicture *picture, TelaRect bounds);
void tela_sprite_sheet_end (TelaSpriteSheet *self, GtkSnapshot *snapshot);

G_END_DECLS
