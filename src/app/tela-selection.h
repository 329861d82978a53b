/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"

G_BEGIN_DECLS

/* Which elements of a board one window has selected. Signal "changed". */
#define TELA_TYPE_SELECTION (tela_selection_get_type ())
G_DECLARE_FINAL_TYPE (TelaSelection, tela_selection, TELA, SELECTION, GObject)

TelaSelection *tela_selection_new (void);
guint          tela_selection_get_n (TelaSelection *self);
gboolean       tela_selection_contains (TelaSelection *self, const char *id);
void           tela_selection_clear (TelaSelection *self);
void           tela_selection_set (TelaSelection *self, const char *const *ids, gsize n);
void           tela_selection_set_elements (TelaSelection *self, GPtrArray *elements);
void           tela_selection_toggle (TelaSelection *self, GPtrArray *elements); /* all in: out with them; else all in */
/* Forgets what is no longer shown. */
void tela_selection_prune (TelaSelection *self, TelaBoard *board);
/* Shown ones in z-order. (transfer full)(element-type TelaElement) */
GPtrArray *tela_selection_collect (TelaSelection *self, TelaBoard *board);

/* @element and whatever is grouped with it, in z-order. (transfer full)(element-type TelaElement) */
GPtrArray *tela_selection_group_of (TelaBoard *board, const TelaElement *element);
/* @elements and the texts that live in them. (transfer full)(element-type TelaElement) */
GPtrArray *tela_selection_with_labels (TelaBoard *board, GPtrArray *elements);
/* @elements, what the frames among them hold, and the texts that live in any of these, in z-order: what goes when they leave the
 * board. (transfer full)(element-type TelaElement) */
GPtrArray *tela_selection_with_contents (TelaBoard *board, GPtrArray *elements);

G_END_DECLS
