/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-channel.h"

#include <string.h>

#include "backend-rights.h"
#include "backend-socket.h"
#include "backend-text.h"
#include "backend-topics.h"

#define OK_EMPTY "{}"

/* ---- Ends ---- */

void
tela_channel_free (TelaChannel *self)
{
  if (self->topic != NULL)
    tela_topics_leave (self->topic, self);
  self->socket->core->metrics.channels--;
  g_clear_pointer (&self->claims, tela_claims_unref);
  g_free (self->wire);
  g_free (self->join_ref);
  g_free (self->token);
  g_free (self);
}

static void
push_close (TelaSocket *socket,
            const char *join_ref,
            const char *wire)
{
  tela_socket_push (socket, join_ref, join_ref, wire, "phx_close", OK_EMPTY);
}

void
tela_channel_shut (TelaChannel *self,
                   const char  *reason)
{
  g_autoptr (GString) out = g_string_new ("{\"message\":");

  tela_json_append_string (out, reason, strlen (reason));
  g_string_append (out, ",\"status\":\"error\",\"extension\":\"system\",\"channel\":");
  tela_json_append_string (out, self->topic->name, strlen (self->topic->name));
  g_string_append_c (out, '}');
  tela_socket_push (self->socket, self->join_ref, NULL, self->wire, "system", out->str);
  push_close (self->socket, self->join_ref, self->wire);
  g_hash_table_remove (self->socket->channels, self->wire);
}

/* ---- Joining ---- */

/* "Code: text" for a token that is no good. */
static char *
token_reason (const GError *error)
{
  static const char *const codes[] = { "MalformedJWT", "JwtSignerError", "JwtSignatureError", "InvalidJWTToken",
                                       "InvalidJWTToken" };

  return g_strconcat (codes[error->code], ": ", error->message, NULL);
}

static char *
unauthorized (const char *name)
{
  return g_strconcat ("You do not have permissions to read from this Channel topic: ", name, NULL);
}

/* The token of a payload; that of the socket where there is none of use. (transfer full) */
static char *
take_token (TelaSocket  *socket,
            TelaJsonSpan payload)
{
  g_autofree char *token = tela_text_member (payload, "user_token");

  if (token == NULL)
    token = tela_text_member (payload, "access_token");
  if (token == NULL || g_str_has_prefix (token, "sb_"))
    return g_strdup (socket->token);
  return g_steal_pointer (&token);
}

static void
take_config (TelaChannel *self,
             TelaJsonSpan payload)
{
  TelaJsonSpan config, broadcast;

  if (!tela_object_member (payload, "config", &config))
    return;
  self->is_private = tela_flag_member (config, "private", FALSE);
  if (!tela_object_member (config, "broadcast", &broadcast))
    return;
  self->self = tela_flag_member (broadcast, "self", FALSE);
  self->ack = tela_flag_member (broadcast, "ack", FALSE);
}

/* Why not, or NULL. (transfer full) */
static char *
refusal (TelaChannel *self,
         const char  *name)
{
  TelaCore *core = self->socket->core;
  g_autoptr (GError) error = NULL;

  if (*name == '\0')
    return g_strdup ("TopicNameRequired: You must provide a topic name");
  if (core->limits && tela_rate_get (&core->rates.joins, g_get_monotonic_time ()) >= TELA_LIMIT_JOINS)
    return g_strdup ("ClientJoinRateLimitReached: Too many joins per second");
  if (core->limits && g_hash_table_size (self->socket->channels) >= TELA_LIMIT_CHANNELS)
    return g_strdup ("ChannelRateLimitReached: Too many channels");
  self->claims = tela_jwt_verify (self->token, core->keys->secret, tela_now_ms () / 1000, &error);
  if (self->claims == NULL)
    return token_reason (error);
  if (self->is_private && !tela_rights_may_read (core, self->claims, name))
    {
      g_autofree char *text = unauthorized (name);

      return g_strconcat ("Unauthorized: ", text, NULL);
    }
  return NULL;
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
  if (g_str_has_prefix (reason, "ClientJoinRateLimitReached"))
    tela_websocket_close (socket->websocket, TELA_CLOSE_GOING_AWAY, "");
}

static void
reply_joined (TelaSocket      *socket,
              const TelaFrame *frame)
{
  g_autofree char *response = g_strdup_printf ("{\"postgres_changes\":[],\"tela\":{\"events_per_second\":%d}}",
                                               socket->core->limits ? TELA_LIMIT_EVENTS : 0);

  tela_socket_reply (socket, frame->join_ref, frame, "ok", response);
}

/* The older channel goes before the new join is tried, and its close is told after the new join's answer. */
void
tela_channel_join (TelaSocket      *socket,
                   const TelaFrame *frame)
{
  TelaCore        *core = socket->core;
  const char      *name = frame->topic + strlen (TELA_TOPIC_PREFIX);
  TelaChannel     *old = g_hash_table_lookup (socket->channels, frame->topic);
  g_autofree char *old_ref = old != NULL ? g_strdup (old->join_ref) : NULL;
  g_autofree char *reason = NULL;
  TelaChannel     *self = g_new0 (TelaChannel, 1);

  g_hash_table_remove (socket->channels, frame->topic);
  core->metrics.channels++;
  self->socket = socket;
  self->wire = g_strdup (frame->topic);
  self->join_ref = g_strdup (frame->join_ref);
  self->token = take_token (socket, frame->payload);
  self->may_write = -1;
  take_config (self, frame->payload);
  reason = refusal (self, name);
  if (core->limits)
    tela_rate_add (&core->rates.joins, 1, g_get_monotonic_time ());
  if (reason != NULL)
    {
      tela_channel_free (self);
      reply_refused (socket, frame, reason);
    }
  else
    {
      self->topic = tela_topics_join (core, name, self->is_private, self);
      g_hash_table_insert (socket->channels, self->wire, self);
      reply_joined (socket, frame);
    }
  if (old_ref != NULL)
    push_close (socket, old_ref, frame->topic);
}

