/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-connection.h"
#include "realtime-socket.h"

G_BEGIN_DECLS

typedef struct _RealtimeAttempt RealtimeAttempt;

struct _RealtimeConnection
{
  RealtimeBatcher *batcher; /* borrowed; outlives the thread */
  RealtimeTimings  timings;
  GThread         *thread;
  GMainContext    *context; /* the thread's */
  GMainLoop       *loop;

  GMutex            lock; /* guards the next three */
  RealtimeCounters  counters;
  gsize             waiting;  /* bytes between realtime_connection_send() and libsoup */
  RealtimeRecorder *recorder; /* owned; nullable */

  /* Of the thread alone. */
  SoupSession     *session;
  RealtimeAttempt *attempt; /* the current one; borrowed: its callback frees it */
  RealtimeSocket  *socket;
  RealtimeProtocol protocol;   /* of the socket */
  guint            generation; /* of the attempt or the socket */
  gboolean         is_proven;
  gboolean         is_stopping;
  gboolean         is_aborting; /* no time for a closing handshake */
  guint            n_attempts;  /* that have not ended, the dropped ones too */
  GList           *retired;     /* of Retired */
  gboolean         has_ignored; /* and said so */
  guint            logged;      /* a bit for each cause of a malformed frame */
  RealtimeArena    arena;       /* for messages */
};

/* All of them on the connection's thread. */
void realtime_connection_open_in_thread (RealtimeConnection *self, guint generation, RealtimeEndpoint *endpoint);
void realtime_connection_close_in_thread (RealtimeConnection *self);
void realtime_connection_abort_in_thread (RealtimeConnection *self);
/* Ends the thread's loop when all that it waits for has ended. */
void realtime_connection_check_stopped (RealtimeConnection *self);
/* The socket is no longer usable. */
void realtime_connection_lose_socket (RealtimeConnection *self, const GError *error);
void realtime_connection_push (RealtimeConnection *self, RealtimeEventKind kind, guint64 ref);
void realtime_connection_record_sent (RealtimeConnection *self, gboolean is_text, GBytes *bytes);
void realtime_connection_take (RealtimeConnection *self, gboolean is_text, GBytes *bytes);

G_END_DECLS
