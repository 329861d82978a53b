/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

/* What a server does with presences (protocol.md 6.2, 6.3). */

#include <string.h>

#include "backend-token.h"

#define ON(key) "{\"presence\":{\"enabled\":true,\"key\":\"" key "\"}}"
#define TRACK "\"presence\",{\"type\":\"presence\",\"event\":\"track\",\"payload\":"
#define OK "\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]"

/* The next message, with each ref of presence as #. */
static void
expect_diff (Ws         *ws,
             const char *expected)
{
  g_autofree char *got = ws_next (ws);
  g_autoptr (GRegex) regex =
      g_regex_new ("(\"phx_ref(_prev)?\":)\"[A-Za-z0-9_-]{16}\"", G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT, NULL);
  g_autofree char *masked = g_regex_replace (regex, got, -1, 0, "\\1#", G_REGEX_MATCH_DEFAULT, NULL);

  g_assert_cmpstr (masked, ==, expected);
}

static void
test_state (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);

  ws_join (a, "1", "p", NULL, ON ("alice"));
  ws_expect (a, "[\"1\",null,\"realtime:p\",\"presence_state\",{}]");
  ws_send (a, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"name\":\"Alice\",\"at\":1}}]");
  ws_expect (a, "[\"1\",\"2\",\"realtime:p\"," OK);
  expect_diff (a, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{\"alice\":{\"metas\":[{\"phx_ref\":#,"
                  "\"at\":1,\"name\":\"Alice\"}]}},\"leaves\":{}}]");
  ws_join (b, "6", "p", NULL, ON ("bob"));
  expect_diff (b, "[\"6\",null,\"realtime:p\",\"presence_state\",{\"alice\":{\"metas\":[{\"phx_ref\":#,\"at\":1,"
                  "\"name\":\"Alice\"}]}}]");
}

static void
test_update (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "1", "p", NULL, ON ("a"));
  ws_pass (ws, 1);
  ws_send (ws, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"n\":1,\"m\":2}}]");
  ws_pass (ws, 2);
  ws_send (ws, "[\"1\",\"3\",\"realtime:p\"," TRACK "{ \"m\":2.0, \"n\":1 }}]"); /* the same: no diff */
  ws_expect (ws, "[\"1\",\"3\",\"realtime:p\"," OK);
  ws_send (ws, "[\"1\",\"4\",\"realtime:p\",\"presence\",{\"event\":\"TRACK\",\"payload\":"
               "{\"n\":2,\"phx_ref\":\"mine\",\"phx_ref_prev\":1}}]");
  ws_expect (ws, "[\"1\",\"4\",\"realtime:p\"," OK);
  expect_diff (ws, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{\"a\":{\"metas\":[{\"phx_ref\":#,"
                   "\"phx_ref_prev\":#,\"n\":2}]}},\"leaves\":{\"a\":{\"metas\":[{\"phx_ref\":#,\"m\":2,\"n\":1}]}}}]");
  ws_send (ws, "[\"1\",\"5\",\"realtime:p\",\"presence\",{\"event\":\"untrack\"}]");
  ws_expect (ws, "[\"1\",\"5\",\"realtime:p\"," OK);
  expect_diff (ws, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{},\"leaves\":{\"a\":{\"metas\":"
                   "[{\"phx_ref\":#,\"phx_ref_prev\":#,\"n\":2}]}}}]");
  ws_send (ws, "[\"1\",\"6\",\"realtime:p\",\"presence\",{\"event\":\"untrack\"}]");
  ws_expect (ws, "[\"1\",\"6\",\"realtime:p\"," OK);
  ws_send (ws, "[\"1\",\"7\",\"realtime:p\",\"presence\",{\"event\":\"track\"}]"); /* nothing before it */
  ws_expect (ws, "[\"1\",\"7\",\"realtime:p\"," OK);
  expect_diff (ws, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{\"a\":{\"metas\":[{\"phx_ref\":#}]}},"
                   "\"leaves\":{}}]");
}

static void
test_calls (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "1", "p", NULL, ON ("a"));
  ws_pass (ws, 1);
  ws_send (ws, "[\"1\",\"2\",\"realtime:p\",\"presence\",{\"event\":\"wave\"}]");
  ws_expect (ws, "[\"1\",\"2\",\"realtime:p\",\"phx_reply\",{\"status\":\"error\",\"response\":{}}]");
  ws_send (ws, "[\"1\",\"3\",\"realtime:p\"," TRACK "\"x\"}]");
  ws_expect (ws, "[\"1\",\"3\",\"realtime:p\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
                 "\"Presence track payload must be a map\"}}]");
  ws_send (ws, "[\"1\",\"4\",\"realtime:p\",\"presence\",{\"type\":\"presence\"}]");
  ws_expect (ws, "[\"1\",\"4\",\"realtime:p\"," OK);
  ws_send (ws, "[\"1\",\"5\",\"realtime:p\",\"presence\",null]");
  ws_expect (ws, "[\"1\",\"5\",\"realtime:p\"," OK);
}

