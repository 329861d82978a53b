/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-attach.h"
#include "tela-canvas.h"

G_BEGIN_DECLS

/* What gestures on a canvas do to what is attached to what they move. */

/* With the fonts of the painter. */
TelaAttach *tela_canvas_attach (TelaCanvas *self, GPtrArray *elements);
/* A whole gesture at once: @ops, done to @elements, and what follows. (transfer full)(element-type TelaElement) */
GPtrArray *tela_canvas_complete (TelaCanvas *self, GPtrArray *elements, GPtrArray *ops);
/* Moves @elements: lines that are torn off bind where they come to lie, and what the hand brings into a frame, or out of
 * its own, is part of it. @hand: nullable, then frames keep what is in them. (transfer full)(element-type TelaElement) */
GPtrArray *tela_canvas_move (TelaCanvas *self, GPtrArray *elements, double dx, double dy, const TelaSpot *hand);
/* Operations that put what lies in a frame, and is in no other, into it. (transfer full)(element-type TelaElement) */
GPtrArray *tela_canvas_fill_frame (TelaCanvas *self, const char *frame);
/* The topmost frame with its name at a place; NULL: none. Borrowed. */
const TelaElement *tela_canvas_find_frame_name (TelaCanvas *self, double x, double y);
/* Lets the name be typed. FALSE: it is no frame, or cannot be edited. */
gboolean tela_canvas_rename_frame (TelaCanvas *self, const TelaElement *frame);
/* What is made in a frame is part of it. */
void tela_canvas_set_frame (TelaCanvas *self, TelaOpBuilder *op, double x, double y);
/* @op, which draws @arrow (NULL: a new one) or drags its ends, and what becomes of those ends near shapes. (transfer full) */
TelaElement *tela_canvas_bind_arrow (TelaCanvas *self, const TelaElement *arrow, const TelaElement *op, TelaAttachEnds ends);
/* Outlines the shapes to which those ends of an arrow are bound. */
void tela_canvas_draw_targets (TelaCanvas *self, GtkSnapshot *snapshot, const char *arrow, TelaAttachEnds ends);
/* Outlines the frame into which the hand would put what it moves. */
void tela_canvas_draw_frame (TelaCanvas *self, GtkSnapshot *snapshot, GPtrArray *moving, TelaSpot hand);
/* One edit: deletes them, and what cannot be without them. */
void tela_canvas_delete (TelaCanvas *self, GPtrArray *elements);
/* Shapes are written into from anywhere inside; NULL: nothing there can be. Borrowed. */
const TelaElement *tela_canvas_find_writable (TelaCanvas *self, double x, double y);

G_END_DECLS
