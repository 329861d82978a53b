/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-manager.h"
#include "tela-project.h"
#include "tela-session.h"
#include "tela-assets.h"

G_BEGIN_DECLS

/* One process's account on one backend: store, REST, session, boards. Main thread. One per process. */
#define TELA_TYPE_WORKSPACE (tela_workspace_get_type ())
G_DECLARE_FINAL_TYPE (TelaWorkspace, tela_workspace, TELA, WORKSPACE, GObject)

/* @session_json: of the local owner, or NULL: sign in, anonymously where no account is set (the session is kept in the store and refreshed). */
TelaWorkspace *tela_workspace_new (TelaStore *store, RealtimeManager *realtime);
/* Before the endpoint: who one is there. NULL: nobody known. @password: for one sign-in; NULL: the session that is kept has to do. */
void tela_workspace_set_account (TelaWorkspace *self, const char *email, const char *password);
/* Before the endpoint. What is signed in to without a given session is kept below @dir, where each process that says so is the same
 * user; without this, in the store. */
void        tela_workspace_set_sign_in_dir (TelaWorkspace *self, const char *dir);
void        tela_workspace_set_endpoint (TelaWorkspace *self, const char *url, const char *key, const char *session_json, gboolean is_local);
const char *tela_workspace_get_user_id (TelaWorkspace *self);  /* NULL before the first sign-in */
GListModel *tela_workspace_get_projects (TelaWorkspace *self); /* of TelaProject, newest first; live */
GListModel *tela_workspace_get_trash (TelaWorkspace *self);    /* the same, of one's own that are to be gone 30 days after their deletion */
/* Works offline: the board is there at once, under an id of its own. (transfer full) id */
char *tela_workspace_create (TelaWorkspace *self, const char *name);
void  tela_workspace_rename (TelaWorkspace *self, const char *project_id, const char *name);
/* Works offline, too. Its members lose it, and have it again. */
void tela_workspace_trash (TelaWorkspace *self, const char *project_id);
void tela_workspace_restore (TelaWorkspace *self, const char *project_id);
/* For good. */
void     tela_workspace_remove_async (TelaWorkspace *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_workspace_remove_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
void     tela_workspace_refresh_async (TelaWorkspace *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_workspace_refresh_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
/* A picture of the board for the lists of its members, a PNG: kept, and told to the server if it is another than before. Works
 * offline, and does nothing for who may not edit the board. */
void tela_workspace_set_thumbnail (TelaWorkspace *self, const char *project_id, GBytes *png);
/* The one that @project has now: of this computer, else from the server, and then kept. */
void    tela_workspace_get_thumbnail_async (TelaWorkspace *self, TelaProject *project, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *tela_workspace_get_thumbnail_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
/* The one session of that board, loaded from the store when it finishes; then it catches up by itself. (transfer full) */
void         tela_workspace_open_async (TelaWorkspace *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaSession *tela_workspace_open_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
/* Pushes what another replica of this user still holds in its outboxes, then closes it. Its lock must be held until close. */
void             tela_workspace_adopt_replica (TelaWorkspace *self, const char *dir);
RealtimeManager *tela_workspace_get_realtime (TelaWorkspace *self);
TelaStore       *tela_workspace_get_store (TelaWorkspace *self);
TelaAssets      *tela_workspace_get_assets (TelaWorkspace *self);
TelaRemote      *tela_workspace_get_remote (TelaWorkspace *self);
GPtrArray       *tela_workspace_list_sessions (TelaWorkspace *self);        /* the open boards. (transfer full)(element-type TelaSession) */
guint            tela_workspace_count_closed_waiting (TelaWorkspace *self); /* boards that are not open and have not sent all */
/* Something is still to come that a drain waits for. */
void tela_workspace_hold (TelaWorkspace *self);
void tela_workspace_release (TelaWorkspace *self);
/* Waits until every outbox is empty (or cancelled). */
void     tela_workspace_drain_async (TelaWorkspace *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_workspace_drain_finish (TelaWorkspace *self, GAsyncResult *result, GError **error);
void     tela_workspace_close (TelaWorkspace *self); /* ends subscriptions and requests; idempotent */
/* Signals: "endpoint-lost": the connection broke (the application asks the host to check); "signed-in": the user is known, and may be
 * another one than before; "sign-in-refused" (const char *): the account that was set is not let in. */

G_END_DECLS