/* Tracking turns diffs on, but there never is a state. */
static void
test_not_enabled (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);

  ws_join (a, "1", "p", NULL, "{\"presence\":{\"key\":\"a\"}}");
  ws_join (b, "1", "p", NULL, "{\"presence\":{\"enabled\":\"True\"}}");
  ws_expect (b, "[\"1\",null,\"realtime:p\",\"presence_state\",{}]");
  ws_send (b, "[\"1\",\"2\",\"realtime:p\"," TRACK "{}}]");
  ws_expect (b, "[\"1\",\"2\",\"realtime:p\"," OK);
  ws_pass (b, 1);
  ws_expect_nothing (a);
  ws_send (a, "[\"1\",\"2\",\"realtime:p\"," TRACK "{}}]");
  ws_expect (a, "[\"1\",\"2\",\"realtime:p\"," OK);
  expect_diff (a, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{\"a\":{\"metas\":[{\"phx_ref\":#}]}},"
                  "\"leaves\":{}}]");
}

/* Two of one key are two metas, each of which goes with its own channel; keys that nobody chose differ. */
static void
test_keys (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);
  g_autoptr (Ws) c = ws_open (fixture, NULL);
  g_autofree char *state = NULL;

  ws_join (a, "1", "p", NULL, ON ("k"));
  ws_pass (a, 1);
  ws_send (a, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"n\":1}}]");
  ws_pass (a, 2);
  ws_join (b, "1", "p", NULL, ON ("k"));
  ws_pass (b, 1);
  ws_send (b, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"n\":2}}]");
  ws_pass (b, 2);
  ws_pass (a, 1);
  ws_join (c, "1", "p", NULL, ON (""));
  state = ws_next (c);
  g_assert_nonnull (strstr (state, "\"n\":1}"));
  g_assert_nonnull (strstr (state, "\"n\":2}"));
  ws_send (b, "[\"1\",\"3\",\"realtime:p\",\"phx_leave\",{}]");
  ws_expect (b, "[\"1\",\"3\",\"realtime:p\"," OK);
  ws_expect (b, "[\"1\",\"1\",\"realtime:p\",\"phx_close\",{}]");
  expect_diff (a, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{},\"leaves\":{\"k\":{\"metas\":"
                  "[{\"phx_ref\":#,\"n\":2}]}}}]");
  ws_expect_part (c, "\"leaves\":{\"k\":{\"metas\":[{");
  soup_websocket_connection_close (a->connection, 1000, NULL);
  expect_diff (c, "[null,null,\"realtime:p\",\"presence_diff\",{\"joins\":{},\"leaves\":{\"k\":{\"metas\":"
                  "[{\"phx_ref\":#,\"n\":1}]}}}]");
  ws_expect_nothing (b); /* it has left */
}

/* Joining again is another presence. */
static void
test_rejoin (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);

  ws_join (b, "1", "p", NULL, ON ("b"));
  ws_pass (b, 1);
  ws_join (a, "1", "p", NULL, ON ("a"));
  ws_pass (a, 1);
  ws_send (a, "[\"1\",\"2\",\"realtime:p\"," TRACK "{}}]");
  ws_pass (a, 2);
  ws_pass (b, 1);
  ws_join (a, "3", "p", NULL, ON ("a"));
  ws_expect (a, "[\"3\",null,\"realtime:p\",\"presence_state\",{}]");
  ws_expect (a, "[\"1\",\"1\",\"realtime:p\",\"phx_close\",{}]");
  ws_expect_part (b, "\"joins\":{},\"leaves\":{\"a\"");
}

static void
test_versions (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (Ws) old = ws_open_version (fixture, NULL, "1.0.0");
  g_autoptr (Ws) new = ws_open (fixture, NULL);

  ws_send (old, "{\"topic\":\"realtime:p\",\"event\":\"phx_join\",\"payload\":{\"config\":" ON (
                    "old") "},\"ref\":\"1\",\"join_ref\":\"1\"}");
  ws_pass (old, 1);
  ws_expect (old, "{\"ref\":null,\"event\":\"presence_state\",\"topic\":\"realtime:p\",\"payload\":{}}");
  ws_join (new, "1", "p", NULL, ON ("new"));
  ws_pass (new, 1);
  ws_send (new, "[\"1\",\"2\",\"realtime:p\"," TRACK "{}}]");
  ws_pass (new, 2);
  expect_diff (old, "{\"ref\":null,\"event\":\"presence_diff\",\"topic\":\"realtime:p\",\"payload\":{\"joins\":"
                    "{\"new\":{\"metas\":[{\"phx_ref\":#}]}},\"leaves\":{}}}");
}

