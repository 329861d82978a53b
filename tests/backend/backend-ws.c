/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

#include <string.h>

#include "backend-fixture.h"

static void
tell_waiter (Ws *ws)
{
  if (ws->ready != NULL)
    *ws->ready = TRUE;
}

static void
message_cb (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *bytes,
            Ws                      *ws)
{
  gsize         len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  GString      *out;

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    {
      g_queue_push_tail (&ws->inbox, g_strndup ((const char *) data, len));
      tell_waiter (ws);
      return;
    }
  out = g_string_new ("0x");
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (out, "%02x", data[i]);
  g_queue_push_tail (&ws->inbox, g_string_free (out, FALSE));
  tell_waiter (ws);
}

static void
closed_cb (SoupWebsocketConnection *connection,
           Ws                      *ws)
{
  ws->closed = TRUE;
  tell_waiter (ws);
}

typedef struct
{
  GAsyncResult *result;
  gboolean      done;
} Opening;

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Opening *opening = data;

  opening->result = g_object_ref (result);
  opening->done = TRUE;
}

static SoupWebsocketConnection *
connect_to (Fixture    *fixture,
            const char *query,
            guint      *status)
{
  g_autofree char *url = g_strconcat (tela_backend_get_url (fixture->backend), "/realtime/v1/websocket?", query, NULL);
  g_autoptr (SoupMessage) msg = soup_message_new ("GET", url);
  g_autoptr (GAsyncResult) result = NULL;
  SoupWebsocketConnection *connection;
  Opening                  opening = { NULL, FALSE };

  soup_session_websocket_connect_async (fixture->session, msg, NULL, NULL, G_PRIORITY_DEFAULT, NULL, opened_cb,
                                        &opening);
  wait_for (&opening.done);
  result = opening.result;
  connection = soup_session_websocket_connect_finish (fixture->session, result, NULL);
  *status = soup_message_get_status (msg);
  return connection;
}

Ws *
ws_open (Fixture    *fixture,
         const char *key)
{
  return ws_open_version (fixture, key, "2.0.0");
}

Ws *
ws_open_version (Fixture    *fixture,
                 const char *key,
                 const char *version)
{
  g_autofree char *query = g_strdup_printf (
      "vsn=%s&apikey=%s", version, key != NULL ? key : tela_backend_get_anon_key (fixture->backend));
  guint status;

  return ws_new (connect_to (fixture, query, &status));
}

Ws *
ws_new (SoupWebsocketConnection *connection)
{
  Ws *ws = g_new0 (Ws, 1);

  g_assert_nonnull (connection);
  ws->connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (ws->connection, 8 * 1024 * 1024);
  g_signal_connect (ws->connection, "message", G_CALLBACK (message_cb), ws);
  g_signal_connect (ws->connection, "closed", G_CALLBACK (closed_cb), ws);
  return ws;
}

void
ws_pass (Ws   *ws,
         guint n)
{
  while (n-- > 0)
    g_free (ws_next (ws));
}

guint
ws_refused (Fixture    *fixture,
            const char *query)
{
  guint status;
  g_autoptr (SoupWebsocketConnection) connection = connect_to (fixture, query, &status);

  g_assert_null (connection);
  return status;
}

void
ws_free (Ws *ws)
{
  g_signal_handlers_disconnect_by_data (ws->connection, ws);
  if (soup_websocket_connection_get_state (ws->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (ws->connection, 1000, NULL);
  g_object_unref (ws->connection);
  g_queue_clear_full (&ws->inbox, g_free);
  g_free (ws);
}

void
ws_send (Ws         *ws,
         const char *format,
         ...)
{
  g_autofree char *text = NULL;
  va_list          args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  soup_websocket_connection_send_text (ws->connection, text);
}

void
ws_send_bytes (Ws         *ws,
               const void *data,
               gsize       len)
{
  soup_websocket_connection_send_binary (ws->connection, data, len);
}

char *
ws_next (Ws *ws)
{
  gboolean ready = !g_queue_is_empty (&ws->inbox) || ws->closed;

  ws->ready = &ready;
  wait_for (&ready);
  ws->ready = NULL;
  return g_queue_is_empty (&ws->inbox) ? g_strdup ("closed") : g_queue_pop_head (&ws->inbox);
}

void
ws_expect (Ws         *ws,
           const char *format,
           ...)
{
  g_autofree char *got = ws_next (ws);
  g_autofree char *expected = NULL;
  va_list          args;

  va_start (args, format);
  expected = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_cmpstr (got, ==, expected);
}

void
ws_expect_part (Ws         *ws,
                const char *part)
{
  g_autofree char *got = ws_next (ws);

  if (strstr (got, part) == NULL)
    g_error ("expected %s in %s", part, got);
}

void
ws_expect_nothing (Ws *ws)
{
  ws_send (ws, "[null,\"nothing\",\"phoenix\",\"heartbeat\",{}]");
  ws_expect (ws, "[null,\"nothing\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

guint
ws_expect_close (Ws *ws)
{
  wait_for (&ws->closed);
  return soup_websocket_connection_get_close_code (ws->connection);
}

void
ws_join (Ws         *ws,
         const char *ref,
         const char *topic,
         const char *token,
         const char *config)
{
  ws_send (ws, "[\"%s\",\"%s\",\"realtime:%s\",\"phx_join\",{\"access_token\":\"%s\",\"config\":%s}]", ref, ref, topic,
           token != NULL ? token : "sb_none", config);
  ws_expect (ws,
             "[\"%s\",\"%s\",\"realtime:%s\",\"phx_reply\",{\"status\":\"ok\",\"response\":"
             "{\"postgres_changes\":[],\"tela\":{\"events_per_second\":0}}}]",
             ref, ref, topic);
}
