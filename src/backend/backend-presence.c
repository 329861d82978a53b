/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-presence.h"

#include <string.h>

#include "backend-channel.h"
#include "backend-socket.h"
#include "backend-text.h"
#include "backend-topics.h"

#define CALLS_WINDOW_US (30 * G_USEC_PER_SEC)

/* ---- Texts ---- */

/* 16 characters that no other meta bears: the clock in nanoseconds, made to grow, and chance. */
static char *
new_ref (void)
{
  static gint64 last;
  guint8        bytes[12];
  guint32       chance = g_random_int ();
  gint64        now = MAX (g_get_real_time () * 1000, last + 1);
  char         *out;

  last = now;
  for (int i = 0; i < 8; i++)
    bytes[i] = (guint8) (now >> (56 - 8 * i));
  memcpy (bytes + 8, &chance, sizeof chance);
  out = g_base64_encode (bytes, sizeof bytes);
  g_strdelimit (out, "+", '-');
  return g_strdelimit (out, "/", '_');
}

/* The payload in canonical form, without the members that are the server's. (transfer full) */
static char *
take_payload (TelaJsonSpan payload)
{
  g_autoptr (GString) rest = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonReader reader;
  TelaJsonWriter writer;
  TelaJsonSpan   name, value;

  tela_json_reader_init (&reader, payload.data, (gssize) payload.len);
  tela_json_writer_init (&writer, rest, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    {
      g_autofree char *text = tela_json_unescape (name, NULL, NULL);

      if (strcmp (text, "phx_ref") == 0 || strcmp (text, "phx_ref_prev") == 0 ||
          !tela_json_reader_span (&reader, &value))
        continue;
      tela_json_writer_name (&writer, text);
      tela_json_writer_raw (&writer, value.data, value.len);
    }
  tela_json_writer_end_object (&writer);
  tela_json_canonical ((TelaJsonSpan){ rest->str, rest->len }, out);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
append_meta (GString            *out,
             const TelaPresence *presence)
{
  g_string_append_printf (out, "{\"phx_ref\":\"%s\"", presence->ref);
  if (presence->previous_ref != NULL)
    g_string_append_printf (out, ",\"phx_ref_prev\":\"%s\"", presence->previous_ref);
  if (strcmp (presence->payload, "{}") != 0)
    g_string_append_c (out, ',');
  g_string_append (out, presence->payload + 1);
}

static void
append_key (GString    *out,
            const char *key)
{
  tela_json_append_string (out, key, strlen (key));
  g_string_append (out, ":{\"metas\":[");
}

/* {"KEY":{"metas":[META]}}, or {} if it shows nothing. (transfer full) */
static char *
entry_of (const TelaPresence *presence)
{
  GString *out = g_string_new ("{");

  if (presence->payload != NULL)
    {
      append_key (out, presence->key);
      append_meta (out, presence);
      g_string_append (out, "]}");
    }
  return g_string_free (g_string_append_c (out, '}'), FALSE);
}

/* ---- Telling ---- */

void
tela_presence_push_state (TelaChannel *channel)
{
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, NULL); /* key → GString */
  g_autoptr (GString) out = g_string_new ("{");
  GHashTableIter iter;
  gpointer       key, metas;

  for (guint i = 0; i < channel->topic->channels->len; i++)
    {
      const TelaPresence *presence = &((TelaChannel *) channel->topic->channels->pdata[i])->presence;
      GString            *text = presence->payload != NULL ? g_hash_table_lookup (keys, presence->key) : NULL;

      if (presence->payload == NULL)
        continue;
      if (text == NULL)
        g_hash_table_insert (keys, presence->key, text = g_string_new (NULL));
      else
        g_string_append_c (text, ',');
      append_meta (text, presence);
    }
  g_hash_table_iter_init (&iter, keys);
  while (g_hash_table_iter_next (&iter, &key, &metas))
    {
      if (out->len > 1)
        g_string_append_c (out, ',');
      append_key (out, key);
      g_string_append (out, ((GString *) metas)->str);
      g_string_append (out, "]}");
      g_string_free (metas, TRUE);
    }
  g_string_append_c (out, '}');
  tela_socket_push (channel->socket, channel->join_ref, NULL, channel->wire, "presence_state", out->str);
}

static void
tell_diff (TelaTopic  *topic,
           const char *wire,
           const char *joins,
           const char *leaves)
{
  g_autofree char *payload = g_strdup_printf ("{\"joins\":%s,\"leaves\":%s}", joins, leaves);
  GBytes          *frames[TELA_N_PROTOCOLS] = { NULL, NULL };

  for (guint i = 0; i < topic->channels->len; i++)
    {
      TelaChannel *channel = topic->channels->pdata[i];
      TelaProtocol protocol = channel->socket->protocol;

      if (!channel->presence.enabled || !tela_channel_may (channel, TELA_EXTENSION_PRESENCE, TELA_ACCESS_READ))
        continue;
      if (frames[protocol] == NULL)
        frames[protocol] =
            tela_frame_text (protocol, NULL, NULL, wire, "presence_diff", payload, strlen (payload));
      tela_socket_send (channel->socket, frames[protocol]);
    }
  for (guint i = 0; i < TELA_N_PROTOCOLS; i++)
    g_clear_pointer (&frames[i], g_bytes_unref);
}

/* ---- Showing ---- */

static void
forget (TelaPresence *self)
{
  g_clear_pointer (&self->payload, g_free);
  g_clear_pointer (&self->ref, g_free);
  g_clear_pointer (&self->previous_ref, g_free);
}

/* What is equal is not told again. */
static void
show (TelaChannel *channel,
      char        *payload)
{
  TelaPresence    *self = &channel->presence;
  g_autofree char *leaves = entry_of (self);
  g_autofree char *joins = NULL;

  if (self->payload != NULL && strcmp (self->payload, payload) == 0)
    {
      g_free (payload);
      return;
    }
  g_free (self->previous_ref);
  self->previous_ref = g_steal_pointer (&self->ref);
  self->ref = new_ref ();
  g_free (self->payload);
  self->payload = payload;
  joins = entry_of (self);
  tell_diff (channel->topic, channel->wire, joins, leaves);
}

void
tela_presence_withdraw (TelaChannel *channel)
{
  g_autofree char *leaves = entry_of (&channel->presence);

  if (channel->presence.payload == NULL)
    return;
  forget (&channel->presence);
  tell_diff (channel->topic, channel->wire, "{}", leaves);
}

/* ---- Calls ---- */

/* Why this call is one too many, or NULL. */
static const char *
excess (TelaChannel *channel,
        TelaJsonSpan payload)
{
  TelaPresence *self = &channel->presence;
  TelaCore     *core = channel->socket->core;
  gint64        now = g_get_monotonic_time ();

  if (payload.len > TELA_LIMIT_PAYLOAD)
    return "Track message size exceeded"; /* everybody who joins gets it, so that this holds always */
  if (!core->limits)
    return NULL;
  if (self->calls == 0 || now - self->calls_since >= CALLS_WINDOW_US)
    {
      self->calls = 0;
      self->calls_since = now;
    }
  if (++self->calls > TELA_LIMIT_PRESENCE_CALLS)
    return "Client presence rate limit exceeded";
  if (tela_rate_get (&core->rates.presences, now) >= TELA_LIMIT_PRESENCES)
    return "Too many presence messages per second";
  tela_rate_add (&core->rates.presences, 1, now);
  return NULL;
}

static void
track (TelaChannel     *channel,
       const TelaFrame *frame)
{
  TelaJsonSpan payload = { "{}", 2 };

  tela_json_find (frame->payload, "payload", &payload);
  if (!tela_channel_may (channel, TELA_EXTENSION_PRESENCE, TELA_ACCESS_WRITE))
    {
      channel->socket->core->metrics.denied_writes++;
      tela_socket_reply (channel->socket, channel->join_ref, frame, "error", "{}");
      return;
    }
  if (!tela_span_is_object (payload))
    {
      tela_socket_reply (channel->socket, channel->join_ref, frame, "error",
                         "{\"reason\":\"Presence track payload must be a map\"}");
      return;
    }
  channel->presence.enabled = TRUE;
  tela_socket_reply (channel->socket, channel->join_ref, frame, "ok", "{}");
  show (channel, take_payload (payload));
}

void
tela_presence_handle (TelaChannel     *channel,
                      const TelaFrame *frame)
{
  g_autofree char *event = tela_pick_text (frame->payload, "event");
  gboolean         tracks = event != NULL && g_ascii_strcasecmp (event, "track") == 0;
  gboolean         untracks = event != NULL && g_ascii_strcasecmp (event, "untrack") == 0;
  const char      *reason = tracks || untracks ? excess (channel, frame->payload) : NULL;

  if (reason != NULL)
    tela_channel_shut (channel, reason);
  else if (tracks)
    track (channel, frame);
  else
    {
      tela_socket_reply (channel->socket, channel->join_ref, frame, event == NULL || untracks ? "ok" : "error", "{}");
      if (untracks)
        tela_presence_withdraw (channel);
    }
}

/* ---- Life ---- */

void
tela_presence_configure (TelaPresence *self,
                         TelaJsonSpan  config)
{
  TelaJsonSpan presence = { "{}", 2 };

  tela_object_member (config, "presence", &presence);
  self->enabled = tela_flag_member (presence, "enabled", FALSE);
  self->key = tela_pick_text (presence, "key");
  if (self->key != NULL && *self->key != '\0')
    return;
  g_free (self->key);
  self->key = g_uuid_string_random ();
}

void
tela_presence_clear (TelaPresence *self)
{
  forget (self);
  g_clear_pointer (&self->key, g_free);
}
