/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who may invite, who comes in by an invite, and that a viewer finds every door of a writer shut. */

#include <string.h>

#include "backend-fixture.h"

#define RPC "/rest/v1/rpc/"

static char *
call (Fixture    *fixture,
      const char *name,
      const char *token,
      const char *body,
      guint       expected)
{
  g_autofree char *path = g_strconcat (RPC, name, NULL);
  guint            status;
  char            *answer = http (fixture, "POST", path, token, body, &status);

  if (status != expected)
    g_error ("%s: %u %s", name, status, answer);
  return answer;
}

static char *
invite (Fixture    *fixture,
        const User *owner,
        const char *role)
{
  g_autofree char *body = g_strdup_printf ("{\"project\":\"%s\",\"role\":\"%s\"}", fixture->project, role);
  g_autofree char *answer = call (fixture, "tela_invite", owner->token, body, 200);

  return json_text (answer, "code");
}

static User
come_in (Fixture    *fixture,
         const char *code)
{
  g_autofree char *body = g_strdup_printf ("{\"code\":\"%s\"}", code);
  g_autofree char *answer = call (fixture, "tela_join", NULL, body, 200);
  TelaJsonSpan     session;
  g_autofree char *text = NULL;

  g_assert_true (tela_json_find ((TelaJsonSpan){ answer, strlen (answer) }, "session", &session));
  text = g_strndup (session.data, session.len);
  return user_of (text);
}

static void
test_viewer_doors (Fixture      *fixture,
                   gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = { NULL };
  g_autofree char *code = NULL;
  g_autofree char *body = NULL;
  g_autofree char *other = NULL;
  g_autofree char *path = NULL;
  g_autofree char *topic = NULL;
  g_autoptr (Ws) ws = NULL;

  fixture_make_project (fixture, &owner);
  code = invite (fixture, &owner, "viewer");
  viewer = come_in (fixture, code);
  path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  http_expect (fixture, "GET", path, viewer.token, NULL, 200, "Plans");

  body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[{\"id\":\"a\",\"at\":\"0196000000000000-00000000000000aa\","
                          "\"set\":{\"type\":\"rectangle\"}}]}",
                          fixture->project);
  http_expect (fixture, "POST", RPC "tela_push", viewer.token, body, 403, "42501");
  g_free (body);
  body = g_strdup_printf ("{\"project\":\"%s\",\"role\":\"editor\"}", fixture->project);
  http_expect (fixture, "POST", RPC "tela_invite", viewer.token, body, 403, "42501");
  other = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}", fixture->project, viewer.id);
  {
    guint            status;
    g_autofree char *answer =
        http_prefer (fixture, "POST", "/rest/v1/project_members", viewer.token, other, "resolution=merge-duplicates",
                     &status);

    g_assert_cmpuint (status, >=, 400);
    answer = (g_free (answer), http (fixture, "PATCH", path, viewer.token, "{\"name\":\"Mine\"}", &status));
    answer = (g_free (answer), http (fixture, "DELETE", path, viewer.token, NULL, &status));
  }
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "Plans");
  http_expect (fixture, "POST", RPC "tela_share", viewer.token, "{}", 403, "42501");

  /* The live lane: joined, but deaf to what a viewer says. */
  ws = ws_open (fixture, NULL);
  topic = g_strconcat ("live:", fixture->project, NULL);
  ws_join (ws, "1", topic, viewer.token, "{\"private\":true,\"broadcast\":{\"self\":true,\"ack\":false}}");
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"broadcast\",{\"type\":\"broadcast\",\"event\":\"l.x\",\"payload\":{}}]", topic);
  ws_expect_nothing (ws);
  http_expect (fixture, "GET", "/metrics", NULL, NULL, 200, "tela_denied_writes_total 1\n");
}

/* Who is sent away hears no more, and who becomes a viewer draws no more: at once, not with the next token. */
static void
test_rights_end (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) editor = { NULL };
  g_autofree char *code = NULL;
  g_autofree char *live = NULL;
  g_autofree char *path = NULL;
  g_autofree char *said = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  guint status;

  fixture_make_project (fixture, &owner);
  code = invite (fixture, &owner, "editor");
  editor = come_in (fixture, code);
  live = g_strconcat ("live:", fixture->project, NULL);
  said = g_strdup_printf ("[\"1\",\"2\",\"realtime:%s\",\"broadcast\",{\"type\":\"broadcast\",\"event\":\"l.x\","
                          "\"payload\":{}}]",
                          live);
  ws_join (ws, "1", live, editor.token, "{\"private\":true,\"broadcast\":{\"self\":true}}");
  ws_send (ws, "%s", said);
  ws_expect_part (ws, "\"l.x\"");

  path = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", fixture->project, editor.id);
  g_free (http (fixture, "PATCH", path, owner.token, "{\"role\":\"viewer\"}", &status));
  g_assert_cmpuint (status, ==, 204);
  ws_send (ws, "%s", said);
  ws_expect_nothing (ws);
  g_free (http (fixture, "DELETE", path, owner.token, NULL, &status));
  g_assert_cmpuint (status, ==, 204);
  ws_expect_part (ws, "phx_error");
  ws_send (ws, "[\"3\",\"3\",\"realtime:%s\",\"phx_join\",{\"config\":{\"private\":true},\"access_token\":\"%s\"}]", live,
           editor.token);
  ws_expect_part (ws, "Unauthorized");
}

