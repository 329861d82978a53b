/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "replay-private.h"
#include "stand-in.h"

static gboolean
channel_is_settled (ReplayChannel *channel)
{
  if (channel->subscription == NULL)
    return TRUE;

  return realtime_subscription_is_subscribed (channel->subscription) == channel->is_joined &&
         channel->n_heard >= channel->expected->len && replay_presence_agrees (channel) && replay_rows_agree (channel);
}

static gboolean
is_settled (Replay *self)
{
  GHashTableIter iter;
  ReplayChannel *channel;

  if (realtime_manager_get_connection_state (self->manager) != REALTIME_CONNECTION_CONNECTED)
    return FALSE;
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    if (!channel_is_settled (channel))
      return FALSE;
  for (guint i = 0; i < self->casts->len; i++)
    {
      ReplayCast *cast = g_ptr_array_index (self->casts, i);

      if (cast->is_answered && !cast->has_ended)
        return FALSE;
    }

  return TRUE;
}

void
replay_settle (Replay *self)
{
  wait_until (is_settled (self));
  for (guint i = 0; i < self->casts->len; i++)
    {
      ReplayCast *cast = g_ptr_array_index (self->casts, i);

      if (cast->is_answered)
        g_assert_cmpint (cast->has_worked, ==, cast->is_ok);
    }
}

static gboolean
is_ok (TelaJsonSpan payload)
{
  g_autofree char *status = transcript_member (payload, "status");

  return g_strcmp0 (status, "ok") == 0;
}

/* @ref: as the client knows it, with quotes; nullable. */
static void
note_reply (Replay                *self,
            const TranscriptFrame *frame,
            const char            *ref)
{
  ReplayChannel *channel = replay_get_channel (self, frame->topic);
  const guint64  number = ref != NULL ? g_ascii_strtoull (ref + 1, NULL, 10) : 0;

  if (number == 0)
    return;
  if (number == channel->join_ref && channel->is_joining)
    {
      channel->is_joining = FALSE;
      channel->is_joined = channel->is_recorded = is_ok (frame->payload);
      g_free (channel->reply);
      channel->reply = g_strndup (frame->payload.data, frame->payload.len);
      replay_rows_note_reply (channel, frame->payload);
    }
  for (guint i = 0; i < self->casts->len; i++)
    {
      ReplayCast *cast = g_ptr_array_index (self->casts, i);

      if (cast->ref == number)
        {
          cast->is_answered = TRUE;
          cast->is_ok = is_ok (frame->payload);
        }
    }
}

static void
note_broadcast (Replay                *self,
                const TranscriptFrame *frame)
{
  ReplayChannel   *channel = replay_get_channel (self, frame->topic);
  TelaJsonSpan     payload = frame->payload;
  g_autofree char *event = frame->is_push ? g_strdup (frame->event) : transcript_member (frame->payload, "event");

  if (!channel->is_joined || channel->subscription == NULL || event == NULL || *event == '\0')
    return;
  if (!frame->is_push && !tela_json_find (frame->payload, "payload", &payload))
    payload = (TelaJsonSpan){ "null", 4 };
  if (frame->is_push && !frame->is_bytes && !tela_json_check (payload.data, (gssize) payload.len, NULL))
    return;
  g_ptr_array_add (channel->expected, g_strdup_printf ("%s %.*s", event, (int) payload.len, payload.data));
  self->count->n_messages++;
}

/* What the frame that is about to go out stands for. */
static void
note_frame (Replay                *self,
            const TranscriptFrame *frame,
            const char            *ref)
{
  ReplayChannel *channel = replay_get_channel (self, frame->topic);

  if (frame->is_push || g_str_equal (frame->event, "broadcast"))
    note_broadcast (self, frame);
  else if (g_str_equal (frame->event, "phx_reply"))
    note_reply (self, frame, ref);
  else if (g_str_has_prefix (frame->event, "presence_"))
    replay_presence_note (channel, frame);
  else if (g_str_equal (frame->event, "postgres_changes"))
    replay_rows_note (self, channel, frame);
  else if (g_str_equal (frame->event, "phx_close") || g_str_equal (frame->event, "phx_error"))
    {
      const guint64 number = ref != NULL ? g_ascii_strtoull (ref + 1, NULL, 10) : 0;

      if (TELA_JSON_SPAN_IS (frame->ref, "null") || channel->recorded_ref == NULL ||
          strncmp (channel->recorded_ref, frame->ref.data, frame->ref.len) == 0)
        channel->is_recorded = FALSE;
      if (number == channel->join_ref && !channel->is_joining)
        channel->is_joined = channel->has_list = FALSE;
    }
}

/* The client's ref in the place of the recorded one. Where it never said such a thing, the recorded one stays, with a
 * letter so that it is nobody's. */
