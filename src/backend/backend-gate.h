/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"

G_BEGIN_DECLS

/* The doors of the server and who is in: it listens, counts, and turns away who does not say in time who he is. libsoup
 * gets a connection only once it was let in, over TLS only once hands are shaken. */
typedef struct
{
  guint  sockets;     /* WebSockets at a time */
  guint  connections; /* of any kind */
  guint  strangers;   /* among them: those that have not shown a key yet */
  gint64 stranger_us; /* so long may they take for it */
  gint64 idle_us;     /* between two requests of a connection */
  gint64 request_us;  /* for one request and its answer */
} TelaGateLimits;

TelaGate *tela_gate_new (TelaCore *core);
void      tela_gate_free (TelaGate *self); /* after libsoup has let go of every connection */
/* Listens; with a certificate over TLS. A door that is shared can be shut again. Returns the port; 0: error. */
guint tela_gate_listen (TelaGate *self, GSocketAddress *address, GTlsCertificate *certificate, GError **error);
/* No shared door is open any more, and who came in by one is shown out. */
void  tela_gate_shut (TelaGate *self);
void  tela_gate_drain (TelaGate *self); /* nobody new */
guint tela_gate_count (TelaGate *self, gboolean strangers);
/* Who sent this has shown a key that is good, or has done so with a message that is now a WebSocket. */
void     tela_gate_know (TelaGate *self, SoupServerMessage *msg);
gboolean tela_gate_knows (TelaGate *self, SoupServerMessage *msg);
gboolean tela_gate_is_shared (TelaGate *self, SoupServerMessage *msg); /* came in by a shared door */
int      tela_gate_upgrade (TelaGate *self, SoupServerMessage *msg);   /* its socket; -1: gone */
void     tela_gate_set_limits (TelaGate *self, const TelaGateLimits *limits);

const TelaGateLimits *tela_gate_get_limits (TelaGate *self);

/* Of tela-backend.c, for tests. */
void tela_backend_set_gate_limits (TelaBackend *self, const TelaGateLimits *limits);

G_END_DECLS