/* One's own account becomes a member, and nobody loses a right by a link. */
static void
test_account (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) user = user_new (fixture);
  g_autofree char *view = NULL;
  g_autofree char *edit = NULL;
  g_autofree char *body = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *path = NULL;

  fixture_make_project (fixture, &owner);
  edit = invite (fixture, &owner, "editor");
  view = invite (fixture, &owner, "viewer");
  body = g_strdup_printf ("{\"code\":\"%s\"}", edit);
  answer = call (fixture, "tela_join", user.token, body, 200);
  g_assert_null (strstr (answer, "\"session\""));
  body = (g_free (body), g_strdup_printf ("{\"code\":\"%s\"}", view));
  answer = (g_free (answer), call (fixture, "tela_join", user.token, body, 200));
  answer = (g_free (answer), call (fixture, "tela_join", owner.token, body, 200));
  path = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", fixture->project, user.id);
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "\"editor\"");
  path = (g_free (path), g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", fixture->project,
                                          owner.id));
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "\"owner\"");
}

/* The code is nowhere but in the link. */
static void
test_secret (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *code = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db-wal", NULL);
  g_autofree char *log = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *body = NULL;
  gsize            len;

  fixture_make_project (fixture, &owner);
  code = invite (fixture, &owner, "editor");
  g_assert_cmpuint (strlen (code), ==, 40);
  g_assert_true (g_file_get_contents (path, &log, &len, NULL));
  g_assert_null (memmem (log, len, code, strlen (code)));
  body = g_strdup_printf ("{\"project\":\"%s\"}", fixture->project);
  answer = call (fixture, "tela_people", owner.token, body, 200);
  g_assert_nonnull (strstr (answer, "\"role\":\"editor\""));
  g_assert_null (strstr (answer, code));
}

/* What its members do not see any more, nobody comes to either, until it is restored. */
static void
test_trash (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = { NULL };
  g_autofree char *code = NULL;
  g_autofree char *body = NULL;
  g_autofree char *path = NULL;
  guint            status;

  fixture_make_project (fixture, &owner);
  code = invite (fixture, &owner, "viewer");
  body = g_strdup_printf ("{\"code\":\"%s\"}", code);
  path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  g_free (http (fixture, "PATCH", path, owner.token, "{\"deleted_at\":\"2026-01-01T00:00:00Z\"}", &status));
  g_assert_cmpuint (status, ==, 204);
  http_expect (fixture, "POST", RPC "tela_join", NULL, body, 403, "42501");
  g_free (http (fixture, "PATCH", path, owner.token, "{\"deleted_at\":null}", &status));
  g_assert_cmpuint (status, ==, 204);
  viewer = come_in (fixture, code);
}

/* It keeps nobody out who was invited. */
static void
test_guessing (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = { NULL };
  g_autofree char *code = NULL;
  guint            status = 0;

  fixture_make_project (fixture, &owner);
  code = invite (fixture, &owner, "viewer");
  for (guint i = 0; i < 200 && status != 429; i++)
    g_free (http (fixture, "POST", RPC "tela_join", NULL, "{\"code\":\"00\"}", &status));
  g_assert_cmpuint (status, ==, 429);
  viewer = come_in (fixture, code);
}

static void
test_wrong_calls (Fixture      *fixture,
                  gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) user = user_new (fixture);

  http_expect (fixture, "POST", RPC "tela_invite", owner.token, "{\"project\":\"x\",\"role\":\"editor\"}", 400, "22P02");
  http_expect (fixture, "POST", RPC "tela_invite", owner.token, "{}", 400, "23514");
  http_expect (fixture, "POST", RPC "tela_invite", owner.token,
               "{\"project\":\"11111111-2222-4333-8444-555555555555\",\"role\":\"editor\"}", 403, "42501");
  http_expect (fixture, "POST", RPC "tela_people", owner.token, "[]", 400, "PGRST102");
  http_expect (fixture, "GET", RPC "tela_people", owner.token, NULL, 405, "PGRST117");
  http_expect (fixture, "POST", RPC "tela_join", NULL, "{}", 403, "42501");
  http_expect (fixture, "POST", RPC "tela_share", user.token, "{\"on\":true}", 403, "42501");
  http_expect (fixture, "POST", RPC "tela_share", owner.token, "{}", 200, "\"on\":false");
  http_expect (fixture, "POST", RPC "tela_share", owner.token, "{\"on\":true,\"certificate\":\"/nowhere\"}", 400, "P0001");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/backend/share/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("viewer-doors", test_viewer_doors);
  ADD ("rights-end", test_rights_end);
  ADD ("account", test_account);
  ADD ("secret", test_secret);
  ADD ("trash", test_trash);
  ADD ("guessing", test_guessing);
  ADD ("wrong-calls", test_wrong_calls);
  return g_test_run ();
}
