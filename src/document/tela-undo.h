/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"

G_BEGIN_DECLS

/* One gesture of the user's own: for each property its value before (UNSET: there was none) and the stamp it was given.
 * Immutable, counted. */
typedef struct _TelaUndoEntry TelaUndoEntry;

TelaUndoEntry *tela_undo_entry_ref (TelaUndoEntry *self);
void           tela_undo_entry_unref (TelaUndoEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaUndoEntry, tela_undo_entry_unref)
TelaStamp      tela_undo_entry_get_stamp (TelaUndoEntry *self);
GBytes        *tela_undo_entry_pack (TelaUndoEntry *self);
TelaUndoEntry *tela_undo_entry_unpack (const void *data, gsize len, GError **error);

/* The user's own stack on one board (sync.md 6). */
#define TELA_TYPE_UNDO (tela_undo_get_type ())
G_DECLARE_FINAL_TYPE (TelaUndo, tela_undo, TELA, UNDO, GObject)

#define TELA_UNDO_MAX_ENTRIES 1000

TelaUndo *tela_undo_new (void);
/* The entry for @ops, made before they are merged. (transfer full) */
TelaUndoEntry *tela_undo_record (TelaBoard *board, TelaElement *const *ops, gsize n);
void           tela_undo_push (TelaUndo *self, TelaUndoEntry *entry);                /* clears the redo side */
void           tela_undo_restore (TelaUndo *self, GPtrArray *undo, GPtrArray *redo); /* from the store, oldest first */
gboolean       tela_undo_can_undo (TelaUndo *self);
gboolean       tela_undo_can_redo (TelaUndo *self);
/* Ops, all at @stamp, that take the newest entry back (or forward), and the entry that replaces it on the other side.
 * The outs may be NULL; the entries are (transfer full).
 * *skipped: how many properties somebody else has written since; *skipped_actor: one of them. The stack has moved when
 * this returns; the ops may be empty. NULL if there is nothing. (transfer full)(element-type TelaElement) */
GPtrArray *tela_undo_undo (TelaUndo *self, TelaBoard *board, TelaStamp stamp, TelaUndoEntry **replaced, TelaUndoEntry **entry, guint *skipped, guint64 *skipped_actor);
GPtrArray *tela_undo_redo (TelaUndo *self, TelaBoard *board, TelaStamp stamp, TelaUndoEntry **replaced, TelaUndoEntry **entry, guint *skipped, guint64 *skipped_actor);
/* Own operations got new stamps (clock correction): entries follow. */
void tela_undo_restamp (TelaUndo *self, TelaStamp from, TelaStamp to);

/* Signal "changed": can-undo or can-redo may have changed. */

G_END_DECLS
