/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-subscription.h"

G_BEGIN_DECLS

#define REALTIME_TYPE_MANAGER (realtime_manager_get_type ())
G_DECLARE_FINAL_TYPE (RealtimeManager, realtime_manager, REALTIME, MANAGER, GObject)

/* The process's one connection (transfer none); made at the first call, freed by realtime_manager_shutdown_async(). */
RealtimeManager *realtime_manager_get_default (void);
RealtimeManager *realtime_manager_new (void); /* tests and load generators */

/* @url: http(s):// or ws(s):// base of the project, with or without /realtime/v1. Changing it moves the connection there and
 * rejoins every channel; it forgets the token of realtime_manager_set_token(), which was for the old server. @api_key: anon key. */
void realtime_manager_set_endpoint (RealtimeManager *self, const char *url, const char *api_key);

/* 2.0.0 unless this is called; before realtime_manager_connect(), or it moves the connection like another endpoint. */
void realtime_manager_set_protocol (RealtimeManager *self, RealtimeProtocol protocol);

/* Awaited before every connect and private join. Call realtime_manager_token_ready() with @request once, inside the function
 * or later: a token, or an error. REALTIME_ERROR_AUTHENTICATION_FAILED means that there is no session: not tried again until
 * the next realtime_manager_set_token() or realtime_manager_connect(). Any other error (the sign-in could not be reached) is
 * tried again by the backoff. Without a provider the token of realtime_manager_set_token() serves. */
typedef struct _RealtimeTokenRequest RealtimeTokenRequest;
typedef void (*RealtimeTokenFunc) (RealtimeTokenRequest *request, gpointer user_data);
void realtime_manager_set_token_provider (RealtimeManager *self, RealtimeTokenFunc func, gpointer user_data, GDestroyNotify destroy);
void realtime_manager_token_ready (RealtimeManager *self, RealtimeTokenRequest *request, const char *token, const GError *error);
/* A refreshed token: pushed to every joined private channel, and wakes those that were refused. NULL: signed out, so the private
 * channels are left. */
void realtime_manager_set_token (RealtimeManager *self, const char *token);

void realtime_manager_connect (RealtimeManager *self); /* start, or try again now */
/* Leaves every channel, closes, ends the thread. The manager is of no use afterwards; subscriptions stay, deaf. */
void     realtime_manager_shutdown_async (RealtimeManager *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean realtime_manager_shutdown_finish (RealtimeManager *self, GAsyncResult *result, GError **error);

/* @event: "*" hears all. The first subscriber of a topic joins it (with @options, NULL: none; later ones must agree on
 * is_private), the last one to go leaves it. (transfer full) */
RealtimeSubscription *realtime_manager_subscribe (RealtimeManager *self, const char *topic, const char *event, const RealtimeChannelOptions *options, RealtimePolicy policy);

/* @payload: a JSON object as text. Resolves at the ack where the channel has ack, else when handed to the socket. Not joined,
 * refused, timed out, offline: an error. */
void realtime_manager_broadcast_async (RealtimeManager *self, const char *topic, const char *event, const char *payload, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same with bytes instead of JSON. */
void     realtime_manager_broadcast_bytes_async (RealtimeManager *self, const char *topic, const char *event, GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean realtime_manager_broadcast_finish (RealtimeManager *self, GAsyncResult *result, GError **error);
/* Ephemeral: sent now if the topic is joined, else dropped (FALSE). */
gboolean realtime_manager_broadcast_now (RealtimeManager *self, const char *topic, const char *event, const char *payload);

/* A message that goes by an HTTP call. Strings are borrowed for the length of the call that takes them. */
typedef struct
{
  const char *topic; /* without "realtime:" */
  const char *event;
  const char *payload; /* a JSON object */
  GBytes     *bytes;   /* instead of the payload; only in a call of one message */
  gboolean    is_private;
} RealtimePost;
/* Needs no connection and no subscription; everybody on the topic gets it, oneself too. Several go together or, where one is
 * wrong, not at all; what is private and not allowed is dropped without a word unless it is alone. */
void     realtime_manager_post_async (RealtimeManager *self, const RealtimePost *posts, guint n_posts, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean realtime_manager_post_finish (RealtimeManager *self, GAsyncResult *result, GError **error);
/* As a broadcast where the topic is joined, else as a post. Ends with realtime_manager_post_finish(). */
void realtime_manager_send_async (RealtimeManager *self, const char *topic, const char *event, const char *payload, gboolean is_private, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

RealtimeConnectionState realtime_manager_get_connection_state (RealtimeManager *self);
const char             *realtime_manager_get_cause (RealtimeManager *self);      /* of that state, one English sentence */
const GError           *realtime_manager_get_last_error (RealtimeManager *self); /* NULL when connected */
gint64                  realtime_manager_get_retry_at (RealtimeManager *self);   /* g_get_monotonic_time() units; 0: none planned */

typedef struct
{
  guint64 messages_received, messages_sent, bytes_received, bytes_sent;
  guint64 reconnection_count, error_count, malformed_frames;
  guint64 ignored_frames; /* readable, but of a kind that nobody sends to clients */
  guint64 errors_by_type[REALTIME_N_ERRORS];
  guint64 batches, batched_events, largest_batch; /* what came, as it was handed over: at most once a frame */
  guint   active_channels;                        /* joined */
  guint   total_subscriptions;
  gint64  connection_uptime_us;                           /* 0 when not connected */
  double  average_reconnection_ms;                        /* from the loss of a connection to the first answer on the next; 0: none */
  double  average_latency_ms;                             /* of replies; 0 until the first */
  double  latency_p50_ms, latency_p95_ms, latency_p99_ms; /* of the last 256 replies */
} RealtimeMetrics;
/* Cheap enough for each frame. */
void realtime_manager_get_metrics (RealtimeManager *self, RealtimeMetrics *metrics);
/* All that is known, as one JSON object: connectionState, cause, since, retryAt, protocol, channels (topic, state,
 * subscriberCount, lastMessage, error, subscribers with event and addedAt), metrics, lastError, recentErrors (the last 32,
 * newest first) and history (of the state, the last 32 changes, newest first). Times are milliseconds since 1970, durations
 * milliseconds; no key, token or payload is in it. (transfer full) */
char *realtime_manager_get_debug_info (RealtimeManager *self);

/* Keeps each frame that goes or comes from now on as a line of JSON: at, way (in, out), size, kind, topic, event, payloadSize
 * and payload, with tokens, keys and passwords taken out. At most @max_bytes of them: older ones give way. */
void realtime_manager_start_recording (RealtimeManager *self, gsize max_bytes);
/* FALSE: nothing is recorded. */
gboolean realtime_manager_get_recording (RealtimeManager *self, guint *n_frames, guint64 *n_dropped);
/* (transfer full): the lines; NULL: nothing was recorded. */
GBytes *realtime_manager_stop_recording (RealtimeManager *self);

/* Properties: connection-state, cause, retry-at (notify). Signal "message::TOPIC" (RealtimeMessage). */

G_END_DECLS
