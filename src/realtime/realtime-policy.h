/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How a call that is made once is tried again. The connection has a backoff of its own and needs none of this. */
typedef struct
{
  guint  max_retries; /* after the first try */
  guint  base_ms;     /* before the first retry */
  guint  max_ms;
  double multiplier;
  double jitter; /* 0.5: each wait is up to half of it shorter or longer, so that clients spread */
} RealtimeRetryPolicy;

/* 3 retries after 1, 2 and 4 s, at most 30 s, jitter 0.5. */
extern const RealtimeRetryPolicy realtime_default_retry_policy;

/* Pure. @retry: from 0. @random: in [0, 1), from the caller. Milliseconds. */
guint realtime_retry_policy_get_delay (const RealtimeRetryPolicy *policy, guint retry, double random);
/* Whether the same may succeed a moment later: the connection or the network failed, or a timer ran out. */
gboolean realtime_error_is_retryable (const GError *error);

/* Starts one try, which ends with g_task_return_boolean() or g_task_return_error() on @attempt: (transfer full). */
typedef void (*RealtimeAttemptFunc) (GTask *attempt, gpointer user_data);
/* Ends with the first success, with the first error that is not retryable, or with the last one. @policy: NULL: the default
 * one; copied. @destroy: of @user_data, at the end. In the thread-default context. */
void     realtime_retry_async (const RealtimeRetryPolicy *policy, RealtimeAttemptFunc start, gpointer user_data, GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer callback_data);
gboolean realtime_retry_finish (GAsyncResult *result, GError **error);

G_END_DECLS
