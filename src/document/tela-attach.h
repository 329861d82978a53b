/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-outline.h"
#include "tela-wrap.h"

G_BEGIN_DECLS

/* What is attached to what: lines and arrows to the shapes that their `startBinding` and `endBinding` name, texts to the
 * container that `containerId` names, the children of a frame, the members of a group. `boundElements` is derived from
 * these at export and never written.
 *
 * Bindings are read in every form that Excalidraw has written, and are left as they are while things move:
 *   {elementId, focus, gap}                     the line aims at the focus and stops at the gap
 *   the same with fixedPoint                    of an elbow arrow: its end is at that point of the box
 *   {elementId, fixedPoint: [u, v], mode}       "orbit" aims at the point and stops before the outline; "inside" ends there
 * New ones are written as {elementId, focus, gap, fixedPoint}, the form that every Excalidraw reads: fixedPoint is null but
 * for elbow arrows. */

/* Follows one gesture: made when it begins, it has all that is attached to @elements, as it is then. */
typedef struct _TelaAttach TelaAttach;

TelaAttach *tela_attach_new (TelaBoard *board, GPtrArray *elements, TelaMeasureFunc measure, gpointer user_data);
void        tela_attach_free (TelaAttach *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaAttach, tela_attach_free)
/* @ops and what follows from them, one operation an element, for the gesture so far: what an earlier answer changed and this
 * one does not is set back. Where nothing moves, nothing is added. (transfer full)(element-type TelaElement) */
GPtrArray *tela_attach_complete (TelaAttach *self, GPtrArray *ops);

/* @elements and what moves with them: their groups, children of frames, and texts. (transfer full)(element-type TelaElement) */
GPtrArray *tela_attach_expand (TelaBoard *board, GPtrArray *elements);
/* Operations that delete @elements and the texts in them, and free what was bound to them. (transfer full)(element-type TelaElement) */
GPtrArray *tela_attach_delete (TelaBoard *board, GPtrArray *elements);
/* The text in a shape or on a line, as shown; NULL: none. Borrowed. */
const TelaElement *tela_attach_find_text (TelaBoard *board, const char *container);
gboolean           tela_attach_can_hold_text (const TelaElement *element);
/* The topmost shape around a place that can hold text, filled or not; NULL: none. Borrowed. */
const TelaElement *tela_attach_find_container (TelaBoard *board, double x, double y);
/* Where a text in @container has room, before it is turned with it. @text: of a line's label. */
TelaRect tela_attach_get_room (const TelaElement *container, const TelaElement *text);

/* The outermost group that it is in. (transfer full); NULL: none */
char *tela_attach_get_group (const TelaElement *element);
/* The topmost frame around a place; NULL: none. Borrowed. */
const TelaElement *tela_attach_find_frame (TelaBoard *board, double x, double y);
/* @ops move @elements, one for one, @by so much: into the frame under the hand those that touch it, out of their own those
 * that have left it. */
void tela_attach_enter_frames (TelaBoard *board, GPtrArray *elements, GPtrArray *ops, TelaSpot by, TelaSpot hand);

typedef enum
{
  TELA_ATTACH_START = 1 << 0,
  TELA_ATTACH_END = 1 << 1,
} TelaAttachEnds;

/* The shape that one end of @line is bound to; NULL: none. Borrowed. */
const TelaElement *tela_attach_get_target (TelaBoard *board, const TelaElement *line, TelaAttachEnds end);
/* The topmost shape within @slack of a place that a line other than @line would bind to; NULL: none. Borrowed. */
const TelaElement *tela_attach_find_target (TelaBoard *board, double x, double y, double slack, const char *line);
/* Binds those ends of @line, which is as it would be drawn, to what is under them, or frees them, and lets bound ones stop
 * at the outline. (transfer full): an operation; NULL if @line is no line */
TelaElement *tela_attach_bind (TelaBoard *board, const TelaElement *line, TelaAttachEnds ends, double slack);

/* @ops move @elements, one for one: lines among them whose ends were bound to what does not move along are bound to what
 * these ends come to lie on. */
void tela_attach_rebind (TelaBoard *board, GPtrArray *elements, GPtrArray *ops, double slack);

/* @op over @element (NULL: alone); its stamps mean nothing. (transfer full) */
TelaElement *tela_attach_overlay (const TelaElement *element, const TelaElement *op);

G_END_DECLS
