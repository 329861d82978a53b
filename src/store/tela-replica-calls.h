/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-replica.h"

G_BEGIN_DECLS

/* One call to the worker: what to do, with what, and what came of it. Each function uses the members that it names. */
typedef struct _TelaStoreCall TelaStoreCall;
typedef gboolean (*TelaStoreFunc) (TelaReplica *replica, TelaStoreCall *call, GError **error);

struct _TelaStoreCall
{
  TelaStoreFunc func;
  gboolean      writes; /* run as one transaction */

  char          *project_id; /* owned; of all that concern a board */
  char          *name;       /* owned: draft, note, epoch */
  char          *text;       /* owned: of a note */
  GPtrArray     *elements;   /* owned, TelaElement */
  GPtrArray     *refusals;   /* owned, TelaStoreRefusal */
  GArray        *ids;        /* owned, gint64 */
  TelaUndoEntry *entry;      /* owned */
  TelaEditKind   kind;
  gint64         number; /* last, shift_ms or max_ops */
  gint64         limit;  /* the latest time that a stamp may bear; 0: any */
  gboolean       reset;

  gint64           id;     /* result: a row, a count */
  GPtrArray       *rows;   /* result: elements, outbox rows or texts */
  GArray          *stamps; /* result: TelaRestamp */
  TelaStoredBoard *board;  /* result */
};

typedef struct
{
  gint64       row;
  TelaElement *op;      /* owned */
  char        *code;    /* owned */
  char        *message; /* owned */
} TelaStoreRefusal;

TelaStoreCall *tela_store_call_new (TelaStoreFunc func, gboolean writes, const char *project_id);
void           tela_store_call_free (TelaStoreCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaStoreCall, tela_store_call_free)

/* tela-replica-boards.c: project_id … */
gboolean    tela_replica_load (TelaReplica *self, TelaStoreCall *call, GError **error);  /* → board */
gboolean    tela_replica_edit (TelaReplica *self, TelaStoreCall *call, GError **error);  /* elements, kind, entry, name → id */
gboolean    tela_replica_apply (TelaReplica *self, TelaStoreCall *call, GError **error); /* elements, name, number, reset */
gboolean    tela_replica_forget (TelaReplica *self, TelaStoreCall *call, GError **error);
gboolean    tela_replica_put_note (TelaReplica *self, TelaStoreCall *call, GError **error); /* name, text */
GHashTable *tela_replica_list_notes (TelaReplica *self, GError **error);                    /* name → text, both owned; without a call, for those who open it */

/* tela-replica-outbox.c */
gboolean tela_replica_append (TelaReplica *self, gint64 board, TelaElement *const *ops, gsize n, gint64 *gesture, GError **error);
gboolean tela_replica_outbox (TelaReplica *self, TelaStoreCall *call, GError **error);      /* project_id, number → rows */
gboolean tela_replica_mark_pushed (TelaReplica *self, TelaStoreCall *call, GError **error); /* ids */
gboolean tela_replica_settle (TelaReplica *self, TelaStoreCall *call, GError **error);      /* project_id, ids, refusals → rows */
gboolean tela_replica_waiting (TelaReplica *self, TelaStoreCall *call, GError **error);     /* → rows */
gboolean tela_replica_refused (TelaReplica *self, TelaStoreCall *call, GError **error);     /* project_id → rows */

/* tela-replica-restamp.c: project_id, number, limit → stamps, rows */
gboolean tela_replica_restamp (TelaReplica *self, TelaStoreCall *call, GError **error);

/* tela-replica-drafts.c */
gboolean tela_replica_put_draft (TelaReplica *self, TelaStoreCall *call, GError **error);     /* project_id, name, elements */
gboolean tela_replica_drop_draft (TelaReplica *self, TelaStoreCall *call, GError **error);    /* name */
gboolean tela_replica_finish_drafts (TelaReplica *self, TelaStoreCall *call, GError **error); /* project_id (nullable) → id */

G_END_DECLS
