/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "../common/gone-client.h"
#include "replay-private.h"

static void
channel_free (gpointer data)
{
  ReplayChannel *channel = data;

  replay_presence_stop (channel);
  g_clear_object (&channel->subscription);
  g_ptr_array_unref (channel->rows);
  g_ptr_array_unref (channel->expected);
  g_free (channel->topic);
  g_free (channel->recorded_ref);
  g_free (channel->reply);
  g_free (channel);
}

ReplayChannel *
replay_get_channel (Replay     *self,
                    const char *topic)
{
  ReplayChannel *channel = g_hash_table_lookup (self->channels, topic);

  if (channel == NULL)
    {
      channel = g_new0 (ReplayChannel, 1);
      channel->topic = g_strdup (topic);
      channel->rows = replay_rows_new ();
      channel->expected = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->channels, channel->topic, channel);
    }

  return channel;
}

void
replay_send_text (Replay     *self,
                  const char *text,
                  gsize       len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, len);

  if (self->socket != NULL && soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (self->socket, SOUP_WEBSOCKET_DATA_TEXT, bytes);
}

static void
answer (Replay                *self,
        const TranscriptFrame *call,
        const char            *payload)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (self->session->protocol == REALTIME_PROTOCOL_1_0_0)
    g_string_append_printf (out, "{\"ref\":%.*s,\"event\":\"phx_reply\",\"topic\":\"%s\",\"payload\":%s}",
                            (int) call->ref.len, call->ref.data, call->topic, payload);
  else
    g_string_append_printf (out, "[%.*s,%.*s,\"%s\",\"phx_reply\",%s]", (int) call->join_ref.len, call->join_ref.data,
                            (int) call->ref.len, call->ref.data, call->topic, payload);
  replay_send_text (self, out->str, out->len);
}

static guint64
number_of (TelaJsonSpan ref)
{
  g_autofree char *text = g_strndup (ref.data != NULL ? ref.data : "", ref.len);

  return g_ascii_strtoull (*text == '"' ? text + 1 : text, NULL, 10);
}

/* What the real server refuses, or what blocks it. */
static void
check_call (Replay                *self,
            const TranscriptFrame *call)
{
  ReplayChannel *channel;
  TelaJsonSpan   config;

  g_assert_cmpuint (number_of (call->ref), >, 0);
  if (g_str_equal (call->topic, "phoenix"))
    {
      g_assert_cmpstr (call->event, ==, "heartbeat");
      return;
    }
  g_assert_true (g_str_has_prefix (call->topic, "realtime:") && call->topic[9] != '\0');
  channel = replay_get_channel (self, call->topic);
  if (g_str_equal (call->event, "phx_join"))
    {
      g_assert_true (tela_json_find (call->payload, "config", &config));
      g_assert_cmpuint (number_of (call->join_ref), ==, number_of (call->ref));
      g_assert_cmpuint (number_of (call->ref), >, channel->join_ref);
      g_assert_false (channel->is_joining);
      channel->join_ref = number_of (call->ref);
      return;
    }
  g_assert_cmpuint (number_of (call->join_ref), ==, channel->join_ref);
  g_assert_true (call->is_push || g_str_equal (call->event, "phx_leave") || g_str_equal (call->event, "access_token") ||
                 g_str_equal (call->event, "broadcast") || g_str_equal (call->event, "presence"));
}

static gboolean
is_awaited (Replay                *self,
            const TranscriptFrame *call)
{
  const char *event = call->is_push ? "broadcast" : call->event;

  return self->awaited_topic != NULL && g_str_equal (self->awaited_topic, call->topic) &&
         g_str_equal (self->awaited_event, event);
}

/* A join of the client's own accord is answered as the last one of that topic was. */
static void
take_join (Replay                *self,
           const TranscriptFrame *call)
{
  ReplayChannel *channel = replay_get_channel (self, call->topic);
  const char    *reply = channel->reply != NULL ? channel->reply : "{\"status\":\"ok\",\"response\":{}}";

  channel->is_joined = strstr (reply, "\"status\":\"ok\"") != NULL;
  answer (self, call, reply);
}

