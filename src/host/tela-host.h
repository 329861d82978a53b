/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who serves and who connects on this machine (sync.md 8). */
#define TELA_TYPE_HOST (tela_host_get_type ())
G_DECLARE_FINAL_TYPE (TelaHost, tela_host, TELA, HOST, GObject)

/* (sync) Takes the lowest free replica of @data_dir; hosts the backend if nobody does, else reads endpoint.json. With @url: no hosting, a
 * replica under @data_dir all the same, endpoint = @url, @key; @key NULL: a host that an invite let
 * us in to, whose replicas are apart, under @data_dir/joined. Errors are of G_IO_ERROR (PERMISSION_DENIED, READ_ONLY, …) or the backend's. */
TelaHost *tela_host_new (const char *data_dir, const char *url, const char *key, GError **error);
/* (sync) Hosts, or fails if somebody else does (tela-cli serve). No replica. @listen "HOST:PORT" or NULL; @limits: Supabase's. */
TelaHost   *tela_host_serve (const char *data_dir, const char *listen, gboolean limits, GError **error);
char       *tela_host_dup_endpoint_path (TelaHost *self);
const char *tela_host_get_service_key (TelaHost *self); /* NULL unless hosting */
const char *tela_host_get_url (TelaHost *self);
const char *tela_host_get_key (TelaHost *self);
const char *tela_host_get_replica_dir (TelaHost *self);
gboolean    tela_host_is_hosting (TelaHost *self);
gboolean    tela_host_is_remote (TelaHost *self); /* --url */
/* A session of the local owner as JSON (as GoTrue gives it), for the present host; NULL for a remote backend. Its refresh token stays good,
 * whoever hosts. (transfer full) */
char *tela_host_dup_session (TelaHost *self);
/* Connection lost: returns at once and looks for up to 5 s until the lock is free, and then takes over, or whoever holds it answers. Emits
 * "endpoint-changed" if url, key or session changed; a host that came back as it was changes nothing. May be called at any time. */
void tela_host_check (TelaHost *self);
/* Other replicas of this directory that nobody uses: paths, for pushing what is left in their outboxes. Locks are held until the host goes.
 * For the host at start and when is-hosting is notified; for whoever is connected, so that it is sent at once, at "replicas-due".
 * (transfer full)(element-type filename) */
GPtrArray *tela_host_claim_idle_replicas (TelaHost *self);
void       tela_host_close (TelaHost *self);  /* drains the backend, frees the locks; idempotent */
char      *tela_host_default_data_dir (void); /* XDG data /tela */

/* Signals "endpoint-changed", "replicas-due". Property is-hosting. */

G_END_DECLS
