/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"

G_BEGIN_DECLS

/* Copies of elements, on top of a board: each under an id of its own, which what names it follows. */
typedef struct _TelaCopies TelaCopies;

TelaCopies *tela_copies_new (TelaBoard *board);
void        tela_copies_free (TelaCopies *self);
/* @elements name one another by the ids they have. @files: fileId → that of the copies; nullable: the same. */
void tela_copies_add (TelaCopies *self, GPtrArray *elements, GHashTable *files, double dx, double dy);
/* From now on: copies of what is in a frame are in it too, also if the frame is not copied. */
void tela_copies_keep_frames (TelaCopies *self);
/* The copies so far, each as the operation that makes it. Borrowed. (element-type TelaElement) */
GPtrArray *tela_copies_get (TelaCopies *self);
/* One edit; the copies become the selection. */
void tela_copies_insert (TelaCopies *self, TelaCanvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaCopies, tela_copies_free)

G_END_DECLS