static void
take_call (Replay                *self,
           const TranscriptFrame *call)
{
  check_call (self, call);
  if (is_awaited (self, call))
    {
      self->awaited_topic = NULL;
      self->heard_ref = number_of (call->ref);
      if (g_str_equal (call->event, "phx_join"))
        replay_get_channel (self, call->topic)->is_joining = TRUE;
    }
  else if (g_str_equal (call->event, "phx_join") && !call->is_push)
    {
      take_join (self, call);
    }
  else if (g_str_equal (call->event, "heartbeat") || g_str_equal (call->event, "phx_leave") ||
           g_str_equal (call->event, "presence"))
    {
      answer (self, call, "{\"status\":\"ok\",\"response\":{}}");
    }
  else
    {
      g_assert_cmpstr (call->event, ==, "access_token");
    }
}

static void
message_cb (SoupWebsocketConnection *ws,
            SoupWebsocketDataType    type,
            GBytes                  *bytes,
            Replay                  *self)
{
  gsize          len;
  const char    *data = g_bytes_get_data (bytes, &len);
  TranscriptLine line = { .kind = type == SOUP_WEBSOCKET_DATA_TEXT ? TRANSCRIPT_TEXT : TRANSCRIPT_BINARY, .len = len };
  g_auto (TranscriptFrame) call = { 0 };

  if (ws != self->socket)
    return;
  line.data = (char *) data;
  g_assert_true (transcript_frame_parse (&call, self->session->protocol, &line));
  take_call (self, &call);
}

/* With the socket go the joins. */
void
replay_drop_socket (Replay *self,
                    guint   code)
{
  GHashTableIter iter;
  ReplayChannel *channel;

  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  if (code == 0 || code == 1006)
    g_io_stream_close (soup_websocket_connection_get_io_stream (self->socket), NULL, NULL);
  else if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, (gushort) code, NULL);
  g_ptr_array_add (self->old_sockets, g_steal_pointer (&self->socket));

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    channel->is_joined = channel->is_joining = channel->has_list = FALSE;
}

static void
socket_cb (SoupServer              *server,
           SoupServerMessage       *message,
           const char              *path,
           SoupWebsocketConnection *ws,
           gpointer                 user_data)
{
  Replay *self = user_data;

  replay_drop_socket (self, 0);
  self->n_sockets++;
  self->socket = g_object_ref (ws);
  soup_websocket_connection_set_max_incoming_payload_size (ws, 0);
  g_signal_connect (ws, "message", G_CALLBACK (message_cb), self);
}

static void
handshake_cb (SoupServer        *server,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
  Replay     *self = user_data;
  const char *body = self->session->body;

  g_assert_nonnull (query);
  g_assert_cmpstr (g_hash_table_lookup (query, "apikey"), ==, "key");
  g_assert_cmpstr (g_hash_table_lookup (query, "vsn"), ==,
                   self->session->protocol == REALTIME_PROTOCOL_1_0_0 ? "1.0.0" : "2.0.0");
  if (self->session->status == 101)
    return;
  soup_server_message_set_status (message, self->session->status, NULL);
  if (body != NULL && *body != '\0')
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, body, strlen (body));
  self->n_refused++;
}

Replay *
replay_new (const TranscriptSession *session)
{
  Replay *self = g_new0 (Replay, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoslist (GUri) uris = NULL;

  self->session = session;
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, channel_free);
  self->refs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->casts = g_ptr_array_new_with_free_func (g_free);
  self->old_sockets = g_ptr_array_new_with_free_func (g_object_unref);
  gone_client_allow ();
  self->server = soup_server_new (NULL, NULL);
  soup_server_remove_websocket_extension (self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_early_handler (self->server, "/realtime/v1/websocket", handshake_cb, self, NULL);
  soup_server_add_websocket_handler (self->server, "/realtime/v1/websocket", NULL, NULL, socket_cb, self, NULL);
  soup_server_listen (self->server, address, 0, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));

  return self;
}

void
replay_free (Replay *self)
{
  replay_drop_socket (self, 0);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_unref (self->channels);
  g_hash_table_unref (self->refs);
  g_ptr_array_unref (self->casts);
  g_ptr_array_unref (self->old_sockets);
  g_free (self->token);
  g_free (self->url);
  g_free (self);
}
