/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-undo.h"

G_BEGIN_DECLS

/* The replica on disk: DATA/replica-N/store.db (boards, elements, outbox, undo, drafts) and assets. One writer thread owns
 * the SQLite handle; calls run there in the order they were made, each that writes as one transaction. Main-thread API.
 * Functions that say (sync) wait for the worker and are for start-up, tests and the command line. A call cancelled before
 * its turn does nothing; one that was carried out says so, cancelled or not. */
#define TELA_TYPE_STORE (tela_store_get_type ())
G_DECLARE_FINAL_TYPE (TelaStore, tela_store, TELA, STORE, GObject)

#define TELA_STORE_ERROR (tela_store_error_quark ())
GQuark tela_store_error_quark (void);
typedef enum
{
  TELA_STORE_ERROR_FAILED,
  TELA_STORE_ERROR_CORRUPT, /* the file was set aside; the message names it */
  TELA_STORE_ERROR_FULL,    /* disk full */
  TELA_STORE_ERROR_READ_ONLY,
  TELA_STORE_ERROR_NEWER, /* written by a newer Tela */
  TELA_STORE_ERROR_NOT_FOUND,
  TELA_STORE_ERROR_CLOSED,
} TelaStoreError;

/* (sync) Opens or makes @dir/store.db; draws a new actor. The caller holds the lock of the directory (src/host). Signals
 * come in the thread-default main context of this call. A damaged file is set aside and a fresh one made: see
 * tela_store_get_warning(). */
TelaStore *tela_store_open (const char *dir, GError **error);
void       tela_store_close (TelaStore *self); /* (sync) checkpoint, close; further calls fail; idempotent */
guint64    tela_store_get_actor (TelaStore *self);
/* TELA_STORE_ERROR_CORRUPT if the file was set aside at this opening, else NULL. To be told to the user. */
const GError *tela_store_get_warning (TelaStore *self);

/* A board as the replica has it. */
typedef struct
{
  char      *project_id;
  char      *epoch;    /* "" before the first fetch */
  gint64     last;     /* last complete revision; -1 before the first fetch */
  GPtrArray *elements; /* TelaElement */
  GPtrArray *undo;     /* TelaUndoEntry, oldest first */
  GPtrArray *redo;     /* TelaUndoEntry, oldest first */
  guint      n_outbox; /* gestures that wait */
} TelaStoredBoard;
void tela_stored_board_free (TelaStoredBoard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaStoredBoard, tela_stored_board_free)

