/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Returns: the channel, if something can be sent on it now. */
static RealtimeChannel *
get_joined (RealtimeManager *self,
            const char      *topic,
            GError         **error)
{
  RealtimeChannel *channel = g_hash_table_lookup (self->channels, topic);

  if (!realtime_manager_is_open (self))
    g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                         _ ("There is no connection to the server"));
  else if (channel == NULL || channel->phase != REALTIME_PHASE_JOINED || channel->n_subscriptions == 0)
    g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, _ ("The channel is not joined"));
  else
    return channel;

  return NULL;
}

/**
 * realtime_check_object:
 *
 * Returns: whether @payload is a JSON object, which the server asks for
 */
gboolean
realtime_check_object (const char *payload,
                       GError    **error)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, payload, -1);
  if (tela_json_reader_peek (&reader) == TELA_JSON_OBJECT)
    return tela_json_check (payload, -1, error);

  g_set_error_literal (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TYPE, _ ("The payload of a broadcast must be an object"));

  return FALSE;
}

static char *
broadcast_body (const char  *event,
                TelaJsonSpan payload)
{
  GString       *out = g_string_sized_new (payload.len + 64);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "type", "broadcast");
  tela_json_writer_put_string (&writer, "event", event);
  tela_json_writer_name (&writer, "payload");
  tela_json_writer_raw (&writer, payload.data, payload.len);
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}

/* As 1.0.0 has it. */
static GBytes *
encode_text_broadcast (RealtimeChannel *channel,
                       guint64          ref,
                       const char      *event,
                       TelaJsonSpan     payload,
                       gboolean         is_json,
                       GError         **error)
{
  g_autofree char *text = NULL;

  if (!is_json)
    {
      g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, _ ("Protocol 1.0.0 carries no bytes"));
      return NULL;
    }
  if (!realtime_codec_check_name (event, error))
    return NULL;
  if (payload.len > REALTIME_FRAME_MAX - 2048)
    {
      g_set_error_literal (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_TOO_LARGE, _ ("The message is too large"));
      return NULL;
    }
  text = broadcast_body (event, payload);

  return realtime_frame_encode_object (channel->join_ref, ref, channel->wire_topic, "broadcast", text);
}

/* Returns: the ref of what is on its way, or 0. */
static guint64
send_broadcast (RealtimeManager *self,
                RealtimeChannel *channel,
                const char      *event,
                TelaJsonSpan     payload,
                gboolean         is_json,
                gsize            waiting_max,
                gboolean         confirm,
                GError         **error)
{
  const gboolean is_text = self->endpoint->protocol == REALTIME_PROTOCOL_1_0_0;
  guint64        ref = ++self->next_ref;
  GBytes        *frame;

  if (realtime_connection_get_waiting (self->connection) > waiting_max)
    {
      g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, _ ("Too much waits to be sent"));
      return 0;
    }
  if (is_text)
    frame = encode_text_broadcast (channel, ref, event, payload, is_json, error);
  else
    frame = realtime_frame_encode_broadcast (channel->join_ref, ref, channel->wire_topic, event, payload.data,
                                             payload.len, is_json, error);
  if (frame == NULL)
    return 0;

  realtime_connection_send (self->connection, self->generation, frame, is_text, confirm ? ref : 0);

  return ref;
}

/* @payload: (transfer none): @is_json or bytes */
static void
broadcast (RealtimeManager    *self,
           const char         *topic,
           const char         *event,
           TelaJsonSpan        payload,
           gboolean            is_json,
           GCancellable       *cancellable,
           GAsyncReadyCallback callback,
           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  RealtimeChannel *channel;
  gboolean         has_ack;
  guint64          ref = 0;

  g_task_set_source_tag (task, realtime_manager_broadcast_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  channel = get_joined (self, topic, &error);
  if (channel != NULL && (!is_json || realtime_check_object (payload.data, &error)))
    {
      has_ack = channel->options.ack;
      ref = send_broadcast (self, channel, event, payload, is_json, REALTIME_SEND_MAX, !has_ack, &error);
      if (ref != 0)
        realtime_manager_add_pending (self, g_steal_pointer (&task), topic, ref, has_ack);
    }

  if (ref == 0)
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * realtime_manager_broadcast_async:
 * @payload: a JSON object
 */
void
realtime_manager_broadcast_async (RealtimeManager    *self,
                                  const char         *topic,
                                  const char         *event,
                                  const char         *payload,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);
  g_return_if_fail (topic != NULL && event != NULL && payload != NULL);

  broadcast (self, topic, event, (TelaJsonSpan){ payload, strlen (payload) }, TRUE, cancellable, callback, user_data);
}

/**
 * realtime_manager_broadcast_bytes_async:
 * @bytes: anything; receivers of the older protocol do not get it
 *
 * Ends like realtime_manager_broadcast_async(), with the same finish function.
 */
void
realtime_manager_broadcast_bytes_async (RealtimeManager    *self,
                                        const char         *topic,
                                        const char         *event,
                                        GBytes             *bytes,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data)
{
  TelaJsonSpan payload;

  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);
  g_return_if_fail (topic != NULL && event != NULL && bytes != NULL);

  payload.data = g_bytes_get_data (bytes, &payload.len);
  broadcast (self, topic, event, payload, FALSE, cancellable, callback, user_data);
}

gboolean
realtime_manager_broadcast_finish (RealtimeManager *self,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * realtime_manager_broadcast_now:
 * @payload: a JSON object, of our own making: it is not checked
 *
 * For what is worth nothing a moment later. It is also dropped while the socket takes no more.
 *
 * Returns: whether it is on its way
 */
gboolean
realtime_manager_broadcast_now (RealtimeManager *self,
                                const char      *topic,
                                const char      *event,
                                const char      *payload)
{
  RealtimeChannel *channel;

  g_return_val_if_fail (REALTIME_IS_MANAGER (self), FALSE);
  realtime_check_thread_val (self, FALSE);
  g_return_val_if_fail (topic != NULL && event != NULL && payload != NULL, FALSE);

  channel = get_joined (self, topic, NULL);

  return channel != NULL &&
         send_broadcast (self, channel, event, (TelaJsonSpan){ payload, strlen (payload) }, TRUE,
                         REALTIME_SEND_EPHEMERAL_MAX, FALSE, NULL) != 0;
}
