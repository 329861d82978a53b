/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-policy.h"

#include "realtime-private.h"

#include <math.h>

const RealtimeRetryPolicy realtime_default_retry_policy = {
  .max_retries = 3,
  .base_ms = 1000,
  .max_ms = 30000,
  .multiplier = 2.0,
  .jitter = 0.5,
};

typedef struct
{
  RealtimeRetryPolicy policy;
  RealtimeAttemptFunc start;
  gpointer            user_data;
  GDestroyNotify      destroy;
  GMainContext       *context;
  guint               n_retries;
  GSource            *timer;     /* until the next try */
  GSource            *cancelled; /* meanwhile */
} Retry;

static void
retry_free (gpointer data)
{
  Retry *retry = data;

  realtime_clear_source (&retry->timer);
  realtime_clear_source (&retry->cancelled);
  if (retry->destroy != NULL)
    retry->destroy (retry->user_data);
  g_main_context_unref (retry->context);
  g_free (retry);
}

guint
realtime_retry_policy_get_delay (const RealtimeRetryPolicy *policy,
                                 guint                      retry,
                                 double                     random)
{
  double delay;

  g_return_val_if_fail (random >= 0.0 && random < 1.0, policy->base_ms);

  delay = MIN (policy->base_ms * pow (policy->multiplier, retry), policy->max_ms);
  delay *= 1.0 + policy->jitter * (2.0 * random - 1.0);

  return (guint) CLAMP (delay, 0.0, policy->max_ms);
}

gboolean
realtime_error_is_retryable (const GError *error)
{
  return g_error_matches (error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED) ||
         g_error_matches (error, REALTIME_ERROR, REALTIME_ERROR_NETWORK_ERROR) ||
         g_error_matches (error, REALTIME_ERROR, REALTIME_ERROR_TIMEOUT);
}

static void try (GTask *task);

static gboolean
timer_cb (gpointer user_data)
{
  GTask *task = user_data;
  Retry *retry = g_task_get_task_data (task);

  realtime_clear_source (&retry->timer);
  realtime_clear_source (&retry->cancelled);
  try (task);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Retry *retry = g_task_get_task_data (task);

  realtime_clear_source (&retry->timer);
  realtime_clear_source (&retry->cancelled);
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

/* @task: (transfer full): the timer or the cancellable has it then */
static void
wait (GTask        *task,
      const GError *error)
{
  Retry        *retry = g_task_get_task_data (task);
  const guint   delay = realtime_retry_policy_get_delay (&retry->policy, retry->n_retries++, g_random_double ());
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_debug ("retry n=%u delay=%u message=\"%s\"", retry->n_retries, delay, error->message);
  retry->timer = realtime_timer_new (retry->context, delay, timer_cb, task);
  if (cancellable == NULL)
    return;

  retry->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (retry->cancelled, G_SOURCE_FUNC (cancelled_cb), task, NULL);
  g_source_attach (retry->cancelled, retry->context);
}

static void
attempt_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  const Retry *retry = g_task_get_task_data (task);

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else if (retry->n_retries < retry->policy.max_retries && realtime_error_is_retryable (error))
    wait (g_steal_pointer (&task), error);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* @task: (transfer full) */
static void
try (GTask *task)
{
  Retry *retry = g_task_get_task_data (task);

  retry->start (g_task_new (NULL, g_task_get_cancellable (task), attempt_cb, task), retry->user_data);
}

/**
 * realtime_retry_async:
 * @policy: (nullable): how often and when
 * @start: (scope notified): starts one try
 */
void
realtime_retry_async (const RealtimeRetryPolicy *policy,
                      RealtimeAttemptFunc        start,
                      gpointer                   user_data,
                      GDestroyNotify             destroy,
                      GCancellable              *cancellable,
                      GAsyncReadyCallback        callback,
                      gpointer                   callback_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, callback_data);
  Retry *retry = g_new0 (Retry, 1);

  retry->policy = policy != NULL ? *policy : realtime_default_retry_policy;
  retry->start = start;
  retry->user_data = user_data;
  retry->destroy = destroy;
  retry->context = g_main_context_ref_thread_default ();
  g_task_set_source_tag (task, realtime_retry_async);
  g_task_set_task_data (task, retry, retry_free);
  try (task);
}

gboolean
realtime_retry_finish (GAsyncResult *result,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
