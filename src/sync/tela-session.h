/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-own-edit.h"
#include "tela-people.h"

G_BEGIN_DECLS

/* One open board, shared by all its windows; made by the workspace. Main thread. */
#define TELA_TYPE_SESSION (tela_session_get_type ())
G_DECLARE_FINAL_TYPE (TelaSession, tela_session, TELA, SESSION, GObject)

typedef enum
{
  TELA_SYNC_SAVED,   /* on disk, and confirmed where the backend is not this computer */
  TELA_SYNC_SAVING,  /* since more than 1 s */
  TELA_SYNC_WAITING, /* N gestures wait for the network */
  TELA_SYNC_OFFLINE, /* nothing waits, but there is no connection */
  TELA_SYNC_PAUSED,  /* the store failed: editing is paused */
  TELA_SYNC_LOST,    /* one was a member and is none now, or the board is gone: it stays as it was then */
} TelaSyncState;
#define TELA_TYPE_SYNC_STATE (tela_sync_state_get_type ())
GType tela_sync_state_get_type (void);

const char   *tela_session_get_project_id (TelaSession *self);
TelaBoard    *tela_session_get_board (TelaSession *self);
const char   *tela_session_get_role (TelaSession *self);                    /* property "role", notify */
TelaSyncState tela_session_get_state (TelaSession *self, guint *n_waiting); /* property "state", notify (also when only the count changes) */
TelaPeople   *tela_session_get_people (TelaSession *self);                  /* (transfer none) */
gboolean      tela_session_can_edit (TelaSession *self);                    /* property "can-edit", notify */
gboolean      tela_session_is_live (TelaSession *self);                     /* joined and caught up; property "live", notify */
const GError *tela_session_get_problem (TelaSession *self);                 /* why editing is paused; NULL */
guint64       tela_session_get_actor (TelaSession *self);

/* A gesture: what one hand is doing. Updates are shown at once everywhere (veil; broadcast on live:); the end makes one operation per
 * element at one stamp, one transaction, one undo step; cancel leaves nothing. Several may run at once. While the session cannot be
 * edited a gesture shows and leaves nothing. */
typedef struct _TelaGesture TelaGesture;
TelaGesture                *tela_session_begin (TelaSession *self);
/* Sets properties (stamps ignored) of these elements; properties said before stay unless said again. */
void tela_gesture_update (TelaGesture *gesture, TelaElement *const *ops, gsize n);
/* For ink and text under way: also kept as a draft against a crash. */
void tela_gesture_set_draft (TelaGesture *gesture, gboolean draft);
void tela_gesture_end (TelaGesture *gesture);    /* frees it */
void tela_gesture_cancel (TelaGesture *gesture); /* frees it */
/* A whole edit at once: begin, update, end. */
void tela_session_edit (TelaSession *self, TelaElement *const *ops, gsize n);
/* For imports and tools: as one edit; callback when durable on disk. @undoable: one undo step. */
void tela_session_edit_async (TelaSession *self, TelaElement *const *ops, gsize n, gboolean undoable, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same for many, which @ops holds afterwards as they are on the board; what nobody else has is not copied. */
void      tela_session_edit_taking_async (TelaSession *self, GPtrArray *ops, gboolean undoable, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean  tela_session_edit_finish (TelaSession *self, GAsyncResult *result, GError **error);
void      tela_session_drain_async (TelaSession *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data); /* outbox empty and caught up */
gboolean  tela_session_drain_finish (TelaSession *self, GAsyncResult *result, GError **error);
TelaStamp tela_session_next_stamp (TelaSession *self);
/* FALSE: nothing to do. *skipped: properties left alone because somebody has written since. Properties can-undo, can-redo (notify). */
gboolean tela_session_undo (TelaSession *self, guint *skipped);
gboolean tela_session_redo (TelaSession *self, guint *skipped);
gboolean tela_session_can_undo (TelaSession *self);
gboolean tela_session_can_redo (TelaSession *self);
/* Edits of one's own that others do not see (of TelaOwnEdit): refused ones and lost ones, newest first, then what waits, oldest
 * first; of many that wait only the first. */
void       tela_session_list_edits_async (TelaSession *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_session_list_edits_finish (TelaSession *self, GAsyncResult *result, GError **error); /* (transfer full) */
guint      tela_session_get_n_lost (TelaSession *self);
/* Writes once more what was lost, over what won; or lets it be. It is in the list no more. */
void tela_session_apply_again (TelaSession *self, TelaOwnEdit *lost);
void tela_session_forget_lost (TelaSession *self, TelaOwnEdit *lost);
/* The canvas that ticks applies what came in (update phase), as much as a frame has time for; without one the session does it from a
 * timer after 50 ms. */
void tela_session_flush (TelaSession *self);
/* As if the feed had brought them: for what plays the others. */
void tela_session_receive (TelaSession *self, TelaElement *const *ops, gsize n);
/* Signals: "refused" (const char *message): told once; "tick-wanted": something waits for tela_session_flush();
 * "edited": something of one's own was finished; "edits-changed": what tela_session_list_edits_async() tells is another. */

G_END_DECLS
