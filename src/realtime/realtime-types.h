/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The one WebSocket of a process. Public functions on the thread that made the manager (the main thread) only; socket,
 * heartbeat and codec run on a thread of the manager's own. No signal and no callback runs inside the call that caused
 * it. Speaks the protocols 2.0.0 and 1.0.0 of Supabase Realtime. */

#define REALTIME_ERROR (realtime_error_quark ())
GQuark realtime_error_quark (void);

typedef enum
{
  REALTIME_ERROR_CONNECTION_FAILED,     /* refused or closed socket */
  REALTIME_ERROR_AUTHENTICATION_FAILED, /* 401, 403, no session, token refused */
  REALTIME_ERROR_SUBSCRIPTION_FAILED,   /* a join was refused */
  REALTIME_ERROR_CHANNEL_ERROR,         /* phx_error, a system error, a limit */
  REALTIME_ERROR_TIMEOUT,
  REALTIME_ERROR_NETWORK_ERROR, /* no route, no name, offline */
} RealtimeError;
#define REALTIME_N_ERRORS (REALTIME_ERROR_NETWORK_ERROR + 1)

typedef enum
{
  REALTIME_CONNECTION_DISCONNECTED, /* not started, shut down, or at rest: no channel for 50 s on a far server */
  REALTIME_CONNECTION_CONNECTING,   /* the first try */
  REALTIME_CONNECTION_CONNECTED,    /* open, and one reply heard */
  REALTIME_CONNECTION_RECONNECTING, /* had been connected */
  REALTIME_CONNECTION_ERROR,        /* six failures, or one that needs the user; see retry-at */
} RealtimeConnectionState;
#define REALTIME_TYPE_CONNECTION_STATE (realtime_connection_state_get_type ())
GType realtime_connection_state_get_type (void);

typedef enum
{
  REALTIME_CHANNEL_IDLE,
  REALTIME_CHANNEL_SUBSCRIBING,
  REALTIME_CHANNEL_SUBSCRIBED,
  REALTIME_CHANNEL_ERROR_STATE,
  REALTIME_CHANNEL_CLOSED,
} RealtimeChannelState;
#define REALTIME_TYPE_CHANNEL_STATE (realtime_channel_state_get_type ())
GType realtime_channel_state_get_type (void);

/* The wire's dialects. In the older one nothing binary comes or goes. */
typedef enum
{
  REALTIME_PROTOCOL_2_0_0,
  REALTIME_PROTOCOL_1_0_0,
} RealtimeProtocol;

/* What becomes of messages of one (topic, event) that wait for the same batch. */
typedef enum
{
  REALTIME_KEEP_ALL,
  REALTIME_KEEP_LATEST,
} RealtimePolicy;

typedef struct
{
  gboolean is_private;
  gboolean ack;  /* broadcasts are answered */
  gboolean self; /* own broadcasts come back */

  const char *presence_key; /* who one is in the presence of the topic; NULL: the server makes somebody up */
  /* Private topics only: what the database sent since then (milliseconds since 1970; 0: nothing) comes again after the
   * join, the newest replay_limit of them (0 or more than 25: 25), oldest first, each message once. After a reconnection it goes on
   * from the last message that was heard. */
  gint64 replay_since;
  guint  replay_limit;
} RealtimeChannelOptions;

/* A received broadcast. Immutable, counted, boxed. Not to be kept for long: it shares its memory with its neighbours. */
typedef struct
{
  /*< private >*/
  gatomicrefcount refs;
  gpointer        block;
  gsize           size;

  /*< public >*/
  const char *topic; /* sub-topic, without "realtime:"; interned */
  const char *event;
  const char *payload; /* JSON text when is_json, else raw bytes; a NUL that does not count follows */
  gsize       payload_len;
  gboolean    is_json;
  gint64      received; /* monotonic microseconds */
  const char *id;       /* of what came from a database, else NULL */
  gboolean    is_replayed;
} RealtimeMessage;
#define REALTIME_TYPE_MESSAGE (realtime_message_get_type ())
GType            realtime_message_get_type (void);
RealtimeMessage *realtime_message_ref (RealtimeMessage *self);
void             realtime_message_unref (RealtimeMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeMessage, realtime_message_unref)

G_END_DECLS