/* Presence is the room's; the lane of gestures has none, and says nothing of it. */
static void
test_rights (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_autofree char *room = NULL;
  g_autofree char *live = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  room = g_strconcat ("room:", fixture->project, NULL);
  live = g_strconcat ("live:", fixture->project, NULL);
  ws_join (ws, "1", room, viewer.token, "{\"private\":true,\"presence\":{\"enabled\":true,\"key\":\"v\"}}");
  ws_expect_part (ws, "\"presence_state\",{}");
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\"," TRACK "{}}]", room);
  ws_expect (ws, "[\"1\",\"2\",\"realtime:%s\"," OK, room);
  ws_expect_part (ws, "\"presence_diff\"");
  ws_join (ws, "3", live, viewer.token, "{\"private\":true,\"presence\":{\"enabled\":true}}");
  ws_expect_nothing (ws);
  ws_send (ws, "[\"3\",\"4\",\"realtime:%s\"," TRACK "{}}]", live);
  ws_expect (ws, "[\"3\",\"4\",\"realtime:%s\",\"phx_reply\",{\"status\":\"error\",\"response\":{}}]", live);
}

/* A token that takes one of two rights away. */
static void
test_lost_right (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *live = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  live = g_strconcat ("live:", fixture->project, NULL);
  ws_join (ws, "1", live, tela_backend_get_service_key (fixture->backend),
           "{\"private\":true,\"presence\":{\"enabled\":true}}");
  ws_expect_part (ws, "\"presence_state\"");
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":\"%s\"}]", live, owner.token);
  ws_expect_part (ws, "\"message\":\"You no longer have permission to read from this Channel topic: live:");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:%s\",\"phx_close\",{}]", live);
}

static void
join_limited (Ws *ws)
{
  ws_send (ws, "[\"1\",\"1\",\"realtime:p\",\"phx_join\",{\"config\":" ON ("a") "}]");
  ws_pass (ws, 2);
}

static void
test_limit_of_calls (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autoptr (Ws) other = ws_open (fixture, NULL);

  join_limited (other);
  join_limited (ws);
  for (guint i = 0; i < 4; i++)
    {
      ws_send (ws, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"i\":%u}}]", i);
      ws_pass (ws, 2);
      ws_pass (other, 1);
    }
  ws_send (ws, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"i\":3}}]"); /* an equal one counts */
  ws_expect (ws, "[\"1\",\"2\",\"realtime:p\"," OK);
  ws_send (ws, "[\"1\",\"7\",\"realtime:p\"," TRACK "{\"i\":5}}]");
  ws_expect (ws, "[\"1\",null,\"realtime:p\",\"system\",{\"message\":\"Client presence rate limit exceeded\",\"status\":"
                 "\"error\",\"extension\":\"system\",\"channel\":\"p\"}]");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:p\",\"phx_close\",{}]");
  ws_expect_part (other, "\"joins\":{},\"leaves\":{\"a\"");
  ws_expect_nothing (ws);
}

static void
test_limit_of_size (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *filler = g_strnfill (260000, 'x');
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  join_limited (ws);
  ws_send (ws, "[\"1\",\"2\",\"realtime:p\"," TRACK "{\"x\":\"%s\"}}]", filler);
  ws_expect_part (ws, "\"message\":\"Track message size exceeded\"");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:p\",\"phx_close\",{}]");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/presence/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("state", test_state);
  ADD ("update", test_update);
  ADD ("calls", test_calls);
  ADD ("not-enabled", test_not_enabled);
  ADD ("keys", test_keys);
  ADD ("rejoin", test_rejoin);
  ADD ("versions", test_versions);
  ADD ("rights", test_rights);
  ADD ("lost-right", test_lost_right);
#define ADD_LIMITED(path, func) \
  g_test_add ("/backend/presence/" path, Fixture, "limits", fixture_set_up, func, fixture_tear_down)
  ADD_LIMITED ("limit-of-calls", test_limit_of_calls);
  ADD_LIMITED ("limit-of-size", test_limit_of_size);
  return g_test_run ();
}
