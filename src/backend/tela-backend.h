/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The embedded backend: SoupServer and SQLite on a thread of its own, speaking what Supabase speaks. Public functions on any one thread; start and
 * stop wait for the backend's thread. */
#define TELA_TYPE_BACKEND (tela_backend_get_type ())
G_DECLARE_FINAL_TYPE (TelaBackend, tela_backend, TELA, BACKEND, GObject)

typedef struct
{
  const char *data_dir; /* DATA/server: backend.db, assets/, keys.json (0600: secret, port, owner) */
  const char *listen;   /* "HOST:PORT"; NULL: 127.0.0.1 and the remembered port, or a free one */
  gboolean    limits;   /* Supabase's limits on; off by default */
} TelaBackendConfig;

/* Opens the data and listens; ready when it returns. The caller holds the lock of the directory (src/host). */
TelaBackend *tela_backend_start (const TelaBackendConfig *config, GError **error);
void         tela_backend_stop (TelaBackend *self);    /* drains: system message, close 1012; idempotent */
const char  *tela_backend_get_url (TelaBackend *self); /* http://127.0.0.1:PORT */
const char  *tela_backend_get_anon_key (TelaBackend *self);
const char  *tela_backend_get_service_key (TelaBackend *self);
/* Session of the permanent local owner, as GoTrue's JSON: access_token, refresh_token, expires_at, user{id}. (transfer full) */
char *tela_backend_new_owner_session (TelaBackend *self, GError **error);

G_END_DECLS
