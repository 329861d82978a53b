/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-channel.h"

#include <string.h>

#include "backend-changes.h"
#include "backend-news.h"
#include "backend-replay.h"
#include "backend-socket.h"
#include "backend-text.h"
#include "backend-topics.h"

#define TOO_MANY_JOINS "ClientJoinRateLimitReached: Too many joins per second"

/* "Code: text" for a token that is no good. */
static char *
token_reason (const GError *error)
{
  static const char *const codes[] = { "MalformedJWT", "JwtSignerError", "JwtSignatureError", "InvalidJWTToken",
                                       "InvalidJWTToken" };

  return g_strconcat (codes[error->code], ": ", error->message, NULL);
}

/* The token of a payload; that of the socket where there is none of use. (transfer full) */
static char *
take_token (TelaSocket  *socket,
            TelaJsonSpan payload)
{
  g_autofree char *token = tela_pick_text (payload, "user_token");

  if (token == NULL)
    token = tela_pick_text (payload, "access_token");
  if (token == NULL || g_str_has_prefix (token, "sb_"))
    return g_strdup (socket->token);
  return g_steal_pointer (&token);
}

/* What is asked for beyond what a channel keeps. */
typedef struct
{
  TelaReplay replay;
  gboolean   replication_ready;
} Wants;

static Wants
take_config (TelaChannel *self,
             TelaJsonSpan payload)
{
  TelaJsonSpan config = { "{}", 2 }, broadcast = { "{}", 2 }, changes = { "[]", 2 };

  tela_object_member (payload, "config", &config);
  tela_object_member (config, "broadcast", &broadcast);
  tela_json_find (config, "postgres_changes", &changes);
  self->bindings = tela_bindings_parse (changes);
  self->is_private = tela_flag_member (config, "private", FALSE);
  tela_presence_configure (&self->presence, config);
  self->self = tela_flag_member (broadcast, "self", FALSE);
  self->ack = tela_flag_member (broadcast, "ack", FALSE);
  return (Wants){ tela_replay_parse (broadcast), tela_flag_member (broadcast, "replication_ready", FALSE) };
}

/* A private channel must be able to read something. */
static gboolean
may_read (TelaChannel *self)
{
  return tela_channel_may (self, TELA_EXTENSION_BROADCAST, TELA_ACCESS_READ) ||
         (self->presence.enabled && tela_channel_may (self, TELA_EXTENSION_PRESENCE, TELA_ACCESS_READ));
}

/* Why not, or NULL. */
static const char *
replay_problem (TelaChannel *self,
                const Wants *wants)
{
  if (!wants->replay.wanted)
    return NULL;
  if (!self->is_private)
    return "UnableToReplayMessages: Replay is not allowed for public channels";
  return wants->replay.valid ? NULL : "UnableToReplayMessages: Replay params are not valid";
}

/* Why not, or NULL. (transfer full) */
static char *
refusal (TelaChannel     *self,
         const TelaFrame *frame,
         const Wants     *wants)
{
  TelaCore        *core = self->socket->core;
  const char      *name = frame->topic + strlen (TELA_TOPIC_PREFIX);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!tela_span_is_object (frame->payload))
    return g_strdup (TELA_JSON_SPAN_IS (frame->payload, "null")
                         ? "UnknownErrorOnChannel: expected params to be a :map, got: `nil`"
                         : "UnknownErrorOnChannel: expected params to be a :map");
  if (*name == '\0')
    return g_strdup ("TopicNameRequired: You must provide a topic name");
  if (core->limits && tela_rate_get (&core->rates.joins, g_get_monotonic_time ()) >= TELA_LIMIT_JOINS)
    return g_strdup (TOO_MANY_JOINS);
  if (g_hash_table_size (self->socket->channels) >= (core->limits ? TELA_LIMIT_CHANNELS : TELA_MAX_CHANNELS))
    return g_strdup ("ChannelRateLimitReached: Too many channels");
  self->claims = tela_jwt_verify (self->token, core->keys->secret, tela_now_ms () / 1000, &error);
  if (self->claims == NULL)
    return token_reason (error);
  if (may_read (self))
    return g_strdup (replay_problem (self, wants));
  text = tela_channel_unauthorized (name);
  return g_strconcat ("Unauthorized: ", text, NULL);
}

