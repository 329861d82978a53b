/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

static void
take_notice (RealtimeManager     *self,
             const RealtimeEvent *event)
{
  RealtimeChannel *channel = g_hash_table_lookup (self->channels, event->topic);

  if (channel != NULL)
    realtime_channel_notice (channel, event);
  if (event->frame == REALTIME_FRAME_REPLY)
    realtime_manager_reply (self, event);
}

static void
take_message (RealtimeManager     *self,
              const RealtimeEvent *event)
{
  RealtimeChannel *channel = g_hash_table_lookup (self->channels, event->message->topic);
  /* A handler may end the channel. */
  const GQuark topic = channel != NULL ? channel->quark : 0;

  if (channel != NULL && realtime_channel_deliver (channel, event))
    realtime_manager_emit_message (self, topic, event->message);
}

/**
 * realtime_manager_event_cb:
 *
 * What comes from the connection's thread.
 */
void
realtime_manager_event_cb (const RealtimeEvent *event,
                           gpointer             user_data)
{
  g_autoptr (RealtimeManager) self = g_object_ref (user_data);

  if (event->kind == REALTIME_EVENT_STOPPED)
    {
      realtime_manager_stopped (self);
      return;
    }
  if (event->generation != self->generation)
    return;

  switch (event->kind)
    {
    case REALTIME_EVENT_OPENED:
    case REALTIME_EVENT_PROVEN:
    case REALTIME_EVENT_CLOSED:
      realtime_manager_link_event (self, event);
      break;
    case REALTIME_EVENT_NOTICE:
      take_notice (self, event);
      break;
    case REALTIME_EVENT_MESSAGE:
      take_message (self, event);
      break;
    case REALTIME_EVENT_SENT:
      realtime_manager_sent (self, event->ref);
      break;
    case REALTIME_EVENT_STOPPED:
    default:
      g_assert_not_reached ();
    }
}

/* The end of realtime_manager_shutdown_async(): every channel is left without waiting for an answer. */
static void
step_shutdown (RealtimeManager *self)
{
  GHashTableIter   iter;
  RealtimeChannel *channel;

  if (self->shutdown == NULL || self->link == REALTIME_LINK_DOWN)
    return;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    if (channel->phase == REALTIME_PHASE_JOINED)
      realtime_manager_send_text (self, channel->join_ref, ++self->next_ref, channel->wire_topic, "phx_leave", "{}");

  realtime_clear_source (&self->join_timer);
  realtime_clear_source (&self->idle_timer);
  realtime_manager_close_link (self);
  g_hash_table_remove_all (self->channels);
  g_clear_pointer (&self->wake, realtime_wake_free);
  if (self->connection != NULL)
    realtime_connection_stop (self->connection);
  else
    realtime_manager_stopped (self);
}

/**
 * realtime_manager_unpark:
 *
 * Something has changed that the server may have refused before.
 */
void
realtime_manager_unpark (RealtimeManager *self)
{
  GHashTableIter iter;
  gpointer       channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    realtime_channel_unpark (channel);
}

static void
take_endpoint (RealtimeManager *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->has_moved)
    return;

  self->has_moved = FALSE;
  g_clear_pointer (&self->endpoint, realtime_endpoint_unref);
  self->endpoint = realtime_endpoint_new (self->url, self->api_key, self->protocol, &error);
  realtime_manager_unpark (self);
  realtime_manager_move_link (self, error);
}

static gboolean
join_timer_cb (gpointer user_data)
{
  RealtimeManager *self = user_data;

  realtime_clear_source (&self->join_timer);
  realtime_manager_pump (self);

  return G_SOURCE_REMOVE;
}

/* The next of those that wait, one at a time, and not more often than a far server likes. */
static void
step_join (RealtimeManager *self)
{
  RealtimeChannel *channel = g_queue_peek_head (&self->joins);
  gint64           now = g_get_monotonic_time ();
  gint64           wait = self->joins_until - REALTIME_JOIN_BURST * REALTIME_JOIN_INTERVAL - now;

  if (channel == NULL || self->joining != NULL || self->join_timer != NULL || !realtime_manager_is_open (self))
    return;

  if (self->endpoint->is_loopback || wait <= 0)
    {
      self->joins_until = MAX (self->joins_until, now) + REALTIME_JOIN_INTERVAL;
      realtime_channel_join (channel);
    }
  else
    {
      self->join_timer = realtime_timer_new (self->context, (guint) (wait / 1000) + 1, join_timer_cb, self);
    }
}

static gboolean
idle_cb (gpointer user_data)
{
  RealtimeManager *self = user_data;

  realtime_clear_source (&self->idle_timer);
  if (realtime_manager_is_open (self))
    realtime_manager_rest (self);

  return G_SOURCE_REMOVE;
}

/* A far server has better to do than to hold a connection on which nothing is listened to. */
static void
step_idle (RealtimeManager *self)
{
  if (!realtime_manager_is_open (self) || g_hash_table_size (self->channels) > 0 || self->endpoint->is_loopback)
    realtime_clear_source (&self->idle_timer);
  else if (self->idle_timer == NULL)
    self->idle_timer = realtime_timer_new (self->context, self->timings.idle, idle_cb, self);
}

static gboolean
pump_cb (gpointer user_data)
{
  g_autoptr (RealtimeManager) self = g_object_ref (user_data);
  RealtimeChannel *channel;
  guint            n;

  realtime_clear_source (&self->pump);

  step_shutdown (self);
  if (self->link == REALTIME_LINK_DOWN)
    return G_SOURCE_REMOVE;

  take_endpoint (self);
  realtime_manager_take_answer (self);
  realtime_manager_step_link (self);
  /* What a step marks again waits for the next turn. */
  for (n = self->dirty.length; n > 0 && (channel = g_queue_pop_head (&self->dirty)) != NULL; n--)
    realtime_channel_step (channel);
  step_join (self);
  step_idle (self);

  return G_SOURCE_REMOVE;
}

/**
 * realtime_manager_pump:
 *
 * Has what was asked for done soon.
 */
void
realtime_manager_pump (RealtimeManager *self)
{
  if (self->pump != NULL)
    return;

  self->pump = g_idle_source_new ();
  g_source_set_priority (self->pump, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->pump, "realtime pump");
  g_source_set_callback (self->pump, pump_cb, self, NULL);
  g_source_attach (self->pump, self->context);
}

/**
 * realtime_manager_is_open:
 *
 * Returns: whether frames can be sent
 */
gboolean
realtime_manager_is_open (RealtimeManager *self)
{
  return self->link == REALTIME_LINK_PROVING || self->link == REALTIME_LINK_OPEN;
}

/**
 * realtime_manager_send_text:
 *
 * Returns: @ref
 */
guint64
realtime_manager_send_text (RealtimeManager *self,
                            guint64          join_ref,
                            guint64          ref,
                            const char      *topic,
                            const char      *event,
                            const char      *payload)
{
  realtime_connection_send (self->connection, self->generation,
                            realtime_frame_encode (self->endpoint->protocol, join_ref, ref, topic, event, payload), TRUE, 0);

  return ref;
}
