/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-manager.h"
#include "tela-json.h"
#include "tela-pick.h"

G_BEGIN_DECLS

/* What the wire calls a sub-topic. */
#define REALTIME_TOPIC_PREFIX "realtime:"
/* Sizes in binary frames are one byte. */
#define REALTIME_NAME_MAX 255
/* The server's own limit of a frame; a greater one that reaches us is dropped. */
#define REALTIME_FRAME_MAX 5000000
/* libsoup closes the socket above this, so it is far above the limit that we survive. */
#define REALTIME_INCOMING_MAX (16 * 1024 * 1024)
/* What may wait to be written before a broadcast is refused, and before an ephemeral one is dropped. */
#define REALTIME_SEND_MAX (16 * 1024 * 1024)
#define REALTIME_SEND_EPHEMERAL_MAX (256 * 1024)
/* What may wait for the application; above it the socket is given up, since each rejoin catches up anyway. */
#define REALTIME_RECEIVE_MAX (64 * 1024 * 1024)
/* A server far away takes a hundred joins a second of all its clients: ours come from a bucket of so many, filled again by
 * one in so many microseconds. */
#define REALTIME_JOIN_INTERVAL (100 * 1000)
#define REALTIME_JOIN_BURST 50
/* The server takes a hundred channels of a socket. */
#define REALTIME_CHANNELS_MAX 95
/* A token that ends within so many seconds is not worth a join. */
#define REALTIME_TOKEN_LIFE_MIN 60
/* Presence calls in a window; the server closes the channel at the sixth. */
#define REALTIME_PRESENCE_CALLS 4
/* Failures in a row before the connection's state is an error. */
#define REALTIME_FAILURES_MAX 6

/* Public functions are for the thread that made the manager, or the debouncer, alone, and begin with this. */
#define realtime_is_owner(owned) ((owned)->owner == g_thread_self ())
#define realtime_check_thread(owned) g_return_if_fail (realtime_is_owner (owned))
#define realtime_check_thread_val(owned, value) g_return_val_if_fail (realtime_is_owner (owned), value)
/* The same for what outlives its manager, which is NULL then. */
#define realtime_check_manager(manager) g_return_if_fail ((manager) == NULL || realtime_is_owner (manager))
#define realtime_check_manager_val(manager, value) \
  g_return_val_if_fail ((manager) == NULL || realtime_is_owner (manager), value)

/* Milliseconds. Only tests use others than the defaults. */
typedef struct
{
  guint frame;     /* between two batches */
  guint connect;   /* until the socket is open */
  guint heartbeat; /* interval, ± a tenth */
  guint deadline;  /* of a heartbeat's reply */
  guint probe;     /* the same after a network change or a resume */
  guint join;      /* a refused join is answered after 5 s, several may stand before ours */
  guint leave;
  guint reply;    /* of a broadcast */
  guint token;    /* of the token provider */
  guint idle;     /* without a channel, before the connection to a far server rests */
  guint close;    /* of a closing handshake */
  guint settle;   /* a socket or channel that lived so long starts with a fresh backoff */
  guint retry;    /* the unit of the backoff */
  guint limit;    /* the first wait after a limit was hit */
  guint refused;  /* about, before a server that refused the socket for good is asked again */
  guint presence; /* the window in which the server counts presence calls */
} RealtimeTimings;

extern const RealtimeTimings realtime_default_timings;

RealtimeManager *realtime_manager_new_with_timings (const RealtimeTimings *timings);
/* The network changed or the machine woke up: try now, or probe. */
void realtime_manager_wake (RealtimeManager *self);

/* Seconds of life that @token has at @now (seconds since 1970); G_MAXINT64 if it does not say. It is not verified. */
gint64 realtime_token_get_life (const char *token, gint64 now);

/* Both may be NULL. */
gboolean realtime_error_equal (const GError *a, const GError *b);

GSource *realtime_timer_new (GMainContext *context, guint interval, GSourceFunc func, gpointer data);
void     realtime_clear_source (GSource **source);

G_END_DECLS
