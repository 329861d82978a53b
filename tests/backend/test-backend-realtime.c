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
  const char *anon = tela_backend_get_anon_key (fixture->backend);
  g_autofree char *new = g_strdup_printf ("vsn=3.0.0&apikey=%s", anon);
  g_autofree char *odd = g_strdup_printf ("vsn=two&apikey=%s", anon);

  g_assert_cmpuint (ws_refused (fixture, new), ==, 403);
  g_assert_cmpuint (ws_refused (fixture, odd), ==, 403);
  g_assert_cmpuint (ws_refused (fixture, "vsn=2.0.0"), ==, 401);
  g_assert_cmpuint (ws_refused (fixture, "vsn=2.0.0&apikey="), ==, 401);
  g_assert_cmpuint (ws_refused (fixture, "vsn=2.0.0&apikey=sb_publishable_x"), ==, 401);
}

static void
test_handshake_errors (Fixture      *fixture,
                       gconstpointer data)
{
  http_expect (fixture, "GET", "/realtime/v1/websocket?vsn=2.0.0", NULL, NULL, 401,
               "{\"error\":\"API key is missing\"}");
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

static void
test_dropped_metadata_and_zero_push (Fixture *fixture, gconstpointer data)
{
  static const char metadata[] = "\x03\x01\x01\x0a\x01\x07\x02"
                                 "19realtime:ae{\"m\":1}{}";
  static const char zero[] = "\x00\x01\x02\x0a\x09"
                             "112realtime:abroadcast{\"event\":\"x\"}";
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);

  ws_join (a, "1", "a", NULL, ACK);
  ws_join (b, "1", "a", NULL, PUBLIC);
  ws_send_bytes (a, metadata, sizeof metadata - 1);
  ws_expect (b, "0x040a0100017265616c74696d653a61657b7d");
  ws_expect (a, "[\"1\",\"9\",\"realtime:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_send_bytes (a, zero, sizeof zero - 1);
  ws_expect (b, "[null,null,\"realtime:a\",\"broadcast\",{\"event\":\"x\"}]");
  ws_expect (a, "[\"1\",\"12\",\"realtime:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

static void
test_namespaces (Fixture *fixture, gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autofree char *topic = g_strconcat ("user:", user.id, NULL);
  g_autoptr (Ws) open = ws_open (fixture, NULL);
  g_autoptr (Ws) closed = ws_open (fixture, NULL);

  ws_join (open, "1", topic, NULL, PUBLIC);
  ws_join (closed, "1", topic, user.token, "{\"private\":true}");
  ws_send (open, "[\"1\",\"2\",\"realtime:%s\",\"broadcast\",{}]", topic);
  ws_expect_nothing (open);
  ws_expect_nothing (closed);
}

static void
test_leave (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[null,\"4\",\"realtime:never\",\"phx_leave\",{}]");
  ws_expect (ws, "[null,\"4\",\"realtime:never\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_join (ws, "6", "a", NULL, PUBLIC);
  ws_send (ws, "[\"1\",\"9\",\"realtime:a\",\"phx_leave\",{}]"); /* stale: silence */
  ws_expect_nothing (ws);
  ws_send (ws, "[\"6\",\"10\",\"realtime:a\",\"phx_leave\",{}]");
  ws_expect (ws, "[\"6\",\"10\",\"realtime:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_expect (ws, "[\"6\",\"6\",\"realtime:a\",\"phx_close\",{}]");
  ws_expect_nothing (ws);
}

static void
test_duplicate_join (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "5", "b", NULL, PUBLIC);
  ws_join (ws, "6", "b", NULL, SELF);
  ws_expect (ws, "[\"5\",\"5\",\"realtime:b\",\"phx_close\",{}]");
  ws_send (ws, "[\"1\",\"7\",\"realtime:b\",\"broadcast\",{\"event\":\"old\"}]"); /* join_ref is not enforced */
  ws_expect (ws, "[null,null,\"realtime:b\",\"broadcast\",{\"event\":\"old\"}]");
  ws_expect (ws, "[\"6\",\"7\",\"realtime:b\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_send (ws,
           "[\"8\",\"8\",\"realtime:b\",\"phx_join\",{\"access_token\":\"x\"}]"); /* fails, and the old one is gone */
  ws_expect (ws, "[\"8\",\"8\",\"realtime:b\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
                 "\"MalformedJWT: The token provided is not a valid JWT\"}}]");
  ws_expect (ws, "[\"6\",\"6\",\"realtime:b\",\"phx_close\",{}]");
  ws_send (ws, "[\"6\",\"9\",\"realtime:b\",\"broadcast\",{}]");
  ws_expect (
      ws,
      "[null,\"9\",\"realtime:b\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"unmatched topic\"}}]");
}

static void
test_refs_are_echoed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[ 12 , 1.50 ,\"realtime:n\",\"phx_join\",{}]");
  ws_expect (ws, "[12,1.50,\"realtime:n\",\"phx_reply\",{\"status\":\"ok\",\"response\":{\"postgres_changes\":[],"
                 "\"tela\":{\"events_per_second\":0}}}]");
  ws_send (ws, "[12,null,\"realtime:n\",\"phx_leave\",{}]");
  ws_expect (ws, "[12,null,\"realtime:n\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_expect (ws, "[12,12,\"realtime:n\",\"phx_close\",{}]");
}

static void
test_unmatched (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[\"1\",\"3\",\"realtime:x\",\"broadcast\",{}]");
  ws_expect (
      ws,
      "[null,\"3\",\"realtime:x\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"unmatched topic\"}}]");
  ws_send (ws, "[\"1\",\"4\",\"elsewhere\",\"phx_join\",{}]");
  ws_expect (
      ws,
      "[null,\"4\",\"elsewhere\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"unmatched topic\"}}]");
  ws_send (ws, "[\"1\",\"5\",\"realtime:\",\"phx_join\",{}]");
  ws_expect (ws, "[\"1\",\"5\",\"realtime:\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
                 "\"TopicNameRequired: You must provide a topic name\"}}]");
  ws_join (ws, "6", "x", NULL, PUBLIC);
  ws_send (ws, "[\"6\",\"7\",\"realtime:x\",\"whatever\",{}]"); /* unknown event: silence */
  ws_expect_nothing (ws);
}

/* Each is dropped, and the socket lives. */
static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "{",
    "[]",
    "{}",
    "null",
    "\"x\"",
    "[null,\"1\",\"phoenix\",\"heartbeat\"]",
    "[null,\"1\",\"phoenix\",\"heartbeat\",{}",
    "[null,\"1\",7,\"heartbeat\",{}]",
    "[null,{},\"phoenix\",\"heartbeat\",{}]",
    "[[],\"1\",\"phoenix\",\"heartbeat\",{}]",
    "[null,\"1\",\"phoenix\",\"heartbeat\",{}] x",
    "[null,\"1\",\"phoenix\",\"heartbeat\",{\"a\":}]",
    "{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"payload\":{},\"ref\":\"1\"}",
  };
  static const struct
  {
    const char *bytes;
    gsize       len;
  } binaries[] = {
    { "", 0 },
    { "\x03", 1 },
    { "\x03\x01\x01\x0a\x01\x00", 6 },
    { "\x03\xff\xff\xff\xff\xff\x01", 7 },
    { "\x00\x01\x01\x01", 4 },
    { "\x04\x01\x01\x00\x01"
      "abx",
      8 },
    { "\x63"
      "abcdefgh",
      9 },
    { "\x03\x00\x00\x01\x01\x00\x01"
      "a\xff{}",
      11 },
    { "\x03\x00\x00\x01\x01\x00\x01"
      "ab{",
      10 },
    { "\x00\x00\x00\x01\x01"
      "ab\x07",
      8 },
  };
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *metrics = NULL;
  g_autofree char *line = NULL;
  guint            status;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ws_send (ws, "%s", texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (binaries); i++)
    ws_send_bytes (ws, binaries[i].bytes, binaries[i].len);
  ws_expect_nothing (ws);
  metrics = http (fixture, "GET", "/metrics", NULL, NULL, &status);
  line =
      g_strdup_printf ("\ntela_malformed_frames_total %u\n", (guint) (G_N_ELEMENTS (texts) + G_N_ELEMENTS (binaries)));
  g_assert_nonnull (strstr (metrics, line));
  g_assert_nonnull (strstr (metrics, "\ntela_websockets 1\n"));
}

static void
test_large_frame (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);
  g_autofree char *filler = g_strnfill (4900000, 'x');
  g_autofree char *got = NULL;

  ws_join (a, "1", "big", NULL, ACK);
  ws_join (b, "1", "big", NULL, PUBLIC);
  ws_send (a, "[\"1\",\"2\",\"realtime:big\",\"broadcast\",{\"a\":\"%s\"}]", filler);
  got = ws_next (b);
  g_assert_cmpuint (strlen (got), >, 4900000);
  ws_expect (a, "[\"1\",\"2\",\"realtime:big\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
  ws_send (a, "[\"1\",\"2\",\"realtime:big\",\"broadcast\",{\"a\":\"%s%.200000s\"}]", filler, filler);
  g_assert_cmpuint (ws_expect_close (a), ==, 1009);
  ws_expect_nothing (b);
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
  ADD ("dropped-metadata-and-zero-push", test_dropped_metadata_and_zero_push);
  ADD ("namespaces", test_namespaces);
  ADD ("leave", test_leave);
  ADD ("duplicate-join", test_duplicate_join);
  ADD ("refs-are-echoed", test_refs_are_echoed);
  ADD ("unmatched", test_unmatched);
  ADD ("malformed", test_malformed);
  ADD ("large-frame", test_large_frame);
  return g_test_run ();
}
