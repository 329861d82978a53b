/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "replay-private.h"
#include "stand-in.h"

static char *
quoted (guint64 ref)
{
  return g_strdup_printf ("\"%" G_GUINT64_FORMAT "\"", ref);
}

static gboolean
channel_is_settled (ReplayChannel *channel)
{
  if (channel->subscription == NULL)
    return TRUE;

  return realtime_subscription_is_subscribed (channel->subscription) == channel->is_joined &&
         channel->n_heard >= channel->expected->len;
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

static void
settle (Replay *self)
{
  wait_until (is_settled (self));
  for (guint i = 0; i < self->casts->len; i++)
    {
      ReplayCast *cast = g_ptr_array_index (self->casts, i);

      if (cast->is_answered)
        g_assert_cmpint (cast->has_worked, ==, cast->is_ok);
    }
}

static void
heard_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          ReplayChannel        *channel)
{
  g_autofree char *got = g_strdup_printf ("%s %.*s", message->event, (int) message->payload_len, message->payload);

  g_assert_cmpuint (channel->n_heard, <, channel->expected->len);
  g_assert_cmpstr (got, ==, g_ptr_array_index (channel->expected, channel->n_heard));
  channel->n_heard++;
}

static void
map_ref (Replay                *self,
         const TranscriptFrame *call,
         guint64                ref)
{
  gboolean is_quoted = call->ref.len > 0 && (*call->ref.data == '"' || !call->is_push);

  g_hash_table_insert (self->refs,
                       is_quoted ? g_strndup (call->ref.data, call->ref.len)
                                 : g_strdup_printf ("\"%.*s\"", (int) call->ref.len, call->ref.data),
                       quoted (ref));
}

/* The client has been told what to do: it says so on the wire. */
static void
await_call (Replay                *self,
            const TranscriptFrame *call,
            const char            *event)
{
  wait_until (self->awaited_topic == NULL);
  self->awaited_event = NULL;
  map_ref (self, call, self->heard_ref);
  self->count->n_ours++;
}

static void
expect_call (Replay        *self,
             ReplayChannel *channel,
             const char    *event)
{
  self->awaited_topic = channel->topic;
  self->awaited_event = event;
}

static gboolean
flag (TelaJsonSpan config,
      const char  *section,
      const char  *name)
{
  TelaJsonSpan object = config, value;

  if (section != NULL && !tela_json_find (config, section, &object))
    return FALSE;

  return tela_json_find (object, name, &value) && TELA_JSON_SPAN_IS (value, "true");
}

static void
stop_listening (ReplayChannel *channel)
{
  if (channel->subscription == NULL)
    return;
  g_assert_cmpuint (channel->n_heard, ==, channel->expected->len);
  g_signal_handlers_disconnect_by_data (channel->subscription, channel);
  realtime_subscription_cancel (channel->subscription);
  g_clear_object (&channel->subscription);
}

static void
use_token (Replay     *self,
           const char *token)
{
  g_autofree char *opaque = NULL;

  if (token == NULL || g_strcmp0 (token, self->token) == 0)
    return;
  g_free (self->token);
  self->token = g_strdup (token);
  /* Most have ended by now, and ours sends none that has: so one that does not say when it ends. */
  opaque = g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
  realtime_manager_set_token (self->manager, opaque);
}

static void send_line (Replay *self, TranscriptLine *line);

/* Ours joins one at a time: the answer to the join under way is given before the next one. */
static void
answer_joins (Replay *self)
{
  for (guint i = self->at + 1; i < self->session->lines->len; i++)
    {
      TranscriptLine *line = g_ptr_array_index (self->session->lines, i);
      g_auto (TranscriptFrame) frame = { 0 };

      if (line->is_send || line->is_played || !transcript_frame_parse (&frame, self->session->protocol, line) ||
          !g_str_equal (frame.event, "phx_reply") || !replay_get_channel (self, frame.topic)->is_joining)
        continue;
      send_line (self, line);
      line->is_played = TRUE;
    }
}

static gboolean
do_join (Replay                *self,
         const TranscriptFrame *call)
{
  ReplayChannel         *channel = replay_get_channel (self, call->topic);
  RealtimeChannelOptions options = { 0 };
  TelaJsonSpan           config = { "{}", 2 };
  g_autofree char       *token = transcript_member (call->payload, "access_token");
  g_autofree char       *name = NULL;

  if (!g_str_has_prefix (call->topic, "realtime:") || call->topic[9] == '\0' ||
      !tela_json_find (call->payload, "config", &config))
    return FALSE;
  options.is_private = flag (config, NULL, "private");
  options.ack = flag (config, "broadcast", "ack");
  options.self = flag (config, "broadcast", "self");
  if (options.is_private && token == NULL && self->token == NULL)
    return FALSE;
  g_free (channel->recorded_ref);
  channel->recorded_ref = g_strndup (call->ref.data, call->ref.len);
  /* A second join of a live channel, which ours never makes. */
  if (channel->is_recorded && channel->subscription != NULL)
    return FALSE;

  answer_joins (self);
  settle (self);
  stop_listening (channel);
  wait_quiet (30); /* The pump of a busy machine has run. */
  if (options.is_private)
    use_token (self, token);
  channel->is_private = options.is_private;
  channel->has_ack = options.ack;
  channel->n_heard = 0;
  g_ptr_array_set_size (channel->expected, 0);
  name = g_strdup (call->topic + strlen (REALTIME_TOPIC_PREFIX));
  expect_call (self, channel, "phx_join");
  channel->is_joined = FALSE;
  channel->subscription = realtime_manager_subscribe (self->manager, name, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (channel->subscription, "message", G_CALLBACK (heard_cb), channel);
  await_call (self, call, "phx_join");

  return TRUE;
}

static gboolean
do_leave (Replay                *self,
          const TranscriptFrame *call)
{
  ReplayChannel *channel = replay_get_channel (self, call->topic);

  settle (self);
  channel->is_recorded = FALSE;
  if (channel->subscription == NULL || !channel->is_joined)
    {
      stop_listening (channel);
      return FALSE;
    }
  expect_call (self, channel, "phx_leave");
  stop_listening (channel);
  channel->is_joined = FALSE;
  await_call (self, call, "phx_leave");

  return TRUE;
}

static void
cast_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  ReplayCast *cast = user_data;

  cast->has_worked = realtime_manager_broadcast_finish (REALTIME_MANAGER (source), result, NULL);
  cast->has_ended = TRUE;
}

