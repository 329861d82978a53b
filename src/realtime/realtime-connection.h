/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-batcher.h"
#include "realtime-endpoint.h"
#include "realtime-private.h"
#include "realtime-recorder.h"

G_BEGIN_DECLS

/* The thread that owns the socket. Each attempt has a generation number of the caller's; what is said of another one than
 * the newest is dropped on both sides. Functions are called on the owner's thread; what happens comes through the batcher. */
typedef struct _RealtimeConnection RealtimeConnection;

/* Replies that percentiles are made of. */
#define REALTIME_LATENCIES 256

typedef struct
{
  guint64 messages_received, messages_sent, bytes_received, bytes_sent;
  guint64 malformed_frames, ignored_frames;
  guint64 n_replies, latency_us;         /* sum over the replies */
  guint32 latencies[REALTIME_LATENCIES]; /* of the last ones, in microseconds; n_replies says where the next goes */
} RealtimeCounters;

RealtimeConnection *realtime_connection_new (RealtimeBatcher *batcher, const RealtimeTimings *timings);
/* Abandons what there was, politely. Then OPENED and PROVEN, and CLOSED at the end, once. */
void realtime_connection_open (RealtimeConnection *self, guint generation, RealtimeEndpoint *endpoint);
/* Closes with 1000 after all that was sent; no CLOSED comes. */
void realtime_connection_close (RealtimeConnection *self);
void realtime_connection_probe (RealtimeConnection *self, guint generation, guint deadline);
/* @frame: (transfer full). @confirm: a ref for SENT, or 0. */
void realtime_connection_send (RealtimeConnection *self, guint generation, GBytes *frame, gboolean is_text, guint64 confirm);
/* Bytes that wait to be handed to the socket. */
gsize realtime_connection_get_waiting (RealtimeConnection *self);
void  realtime_connection_add_latency (RealtimeConnection *self, gint64 latency_us);
void  realtime_connection_get_counters (RealtimeConnection *self, RealtimeCounters *counters);
/* What goes and comes from now on is added to it; NULL ends that. */
void realtime_connection_set_recorder (RealtimeConnection *self, RealtimeRecorder *recorder);
/* Closes, then STOPPED. */
void realtime_connection_stop (RealtimeConnection *self);
/* Ends the thread, without a closing handshake if it was not stopped before. */
void realtime_connection_free (RealtimeConnection *self);

G_END_DECLS
