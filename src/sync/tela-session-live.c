/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#include <string.h>

#define REPEAT_US (2 * G_USEC_PER_SEC) /* a hand that rests is still there */
#define SWEEP_MS 500
#define INK_FROM_POINTS 8 /* shorter strokes are sent whole */

static gboolean
is_stroke (TelaSession       *self,
           const TelaElement *op)
{
  const TelaNumbers *points = tela_element_get_numbers (op, TELA_KEY_POINTS);
  const TelaElement *element = op;

  if (points == NULL || points->stride != 2 || points->n < INK_FROM_POINTS)
    return FALSE;
  if (!tela_element_has (op, TELA_KEY_TYPE))
    element = tela_board_lookup (self->board, tela_element_get_id (op));
  return element != NULL && g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "freedraw") == 0;
}

static guint
common_points (const TelaNumbers *a,
               const TelaNumbers *b)
{
  guint n = 0;

  if (a == NULL)
    return 0;
  while (n < MIN (a->n, b->n) && memcmp (a->v + 2 * n, b->v + 2 * n, 2 * sizeof (double)) == 0)
    n++;
  return n;
}

/* Takes the stroke that is sent as it grows out of @ops. */
static TelaElement *
take_ink (TelaGesture *gesture,
          GPtrArray   *ops,
          TelaLiveInk *ink)
{
  *ink = (TelaLiveInk){ NULL, 0 };
  for (guint i = 0; i < ops->len; i++)
    {
      TelaElement *op = g_ptr_array_index (ops, i);
      gboolean     chosen = gesture->ink_id != NULL ? g_str_equal (gesture->ink_id, tela_element_get_id (op))
                                                    : is_stroke (gesture->session, op);

      if (!chosen || tela_element_get_numbers (op, TELA_KEY_POINTS) == NULL)
        continue;
      if (gesture->ink_id == NULL)
        gesture->ink_id = g_strdup (tela_element_get_id (op));
      ink->stroke = op;
      ink->from = common_points (gesture->ink_sent, tela_element_get_numbers (op, TELA_KEY_POINTS));
      return g_ptr_array_steal_index (ops, i);
    }
  return NULL;
}

static void
send_gesture (TelaSession     *self,
              TelaGesture     *gesture,
              const TelaStamp *at,
              gboolean         end,
              gint64           now)
{
  g_autoptr (GPtrArray) ops = at != NULL || !end ? tela_gesture_get_ops (gesture) : g_ptr_array_new ();
  g_autoptr (TelaElement) stroke = NULL;
  g_autofree char *cursor = tela_people_take_message (self->room.people);
  g_autofree char *message = NULL;
  TelaLiveInk      ink;

  stroke = take_ink (gesture, ops, &ink);
  message = tela_live_message_write (gesture->id, gesture->n + 1, (TelaElement *const *) ops->pdata, ops->len, ink, at,
                                     end, cursor);
  gesture->dirty = FALSE;
  gesture->sent_at = now;
  if (message == NULL)
    {
      gesture->silent = TRUE;
      return;
    }
  realtime_governor_sent (self->live.governor, now);
  if (!realtime_manager_broadcast_now (self->realtime, self->live.topic, self->live.event, message))
    return;
  gesture->n++;
  if (stroke != NULL)
    {
      g_clear_pointer (&gesture->ink_sent, tela_numbers_unref);
      gesture->ink_sent = tela_numbers_ref ((TelaNumbers *) tela_element_get_numbers (stroke, TELA_KEY_POINTS));
    }
}

static gboolean
is_joined (TelaSession *self)
{
  return self->live.subscription != NULL && realtime_subscription_is_subscribed (self->live.subscription);
}

/* In turn: after the one that was sent last. */
static TelaGesture *
next_dirty (const TelaLive *live)
{
  for (guint i = 0; i < live->gestures->len; i++)
    {
      TelaGesture *gesture = live->gestures->pdata[(live->next_gesture + i) % live->gestures->len];

      if (gesture->dirty && !gesture->silent && !gesture->inert)
        return gesture;
    }
  return NULL;
}

/* A hand that does nothing but point. */
static void
send_cursor (TelaSession *self)
{
  g_autofree char *message = tela_session_room_take_message (self);

  realtime_governor_sent (self->live.governor, g_get_monotonic_time ());
  realtime_manager_broadcast_now (self->realtime, self->live.topic, self->live.event, message);
}

static gboolean
has_news (TelaSession *self)
{
  return next_dirty (&self->live) != NULL ||
         (tela_people_is_dirty (self->room.people) && tela_session_can_edit (self));
}

static gboolean
send_cb (gpointer user_data)
{
  TelaSession *self = user_data;
  TelaGesture *gesture = next_dirty (&self->live);

  self->live.send_source = 0;
  if (!is_joined (self) || !has_news (self))
    return G_SOURCE_REMOVE;
  if (gesture != NULL)
    {
      self->live.next_gesture++;
      send_gesture (self, gesture, NULL, FALSE, g_get_monotonic_time ());
    }
  else
    send_cursor (self);
  tela_session_live_touch (self);
  return G_SOURCE_REMOVE;
}

