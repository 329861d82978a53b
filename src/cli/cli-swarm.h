/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Very many bare WebSockets in one thread, for generating load: they speak protocol 2.0.0 and keep nothing. */
typedef struct _CliSwarm CliSwarm;

/* A whole message that member @i got; replies to joins are counted by the swarm itself and not told. */
typedef void (*CliSwarmFunc) (CliSwarm *swarm, guint i, gboolean binary, const char *data, gsize len, gpointer user_data);

/* @url: http://HOST:PORT; not over TLS. */
CliSwarm *cli_swarm_new (const char *url, const char *key, CliSwarmFunc func, gpointer user_data, GError **error);
void      cli_swarm_free (CliSwarm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliSwarm, cli_swarm_free)

/* (sync) @n more members. */
gboolean cli_swarm_connect (CliSwarm *self, guint n, GError **error);
/* (sync) Every member joins. @token: NULL for a public topic. */
gboolean cli_swarm_join (CliSwarm *self, const char *topic, const char *token, GError **error);
void     cli_swarm_send (CliSwarm *self, guint i, gboolean binary, const char *data, gsize len);
/* A broadcast (kind 3); so that the receiver can tell, the payload is JSON text. */
void  cli_swarm_broadcast (CliSwarm *self, guint i, const char *topic, const char *event, const char *payload);
void  cli_swarm_run (CliSwarm *self, gint64 wait_us); /* until something came, or so long */
guint cli_swarm_count (CliSwarm *self);               /* members that are still connected */
gsize cli_swarm_get_queued (CliSwarm *self, guint i); /* bytes that member still has to send */

/* (sync) One request on a connection of its own to the same server; the status, 0: none. @answer may be NULL. */
guint cli_swarm_http (CliSwarm *self, const char *method, const char *path, const char *token, const char *body, char **answer);

G_END_DECLS
