/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-socket.h"

#include <string.h>

#include "backend-channel.h"

#define GOODBYE "{\"extension\":\"system\",\"status\":\"ok\",\"message\":\"Server requested disconnect\"}"
#define CLOSING_US (5 * G_USEC_PER_SEC) /* for the peer to answer a close */

/* ---- Sending ---- */

static void
wake_cb (gpointer data)
{
  TelaSocket *self = data;
  TelaCore   *core = self->core;

  if (self->dirty)
    return;
  self->dirty = TRUE;
  g_ptr_array_add (core->dirty, self);
}

void
tela_sockets_flush (TelaCore *core)
{
  g_autoptr (GPtrArray) dirty = NULL;

  tela_channels_shut_over (core);
  if (core->dirty->len == 0)
    return;
  dirty = g_steal_pointer (&core->dirty);
  core->dirty = g_ptr_array_new ();
  for (guint i = 0; i < dirty->len; i++)
    {
      TelaSocket *socket = dirty->pdata[i];

      if (socket->frozen == NULL || core->draining)
        tela_websocket_flush (socket->websocket); /* still marked: it does not come back while we look at it */
      socket->dirty = FALSE;
      if (tela_websocket_is_dead (socket->websocket))
        g_ptr_array_remove_fast (core->sockets, socket);
    }
}

static gboolean
thaw_cb (gpointer data)
{
  TelaSocket *self = data;

  g_clear_pointer (&self->frozen, g_source_unref);
  if (self->close_code != 0)
    tela_websocket_close (self->websocket, self->close_code, "");
  wake_cb (self);
  tela_websocket_resume (self->websocket);
  return G_SOURCE_REMOVE;
}

void
tela_socket_freeze (TelaSocket *self,
                    guint16     code)
{
  TelaCore *core = self->core;

  if (!core->limits || self->frozen != NULL)
    return;
  self->close_code = code;
  tela_websocket_pause (self->websocket);
  self->frozen = g_timeout_source_new (core->patience.refusal_ms);
  g_source_set_name (self->frozen, "tela-backend-thaw");
  g_source_set_callback (self->frozen, thaw_cb, self, NULL);
  g_source_attach (self->frozen, core->context);
}

static void
give_up (TelaSocket *self)
{
  self->core->metrics.slow_sockets++;
  tela_websocket_kill (self->websocket);
}

static TelaSocket *
find_slowest (TelaCore *core)
{
  TelaSocket *slowest = core->sockets->pdata[0];

  for (guint i = 1; i < core->sockets->len; i++)
    if (tela_websocket_get_queued (((TelaSocket *) core->sockets->pdata[i])->websocket) >
        tela_websocket_get_queued (slowest->websocket))
      slowest = core->sockets->pdata[i];
  return slowest;
}

/* Too much waits for all of them together. What was said in this round may not have been tried yet; then those go for
 * whom the most waits, until there is some room again. */
static void
shed (TelaCore *core)
{
  for (guint i = 0; i < core->sockets->len; i++)
    {
      TelaSocket *socket = core->sockets->pdata[i];

      if (socket->frozen == NULL)
        tela_websocket_flush (socket->websocket);
    }
  while (core->queued > core->patience.queues / 4 * 3)
    give_up (find_slowest (core));
}

void
tela_socket_send (TelaSocket *self,
                  GBytes     *frame)
{
  TelaCore *core = self->core;

  if (!tela_websocket_is_open (self->websocket))
    return;
  core->metrics.messages_out++;
  core->metrics.bytes_out += g_bytes_get_size (frame);
  tela_websocket_send (self->websocket, frame);
  if (tela_websocket_get_queued (self->websocket) > core->patience.queue)
    {
      tela_websocket_flush (self->websocket);
      if (tela_websocket_get_queued (self->websocket) > core->patience.queue)
        give_up (self);
    }
  if (core->patience.queues > 0 && core->queued > core->patience.queues)
    shed (core);
}

void
tela_socket_push (TelaSocket *self,
                  const char *join_ref,
                  const char *ref,
                  const char *topic,
                  const char *event,
                  const char *payload)
{
  g_autoptr (GBytes) frame = tela_frame_text (self->protocol, join_ref, ref, topic, event, payload, strlen (payload));

  tela_socket_send (self, frame);
}

void
tela_socket_reply (TelaSocket      *self,
                   const char      *join_ref,
                   const TelaFrame *frame,
                   const char      *status,
                   const char      *response)
{
  g_autofree char *payload = g_strdup_printf ("{\"status\":\"%s\",\"response\":%s}", status, response);

  tela_socket_push (self, join_ref, frame->ref, frame->topic, "phx_reply", payload);
}

/* ---- Receiving ---- */

