/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"
#include "realtime-retry.h"

#include <glib/gi18n-lib.h>

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
               g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT,
                                    _ ("The server did not answer the broadcast")));

  return G_SOURCE_REMOVE;
}

static gboolean
pending_cancelled_cb (GCancellable *cancellable,
                      gpointer      user_data)
{
  RealtimePending *pending = user_data;

  g_hash_table_steal (pending->manager->pending, &pending->ref);
  pending_end (pending, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("The broadcast was cancelled")));

  return G_SOURCE_REMOVE;
}

/**
 * realtime_manager_add_pending:
 * @task: (transfer full): ends with the answer, or without it in time
 */
void
realtime_manager_add_pending (RealtimeManager *self,
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
  /* Translators: %s says why, in the words of the server */
  pending_end (pending,
               g_error_new (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, _ ("The server refused the broadcast: %s"),
                            reason != NULL ? reason : _ ("no reason given")));
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
