/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

#include "../common/gone-client.h"

static char *
take_member (const char *object,
             gsize       len,
             const char *name)
{
  TelaJsonSpan   span = { object, len }, value;
  TelaJsonReader reader;

  if (!tela_json_find (span, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);

  return tela_json_reader_string (&reader, NULL, NULL);
}

static void
send_frame (StandIn                 *self,
            SoupWebsocketConnection *ws,
            guint64                  join_ref,
            guint64                  ref,
            const char              *topic,
            const char              *event,
            const char              *payload)
{
  /* The older protocol does not say which join is meant. */
  g_autoptr (GBytes) frame = realtime_frame_encode (
      self->protocol, self->protocol == REALTIME_PROTOCOL_1_0_0 ? 0 : join_ref, ref, topic, event, payload);

  if (soup_websocket_connection_get_state (ws) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (ws, SOUP_WEBSOCKET_DATA_TEXT, frame);
}

static void
send_reply (StandIn                 *self,
            SoupWebsocketConnection *ws,
            guint64                  join_ref,
            guint64                  ref,
            const char              *topic,
            gboolean                 ok,
            const char              *response)
{
  g_autofree char *payload = g_strdup_printf ("{\"status\":\"%s\",\"response\":%s}", ok ? "ok" : "error", response);

  send_frame (self, ws, join_ref, ref, topic, "phx_reply", payload);
}

static void
send_template (SoupWebsocketConnection *ws,
               const char *template,
               const char *topic)
{
  g_auto (GStrv) parts = g_strsplit (template, "%s", -1);
  g_autofree char *text = g_strjoinv (topic, parts);

  soup_websocket_connection_send_text (ws, text);
}

static void
take_join (StandIn                 *self,
           SoupWebsocketConnection *ws,
           guint64                  ref,
           const char              *topic)
{
  self->last_join_ref = ref;
  if (self->holds_joins)
    return;
  if (self->before_reply != NULL)
    send_template (ws, self->before_reply, topic);
  if (self->refuses_joins != NULL)
    {
      g_autofree char *response = g_strdup_printf ("{\"reason\":\"%s\"}", self->refuses_joins);

      send_reply (self, ws, ref, ref, topic, FALSE, response);
      return;
    }
  send_reply (self, ws, ref, ref, topic, TRUE, self->response != NULL ? self->response : "{\"postgres_changes\":[]}");
  if (self->after_reply != NULL)
    send_template (ws, self->after_reply, topic);
}

static guint64
to_ref (TelaJsonSpan value)
{
  return value.len > 2 && *value.data == '"' ? g_ascii_strtoull (value.data + 1, NULL, 10) : 0;
}

/* [join_ref, ref, topic, event, payload], or an object of the same. */
static void
read_parts (StandIn     *self,
            TelaJsonSpan text,
            TelaJsonSpan parts[5])
{
  static const char *const names[] = { "join_ref", "ref", "topic", "event", "payload" };
  TelaJsonReader           reader;

  tela_json_reader_init (&reader, text.data, (gssize) text.len);
  if (self->protocol != REALTIME_PROTOCOL_1_0_0)
    g_assert_true (tela_json_reader_enter_array (&reader));
  for (guint i = 0; i < 5; i++)
    if (self->protocol == REALTIME_PROTOCOL_1_0_0)
      g_assert_true (tela_json_find (text, names[i], &parts[i]));
    else
      g_assert_true (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &parts[i]));
}

static void
take_text (StandIn                 *self,
           SoupWebsocketConnection *ws,
           const char              *data,
           gsize                    len)
{
  TelaJsonSpan     parts[5];
  TelaJsonSpan     payload;
  guint64          refs[2];
  g_autofree char *topic = NULL;
  g_autofree char *event = NULL;
  g_autofree char *token = NULL;

  read_parts (self, (TelaJsonSpan){ data, len }, parts);
  refs[0] = to_ref (parts[0]);
  refs[1] = to_ref (parts[1]);
  topic = g_strndup (parts[2].data + 1, parts[2].len - 2);
  event = g_strndup (parts[3].data + 1, parts[3].len - 2);
  payload = parts[4];
  g_ptr_array_add (self->said, g_strdup_printf ("%s %.*s", event, (int) payload.len, payload.data));

  if (!g_str_equal (event, "heartbeat"))
    g_ptr_array_add (self->heard, g_strdup_printf ("%s %s", event, topic));
  token = take_member (payload.data, payload.len, "access_token");
  if (g_str_equal (event, "phx_join") || g_str_equal (event, "access_token"))
    g_ptr_array_add (self->tokens, g_strdup_printf ("%s %s", event, token != NULL ? token : "none"));

  if (g_str_equal (event, "heartbeat"))
    {
      if (!self->is_mute)
        send_reply (self, ws, 0, refs[1], topic, TRUE, "{}");
    }
  else if (g_str_equal (event, "phx_join"))
    {
      g_assert_cmpuint (refs[0], ==, refs[1]);
      take_join (self, ws, refs[1], topic);
    }
  else if (g_str_equal (event, "presence"))
    send_reply (self, ws, refs[0], refs[1], topic, self->refuses_presence == NULL,
                self->refuses_presence != NULL ? self->refuses_presence : "{}");
  else if (g_str_equal (event, "broadcast") && !self->holds_replies)
    send_reply (self, ws, refs[0], refs[1], topic, TRUE, "{}");
  else if (g_str_equal (event, "phx_leave") && !self->holds_leaves)
    {
      send_reply (self, ws, refs[0], refs[1], topic, TRUE, "{}");
      send_frame (self, ws, refs[0], refs[0], topic, "phx_close", "{}");
    }
}

static void
take_binary (StandIn                 *self,
             SoupWebsocketConnection *ws,
             const char              *data,
             gsize                    len)
{
  g_auto (RealtimeFrame) frame = { 0 };
  g_autofree char *topic = NULL;

  g_assert_true (realtime_frame_decode_binary (&frame, data, len, NULL));
  g_assert_cmpint (frame.kind, ==, REALTIME_FRAME_PUSH);
  topic = g_strndup (frame.topic.data, frame.topic.len);
  g_ptr_array_add (self->heard,
                   g_strdup_printf ("broadcast %s %.*s %.*s", topic, (int) frame.event.len, frame.event.data,
                                    (int) MIN (frame.payload.len, 200), frame.payload.data));
  if (self->holds_replies)
    return;
  if (self->refuses_broadcasts != NULL)
    send_reply (self, ws, frame.join_ref, frame.ref, topic, FALSE, self->refuses_broadcasts);
  else
    send_reply (self, ws, frame.join_ref, frame.ref, topic, TRUE, "{}");
}

static void
message_cb (SoupWebsocketConnection *ws,
            SoupWebsocketDataType    type,
            GBytes                  *message,
            StandIn                 *self)
{
  gsize       len;
  const char *data = g_bytes_get_data (message, &len);

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    take_text (self, ws, data, len);
  else
    take_binary (self, ws, data, len);
}

static void
closed_cb (SoupWebsocketConnection *ws,
           StandIn                 *self)
{
  g_ptr_array_add (self->heard, g_strdup_printf ("close %u", soup_websocket_connection_get_close_code (ws)));
  g_ptr_array_remove (self->sockets, ws);
}

/* Runs before the upgrade: a status that is set here is the answer. */
static void
handshake_cb (SoupServer        *server,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
  StandIn *self = user_data;

  self->n_handshakes++;
  self->protocol = g_strcmp0 (g_hash_table_lookup (query, "vsn"), "1.0.0") == 0 ? REALTIME_PROTOCOL_1_0_0
                                                                                : REALTIME_PROTOCOL_2_0_0;
  if (self->protocol == REALTIME_PROTOCOL_2_0_0)
    g_assert_cmpstr (g_hash_table_lookup (query, "vsn"), ==, "2.0.0");
  g_assert_cmpstr (g_hash_table_lookup (query, "apikey"), ==, "a key&more");
  g_assert_null (
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Sec-WebSocket-Extensions"));
  if (self->status != 0)
    soup_server_message_set_status (message, self->status, NULL);
}

static void
socket_cb (SoupServer              *server,
           SoupServerMessage       *message,
           const char              *path,
           SoupWebsocketConnection *ws,
           gpointer                 user_data)
{
  StandIn *self = user_data;

  soup_websocket_connection_set_max_incoming_payload_size (ws, REALTIME_INCOMING_MAX);
  g_ptr_array_add (self->sockets, g_object_ref (ws));
  g_signal_connect (ws, "message", G_CALLBACK (message_cb), self);
  g_signal_connect (ws, "closed", G_CALLBACK (closed_cb), self);
}

/* @port: 0 for any */
StandIn *
stand_in_new (guint port)
{
  StandIn *self = g_new0 (StandIn, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoslist (GUri) uris = NULL;

  gone_client_allow ();
  self->server = soup_server_new (NULL, NULL);
  soup_server_remove_websocket_extension (self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->heard = g_ptr_array_new_with_free_func (g_free);
  self->tokens = g_ptr_array_new_with_free_func (g_free);
  self->said = g_ptr_array_new_with_free_func (g_free);
  soup_server_add_handler (self->server, "/realtime/v1/websocket", handshake_cb, self, NULL);
  soup_server_add_websocket_handler (self->server, "/realtime/v1/websocket", NULL, NULL, socket_cb, self, NULL);
  soup_server_listen (self->server, address, 0, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = (guint) g_uri_get_port (uris->data);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);

  return self;
}

void
stand_in_cut (StandIn *self)
{
  while (self->sockets->len > 0)
    {
      SoupWebsocketConnection *ws = g_object_ref (g_ptr_array_index (self->sockets, 0));

      g_signal_handlers_disconnect_by_data (ws, self);
      g_ptr_array_remove_index (self->sockets, 0);
      g_io_stream_close (soup_websocket_connection_get_io_stream (ws), NULL, NULL);
      g_object_unref (ws);
    }
}

void
stand_in_free (StandIn *self)
{
  stand_in_cut (self);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->heard);
  g_ptr_array_unref (self->tokens);
  g_ptr_array_unref (self->said);
  g_free (self->response);
  g_free (self->refuses_presence);
  g_free (self->refuses_joins);
  g_free (self->refuses_broadcasts);
  g_free (self->before_reply);
  g_free (self->after_reply);
  g_free (self->url);
  g_free (self);
}

void
stand_in_send_raw (StandIn      *self,
                   gboolean      is_text,
                   gconstpointer data,
                   gsize         len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);

  g_assert_cmpuint (self->sockets->len, >, 0);
  soup_websocket_connection_send_message (g_ptr_array_index (self->sockets, self->sockets->len - 1),
                                          is_text ? SOUP_WEBSOCKET_DATA_TEXT : SOUP_WEBSOCKET_DATA_BINARY, bytes);
}

void
stand_in_send_text (StandIn    *self,
                    const char *text)
{
  stand_in_send_raw (self, TRUE, text, strlen (text));
}

void
stand_in_send (StandIn    *self,
               guint64     join_ref,
               guint64     ref,
               const char *topic,
               const char *event,
               const char *payload)
{
  g_assert_cmpuint (self->sockets->len, >, 0);
  send_frame (self, g_ptr_array_index (self->sockets, self->sockets->len - 1), join_ref, ref, topic, event, payload);
}

void
stand_in_broadcast (StandIn    *self,
                    const char *topic,
                    const char *event,
                    const char *payload)
{
  g_autofree char *wire = g_strconcat (REALTIME_TOPIC_PREFIX, topic, NULL);
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  const guint8 head[] = { 4, (guint8) strlen (wire), (guint8) strlen (event), 0, 1 };

  g_byte_array_append (frame, head, sizeof head);
  g_byte_array_append (frame, (const guint8 *) wire, (guint) strlen (wire));
  g_byte_array_append (frame, (const guint8 *) event, (guint) strlen (event));
  g_byte_array_append (frame, (const guint8 *) payload, (guint) strlen (payload));
  stand_in_send_raw (self, FALSE, frame->data, frame->len);
}

guint
stand_in_count (StandIn    *self,
                const char *what)
{
  guint n = 0;

  for (guint i = 0; i < self->heard->len; i++)
    if (g_str_equal (g_ptr_array_index (self->heard, i), what))
      n++;

  return n;
}

const char *
stand_in_last (StandIn    *self,
               const char *event)
{
  for (guint i = self->said->len; i > 0; i--)
    if (g_str_has_prefix (g_ptr_array_index (self->said, i - 1), event))
      return g_ptr_array_index (self->said, i - 1);

  return "";
}

gboolean
wait_tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
quiet_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

void
wait_quiet (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, quiet_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

RealtimeTimings
test_timings (void)
{
  RealtimeTimings timings = realtime_default_timings;

  timings.retry = 20;
  timings.limit = 60;
  timings.close = 500;

  return timings;
}

RealtimeManager *
test_manager (StandIn *server)
{
  RealtimeTimings  timings = test_timings ();
  RealtimeManager *manager = realtime_manager_new_with_timings (&timings);

  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  realtime_manager_connect (manager);

  return manager;
}

static void
shutdown_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (realtime_manager_shutdown_finish (REALTIME_MANAGER (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

void
test_end (RealtimeManager *manager,
          StandIn         *server)
{
  gboolean is_down = FALSE;

  realtime_manager_shutdown_async (manager, NULL, shutdown_cb, &is_down);
  g_assert_false (is_down);
  wait_until (is_down);
  g_assert_cmpint (realtime_manager_get_connection_state (manager), ==, REALTIME_CONNECTION_DISCONNECTED);
  g_assert_finalize_object (manager);
  g_clear_pointer (&server, stand_in_free);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