static void
reply_refused (TelaSocket      *socket,
               const TelaFrame *frame,
               const char      *reason)
{
  g_autoptr (GString) out = g_string_new ("{\"reason\":");

  tela_json_append_string (out, reason, strlen (reason));
  g_string_append_c (out, '}');
  tela_socket_reply (socket, frame->join_ref, frame, "error", out->str);
  tela_socket_freeze (socket, strcmp (reason, TOO_MANY_JOINS) == 0 ? TELA_CLOSE_GOING_AWAY : 0);
}

static void
reply_joined (TelaChannel     *self,
              const TelaFrame *frame)
{
  g_autoptr (GString) out = g_string_new ("{\"postgres_changes\":[");

  for (guint i = 0; i < self->bindings->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? "," : "", ((TelaBinding *) self->bindings->pdata[i])->text);
  g_string_append_printf (out, "],\"tela\":{\"events_per_second\":%d}}",
                          self->socket->core->limits ? TELA_LIMIT_EVENTS : 0);
  tela_socket_reply (self->socket, frame->join_ref, frame, "ok", out->str);
}

/* Not in its topic yet. */
static TelaChannel *
new_channel (TelaSocket      *socket,
             const TelaFrame *frame,
             Wants           *wants)
{
  TelaChannel *self = g_new0 (TelaChannel, 1);

  socket->core->metrics.channels++;
  self->socket = socket;
  self->wire = g_strdup (frame->topic);
  self->join_ref = g_strdup (frame->join_ref);
  self->token = take_token (socket, frame->payload);
  tela_channel_forget_rights (self);
  *wants = take_config (self, frame->payload);
  return self;
}

static void
enter (TelaChannel     *self,
       const TelaFrame *frame,
       const Wants     *wants)
{
  TelaSocket *socket = self->socket;

  self->topic = tela_topics_join (socket->core, frame->topic + strlen (TELA_TOPIC_PREFIX), self->is_private, self);
  g_hash_table_insert (socket->channels, self->wire, self);
  reply_joined (self, frame);
  if (wants->replay.wanted && tela_channel_may (self, TELA_EXTENSION_BROADCAST, TELA_ACCESS_READ))
    tela_replay_push (self, &wants->replay);
  if (self->presence.enabled && tela_channel_may (self, TELA_EXTENSION_PRESENCE, TELA_ACCESS_READ))
    tela_presence_push_state (self);
  if (wants->replication_ready)
    tela_channel_push_system (self, "system", "ok", "Replication connection established");
  tela_changes_subscribe (socket->core->changes, self);
}

/* The older channel goes before the new join is tried, and its close is told after the new join's answer. */
void
tela_channel_join (TelaSocket      *socket,
                   const TelaFrame *frame)
{
  TelaCore        *core = socket->core;
  TelaChannel     *old = g_hash_table_lookup (socket->channels, frame->topic);
  g_autofree char *old_ref = old != NULL ? g_strdup (old->join_ref) : NULL;
  g_autofree char *reason = NULL;
  TelaChannel     *self;
  Wants            wants;

  tela_news_deliver (core->news); /* what a replay holds does not come again */
  g_hash_table_remove (socket->channels, frame->topic);
  self = new_channel (socket, frame, &wants);
  reason = refusal (self, frame, &wants);
  if (core->limits)
    tela_rate_add (&core->rates.joins, 1, g_get_monotonic_time ());
  if (reason == NULL)
    enter (self, frame, &wants);
  else
    {
      tela_channel_free (self);
      reply_refused (socket, frame, reason);
    }
  if (old_ref != NULL)
    tela_channel_push_close (socket, old_ref, frame->topic);
  if (reason == NULL)
    tela_channel_check (self);
}