static void
dispatch (TelaSocket      *self,
          const TelaFrame *frame)
{
  TelaChannel *channel = frame->topic != NULL ? g_hash_table_lookup (self->channels, frame->topic) : NULL;
  gboolean     system = !frame->user && frame->topic != NULL;

  if (system && strcmp (frame->topic, "phoenix") == 0 && strcmp (frame->event, "heartbeat") == 0)
    tela_socket_reply (self, NULL, frame, "ok", "{}");
  else if (system && strcmp (frame->event, "phx_join") == 0 && g_str_has_prefix (frame->topic, TELA_TOPIC_PREFIX))
    tela_channel_join (self, frame);
  else if (channel != NULL)
    tela_channel_handle (channel, frame);
  else if (system && strcmp (frame->event, "phx_leave") == 0)
    tela_socket_reply (self, frame->join_ref, frame, "ok", "{}");
  else
    tela_socket_reply (self, NULL, frame, "error", "{\"reason\":\"unmatched topic\"}");
}

static void
message_cb (gboolean    binary,
            const char *data,
            gsize       len,
            gpointer    user_data)
{
  TelaSocket *self = user_data;
  g_auto (TelaFrame) frame = { 0 };

  self->core->metrics.messages_in++;
  self->core->metrics.bytes_in += len;
  if (binary ? self->protocol == TELA_PROTOCOL_2 && tela_frame_read_binary (&frame, data, len)
             : tela_frame_read_text (&frame, self->protocol, data, len))
    dispatch (self, &frame);
  else
    self->core->metrics.malformed_frames++;
}

/* ---- Time ---- */

static void
check_channels (TelaSocket *self)
{
  GHashTableIter iter;
  gpointer       channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    if (!tela_channel_check (channel))
      g_hash_table_iter_init (&iter, self->channels); /* it is gone: start again */
}

/* Without a channel for too long. */
static gboolean
is_lonely (TelaSocket *self,
           gint64      now_us)
{
  if (g_hash_table_size (self->channels) > 0)
    self->lonely_since = now_us;
  return self->core->limits && self->core->patience.lonely_us > 0 &&
         now_us - self->lonely_since > self->core->patience.lonely_us;
}

void
tela_socket_check (TelaSocket *self,
                   gint64      now_us)
{
  const TelaPatience *patience = &self->core->patience;
  gint64              stalled = tela_websocket_get_stalled_since (self->websocket);
  gint64              closing = tela_websocket_get_closing_since (self->websocket);

  if (tela_websocket_is_dead (self->websocket))
    return;
  if (stalled != 0 && now_us - stalled > patience->slow_us)
    give_up (self);
  else if (closing != 0)
    {
      if (now_us - closing > CLOSING_US)
        tela_websocket_kill (self->websocket);
    }
  else if (now_us - tela_websocket_get_last_input (self->websocket) > patience->idle_us)
    tela_websocket_close (self->websocket, TELA_CLOSE_NORMAL, "");
  else if (is_lonely (self, now_us))
    tela_websocket_kill (self->websocket);
  else
    check_channels (self);
}

static gboolean
tick_cb (gpointer data)
{
  TelaCore *core = data;
  gint64    now = g_get_monotonic_time ();

  for (guint i = 0; i < core->sockets->len; i++)
    tela_socket_check (core->sockets->pdata[i], now);
  if (core->sockets->len > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&core->ticker, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
start_ticking (TelaCore *core)
{
  if (core->ticker != NULL)
    return;
  core->ticker = g_timeout_source_new (core->patience.tick_ms);
  g_source_set_name (core->ticker, "tela-backend-tick");
  g_source_set_callback (core->ticker, tick_cb, core, NULL);
  g_source_attach (core->ticker, core->context);
}

void
tela_socket_say_goodbye (TelaSocket *self)
{
  GHashTableIter iter;
  gpointer       wire;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, &wire, NULL))
    tela_socket_push (self, NULL, NULL, wire, "system", GOODBYE);
  tela_websocket_close (self->websocket, TELA_CLOSE_RESTART, "");
}

/* ---- Life ---- */

TelaSocket *
tela_socket_new (TelaCore    *core,
                 GIOStream   *stream,
                 int          fd,
                 gboolean     shared,
                 TelaProtocol protocol,
                 TelaClaims  *claims,
                 const char  *token)
{
  static const TelaWebsocketFuncs funcs = { message_cb, wake_cb };
  TelaSocket                     *self = g_new0 (TelaSocket, 1);

  self->core = core;
  self->protocol = protocol;
  self->claims = tela_claims_ref (claims);
  self->token = g_strdup (token);
  self->lonely_since = g_get_monotonic_time ();
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_channel_free);
  self->shared = shared;
  self->websocket = tela_websocket_new (stream, fd, !shared, core->poller, &core->queued, &funcs, self);
  g_ptr_array_add (core->sockets, self);
  start_ticking (core);
  return self;
}

void
tela_socket_free (TelaSocket *self)
{
  if (self->frozen != NULL)
    g_source_destroy (self->frozen);
  g_clear_pointer (&self->frozen, g_source_unref);
  g_hash_table_unref (self->channels);
  tela_websocket_free (self->websocket);
  tela_claims_unref (self->claims);
  g_free (self->token);
  g_free (self);
}
