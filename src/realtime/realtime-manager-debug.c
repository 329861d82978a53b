/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"
#include "realtime-retry.h"

static const char *const error_names[REALTIME_N_ERRORS] = {
  [REALTIME_ERROR_CONNECTION_FAILED] = "CONNECTION_FAILED",
  [REALTIME_ERROR_AUTHENTICATION_FAILED] = "AUTHENTICATION_FAILED",
  [REALTIME_ERROR_SUBSCRIPTION_FAILED] = "SUBSCRIPTION_FAILED",
  [REALTIME_ERROR_CHANNEL_ERROR] = "CHANNEL_ERROR",
  [REALTIME_ERROR_TIMEOUT] = "TIMEOUT",
  [REALTIME_ERROR_NETWORK_ERROR] = "NETWORK_ERROR",
};

static void
write_count (TelaJsonWriter *writer,
             const char     *name,
             guint64         value)
{
  tela_json_writer_put_int (writer, name, (gint64) value);
}

static void
write_number (TelaJsonWriter *writer,
              const char     *name,
              double          value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_number (writer, value);
}

/* @at: monotonic; 0: null */
static void
write_time (TelaJsonWriter *writer,
            const char     *name,
            gint64          at)
{
  tela_json_writer_name (writer, name);
  if (at == 0)
    tela_json_writer_null (writer);
  else
    tela_json_writer_int (writer, (g_get_real_time () + at - g_get_monotonic_time ()) / 1000);
}

static const char *
nick (GType type,
      int   value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, value)->value_nick;
}

static void
write_error (TelaJsonWriter            *writer,
             const RealtimeErrorRecord *record)
{
  const GError *error = record->error;

  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "type", error->domain == REALTIME_ERROR ? error_names[error->code] : "CHANNEL_ERROR");
  tela_json_writer_put_string (writer, "message", error->message);
  tela_json_writer_put_boolean (writer, "retryable", record->retry < REALTIME_RETRY_FATAL);
  write_time (writer, "at", record->at);
  tela_json_writer_name (writer, "context");
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "topic", record->topic);
  tela_json_writer_put_string (writer, "class", realtime_retry_name (record->retry));
  write_count (writer, "status", record->http_status);
  write_time (writer, "retryAt", record->retry_at);
  tela_json_writer_end_object (writer);
  tela_json_writer_end_object (writer);
}

static void
write_subscribers (TelaJsonWriter  *writer,
                   RealtimeChannel *channel)
{
  tela_json_writer_name (writer, "subscribers");
  tela_json_writer_begin_array (writer);
  for (guint i = 0; i < channel->subscriptions->len; i++)
    {
      RealtimeSubscription *subscription = g_ptr_array_index (channel->subscriptions, i);

      if (subscription == NULL)
        continue;
      tela_json_writer_begin_object (writer);
      tela_json_writer_put_string (writer, "event", realtime_subscription_get_event (subscription));
      write_time (writer, "addedAt", realtime_subscription_get_added_at (subscription));
      tela_json_writer_end_object (writer);
    }
  tela_json_writer_end_array (writer);
}

static void
write_channel (TelaJsonWriter  *writer,
               RealtimeChannel *channel)
{
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "topic", channel->topic);
  tela_json_writer_put_string (writer, "state", nick (REALTIME_TYPE_CHANNEL_STATE, realtime_channel_get_state (channel)));
  write_count (writer, "subscriberCount", channel->n_subscriptions);
  write_time (writer, "lastMessage", channel->last_message);
  tela_json_writer_put_string (writer, "error", channel->error != NULL ? channel->error->message : NULL);
  write_subscribers (writer, channel);
  tela_json_writer_end_object (writer);
}

/* How many channels (never more than one that is joined) or subscriptions each topic has. */
static void
write_by_topic (RealtimeManager *self,
                TelaJsonWriter  *writer,
                const char      *name,
                gboolean         is_channels)
{
  GHashTableIter   iter;
  RealtimeChannel *channel;

  tela_json_writer_name (writer, name);
  tela_json_writer_begin_object (writer);
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    write_count (writer, channel->topic,
                 is_channels ? channel->phase == REALTIME_PHASE_JOINED : channel->n_subscriptions);
  tela_json_writer_end_object (writer);
}

