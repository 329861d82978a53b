/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "realtime-private.h"

G_BEGIN_DECLS

/* One open WebSocket: frames in and out, the heartbeat. Lives on the connection's thread, in its thread-default context,
 * and calls back there. */
typedef struct _RealtimeSocket RealtimeSocket;

typedef struct
{
  /* A frame, @is_text or binary; (transfer none). */
  void (*received) (gboolean is_text, GBytes *frame, gpointer user_data);
  /* A frame that was handed to the system, heartbeats too; (transfer none). */
  void (*written) (gboolean is_text, GBytes *frame, gpointer user_data);
  /* A frame that was sent with a ref to confirm has been handed to the system. */
  void (*sent) (guint64 ref, gpointer user_data);
  /* Of realtime_socket_send(), once for each frame that no longer waits. */
  void (*released) (gsize n_bytes, gboolean is_sent, gpointer user_data);
  /* The last call: it closed, or the heartbeat was not answered. The handler frees the socket. */
  void (*closed) (const GError *error, gpointer user_data);
} RealtimeSocketFuncs;

/* @ws: (transfer full): open. Sends a heartbeat at once, so that the server is known to answer. */
RealtimeSocket *realtime_socket_new (SoupWebsocketConnection *ws, RealtimeProtocol protocol, const RealtimeTimings *timings, const RealtimeSocketFuncs *funcs, gpointer user_data);
/* Drops what waits to be sent. (transfer full): the WebSocket, without our handlers. */
SoupWebsocketConnection *realtime_socket_free (RealtimeSocket *self);

/* @confirm: a ref, or 0. */
void realtime_socket_send (RealtimeSocket *self, GBytes *frame, gboolean is_text, guint64 confirm);
/* Hands over all that waits, before a close. */
void realtime_socket_flush (RealtimeSocket *self);
/* A heartbeat now, to be answered within @deadline ms. */
void realtime_socket_probe (RealtimeSocket *self, guint deadline);
/* TRUE if @ref is of the heartbeat, which it answers; then @latency_us is set. */
gboolean realtime_socket_heartbeat_answered (RealtimeSocket *self, guint64 ref, gint64 *latency_us);

G_END_DECLS
