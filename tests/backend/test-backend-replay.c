/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

/* What the database broadcast before a join (protocol.md 5.6, 5.7). */

#include <string.h>

#include "backend-token.h"

static void
rename_project (Fixture    *fixture,
                const User *owner,
                const char *name)
{
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\"}", name);

  http_expect (fixture, "PATCH", path, owner->token, body, 204, "");
}

static void
join (Ws         *ws,
      const char *topic,
      const User *user,
      const char *broadcast)
{
  ws_send (ws,
           "[\"1\",\"1\",\"realtime:%s\",\"phx_join\",{\"access_token\":\"%s\",\"config\":{\"private\":true,"
           "\"broadcast\":%s}}]",
           topic, user->token, broadcast);
}

static void
test_replay (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *topic = NULL;
  g_autofree char *first = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  topic = g_strconcat ("project:", fixture->project, NULL);
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *name = g_strdup_printf ("Name %u", i);

      rename_project (fixture, &owner, name);
    }
  join (ws, topic, &owner, "{\"replay\":{\"since\":0,\"limit\":3}}");
  ws_expect_part (ws, "\"status\":\"ok\"");
  first = ws_next (ws);
  g_assert_true (g_str_has_prefix (first, "[\"1\",null,\"realtime:project:"));
  g_assert_nonnull (strstr (first, ",\"broadcast\",{\"event\":\"UPDATE\",\"meta\":{\"id\":\""));
  g_assert_nonnull (strstr (first, "\",\"replayed\":true},\"payload\":{\"id\":\""));
  g_assert_nonnull (strstr (first, "\"Name 27\""));
  ws_expect_part (ws, "\"Name 28\"");
  ws_expect_part (ws, "\"Name 29\"");
  ws_expect_nothing (ws);
  rename_project (fixture, &owner, "Live"); /* once, and as it always came */
  ws_expect_part (ws, "0x04");
  ws_expect_nothing (ws);
  join (ws, topic, &owner, "{\"replay\":{\"since\":0}}"); /* 25 at most */
  ws_pass (ws, 1);
  ws_expect_part (ws, "\"Name 6\"");
  ws_pass (ws, 23);
  ws_expect_part (ws, "\"Live\"");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:%s\",\"phx_close\",{}]", topic);
  ws_expect_nothing (ws);
}

static void
test_since (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *topic = NULL;
  g_autofree char *later = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  topic = g_strconcat ("project:", fixture->project, NULL);
  rename_project (fixture, &owner, "Before");
  later = g_strdup_printf ("{\"replay\":{\"since\":%" G_GINT64_FORMAT "},\"replication_ready\":true}",
                           tela_now_ms () + 60000);
  join (ws, topic, &owner, later);
  ws_expect_part (ws, "\"status\":\"ok\"");
  ws_expect (ws,
             "[\"1\",null,\"realtime:%s\",\"system\",{\"message\":\"Replication connection established\",\"status\":"
             "\"ok\",\"extension\":\"system\",\"channel\":\"%s\"}]",
             topic, topic);
  ws_expect_nothing (ws);
}

static void
test_refusals (Fixture      *fixture,
               gconstpointer data)
{
  static const char *const bad[] = { "null", "{}", "{\"since\":\"x\"}", "{\"since\":1.5}", "{\"since\":1,\"limit\":\"x\"}" };
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *topic = g_strconcat ("user:", owner.id, NULL);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *broadcast = g_strdup_printf ("{\"replay\":%s}", bad[i]);

      join (ws, topic, &owner, broadcast);
      ws_expect_part (ws, "\"reason\":\"UnableToReplayMessages: Replay params are not valid\"");
    }
  ws_send (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{\"config\":{\"broadcast\":{\"replay\":null}}}]");
  ws_expect_part (ws, "\"reason\":\"UnableToReplayMessages: Replay is not allowed for public channels\"");
}

/* A write that is not committed says nothing. */
static void
test_conflict (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) other = user_new (fixture);
  g_autofree char *topic = g_strconcat ("user:", other.id, NULL);
  g_autofree char *body = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  join (ws, topic, &other, "{}");
  ws_pass (ws, 1);
  body = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Mine\"}", fixture->project);
  http_expect (fixture, "POST", "/rest/v1/projects", other.token, body, 409, "23505");
  ws_expect_nothing (ws);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/replay/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("replay", test_replay);
  ADD ("since", test_since);
  ADD ("refusals", test_refusals);
  ADD ("conflict", test_conflict);
  return g_test_run ();
}