static void
write_metrics (RealtimeManager *self,
               TelaJsonWriter  *writer)
{
  RealtimeMetrics metrics;

  realtime_manager_get_metrics (self, &metrics);
  tela_json_writer_name (writer, "metrics");
  tela_json_writer_begin_object (writer);
  write_count (writer, "connectionUptime", (guint64) metrics.connection_uptime_us / 1000);
  write_count (writer, "reconnectionCount", metrics.reconnection_count);
  write_number (writer, "averageReconnectionTime", metrics.average_reconnection_ms);
  write_count (writer, "activeChannels", metrics.active_channels);
  write_count (writer, "totalSubscriptions", metrics.total_subscriptions);
  write_by_topic (self, writer, "channelsByTopic", TRUE);
  write_by_topic (self, writer, "subscriptionsByTopic", FALSE);
  write_count (writer, "messagesReceived", metrics.messages_received);
  write_count (writer, "messagesSent", metrics.messages_sent);
  write_count (writer, "bytesReceived", metrics.bytes_received);
  write_count (writer, "bytesSent", metrics.bytes_sent);
  write_count (writer, "malformedFrames", metrics.malformed_frames);
  write_count (writer, "ignoredFrames", metrics.ignored_frames);
  write_count (writer, "batches", metrics.batches);
  write_count (writer, "batchedEvents", metrics.batched_events);
  write_count (writer, "largestBatch", metrics.largest_batch);
  write_number (writer, "averageLatency", metrics.average_latency_ms);
  write_number (writer, "latencyP50", metrics.latency_p50_ms);
  write_number (writer, "latencyP95", metrics.latency_p95_ms);
  write_number (writer, "latencyP99", metrics.latency_p99_ms);
  write_count (writer, "errorCount", metrics.error_count);
  tela_json_writer_name (writer, "errorsByType");
  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < REALTIME_N_ERRORS; i++)
    write_count (writer, error_names[i], metrics.errors_by_type[i]);
  tela_json_writer_end_object (writer);
  tela_json_writer_end_object (writer);
}

static void
write_errors (RealtimeManager *self,
              TelaJsonWriter  *writer)
{
  tela_json_writer_name (writer, "lastError");
  if (self->errors.head != NULL)
    write_error (writer, self->errors.head->data);
  else
    tela_json_writer_null (writer);

  tela_json_writer_name (writer, "recentErrors");
  tela_json_writer_begin_array (writer);
  for (const GList *at = self->errors.head; at != NULL; at = at->next)
    write_error (writer, at->data);
  tela_json_writer_end_array (writer);
}

static void
write_history (RealtimeManager *self,
               TelaJsonWriter  *writer)
{
  tela_json_writer_name (writer, "history");
  tela_json_writer_begin_array (writer);
  for (const GList *at = self->history.head; at != NULL; at = at->next)
    {
      const RealtimeStateRecord *record = at->data;

      tela_json_writer_begin_object (writer);
      write_time (writer, "at", record->at);
      tela_json_writer_put_string (writer, "state", nick (REALTIME_TYPE_CONNECTION_STATE, (int) record->state));
      tela_json_writer_put_string (writer, "cause", record->cause);
      tela_json_writer_end_object (writer);
    }
  tela_json_writer_end_array (writer);
}

/**
 * realtime_manager_get_debug_info:
 *
 * Returns: (transfer full): a JSON object
 */
char *
realtime_manager_get_debug_info (RealtimeManager *self)
{
  GString         *out = g_string_new (NULL);
  GHashTableIter   iter;
  TelaJsonWriter   writer;
  RealtimeChannel *channel;

  g_return_val_if_fail (REALTIME_IS_MANAGER (self), g_string_free (out, FALSE));
  realtime_check_thread_val (self, g_string_free (out, FALSE));

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "connectionState", nick (REALTIME_TYPE_CONNECTION_STATE, (int) self->state));
  tela_json_writer_put_string (&writer, "cause", self->cause);
  write_time (&writer, "since", self->since);
  write_time (&writer, "retryAt", self->retry_at);
  tela_json_writer_put_string (&writer, "protocol", self->protocol == REALTIME_PROTOCOL_1_0_0 ? "1.0.0" : "2.0.0");
  tela_json_writer_name (&writer, "channels");
  tela_json_writer_begin_array (&writer);
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    write_channel (&writer, channel);
  tela_json_writer_end_array (&writer);
  write_metrics (self, &writer);
  write_errors (self, &writer);
  write_history (self, &writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}

void
realtime_manager_start_recording (RealtimeManager *self,
                                  gsize            max_bytes)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  g_clear_pointer (&self->recorder, realtime_recorder_unref);
  self->recorder = realtime_recorder_new (max_bytes);
  if (self->connection != NULL)
    realtime_connection_set_recorder (self->connection, self->recorder);
}

gboolean
realtime_manager_get_recording (RealtimeManager *self,
                                guint           *n_frames,
                                guint64         *n_dropped)
{
  g_return_val_if_fail (REALTIME_IS_MANAGER (self), FALSE);
  realtime_check_thread_val (self, FALSE);

  if (self->recorder == NULL)
    return FALSE;
  realtime_recorder_count (self->recorder, n_frames, n_dropped);

  return TRUE;
}

/**
 * realtime_manager_stop_recording:
 *
 * Returns: (transfer full) (nullable): JSON lines
 */
GBytes *
realtime_manager_stop_recording (RealtimeManager *self)
{
  g_autoptr (RealtimeRecorder) recorder = NULL;

  g_return_val_if_fail (REALTIME_IS_MANAGER (self), NULL);
  realtime_check_thread_val (self, NULL);

  recorder = g_steal_pointer (&self->recorder);
  if (recorder == NULL)
    return NULL;
  if (self->connection != NULL)
    realtime_connection_set_recorder (self->connection, NULL);

  return realtime_recorder_dup (recorder);
}
