/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "fault-proxy.h"
#include "tela-backend.h"
#include "tela-workspace-private.h"

G_BEGIN_DECLS

/* A backend in a directory of its own. */
typedef struct
{
  char        *dir;
  TelaBackend *backend;
  gboolean     limits; /* Supabase's, from the next start */
} Server;

/* One replica of one user, with a network of its own to break. */
typedef struct
{
  Server          *server;
  char            *dir;
  gboolean         is_owner;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session; /* NULL: no board is open */
  FaultProxy      *proxy;
  gint64           skew_ms; /* of its wall clock */
  guint            n_refused;
  char            *refused; /* the last message */
} Peer;

void server_set_up (Server *server, gconstpointer data);
void server_tear_down (Server *server, gconstpointer data);
void server_stop (Server *server);
void server_run_sql (Server *server, const char *sql); /* in its database */
void server_start (Server *server);

/* @is_owner: the backend's own user, as every process of one computer is; else an anonymous one. Not connected yet. */
Peer *peer_new (Server *server, gboolean is_owner);
void  peer_free (Peer *peer);
void  peer_connect (Peer *peer, gboolean is_local);
void  peer_open (Peer *peer, const char *id);
void  peer_close (Peer *peer); /* the board */
/* Ends the process, so to speak, and starts it again on the same replica. */
void peer_restart (Peer *peer);
/* The same, but it is killed: on the disk is what was committed, and nothing is put in order. */
void  peer_crash (Peer *peer);
void  peer_drain (Peer *peer);
char *peer_dump (Peer *peer);
/* Through the REST interface, as that user. */
void peer_rest (Peer *peer, const char *method, const char *path, const char *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)

/* A board of @peer's, open, on the server. (transfer full) */
char *make_board (Peer *peer);
void  assert_same (Peer *a, Peer *b);

TelaElement *op_new (const char *id, const char *json); /* {"x":1,…} */
void         edit (Peer *peer, const char *id, const char *json);
double       number_of (Peer *peer, const char *id, TelaKey key); /* as shown; NAN if there is none */

/* Iterates the main context until the condition holds; fails the test after a minute. */
#define wait_until(condition)                                                     \
  G_STMT_START                                                                    \
  {                                                                               \
    gint64 deadline_ = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;             \
    while (!(condition))                                                          \
      if (!wait_step (deadline_))                                                 \
        g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition); \
  }                                                                               \
  G_STMT_END
gboolean wait_step (gint64 deadline);
/* Lets the main context run for a while that must pass without an event. */
void wait_ms (guint ms);

G_END_DECLS