static gboolean
is_object (TelaJsonSpan value)
{
  return value.len > 0 && *value.data == '{' && tela_json_check (value.data, (gssize) value.len, NULL);
}

static gboolean
do_broadcast (Replay                *self,
              const TranscriptFrame *call)
{
  ReplayChannel   *channel = replay_get_channel (self, call->topic);
  TelaJsonSpan     payload = call->payload;
  g_autofree char *event = call->is_push ? g_strdup (call->event) : transcript_member (call->payload, "event");
  g_autofree char *text = NULL;
  ReplayCast      *cast;

  if (!call->is_push && !tela_json_find (call->payload, "payload", &payload))
    return FALSE;
  settle (self);
  if (event == NULL || *event == '\0' || !channel->is_joined || channel->subscription == NULL || call->is_bytes ||
      !is_object (payload))
    return FALSE;

  text = g_strndup (payload.data, payload.len);
  cast = g_new0 (ReplayCast, 1);
  g_ptr_array_add (self->casts, cast);
  expect_call (self, channel, "broadcast");
  realtime_manager_broadcast_async (self->manager, call->topic + strlen (REALTIME_TOPIC_PREFIX), event, text, NULL,
                                    cast_cb, cast);
  await_call (self, call, "broadcast");
  cast->ref = channel->has_ack ? self->heard_ref : 0;

  return TRUE;
}

static gboolean
do_token (Replay                *self,
          const TranscriptFrame *call)
{
  ReplayChannel   *channel = replay_get_channel (self, call->topic);
  g_autofree char *token = transcript_member (call->payload, "access_token");

  settle (self);
  if (token == NULL || g_strcmp0 (token, self->token) == 0 || channel->subscription == NULL || !channel->is_private ||
      !channel->is_joined)
    return FALSE;
  expect_call (self, channel, "access_token");
  use_token (self, token);
  await_call (self, call, "access_token");

  return TRUE;
}

/* Has our client do what the recorded one did, if ours ever does such a thing. */
static void
do_call (Replay               *self,
         const TranscriptLine *line)
{
  g_auto (TranscriptFrame) call = { 0 };

  self->count->n_sends++;
  if (!transcript_frame_parse (&call, self->session->protocol, line))
    return;
  if (call.is_push || g_str_equal (call.event, "broadcast"))
    do_broadcast (self, &call);
  else if (g_str_equal (call.event, "phx_join"))
    do_join (self, &call);
  else if (g_str_equal (call.event, "phx_leave"))
    do_leave (self, &call);
  else if (g_str_equal (call.event, "access_token"))
    do_token (self, &call);
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
            const char            *join_ref,
            const char            *ref)
{
  ReplayChannel *channel = replay_get_channel (self, frame->topic);

  if (frame->is_push || g_str_equal (frame->event, "broadcast"))
    note_broadcast (self, frame);
  else if (g_str_equal (frame->event, "phx_reply"))
    note_reply (self, frame, ref);
  else if (g_str_equal (frame->event, "phx_close") || g_str_equal (frame->event, "phx_error"))
    {
      const guint64 number = ref != NULL ? g_ascii_strtoull (ref + 1, NULL, 10) : 0;

      if (TELA_JSON_SPAN_IS (frame->ref, "null") || channel->recorded_ref == NULL ||
          strncmp (channel->recorded_ref, frame->ref.data, frame->ref.len) == 0)
        channel->is_recorded = FALSE;
      if (number == channel->join_ref && !channel->is_joining)
        channel->is_joined = FALSE;
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

static void
send_line (Replay         *self,
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
      note_frame (self, &frame, join_ref, ref);
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
  settle (self);
  for (guint i = 0; i < self->session->lines->len; i++)
    {
      TranscriptLine *line = g_ptr_array_index (self->session->lines, i);

      self->at = i;
      if (line->is_played)
        continue;
      if (line->kind != TRANSCRIPT_CLOSE && line->is_send)
        {
          do_call (self, line);
        }
      else if (line->kind != TRANSCRIPT_CLOSE)
        {
          send_line (self, line);
        }
      else
        {
          /* After the last word of the recording the client is on its own. */
          if (!line->is_send)
            replay_drop_socket (self, line->code);
          break;
        }
    }
  settle (self);
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
      stop_listening (channel);
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