/* Never seen: an empty one. */
void             tela_store_load_async (TelaStore *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaStoredBoard *tela_store_load_finish (TelaStore *self, GAsyncResult *result, GError **error);

/* What one finished edit does to the undo stacks. */
typedef enum
{
  TELA_EDIT_PUSH, /* entry on top of undo, redo cleared */
  TELA_EDIT_UNDO, /* top of undo goes, entry on top of redo */
  TELA_EDIT_REDO, /* top of redo goes, entry on top of undo */
  TELA_EDIT_NONE, /* an import by tool, a re-stamp: no entry */
} TelaEditKind;

/* One finished edit, one transaction: merged elements, outbox rows, undo. @draft: that draft ends with it (NULL: none).
 * @entry may be NULL: what an undo leaves when it could do nothing. Durable against kill -9 when it finishes; returns the
 * gesture: the id of its outbox row, of the last one if it took several; 0 if @ops is empty. */
void   tela_store_commit_async (TelaStore *self, const char *project_id, GPtrArray *ops, TelaEditKind kind, TelaUndoEntry *entry, const char *draft, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gint64 tela_store_commit_finish (TelaStore *self, GAsyncResult *result, GError **error); /* -1 on error */
/* The log is fsynced each second while dirty; "synced" is emitted when everything committed so far is safe against power loss. */
gboolean tela_store_is_synced (TelaStore *self); /* of what was asked for up to now */

/* What others made durable: merges into rows, advances epoch and last (pass last < 0 to leave it, NULL for the epoch). @reset: before
 * merging, drop all that the board has, elements and properties (those of @elements may have been pruned and made anew); what the outbox
 * makes of them stays. */
void     tela_store_apply_async (TelaStore *self, const char *project_id, GPtrArray *elements, const char *epoch, gint64 last, gboolean reset, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_store_apply_finish (TelaStore *self, GAsyncResult *result, GError **error);

/* Outbox: oldest first, at most @max_ops operations and 1 MB as JSON (one row at least). Each row is one gesture; a big one takes several. */
typedef struct
{
  gint64     id;
  gint64     gesture;    /* what commit returned: the id of the gesture's last row */
  gint64     created_ms; /* wall clock */
  gboolean   pushed;     /* it was sent at least once: others may have seen it */
  GPtrArray *ops;        /* TelaElement */
} TelaOutboxRow;
void       tela_outbox_row_free (TelaOutboxRow *self);
void       tela_store_outbox_async (TelaStore *self, const char *project_id, guint max_ops, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_store_outbox_finish (TelaStore *self, GAsyncResult *result, GError **error); /* TelaOutboxRow */
/* Before the first send, which has to wait for it. */
void     tela_store_mark_pushed_async (TelaStore *self, const gint64 *ids, gsize n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_store_mark_pushed_finish (TelaStore *self, GAsyncResult *result, GError **error);
/* The push was answered: rows go. Refused operations (of those rows, known by id and stamp) move to the refused edits, with reason;
 * those without a code stay in the outbox as if they had never been pushed. */
typedef struct
{
  gint64       row;
  TelaElement *op;
  const char  *code, *message;
} TelaRefusal;
void tela_store_settle_async (TelaStore *self, const char *project_id, const gint64 *ids, gsize n, const TelaRefusal *refused, gsize n_refused, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Elements that refused operations touched, as they are without them (the merge of everything else); empty array if none. An element that
 * is nothing any more comes as one without properties. */
GPtrArray *tela_store_settle_finish (TelaStore *self, GAsyncResult *result, GError **error);
/* Clock correction: what is in the outbox, own and never pushed gets stamps @shift_ms later (or earlier), in the same order, above what it
 * was written over, and none after @limit_ms (0: no limit); elements and undo entries follow. */
typedef struct
{
  TelaStamp from, to;
} TelaRestamp;
void tela_store_restamp_async (TelaStore *self, const char *project_id, gint64 shift_ms, gint64 limit_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* @stamps (TelaRestamp): for tela_undo_restamp(). @elements (TelaElement): as they are now, for tela_board_replace(). Either may be NULL. */
gboolean tela_store_restamp_finish (TelaStore *self, GAsyncResult *result, GArray **stamps, GPtrArray **elements, GError **error);
/* Boards with something in their outbox. (transfer full)(element-type utf8) */
void       tela_store_list_waiting_async (TelaStore *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_store_list_waiting_finish (TelaStore *self, GAsyncResult *result, GError **error);
GPtrArray *tela_store_list_waiting (TelaStore *self, GError **error);                         /* (sync) */
GPtrArray *tela_store_list_refused (TelaStore *self, const char *project_id, GError **error); /* (sync) JSON texts, newest first:
                                                                                                    {"when":ms,"code","message","ops":[{…}]} */

/* Drafts: unfinished strokes and texts, at most every 250 ms. At the next start they are read and finished as edits. */
void tela_store_put_draft (TelaStore *self, const char *project_id, const char *draft, GPtrArray *ops);
void tela_store_drop_draft (TelaStore *self, const char *draft);
/* Takes all drafts of a board (NULL: of all boards), already committed as edits with outbox rows and undo entries. */
void     tela_store_finish_drafts_async (TelaStore *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_store_finish_drafts_finish (TelaStore *self, GAsyncResult *result, GError **error);
guint    tela_store_finish_drafts (TelaStore *self, const char *project_id, GError **error); /* (sync) how many */

/* The board list as last seen: JSON text of the rows, for a start without network. */
void  tela_store_put_note (TelaStore *self, const char *name, const char *text);
char *tela_store_get_note (TelaStore *self, const char *name);
/* (sync) All that was asked for before has been done, or has failed. */
void tela_store_flush (TelaStore *self);
/* Forgets a board and all its rows. */
void tela_store_forget (TelaStore *self, const char *project_id);

/* Assets: bytes under their SHA-256 in @dir/assets. On the caller's thread, which may be any; both touch the disk. */
char   *tela_store_put_asset (TelaStore *self, GBytes *bytes, GError **error);
GBytes *tela_store_get_asset (TelaStore *self, const char *sha256, GError **error);

/* The last picture of each board, for lists, in @dir/thumbnails; by its SHA-256, for it may be another one by now. Like assets. */
char   *tela_store_put_thumbnail (TelaStore *self, const char *project_id, GBytes *bytes, GError **error);
GBytes *tela_store_get_thumbnail (TelaStore *self, const char *project_id, const char *sha256, GError **error);
void    tela_store_drop_thumbnail (TelaStore *self, const char *project_id);

/* Signals: "synced"; "failed" (GError *): a write failed or the file is damaged, editing should pause (emitted on the main thread). */

G_END_DECLS