static char *
mapped (Replay      *self,
        TelaJsonSpan ref)
{
  g_autofree char *key = NULL;
  const char      *found;

  if (ref.len == 0 || TELA_JSON_SPAN_IS (ref, "null"))
    return NULL;

  key = g_strndup (ref.data, ref.len);
  found = g_hash_table_lookup (self->refs, key);

  return found != NULL ? g_strdup (found) : g_strdup_printf ("\"x%s\"", g_strdelimit (key, "\"", 'x'));
}

void
replay_send_line (Replay         *self,
                  TranscriptLine *line)
{
  g_auto (TranscriptFrame) frame = { 0 };
  g_autofree char *join_ref = NULL;
  g_autofree char *ref = NULL;
  g_autoptr (GString) out = g_string_new_len (line->data, (gssize) line->len);
  gboolean is_known = transcript_frame_parse (&frame, self->session->protocol, line);

  if (is_known)
    {
      join_ref = mapped (self, frame.join_ref);
      ref = mapped (self, frame.ref);
      note_frame (self, &frame, ref);
    }
  if (line->kind == TRANSCRIPT_BINARY)
    {
      soup_websocket_connection_send_binary (self->socket, line->data, line->len);
      return;
    }
  /* The latter first: the former stands before it in an array. */
  if (ref != NULL)
    {
      g_string_erase (out, frame.ref.data - line->data, (gssize) frame.ref.len);
      g_string_insert (out, frame.ref.data - line->data, ref);
    }
  if (join_ref != NULL && frame.join_ref.data < frame.ref.data)
    {
      g_string_erase (out, frame.join_ref.data - line->data, (gssize) frame.join_ref.len);
      g_string_insert (out, frame.join_ref.data - line->data, join_ref);
    }
  replay_send_text (self, out->str, out->len);
}

static void
check_refused (Replay *self)
{
  const GError *error;

  wait_until (realtime_manager_get_last_error (self->manager) != NULL);
  error = realtime_manager_get_last_error (self->manager);
  g_assert_cmpuint (self->n_refused, >=, 1);
  g_assert_cmpuint (self->n_sockets, ==, 0);
  if (self->session->status == 401 || self->session->status == 403)
    g_assert_error (error, REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  else
    g_assert_cmpuint (error->domain, ==, REALTIME_ERROR);
  /* Some of them only the user can mend. */
  g_assert_cmpint (realtime_manager_get_connection_state (self->manager), ==,
                   self->session->status == 429 || self->session->status >= 500 ? REALTIME_CONNECTION_CONNECTING
                                                                                : REALTIME_CONNECTION_ERROR);
}

static void
play (Replay *self)
{
  replay_settle (self);
  for (guint i = 0; i < self->session->lines->len; i++)
    {
      TranscriptLine *line = g_ptr_array_index (self->session->lines, i);

      self->at = i;
      if (line->is_played)
        continue;
      if (line->kind != TRANSCRIPT_CLOSE && line->is_send)
        {
          replay_do_call (self, line);
        }
      else if (line->kind != TRANSCRIPT_CLOSE)
        {
          replay_send_line (self, line);
        }
      else
        {
          /* After the last word of the recording the client is on its own. */
          if (!line->is_send)
            replay_drop_socket (self, line->code);
          break;
        }
    }
  replay_settle (self);
}

static void
check_end (Replay *self)
{
  GHashTableIter iter;
  ReplayChannel *channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    {
      if (channel->subscription == NULL)
        continue;
      /* Back again, or told why not. */
      wait_until (channel_is_settled (channel) &&
                  channel->is_joined == (realtime_subscription_get_error (channel->subscription) == NULL));
      g_assert_cmpuint (channel->n_heard, ==, channel->expected->len);
      replay_stop_listening (channel);
    }
}

static void
shutdown_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_assert_true (realtime_manager_shutdown_finish (REALTIME_MANAGER (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}

void
replay_session (const TranscriptSession *session,
                ReplayCount             *count)
{
  Replay         *self = replay_new (session);
  RealtimeTimings timings = test_timings ();
  gboolean        is_down = FALSE;

  timings.frame = 1;
  self->count = count;
  self->manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_protocol (self->manager, session->protocol);
  realtime_manager_set_endpoint (self->manager, self->url, "key");
  realtime_manager_connect (self->manager);
  if (session->status == 101)
    {
      play (self);
      check_end (self);
    }
  else
    {
      check_refused (self);
    }
  realtime_manager_shutdown_async (self->manager, NULL, shutdown_cb, &is_down);
  wait_until (is_down);
  for (guint i = 0; i < self->casts->len; i++)
    g_assert_true (((ReplayCast *) g_ptr_array_index (self->casts, i))->has_ended);
  g_assert_finalize_object (self->manager);
  replay_free (self);
}
