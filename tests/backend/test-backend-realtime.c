/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-fixture.h"

#define PUBLIC "{\"broadcast\":{\"self\":false,\"ack\":false},\"presence\":{\"enabled\":false}}"
#define ACK "{\"broadcast\":{\"self\":false,\"ack\":true}}"
#define SELF "{\"broadcast\":{\"self\":true,\"ack\":\"TRUE\"}}"

static void
test_handshake (Fixture      *fixture,
                gconstpointer data)
{
  const char      *anon = tela_backend_get_anon_key (fixture->backend);
  g_autofree char *old = g_strdup_printf ("vsn=1.0.0&apikey=%s", anon);
  g_autofree char *new = g_strdup_printf ("vsn=3.0.0&apikey=%s", anon);
  g_autofree char *none = g_strdup_printf ("apikey=%s", anon);

  g_assert_cmpuint (ws_refused (fixture, old), ==, 403);
  g_assert_cmpuint (ws_refused (fixture, new), ==, 403);
  g_assert_cmpuint (ws_refused (fixture, none), ==, 403);
  g_assert_cmpuint (ws_refused (fixture, "vsn=2.0.0"), ==, 401);
  g_assert_cmpuint (ws_refused (fixture, "vsn=2.0.0&apikey="), ==, 401);
  g_assert_cmpuint (ws_refused (fixture, "vsn=2.0.0&apikey=sb_publishable_x"), ==, 401);
}

static void
test_handshake_errors (Fixture      *fixture,
                       gconstpointer data)
{
  http_expect (fixture, "GET", "/realtime/v1/websocket?vsn=2.0.0", NULL, NULL, 401, "{\"error\":\"API key is missing\"}");
  http_expect (fixture, "GET", "/socket/websocket?vsn=2.0.0&apikey=a.b.c", NULL, NULL, 401,
               "{\"error\":\"The token provided is not a valid JWT\"}");
}

static void
test_nothing_negotiated (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  g_assert_null (soup_websocket_connection_get_extensions (ws->connection));
  g_assert_null (soup_websocket_connection_get_protocol (ws->connection));
}

static void
test_heartbeat (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[null,7,\"phoenix\",\"heartbeat\",{}]");
  ws_expect (ws, "[null,7,\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_send (ws, "[null,\"a\\u0062\",\"phoenix\",\"heartbeat\",{}, 1, 2]");
  ws_expect (ws, "[null,\"a\\u0062\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

static void
test_broadcast_text (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);

  ws_join (a, "6", "p1", NULL, ACK);
  ws_join (b, "1", "p1", NULL, PUBLIC);
  ws_send (a, "[\"6\",\"9\",\"realtime:p1\",\"broadcast\", {\"type\":\"broadcast\", \"extra\":[1e3]}]");
  ws_expect (a, "[\"6\",\"9\",\"realtime:p1\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_expect (b, "[null,null,\"realtime:p1\",\"broadcast\",{\"type\":\"broadcast\", \"extra\":[1e3]}]");
  ws_send (b, "[\"1\",\"2\",\"realtime:p1\",\"broadcast\",{}]");
  ws_expect (a, "[null,null,\"realtime:p1\",\"broadcast\",{}]");
  ws_expect_nothing (a);
  ws_expect_nothing (b);
}

/* The bytes of transcript and reference: join_ref 6, ref 9, topic realtime:project:p1, event cursor. */
static void
test_broadcast_binary (Fixture      *fixture,
                       gconstpointer data)
{
  static const char json[] = "\x03\x01\x01\x13\x06\x00\x01"
                             "69realtime:project:p1cursor{\"x\":10,\"y\":-4}";
  static const char raw[] = "\x03\x01\x02\x13\x05\x00\x00"
                            "610realtime:project:p1thumb\x89PNG";
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);

  ws_join (a, "6", "project:p1", NULL, SELF);
  ws_join (b, "1", "project:p1", NULL, PUBLIC);
  ws_send_bytes (a, json, sizeof json - 1);
  ws_expect (a, "0x041306000172"
                "65616c74696d653a70726f6a6563743a7031637572736f727b2278223a31302c2279223a2d347d");
  ws_expect (a, "[\"6\",\"9\",\"realtime:project:p1\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_expect (b, "0x041306000172"
                "65616c74696d653a70726f6a6563743a7031637572736f727b2278223a31302c2279223a2d347d");
  ws_send_bytes (a, raw, sizeof raw - 1);
  ws_expect (b, "0x041305000072"
                "65616c74696d653a70726f6a6563743a70317468756d6289504e47");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/realtime/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("handshake", test_handshake);
  ADD ("handshake-errors", test_handshake_errors);
  ADD ("nothing-negotiated", test_nothing_negotiated);
  ADD ("heartbeat", test_heartbeat);
  ADD ("broadcast-text", test_broadcast_text);
  ADD ("broadcast-binary", test_broadcast_binary);
  return g_test_run ();
}
