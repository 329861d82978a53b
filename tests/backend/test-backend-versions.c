/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

/* Protocols 1.0.0 and 2.0.0 in one room (protocol.md 2.2, 2.5). */

#include <string.h>

#include "backend-token.h"

#define JOIN(topic, config)                                                                  \
  "{\"topic\":\"realtime:" topic "\",\"event\":\"phx_join\",\"payload\":{\"config\":" config \
  "},\"ref\":\"1\",\"join_ref\":\"1\"}"
#define REPLY(ref, response) \
  "{\"ref\":" ref ",\"event\":\"phx_reply\",\"topic\":\"realtime:r\",\"payload\":" response "}"
#define OK "{\"status\":\"ok\",\"response\":{}}"

static Ws *
open_old (Fixture    *fixture,
          const char *message)
{
  Ws *ws = ws_open_version (fixture, NULL, "1.0.0");

  ws_send (ws, "%s", message);
  ws_expect_part (ws, "\"status\":\"ok\"");
  return ws;
}

static void
expect_silence (Ws *old)
{
  ws_send (old, "{\"ref\":\"n\",\"event\":\"heartbeat\",\"topic\":\"phoenix\",\"payload\":{}}");
  ws_expect (old, "{\"ref\":\"n\",\"event\":\"phx_reply\",\"topic\":\"phoenix\",\"payload\":" OK "}");
}

/* No version asks for the older protocol. */
static void
test_default (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open_version (fixture, NULL, "1.0.9");

  ws_send (ws, "{\"payload\":{},\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"ref\":7,\"more\":[]}");
  ws_expect (ws, "{\"ref\":7,\"event\":\"phx_reply\",\"topic\":\"phoenix\",\"payload\":" OK "}");
  ws_send (ws, JOIN ("r", "{}"));
  ws_expect (ws, REPLY ("\"1\"", "{\"status\":\"ok\",\"response\":{\"postgres_changes\":[],\"tela\":"
                                 "{\"events_per_second\":0}}}"));
  ws_send (ws, "{\"topic\":\"realtime:r\",\"event\":\"phx_leave\",\"payload\":{},\"ref\":\"2\",\"join_ref\":\"1\"}");
  ws_expect (ws, REPLY ("\"2\"", OK));
  ws_expect (ws, "{\"ref\":\"1\",\"event\":\"phx_close\",\"topic\":\"realtime:r\",\"payload\":{}}");
}

static void
test_malformed (Fixture      *fixture,
                gconstpointer data)
{
  static const char *const texts[] = {
    "",
    "{}",
    "42",
    "[null,\"1\",\"phoenix\",\"heartbeat\",{}]",
    "{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"payload\":{}}",
    "{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"ref\":\"1\"}",
    "{\"topic\":7,\"event\":\"heartbeat\",\"payload\":{},\"ref\":\"1\"}",
    "{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"payload\":{},\"ref\":{}}",
    "{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"payload\":{},\"ref\":\"1\"",
  };
  static const char push[] = "\x03\x01\x01\x0a\x01\x00\x01"
                             "12realtime:re{}";
  g_autoptr (Ws) ws = open_old (fixture, JOIN ("r", "{\"broadcast\":{\"self\":true}}"));

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ws_send (ws, "%s", texts[i]);
  ws_send_bytes (ws, push, sizeof push - 1); /* 1.0.0 has no binary frames */
  expect_silence (ws);
}

