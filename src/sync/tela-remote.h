/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-auth.h"
#include "tela-http.h"
#include "tela-reply.h"

G_BEGIN_DECLS

/* The backend's tables, functions and files over HTTP, as one user. Asynchronous, on the main context. Errors: cancelled, or
 * TELA_REMOTE_ERROR. A 401 is answered by one refresh and one more try. */
#define TELA_TYPE_REMOTE (tela_remote_get_type ())
G_DECLARE_FINAL_TYPE (TelaRemote, tela_remote, TELA, REMOTE, GObject)

/* Milliseconds since 1970 by this computer's clock, however wrong. */
typedef gint64 (*TelaWallClock) (gpointer user_data);

TelaRemote *tela_remote_new (TelaStore *store);
void        tela_remote_set_account (TelaRemote *self, const char *email, const char *password); /* as tela_auth_set_account() */
/* Before the endpoint: sessions of our own are those of all processes that say so (tela_auth_set_dir()). */
void tela_remote_set_sign_in_dir (TelaRemote *self, const char *dir);
/* Requests to the old endpoint end as network errors. @scope: names what the store keeps for this backend. */
void   tela_remote_set_endpoint (TelaRemote *self, const char *url, const char *key, const char *session_json, const char *scope);
void   tela_remote_close (TelaRemote *self);                                                  /* idempotent */
void   tela_remote_set_wall_clock (TelaRemote *self, TelaWallClock func, gpointer user_data); /* tests */
gint64 tela_remote_get_wall_ms (TelaRemote *self);
/* Server's clock minus ours; FALSE before any answer told it. */
gboolean    tela_remote_get_offset (TelaRemote *self, gint64 *offset_ms);
gboolean    tela_remote_has_endpoint (TelaRemote *self);
const char *tela_remote_get_user_id (TelaRemote *self); /* NULL: not signed in yet */
void        tela_remote_token_async (TelaRemote *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char       *tela_remote_token_finish (TelaRemote *self, GAsyncResult *result, GError **error);

void      tela_remote_push_async (TelaRemote *self, const char *project_id, TelaElement *const *ops, gsize n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaHead *tela_remote_push_finish (TelaRemote *self, GAsyncResult *result, GError **error);
void      tela_remote_head_async (TelaRemote *self, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaHead *tela_remote_head_finish (TelaRemote *self, GAsyncResult *result, GError **error);
/* Rows after (@rev, @id), tombstones included; @id NULL: every row above @rev. */
#define TELA_REMOTE_PAGE_ROWS 1000
void      tela_remote_page_async (TelaRemote *self, const char *project_id, gint64 rev, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaPage *tela_remote_page_finish (TelaRemote *self, GAsyncResult *result, GError **error);

void       tela_remote_projects_async (TelaRemote *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_remote_projects_finish (TelaRemote *self, GAsyncResult *result, GError **error); /* TelaProjectRow, without role */
void       tela_remote_roles_async (TelaRemote *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_remote_roles_finish (TelaRemote *self, GAsyncResult *result, GError **error); /* TelaProjectRow with id and role */
/* Twice does no harm. */
void tela_remote_insert_project_async (TelaRemote *self, const char *id, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void tela_remote_rename_project_async (TelaRemote *self, const char *id, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void tela_remote_trash_project_async (TelaRemote *self, const char *id, gint64 deleted_ms, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data); /* 0: out of it again */
void tela_remote_delete_project_async (TelaRemote *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void tela_remote_put_asset_async (TelaRemote *self, const char *sha256, GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The picture itself, and its name in the board's row. */
void     tela_remote_put_thumbnail_async (TelaRemote *self, const char *project_id, GBytes *png, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void     tela_remote_name_thumbnail_async (TelaRemote *self, const char *project_id, const char *sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_remote_done_finish (TelaRemote *self, GAsyncResult *result, GError **error); /* of these */
void     tela_remote_get_asset_async (TelaRemote *self, const char *sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void     tela_remote_get_thumbnail_async (TelaRemote *self, const char *project_id, const char *sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes  *tela_remote_get_asset_finish (TelaRemote *self, GAsyncResult *result, GError **error); /* of both */

/* Signals: "token" (const char *): a new access token; "signed-out": the session that was given has ended; "offset": it was measured anew. */

G_END_DECLS
