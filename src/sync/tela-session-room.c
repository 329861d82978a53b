/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

/* Who is on the board (room:). Whoever may edit points on live:, where the others' hands are; who may only look points
 * here, since that topic takes nothing of theirs. */

static gboolean
is_joined (TelaRoom *room)
{
  return room->subscription != NULL && realtime_subscription_is_subscribed (room->subscription);
}

static gboolean
send_cb (gpointer user_data)
{
  TelaSession *self = user_data;
  TelaRoom    *room = &self->room;

  room->send_source = 0;
  if (is_joined (room) && tela_people_is_dirty (room->people) && !tela_session_can_edit (self))
    {
      g_autofree char *message = tela_session_room_take_message (self);

      realtime_governor_sent (room->governor, g_get_monotonic_time ());
      realtime_manager_broadcast_now (self->realtime, room->topic, self->live.event, message);
    }

  return G_SOURCE_REMOVE;
}

static void
dirty_cb (gpointer user_data)
{
  TelaSession *self = user_data;
  TelaRoom    *room = &self->room;
  gint64       pause;

  if (tela_session_can_edit (self))
    {
      tela_session_live_touch (self);
      return;
    }
  if (!is_joined (room) || room->send_source != 0)
    return;
  pause = realtime_governor_get_wait (room->governor, g_get_monotonic_time ());
  if (pause < 0)
    return;
  room->send_source = g_timeout_add ((guint) (pause / 1000), send_cb, self);
  g_source_set_name_by_id (room->send_source, "[tela] viewer's cursor");
}

char *
tela_session_room_take_message (TelaSession *self)
{
  g_autofree char *cursor = tela_people_take_message (self->room.people);

  return g_strdup_printf ("{\"cursor\":%s}", cursor);
}

static void
counted_cb (gpointer user_data)
{
  TelaSession *self = user_data;
  guint        n = tela_people_count (self->room.people);

  realtime_governor_set_present (self->room.governor, n);
  realtime_governor_set_present (self->live.governor, n);
  /* Who was alone had nobody to tell. */
  if (tela_people_is_dirty (self->room.people))
    dirty_cb (self);
}

static void
message_cb (TelaSession     *self,
            RealtimeMessage *message)
{
  gint64  now = g_get_monotonic_time ();
  guint64 actor;

  if (!message->is_json || !tela_live_event_parse (message->event, &actor))
    return;
  realtime_governor_heard (self->room.governor, actor, now);
  tela_people_heard (self->room.people, actor, message->payload, message->payload_len, now);
}

static void
joined_cb (TelaSession *self)
{
  tela_people_repeat (self->room.people);
}

void
tela_session_room_start (TelaSession *self)
{
  TelaRoom                    *room = &self->room;
  const char                  *user_id = tela_remote_get_user_id (self->remote);
  const RealtimeChannelOptions options = { .is_private = TRUE, .presence_key = user_id };

  if (room->subscription != NULL || user_id == NULL)
    return;
  tela_people_start (room->people, self->realtime, room->topic, user_id);
  room->subscription = realtime_manager_subscribe (self->realtime, room->topic, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect_object (room->subscription, "message", G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (room->subscription, "joined", G_CALLBACK (joined_cb), self, G_CONNECT_SWAPPED);
}

void
tela_session_room_stop (TelaSession *self)
{
  TelaRoom *room = &self->room;

  g_clear_handle_id (&room->send_source, g_source_remove);
  if (room->people != NULL)
    tela_people_stop (room->people);
  if (room->subscription != NULL)
    {
      g_signal_handlers_disconnect_by_data (room->subscription, self);
      realtime_subscription_cancel (room->subscription);
      g_clear_object (&room->subscription);
    }
}

void
tela_session_room_init (TelaSession *self)
{
  TelaRoom *room = &self->room;

  room->topic = g_strconcat ("room:", self->project_id, NULL);
  room->governor = realtime_governor_new ();
  room->people = tela_people_new (self->clock.actor, dirty_cb, counted_cb, self);
}

void
tela_session_room_clear (TelaSession *self)
{
  TelaRoom *room = &self->room;

  g_clear_pointer (&room->topic, g_free);
  g_clear_pointer (&room->governor, realtime_governor_free);
  if (room->people != NULL)
    tela_people_close (room->people);
  g_clear_object (&room->people);
}
