/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"
#include "realtime-retry.h"

#include <string.h>

void
realtime_pending_free (RealtimePending *pending)
{
  realtime_clear_source (&pending->timer);
  realtime_clear_source (&pending->cancelled);
  g_object_unref (pending->task);
  g_free (pending->topic);
  g_free (pending);
}

/* @error: (transfer full) (nullable). The application is called here, so @pending is out of the table by then. */
static void
pending_end (RealtimePending *pending,
             GError          *error)
{
  if (error != NULL)
    g_task_return_error (pending->task, error);
  else
    g_task_return_boolean (pending->task, TRUE);
  realtime_pending_free (pending);
}

static RealtimePending *
steal_pending (RealtimeManager *self,
               guint64          ref)
{
  RealtimePending *pending = g_hash_table_lookup (self->pending, &ref);

  if (pending != NULL)
    g_hash_table_steal (self->pending, &ref);

  return pending;
}

static gboolean
pending_timeout_cb (gpointer user_data)
{
  RealtimePending *pending = user_data;

  g_hash_table_steal (pending->manager->pending, &pending->ref);
  pending_end (pending,
               g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, "The server did not answer the broadcast"));

  return G_SOURCE_REMOVE;
}

static gboolean
pending_cancelled_cb (GCancellable *cancellable,
                      gpointer      user_data)
{
  RealtimePending *pending = user_data;

  g_hash_table_steal (pending->manager->pending, &pending->ref);
  pending_end (pending, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The broadcast was cancelled"));

  return G_SOURCE_REMOVE;
}

static void
add_pending (RealtimeManager *self,
             GTask           *task,
             const char      *topic,
             guint64          ref,
             gboolean         has_ack)
{
  RealtimePending *pending = g_new0 (RealtimePending, 1);
  GCancellable    *cancellable = g_task_get_cancellable (task);

  pending->manager = self;
  pending->task = task;
  pending->topic = g_strdup (topic);
  pending->ref = ref;
  pending->has_ack = has_ack;
  pending->sent_at = g_get_monotonic_time ();
  pending->timer = realtime_timer_new (self->context, self->timings.reply, pending_timeout_cb, pending);
  if (cancellable != NULL)
    {
      pending->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (pending->cancelled, G_SOURCE_FUNC (pending_cancelled_cb), pending, NULL);
      g_source_attach (pending->cancelled, self->context);
    }
  g_hash_table_insert (self->pending, &pending->ref, pending);
}

/**
 * realtime_manager_sent:
 *
 * A broadcast was handed to the socket; that is all that is promised where the channel has no ack.
 */
void
realtime_manager_sent (RealtimeManager *self,
                       guint64          ref)
{
  RealtimePending *pending = g_hash_table_lookup (self->pending, &ref);

  if (pending != NULL && !pending->has_ack)
    pending_end (steal_pending (self, ref), NULL);
}

/**
 * realtime_manager_reply:
 *
 * The answer to a broadcast, if it is one.
 */
void
realtime_manager_reply (RealtimeManager     *self,
                        const RealtimeEvent *event)
{
  RealtimePending *pending = steal_pending (self, event->ref);
  g_autofree char *reason = NULL;
  gboolean         is_unmatched;

  if (pending == NULL)
    return;
  if (event->ok)
    {
      realtime_connection_add_latency (self->connection, MAX (event->at - pending->sent_at, 0));
      pending_end (pending, NULL);
      return;
    }

  reason = realtime_reason_of_response (event->text);
  is_unmatched = g_strcmp0 (reason, "unmatched topic") == 0;
  pending_end (pending,
               g_error_new (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, "The server refused the broadcast: %s",
                            reason != NULL ? reason : "no reason given"));
  if (is_unmatched)
    {
      RealtimeChannel *channel = g_hash_table_lookup (self->channels, event->topic);

      if (channel != NULL)
        realtime_channel_lost (channel);
    }
}

void
realtime_manager_fail_pending (RealtimeManager *self,
                               const char      *topic,
                               const GError    *error)
{
  g_autoptr (GPtrArray) failed = g_ptr_array_new ();
  GHashTableIter   iter;
  RealtimePending *pending;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &pending))
    if (topic == NULL || g_str_equal (topic, pending->topic))
      {
        g_hash_table_iter_steal (&iter);
        /* Nothing but what follows may end it. */
        realtime_clear_source (&pending->timer);
        realtime_clear_source (&pending->cancelled);
        g_ptr_array_add (failed, pending);
      }

  for (guint i = 0; i < failed->len; i++)
    pending_end (g_ptr_array_index (failed, i), g_error_copy (error));
}

/* Returns: the channel, if something can be sent on it now. */
static RealtimeChannel *
get_joined (RealtimeManager *self,
            const char      *topic,
            GError         **error)
{
  RealtimeChannel *channel = g_hash_table_lookup (self->channels, topic);

  if (!realtime_manager_is_open (self))
    g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                         "There is no connection to the server");
  else if (channel == NULL || channel->phase != REALTIME_PHASE_JOINED || channel->n_subscriptions == 0)
    g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, "The channel is not joined");
  else
    return channel;

  return NULL;
}

static gboolean
is_object (const char *payload,
           GError    **error)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, payload, -1);
  if (tela_json_reader_peek (&reader) == TELA_JSON_OBJECT)
    return tela_json_check (payload, -1, error);

  g_set_error_literal (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TYPE, "The payload of a broadcast must be an object");

  return FALSE;
}

/* Returns: the ref of what is on its way, or 0. */
static guint64
send_broadcast (RealtimeManager *self,
                RealtimeChannel *channel,
                const char      *event,
                const char      *payload,
                gsize            waiting_max,
                gboolean         confirm,
                GError         **error)
{
  guint64 ref = ++self->next_ref;
  GBytes *frame;

  if (realtime_connection_get_waiting (self->connection) > waiting_max)
    {
      g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, "Too much waits to be sent");
      return 0;
    }
  frame = realtime_frame_encode_broadcast (channel->join_ref, ref, channel->wire_topic, event, payload,
                                           strlen (payload), TRUE, error);
  if (frame == NULL)
    return 0;

  realtime_connection_send (self->connection, self->generation, frame, FALSE, confirm ? ref : 0);

  return ref;
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
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  RealtimeChannel *channel;
  gboolean         has_ack;
  guint64          ref = 0;

  g_return_if_fail (REALTIME_IS_MANAGER (self));
  g_return_if_fail (topic != NULL && event != NULL && payload != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, realtime_manager_broadcast_async);
  if (g_task_return_error_if_cancelled (task))
    return;

  channel = get_joined (self, topic, &error);
  if (channel != NULL && is_object (payload, &error))
    {
      has_ack = channel->options.ack;
      ref = send_broadcast (self, channel, event, payload, REALTIME_SEND_MAX, !has_ack, &error);
      if (ref != 0)
        add_pending (self, g_steal_pointer (&task), topic, ref, has_ack);
    }

  if (ref == 0)
    g_task_return_error (task, g_steal_pointer (&error));
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
  g_return_val_if_fail (topic != NULL && event != NULL && payload != NULL, FALSE);

  channel = get_joined (self, topic, NULL);

  return channel != NULL &&
         send_broadcast (self, channel, event, payload, REALTIME_SEND_EPHEMERAL_MAX, FALSE, NULL) != 0;
}