/* ---- Tokens ---- */

static void
take_access_token (TelaChannel     *self,
                   const TelaFrame *frame)
{
  g_autofree char *token = tela_text_member (frame->payload, "access_token");
  g_autoptr (GError) error = NULL;
  TelaClaims *claims;

  if (token == NULL || g_str_has_prefix (token, "sb_") || strcmp (token, self->token) == 0)
    return;
  claims = tela_jwt_verify (token, self->socket->core->keys->secret, tela_now_ms () / 1000, &error);
  if (claims == NULL)
    {
      tela_channel_shut (self, error->message);
      return;
    }
  tela_claims_unref (self->claims);
  self->claims = claims;
  g_free (self->token);
  self->token = g_steal_pointer (&token);
  self->may_write = -1;
  if (self->is_private && !tela_rights_may_read (self->socket->core, claims, self->topic->name))
    {
      g_autofree char *text = unauthorized (self->topic->name);

      tela_channel_shut (self, text);
    }
}

gboolean
tela_channel_check (TelaChannel *self,
                    gint64       now_s)
{
  g_autofree char *reason = NULL;

  if (self->claims->exp > now_s)
    return TRUE;
  reason = g_strdup_printf ("Token has expired %" G_GINT64_FORMAT " seconds ago", now_s - self->claims->exp);
  tela_channel_shut (self, reason);
  return FALSE;
}

/* ---- Broadcasts ---- */

/* Counts an event; FALSE: there are too many. */
static gboolean
count_event (TelaCore *core)
{
  gint64 now = g_get_monotonic_time ();

  if (!core->limits)
    return TRUE;
  if (tela_rate_get (&core->rates.events, now) >= TELA_LIMIT_EVENTS)
    return FALSE;
  tela_rate_add (&core->rates.events, 1, now);
  return TRUE;
}

gboolean
tela_channel_deliver (TelaChannel *self,
                      GBytes      *frame)
{
  tela_socket_send (self->socket, frame);
  return count_event (self->socket->core);
}

static void
acknowledge (TelaChannel     *self,
             const TelaFrame *frame,
             const char      *status,
             const char      *response)
{
  if (self->ack)
    tela_socket_reply (self->socket, self->join_ref, frame, status, response);
}

static GBytes *
relayed_frame (const TelaFrame *frame)
{
  if (frame->user)
    return tela_frame_broadcast (frame->topic, frame->event, "", frame->json, frame->payload.data, frame->payload.len);
  return tela_frame_text (NULL, NULL, frame->topic, "broadcast", frame->payload.data, frame->payload.len);
}

static void
take_broadcast (TelaChannel     *self,
                const TelaFrame *frame)
{
  TelaCore   *core = self->socket->core;
  TelaSocket *socket = self->socket;
  g_autoptr (GBytes) out = NULL;

  if (self->is_private && self->may_write < 0)
    self->may_write = tela_rights_may_write (core, self->claims, self->topic->name);
  if (self->is_private && !self->may_write)
    {
      core->metrics.denied_writes++;
      return;
    }
  if (core->limits && frame->payload.len > TELA_LIMIT_PAYLOAD)
    {
      acknowledge (self, frame, "error", "\"payload_size_exceeded\"");
      return;
    }
  out = relayed_frame (frame);
  tela_topics_relay (self->topic, out, self->self ? NULL : self);
  if (g_hash_table_lookup (socket->channels, frame->topic) == self) /* it may have been shut by its own copy */
    acknowledge (self, frame, "ok", OK_EMPTY);
}

/* ---- Messages ---- */

void
tela_channel_handle (TelaChannel     *self,
                     const TelaFrame *frame)
{
  if (frame->user || strcmp (frame->event, "broadcast") == 0)
    {
      if (count_event (self->socket->core))
        take_broadcast (self, frame);
      else
        tela_channel_shut (self, TELA_TOO_MANY_MESSAGES);
      return;
    }
  if (strcmp (frame->event, "phx_leave") == 0)
    {
      if (strcmp (frame->join_ref, self->join_ref) != 0 && strcmp (frame->join_ref, "null") != 0)
        return; /* of an older join, whose close was told already */
      tela_socket_reply (self->socket, self->join_ref, frame, "ok", OK_EMPTY);
      push_close (self->socket, self->join_ref, self->wire);
      g_hash_table_remove (self->socket->channels, frame->topic);
      return;
    }
  if (strcmp (frame->event, "access_token") == 0)
    take_access_token (self, frame);
  else if (!count_event (self->socket->core)) /* ignored, but counted */
    tela_channel_shut (self, TELA_TOO_MANY_MESSAGES);
}