void
tela_session_live_touch (TelaSession *self)
{
  TelaLive *live = &self->live;
  gint64    pause;

  if (!is_joined (self))
    return;
  if (live->gestures->len > 0)
    tela_session_live_watch (self);
  if (live->send_source != 0 || !has_news (self))
    return;
  pause = realtime_governor_get_wait (live->governor, g_get_monotonic_time ());
  if (pause < 0)
    return;
  live->send_source = g_timeout_add ((guint) (pause / 1000), send_cb, self);
  g_source_set_name_by_id (live->send_source, "[tela] live gesture");
}

void
tela_session_live_end (TelaSession     *self,
                       TelaGesture     *gesture,
                       const TelaStamp *at)
{
  /* Who never heard of it need not hear of its end. */
  if (!is_joined (self) || gesture->silent || gesture->n == 0)
    return;
  send_gesture (self, gesture, at, TRUE, g_get_monotonic_time ());
}

static gboolean
sweep_cb (gpointer user_data)
{
  TelaSession *self = user_data;
  TelaLive    *live = &self->live;
  gint64       now = g_get_monotonic_time ();

  for (guint i = 0; i < live->gestures->len; i++)
    {
      TelaGesture *gesture = g_ptr_array_index (live->gestures, i);

      if (gesture->n > 0 && now - gesture->sent_at > REPEAT_US)
        gesture->dirty = TRUE;
    }
  tela_session_live_touch (self);
  tela_session_veils_sweep (self, now);
  if (live->gestures->len > 0 || g_hash_table_size (live->veils) > 0)
    return G_SOURCE_CONTINUE;
  live->sweep_source = 0;
  return G_SOURCE_REMOVE;
}

void
tela_session_live_watch (TelaSession *self)
{
  if (self->live.sweep_source != 0 || self->closed)
    return;
  self->live.sweep_source = g_timeout_add (SWEEP_MS, sweep_cb, self);
  g_source_set_name_by_id (self->live.sweep_source, "[tela] live lane");
}

static void
message_cb (TelaSession     *self,
            RealtimeMessage *message)
{
  g_autoptr (TelaLiveMessage) read = NULL;
  guint64 actor;

  if (!message->is_json || !tela_live_event_parse (message->event, &actor) || actor == self->clock.actor)
    return;
  realtime_governor_heard (self->live.governor, actor, g_get_monotonic_time ());
  tela_people_heard (self->room.people, actor, message->payload, message->payload_len, g_get_monotonic_time ());
  read = tela_live_message_read (message->payload, message->payload_len, NULL);
  if (read == NULL)
    return;
  tela_session_veils_heard (self, actor, read);
  tela_session_live_watch (self);
}

/* What the server lets through, from the reply to the join. */
static void
joined_cb (TelaSession *self,
           const char  *response)
{
  TelaJsonReader reader;
  TelaJsonSpan   tela;
  double         quota = REALTIME_GOVERNOR_QUOTA;

  if (response != NULL && tela_json_check (response, -1, NULL) &&
      tela_json_find ((TelaJsonSpan){ response, strlen (response) }, "tela", &tela))
    {
      TelaJsonSpan value;

      if (tela_json_find (tela, "events_per_second", &value))
        {
          tela_json_reader_init (&reader, value.data, (gssize) value.len);
          tela_json_reader_number (&reader, &quota, NULL);
        }
    }
  realtime_governor_set_quota (self->live.governor, quota);
  /* Who comes into the room is told at once where the others' hands are, and must be able to hear it. */
  tela_session_room_start (self);
  tela_session_live_touch (self);
}

static void
error_cb (TelaSession *self)
{
  if (realtime_subscription_get_error (self->live.subscription) != NULL)
    realtime_governor_refused (self->live.governor);
}

void
tela_session_live_start (TelaSession *self)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  TelaLive                    *live = &self->live;

  if (live->subscription != NULL)
    return;
  live->subscription = realtime_manager_subscribe (self->realtime, live->topic, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect_object (live->subscription, "message", G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live->subscription, "joined", G_CALLBACK (joined_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live->subscription, "notify::error", G_CALLBACK (error_cb), self, G_CONNECT_SWAPPED);
}

void
tela_session_live_stop (TelaSession *self)
{
  TelaLive *live = &self->live;

  g_clear_handle_id (&live->send_source, g_source_remove);
  g_clear_handle_id (&live->sweep_source, g_source_remove);
  if (live->veils != NULL && self->board != NULL)
    {
      /* Own gestures stay: the hand is still there. */
      tela_session_veils_sweep (self, G_MAXINT64);
    }
  if (live->subscription != NULL)
    {
      g_signal_handlers_disconnect_by_data (live->subscription, self);
      realtime_subscription_cancel (live->subscription);
      g_clear_object (&live->subscription);
    }
}

void
tela_session_live_init (TelaSession *self)
{
  TelaLive *live = &self->live;

  live->topic = g_strconcat ("live:", self->project_id, NULL);
  tela_live_event_format (self->clock.actor, live->event);
  live->governor = realtime_governor_new ();
  live->gestures = g_ptr_array_new ();
  live->veils = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, tela_veil_free);
}

void
tela_session_live_clear (TelaSession *self)
{
  TelaLive *live = &self->live;

  g_clear_pointer (&live->topic, g_free);
  g_clear_pointer (&live->gestures, g_ptr_array_unref);
  g_clear_pointer (&live->veils, g_hash_table_unref);
  g_clear_pointer (&live->governor, realtime_governor_free);
}
