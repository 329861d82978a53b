/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-channel.h"
#include "realtime-retry.h"

/* What went wrong and what became of the connection, as far back as anybody reads. */
#define RECORDS_MAX 32

void
realtime_error_record_free (RealtimeErrorRecord *record)
{
  g_error_free (record->error);
  g_free (record->topic);
  g_free (record);
}

void
realtime_state_record_free (RealtimeStateRecord *record)
{
  g_free (record->cause);
  g_free (record);
}

/**
 * realtime_manager_note_error:
 * @topic: (nullable): whose; %NULL: the connection's
 * @retry: what is done about it
 */
void
realtime_manager_note_error (RealtimeManager *self,
                             const char      *topic,
                             RealtimeRetry    retry,
                             const GError    *error)
{
  RealtimeErrorRecord *record = g_new0 (RealtimeErrorRecord, 1);

  record->at = g_get_monotonic_time ();
  record->error = g_error_copy (error);
  record->topic = g_strdup (topic);
  record->retry = retry;
  if (topic == NULL)
    {
      record->http_status = self->http_status;
      record->retry_at = self->retry_at;
    }
  self->http_status = 0;
  self->error_count++;
  if (error->domain == REALTIME_ERROR)
    self->errors_by_type[error->code]++;

  g_queue_push_head (&self->errors, record);
  if (self->errors.length > RECORDS_MAX)
    realtime_error_record_free (g_queue_pop_tail (&self->errors));
  g_debug ("error topic=%s class=%s code=%d status=%u message=\"%s\"", topic != NULL ? topic : "-",
           realtime_retry_name (retry), error->code, record->http_status, error->message);
}

/**
 * realtime_manager_note_state:
 *
 * It is another one, or has another cause.
 */
void
realtime_manager_note_state (RealtimeManager *self)
{
  const RealtimeStateRecord *last = g_queue_peek_head (&self->history);
  RealtimeStateRecord       *record;

  if (last != NULL && last->state == self->state && g_strcmp0 (last->cause, self->cause) == 0)
    return;

  record = g_new0 (RealtimeStateRecord, 1);
  record->at = g_get_monotonic_time ();
  record->state = self->state;
  record->cause = g_strdup (self->cause);
  g_queue_push_head (&self->history, record);
  if (self->history.length > RECORDS_MAX)
    realtime_state_record_free (g_queue_pop_tail (&self->history));
}

static int
compare_latencies (gconstpointer a,
                   gconstpointer b)
{
  const guint32 left = *(const guint32 *) a, right = *(const guint32 *) b;

  return left < right ? -1 : left > right;
}

/* The nearest rank. */
static double
percentile (const guint32 *sorted,
            guint          n,
            guint          percent)
{
  return n > 0 ? sorted[MIN ((n * percent + 99) / 100, n) - 1] / 1000.0 : 0.0;
}

static void
add_latencies (RealtimeMetrics  *metrics,
               RealtimeCounters *counters)
{
  guint n = (guint) MIN (counters->n_replies, REALTIME_LATENCIES);

  if (n == 0)
    return;

  qsort (counters->latencies, n, sizeof counters->latencies[0], compare_latencies);
  metrics->average_latency_ms = (double) counters->latency_us / 1000.0 / (double) counters->n_replies;
  metrics->latency_p50_ms = percentile (counters->latencies, n, 50);
  metrics->latency_p95_ms = percentile (counters->latencies, n, 95);
  metrics->latency_p99_ms = percentile (counters->latencies, n, 99);
}

/**
 * realtime_manager_get_metrics:
 * @metrics: (out caller-allocates): of this moment
 *
 * Cheap: it counts nothing that was not counted already.
 */
void
realtime_manager_get_metrics (RealtimeManager *self,
                              RealtimeMetrics *metrics)
{
  RealtimeCounters    counters = { 0 };
  RealtimeBatchCounts batches = { 0 };

  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  if (self->connection != NULL)
    realtime_connection_get_counters (self->connection, &counters);

  if (self->batcher != NULL)
    realtime_batcher_get_counts (self->batcher, &batches);

  *metrics = (RealtimeMetrics){
    .messages_received = counters.messages_received,
    .messages_sent = counters.messages_sent,
    .bytes_received = counters.bytes_received,
    .bytes_sent = counters.bytes_sent,
    .malformed_frames = counters.malformed_frames,
    .ignored_frames = counters.ignored_frames,
    .batches = batches.batches,
    .batched_events = batches.events,
    .largest_batch = batches.largest,
    .reconnection_count = self->reconnection_count,
    .error_count = self->error_count,
    .active_channels = self->n_joined,
    .total_subscriptions = self->n_subscriptions,
    .connection_uptime_us = self->link == REALTIME_LINK_OPEN ? g_get_monotonic_time () - self->opened_at : 0,
  };
  if (self->reconnection_count > 0)
    metrics->average_reconnection_ms = (double) self->reconnection_us / 1000.0 / (double) self->reconnection_count;
  memcpy (metrics->errors_by_type, self->errors_by_type, sizeof self->errors_by_type);
  add_latencies (metrics, &counters);
}
