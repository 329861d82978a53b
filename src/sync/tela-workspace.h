/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-store.h"
#include "realtime-manager.h"

G_BEGIN_DECLS

/* One process's account on one backend: store, REST, session, boards. Main thread. One per process. */
#define TELA_TYPE_WORKSPACE (tela_workspace_get_type ())
G_DECLARE_FINAL_TYPE (TelaWorkspace, tela_workspace, TELA, WORKSPACE, GObject)
/* One open board, shared by all its windows; made by the workspace. */
#define TELA_TYPE_SESSION (tela_session_get_type ())
G_DECLARE_FINAL_TYPE (TelaSession, tela_session, TELA, SESSION, GObject)
/* A board in the list: properties id, name, role, updated-at. */
#define TELA_TYPE_PROJECT (tela_project_get_type ())
G_DECLARE_FINAL_TYPE (TelaProject, tela_project, TELA, PROJECT, GObject)

const char *tela_project_get_id   (TelaProject *self);
const char *tela_project_get_name (TelaProject *self);
const char *tela_project_get_role (TelaProject *self); /* owner, editor, viewer */

/* @session_json: of the local owner, or NULL: sign in anonymously (the session is kept in the store and refreshed). */
TelaWorkspace *tela_workspace_new          (TelaStore *store, RealtimeManager *realtime);
void           tela_workspace_set_endpoint (TelaWorkspace *self, const char *url, const char *key, const char *session_json, gboolean is_local);
const char    *tela_workspace_get_user_id  (TelaWorkspace *self); /* NULL before the first sign-in */
GListModel    *tela_workspace_get_projects (TelaWorkspace *self); /* of TelaProject, newest first; live */
/* Works offline: the board is there at once, under an id of its own. (transfer full) id */
char          *tela_workspace_create       (TelaWorkspace *self, const char *name);
void           tela_workspace_rename       (TelaWorkspace *self, const char *project_id, const char *name);
void           tela_workspace_remove_async (TelaWorkspace *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       tela_workspace_remove_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
void           tela_workspace_refresh_async (TelaWorkspace *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       tela_workspace_refresh_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
/* The one session of that board, loaded from the store when it finishes; then it catches up by itself. (transfer full) */
void           tela_workspace_open_async   (TelaWorkspace *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaSession   *tela_workspace_open_finish  (TelaWorkspace *self, GAsyncResult *result, GError **error);
/* Pushes what the store still holds for boards that are not open, and for @idle replicas. */
void           tela_workspace_adopt_replica (TelaWorkspace *self, const char *dir);
RealtimeManager *tela_workspace_get_realtime (TelaWorkspace *self);
TelaStore       *tela_workspace_get_store    (TelaWorkspace *self);
/* Waits until every outbox is empty (or cancelled). */
void           tela_workspace_drain_async  (TelaWorkspace *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean       tela_workspace_drain_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
void           tela_workspace_close        (TelaWorkspace *self); /* ends subscriptions and requests; idempotent */
/* Signals: "endpoint-lost": the connection broke (the application asks the host to check). */

typedef enum
{
  TELA_SYNC_SAVED,   /* on disk, and confirmed where the backend is not this computer */
  TELA_SYNC_SAVING,  /* since more than 1 s */
  TELA_SYNC_WAITING, /* N gestures wait for the network */
  TELA_SYNC_OFFLINE, /* nothing waits, but there is no connection */
  TELA_SYNC_PAUSED,  /* the store failed: editing is paused */
} TelaSyncState;

TelaBoard    *tela_session_get_board   (TelaSession *self);
const char   *tela_session_get_role    (TelaSession *self);
TelaSyncState tela_session_get_state   (TelaSession *self, guint *n_waiting); /* property "state", notify */
gboolean      tela_session_can_edit    (TelaSession *self);
gboolean      tela_session_is_live     (TelaSession *self); /* joined and caught up */
const GError *tela_session_get_problem (TelaSession *self); /* why editing is paused; NULL */

/* A gesture: what one hand is doing. Updates are shown at once everywhere (veil; broadcast on live:); the end makes one operation per
 * element at one stamp, one transaction, one undo step; cancel leaves nothing. Several may run at once. */
typedef struct _TelaGesture TelaGesture;
TelaGesture  *tela_session_begin       (TelaSession *self);
/* Sets properties (stamps ignored) of these elements; properties said before stay unless said again. */
void          tela_gesture_update      (TelaGesture *gesture, TelaElement *const *ops, gsize n);
/* For ink and text under way: also kept as a draft against a crash. */
void          tela_gesture_set_draft   (TelaGesture *gesture, gboolean draft);
void          tela_gesture_end         (TelaGesture *gesture);  /* frees it */
void          tela_gesture_cancel      (TelaGesture *gesture);  /* frees it */
/* A whole edit at once: begin, update, end. */
void          tela_session_edit        (TelaSession *self, TelaElement *const *ops, gsize n);
/* For imports and tools: as one edit; callback when durable on disk. @undoable: one undo step. */
void          tela_session_edit_async  (TelaSession *self, TelaElement *const *ops, gsize n, gboolean undoable, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean      tela_session_edit_finish (TelaSession *self, GAsyncResult *result, GError **error);
void          tela_session_drain_async (TelaSession *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data); /* outbox empty and caught up */
gboolean      tela_session_drain_finish (TelaSession *self, GAsyncResult *result, GError **error);
TelaStamp     tela_session_next_stamp  (TelaSession *self);
/* FALSE: nothing to do. *skipped: properties left alone because somebody has written since. Properties can-undo, can-redo (notify). */
gboolean      tela_session_undo        (TelaSession *self, guint *skipped);
gboolean      tela_session_redo        (TelaSession *self, guint *skipped);
gboolean      tela_session_can_undo    (TelaSession *self);
gboolean      tela_session_can_redo    (TelaSession *self);
/* The canvas that ticks applies what came in (update phase); without one the session does it from a timer after 50 ms. */
void          tela_session_flush       (TelaSession *self);
/* Signals: "refused" (const char *message): told once; "tick-wanted": something waits for tela_session_flush(). */

G_END_DECLS