/* The delivery matrix: the sender's form by the receiver's protocol. */
static void
test_matrix (Fixture      *fixture,
             gconstpointer data)
{
  static const char json[] = "\x03\x01\x01\x0a\x01\x00\x01"
                             "12realtime:re{\"x\":1}";
  static const char raw[] = "\x03\x01\x01\x0a\x01\x00\x00"
                            "13realtime:re\xff";
  g_autoptr (Ws) old = open_old (fixture, JOIN ("r", "{\"broadcast\":{\"ack\":true}}"));
  g_autoptr (Ws) new = ws_open (fixture, NULL);

  ws_join (new, "1", "r", NULL, "{\"broadcast\":{\"ack\":true}}");
  ws_send (old, "{\"topic\":\"realtime:r\",\"event\":\"broadcast\",\"payload\":{\"event\":\"t\", \"more\":1},\"ref\":"
                "\"2\"}");
  ws_expect (old, REPLY ("\"2\"", OK));
  ws_expect (new, "[null,null,\"realtime:r\",\"broadcast\",{\"event\":\"t\", \"more\":1}]");
  ws_send (new, "[\"1\",\"2\",\"realtime:r\",\"broadcast\",\"str\"]"); /* whatever it is */
  ws_expect (new, "[\"1\",\"2\",\"realtime:r\",\"phx_reply\"," OK "]");
  ws_expect (old, "{\"ref\":null,\"event\":\"broadcast\",\"topic\":\"realtime:r\",\"payload\":\"str\"}");
  ws_send_bytes (new, json, sizeof json - 1);
  ws_expect (new, "[\"1\",\"2\",\"realtime:r\",\"phx_reply\"," OK "]");
  ws_expect (old, "{\"ref\":null,\"event\":\"broadcast\",\"topic\":\"realtime:r\",\"payload\":{\"event\":\"e\","
                  "\"payload\":{\"x\":1},\"type\":\"broadcast\"}}");
  ws_send_bytes (new, raw, sizeof raw - 1);
  ws_expect (new, "[\"1\",\"3\",\"realtime:r\",\"phx_reply\"," OK "]");
  expect_silence (old);
}

/* From the database: with metadata. */
static void
test_feed (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open_version (fixture, NULL, "1.0.0");
  g_autofree char *path = NULL;
  g_autofree char *got = NULL;

  fixture_make_project (fixture, &owner);
  ws_send (ws, "{\"topic\":\"realtime:project:%s\",\"event\":\"phx_join\",\"payload\":{\"access_token\":\"%s\","
               "\"config\":{\"private\":true}},\"ref\":\"1\"}",
           fixture->project, owner.token);
  ws_expect_part (ws, "\"status\":\"ok\"");
  path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  http_expect (fixture, "PATCH", path, owner.token, "{\"name\":\"Other\"}", 204, "");
  got = ws_next (ws);
  g_assert_nonnull (strstr (got, "\"event\":\"broadcast\""));
  g_assert_nonnull (strstr (got, "\"payload\":{\"event\":\"UPDATE\",\"meta\":{\"id\":\""));
  g_assert_nonnull (strstr (got, "\"name\":\"Other\""));
}

/* What is no object is answered, and ends nothing. */
static void
test_odd_payloads (Fixture      *fixture,
                   gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[null,\"1\",\"phoenix\",\"heartbeat\",null]");
  ws_expect (ws, "[null,\"1\",\"phoenix\",\"phx_reply\"," OK "]");
  ws_send (ws, "[null,null,null,null,null]");
  ws_expect (ws, "[null,null,null,\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"unmatched topic\"}}]");
  ws_send (ws, "[\"2\",\"2\",\"realtime:r\",\"phx_join\",null]");
  ws_expect (ws, "[\"2\",\"2\",\"realtime:r\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
                 "\"UnknownErrorOnChannel: expected params to be a :map, got: `nil`\"}}]");
  ws_join (ws, "3", "r", NULL, "{\"private\":5,\"broadcast\":\"x\",\"presence\":[]}");
  ws_send (ws, "[\"3\",\"4\",\"realtime:r\",\"access_token\",null]");
  ws_send (ws, "[\"3\",\"5\",\"realtime:r\",null,{}]");
  ws_expect_nothing (ws);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/versions/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("default", test_default);
  ADD ("malformed", test_malformed);
  ADD ("matrix", test_matrix);
  ADD ("feed", test_feed);
  ADD ("odd-payloads", test_odd_payloads);
  return g_test_run ();
}
