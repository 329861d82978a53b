/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-http.h"
#include "tela-store.h"

G_BEGIN_DECLS

/* The session of one user on one backend: signs in where none is given, refreshes (one at a time), and keeps the new pair
 * before it is used: in the store, or in a file that all processes of the user have. */
#define TELA_TYPE_AUTH (tela_auth_get_type ())
G_DECLARE_FINAL_TYPE (TelaAuth, tela_auth, TELA, AUTH, GObject)

TelaAuth *tela_auth_new (SoupSession *soup, TelaStore *store);
/* Whose session is made where none is kept: NULL: a new anonymous user's. @password serves one sign-in; NULL: only a kept session will do.
 * Before the endpoint. */
void tela_auth_set_account (TelaAuth *self, const char *email, const char *password);
/* From the next endpoint on, sessions of our own are kept in @dir, for all processes that say so. */
void tela_auth_set_dir (TelaAuth *self, const char *dir);
/* @session_json: given by the host, which gives another when this one fails; NULL: our own, kept in the note @note. */
void        tela_auth_set_endpoint (TelaAuth *self, const char *url, const char *key, const char *session_json, const char *note);
void        tela_auth_close (TelaAuth *self);       /* idempotent */
const char *tela_auth_get_user_id (TelaAuth *self); /* NULL: not known yet */
/* A token that still lives for a minute. @stale: one that a server has just refused (NULL: none). (transfer full) */
void  tela_auth_token_async (TelaAuth *self, const char *stale, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *tela_auth_token_finish (TelaAuth *self, GAsyncResult *result, GError **error);

/* Signals: "token" (const char *): a new one; "signed-out": the server took the given session away. */

G_END_DECLS
