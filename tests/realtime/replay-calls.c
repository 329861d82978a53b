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
            const TranscriptFrame *call)
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

void
replay_stop_listening (ReplayChannel *channel)
{
  if (channel->subscription == NULL)
    return;
  g_assert_cmpuint (channel->n_heard, ==, channel->expected->len);
  g_signal_handlers_disconnect_by_data (channel->subscription, channel);
  replay_presence_stop (channel);
  replay_rows_stop (channel);
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
      replay_send_line (self, line);
      line->is_played = TRUE;
    }
}

/* A join of its own accord may be under way when it is told to stop; it leaves as soon as that is answered. */
static gboolean
has_left (Replay     *self,
          const char *topic)
{
  g_autofree char *info = realtime_manager_get_debug_info (self->manager);
  g_autofree char *name = g_strdup_printf ("\"topic\":\"%s\"", topic + strlen (REALTIME_TOPIC_PREFIX));
  TelaJsonSpan     channels;

  g_assert_true (tela_json_find ((TelaJsonSpan){ info, strlen (info) }, "channels", &channels));

  return g_strstr_len (channels.data, (gssize) channels.len, name) == NULL;
}

/* What the database sent before; only where the server would take it. */
static void
read_replay (TelaJsonSpan            config,
             RealtimeChannelOptions *options)
{
  TelaJsonSpan broadcast, replay, since, limit;

  if (!options->is_private || !tela_json_find (config, "broadcast", &broadcast) ||
      !tela_json_find (broadcast, "replay", &replay) || !tela_json_find (replay, "since", &since) ||
      !g_ascii_isdigit (*since.data))
    return;
  options->replay_since = MAX (g_ascii_strtoll (since.data, NULL, 10), 1);
  if (tela_json_find (replay, "limit", &limit) && g_ascii_isdigit (*limit.data))
    options->replay_limit = (guint) g_ascii_strtoull (limit.data, NULL, 10);
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
  read_replay (config, &options);
  if (options.is_private && token == NULL && self->token == NULL)
    return FALSE;
  g_free (channel->recorded_ref);
  channel->recorded_ref = g_strndup (call->ref.data, call->ref.len);
  /* A second join of a live channel, which ours never makes. */
  if (channel->is_recorded && channel->subscription != NULL)
    return FALSE;

  answer_joins (self);
  replay_settle (self);
  replay_stop_listening (channel);
  wait_until (has_left (self, call->topic));
  if (options.is_private)
    use_token (self, token);
  channel->is_private = options.is_private;
  channel->has_ack = options.ack;
  channel->n_heard = 0;
  g_ptr_array_set_size (channel->expected, 0);
  name = g_strdup (call->topic + strlen (REALTIME_TOPIC_PREFIX));
  expect_call (self, channel, "phx_join");
  channel->is_joined = FALSE;
  if (flag (config, "presence", "enabled"))
    replay_presence_start (self, channel, config);
  replay_rows_start (self, channel, &options, config);
  channel->subscription = realtime_manager_subscribe (self->manager, name, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (channel->subscription, "message", G_CALLBACK (heard_cb), channel);
  await_call (self, call);

  return TRUE;
}

static gboolean
do_leave (Replay                *self,
          const TranscriptFrame *call)
{
  ReplayChannel *channel = replay_get_channel (self, call->topic);

  replay_settle (self);
  channel->is_recorded = FALSE;
  if (channel->subscription == NULL || !channel->is_joined)
    {
      replay_stop_listening (channel);
      return FALSE;
    }
  expect_call (self, channel, "phx_leave");
  replay_stop_listening (channel);
  channel->is_joined = FALSE;
  await_call (self, call);

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
  replay_settle (self);
  if (event == NULL || *event == '\0' || !channel->is_joined || channel->subscription == NULL || call->is_bytes ||
      !is_object (payload))
    return FALSE;

  text = g_strndup (payload.data, payload.len);
  cast = g_new0 (ReplayCast, 1);
  g_ptr_array_add (self->casts, cast);
  expect_call (self, channel, "broadcast");
  realtime_manager_broadcast_async (self->manager, call->topic + strlen (REALTIME_TOPIC_PREFIX), event, text, NULL,
                                    cast_cb, cast);
  await_call (self, call);
  cast->ref = channel->has_ack ? self->heard_ref : 0;

  return TRUE;
}

static gboolean
do_token (Replay                *self,
          const TranscriptFrame *call)
{
  ReplayChannel   *channel = replay_get_channel (self, call->topic);
  g_autofree char *token = transcript_member (call->payload, "access_token");

  replay_settle (self);
  if (token == NULL || g_strcmp0 (token, self->token) == 0 || channel->subscription == NULL || !channel->is_private ||
      !channel->is_joined)
    return FALSE;
  expect_call (self, channel, "access_token");
  use_token (self, token);
  await_call (self, call);

  return TRUE;
}

/* The server takes few, so ours makes few; and none that would change nothing. */
static gboolean
do_presence (Replay                *self,
             const TranscriptFrame *call)
{
  ReplayChannel   *channel = replay_get_channel (self, call->topic);
  g_autofree char *event = transcript_member (call->payload, "event");
  g_autofree char *text = NULL;
  TelaJsonSpan     payload = { NULL, 0 };

  replay_settle (self);
  if (g_strcmp0 (event, "track") == 0 && tela_json_find (call->payload, "payload", &payload) && is_object (payload))
    text = g_strndup (payload.data, payload.len);
  else if (g_strcmp0 (event, "untrack") != 0)
    return FALSE;
  if (channel->presence == NULL || !channel->is_joined || channel->n_shown == REPLAY_SHOWN_MAX ||
      g_strcmp0 (text, channel->shown) == 0)
    return FALSE;

  g_free (channel->shown);
  channel->shown = g_strdup (text);
  channel->n_shown++;
  expect_call (self, channel, "presence");
  if (text != NULL)
    realtime_presence_track (channel->presence, text);
  else
    realtime_presence_untrack (channel->presence);
  await_call (self, call);

  return TRUE;
}

/* Has our client do what the recorded one did, if ours ever does such a thing. */
void
replay_do_call (Replay               *self,
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
  else if (g_str_equal (call.event, "presence"))
    do_presence (self, &call);
}
