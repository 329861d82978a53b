/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-replica.h"

G_BEGIN_DECLS

/* Where an element stands: as shown, and as confirmed. The same pointer in both: nothing of it waits in the outbox. NULL: nothing. */
typedef struct
{
  TelaElement *shown;     /* owned */
  TelaElement *confirmed; /* owned */
} TelaElementState;

void tela_element_state_clear (TelaElementState *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaElementState, tela_element_state_clear)
/* @own: ours, not confirmed yet. TRUE if the row changed and wants to be written. */
gboolean tela_element_state_merge (TelaElementState *self, const TelaElement *op, gboolean own);
/* An own operation was confirmed. */
gboolean tela_element_state_confirm (TelaElementState *self, const TelaElement *op);

gboolean tela_replica_find_board (TelaReplica *self, const char *project_id, gint64 *board, GError **error); /* 0: never seen */
gboolean tela_replica_ensure_board (TelaReplica *self, const char *project_id, gint64 *board, GError **error);

gboolean tela_replica_read_element (TelaReplica *self, gint64 board, const char *id, TelaElementState *state, GError **error);
/* Nothing shown: the row goes. */
gboolean tela_replica_write_element (TelaReplica *self, gint64 board, const char *id, const TelaElementState *state, GError **error);

GBytes    *tela_ops_pack (TelaElement *const *ops, gsize n);
GPtrArray *tela_ops_unpack (const void *data, gsize len, const char *where, GError **error);
char      *tela_ops_to_json (TelaElement *const *ops, gsize n, gsize *len); /* an array; (transfer full) */
guint      tela_element_count_stamps (const TelaElement *self);             /* as many operations it is on the wire */

/* Every row of the board, oldest first; NULL on error. */
GPtrArray *tela_replica_read_outbox (TelaReplica *self, gint64 board, GError **error);
/* A table from element id to the merge of what the outbox holds of it. */
GHashTable *tela_outbox_merge (GPtrArray *rows);

G_END_DECLS
