/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who may read and write what: topics, rows, pushes. */

#include <string.h>

#include "backend-token.h"

#define PRIVATE "{\"private\":true,\"broadcast\":{\"ack\":true}}"

enum
{
  OWNER,
  EDITOR,
  VIEWER,
  STRANGER,
  N_PEOPLE,
};

typedef struct
{
  User people[N_PEOPLE];
} Cast;

static void
cast_clear (Cast *cast)
{
  for (guint i = 0; i < N_PEOPLE; i++)
    user_clear (&cast->people[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cast, cast_clear)

static Cast
make_cast (Fixture *fixture)
{
  Cast cast;

  cast.people[OWNER] = user_owner (fixture);
  for (guint i = EDITOR; i < N_PEOPLE; i++)
    cast.people[i] = user_new (fixture);
  fixture_make_project (fixture, &cast.people[OWNER]);
  fixture_add_member (fixture, &cast.people[OWNER], &cast.people[EDITOR], "editor");
  fixture_add_member (fixture, &cast.people[OWNER], &cast.people[VIEWER], "viewer");
  return cast;
}

static void
expect_join (Fixture    *fixture,
             const char *token,
             const char *topic,
             gboolean    may)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[\"1\",\"1\",\"realtime:%s\",\"phx_join\",{\"access_token\":\"%s\",\"config\":" PRIVATE "}]", topic,
           token);
  if (may)
    ws_expect_part (ws, "\"status\":\"ok\"");
  else
    ws_expect (
        ws,
        "[\"1\",\"1\",\"realtime:%s\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"Unauthorized: "
        "You do not have permissions to read from this Channel topic: %s\"}}]",
        topic, topic);
}

/* A denied write gets no reply and reaches nobody. */
static void
expect_write (Fixture    *fixture,
              Ws         *listener,
              const char *token,
              const char *topic,
              gboolean    may)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "1", topic, token, PRIVATE);
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"broadcast\",{\"event\":\"x\"}]", topic);
  if (may)
    {
      ws_expect (ws, "[\"1\",\"2\",\"realtime:%s\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]", topic);
      ws_expect (listener, "[null,null,\"realtime:%s\",\"broadcast\",{\"event\":\"x\"}]", topic);
    }
  ws_expect_nothing (ws);
  ws_expect_nothing (listener);
}

static void
test_project_topics (Fixture      *fixture,
                     gconstpointer data)
{
  static const struct
  {
    const char *kind;
    gboolean    read[N_PEOPLE], write[N_PEOPLE];
  } rows[] = {
    { "project", { TRUE, TRUE, TRUE, FALSE }, { FALSE, FALSE, FALSE, FALSE } },
    { "live", { TRUE, TRUE, TRUE, FALSE }, { TRUE, TRUE, FALSE, FALSE } },
    { "room", { TRUE, TRUE, TRUE, FALSE }, { TRUE, TRUE, TRUE, FALSE } },
  };
  g_auto (Cast) cast = make_cast (fixture);

  for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
    {
      g_autofree char *topic = g_strconcat (rows[r].kind, ":", fixture->project, NULL);
      g_autoptr (Ws) listener = ws_open (fixture, NULL);

      ws_join (listener, "1", topic, tela_backend_get_service_key (fixture->backend), PRIVATE);
      for (guint p = 0; p < N_PEOPLE; p++)
        {
          expect_join (fixture, cast.people[p].token, topic, rows[r].read[p]);
          if (rows[r].read[p])
            expect_write (fixture, listener, cast.people[p].token, topic, rows[r].write[p]);
        }
      expect_join (fixture, tela_backend_get_anon_key (fixture->backend), topic, FALSE);
      expect_write (fixture, listener, tela_backend_get_service_key (fixture->backend), topic, TRUE);
    }
}

static void
test_user_topics (Fixture      *fixture,
                  gconstpointer data)
{
  static const char *const kinds[] = { "user", "fal_jobs" };
  g_auto (User) one = user_new (fixture);
  g_auto (User) other = user_new (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *topic = g_strconcat (kinds[i], ":", one.id, NULL);
      g_autoptr (Ws) listener = ws_open (fixture, NULL);

      ws_join (listener, "1", topic, one.token, PRIVATE);
      expect_join (fixture, one.token, topic, TRUE);
      expect_join (fixture, other.token, topic, FALSE);
      expect_write (fixture, listener, one.token, topic, FALSE);
    }
}

static void
test_unknown_topics (Fixture      *fixture,
                     gconstpointer data)
{
  static const char *const topics[] = { "project:oops", "project:", "project", "live:' OR 1=1 --",
                                        "nothing:x", "user:", "x" };
  g_auto (User) user = user_owner (fixture);
  g_autofree char *upper = NULL;
  g_autofree char *suffixed = NULL;

  fixture_make_project (fixture, &user);
  upper = g_ascii_strup (fixture->project, -1);
  suffixed = g_strconcat ("project:", fixture->project, "x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    expect_join (fixture, user.token, topics[i], FALSE);
  expect_join (fixture, user.token, upper, FALSE);
  expect_join (fixture, user.token, suffixed, FALSE);
}

/* The right to write is asked once, and again after a new token. */
static void
test_write_right_is_cached (Fixture      *fixture,
                            gconstpointer data)
{
  g_auto (Cast) cast = make_cast (fixture);
  g_autofree char *topic = g_strconcat ("live:", fixture->project, NULL);
  g_autofree char *fresh = make_token (fixture, cast.people[VIEWER].id, "authenticated", 600, "");
  g_autofree char *body = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  guint status;

  ws_join (ws, "1", topic, cast.people[VIEWER].token, PRIVATE);
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"broadcast\",{}]", topic);
  ws_expect_nothing (ws);
  body = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}", fixture->project,
                          cast.people[VIEWER].id);
  g_free (http_prefer (fixture, "POST", "/rest/v1/project_members", cast.people[OWNER].token, body,
                       "resolution=merge-duplicates", &status));
  g_assert_cmpuint (status, ==, 200);
  ws_send (ws, "[\"1\",\"3\",\"realtime:%s\",\"broadcast\",{}]", topic);
  ws_expect_nothing (ws);
  ws_send (ws, "[\"1\",\"4\",\"realtime:%s\",\"access_token\",{\"access_token\":\"%s\"}]", topic, fresh);
  ws_send (ws, "[\"1\",\"5\",\"realtime:%s\",\"broadcast\",{}]", topic);
  ws_expect (ws, "[\"1\",\"5\",\"realtime:%s\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]", topic);
}

static void
test_rows (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (Cast) cast = make_cast (fixture);
  g_autofree char *body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[]}", fixture->project);
  g_autofree char *by_id = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  g_autofree char *members = g_strconcat ("/rest/v1/project_members?project_id=eq.", fixture->project, NULL);
  g_autofree char *elements = g_strconcat ("/rest/v1/elements?project_id=eq.", fixture->project, NULL);
  const char      *anon = tela_backend_get_anon_key (fixture->backend);

  for (guint p = 0; p < N_PEOPLE; p++)
    {
      const char *token = cast.people[p].token;
      gboolean    member = p != STRANGER;

      http_expect (fixture, "GET", by_id, token, NULL, 200, member ? "\"name\":\"Plans\"" : "[]");
      http_expect (fixture, "GET", members, token, NULL, 200, member ? cast.people[VIEWER].id : "[]");
      http_expect (fixture, "GET", elements, token, NULL, 200, "[]");
      http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", token, body, p <= EDITOR ? 200 : 403,
                   p <= EDITOR ? "\"rev\":0" : "\"code\":\"42501\"");
      http_expect (fixture, "POST", "/rest/v1/rpc/tela_head", token, body, member ? 200 : 403,
                   member ? "\"rev\":0" : "\"code\":\"42501\"");
      if (p != OWNER)
        {
          http_expect (fixture, "DELETE", by_id, token, NULL, 204, "");
          http_expect (fixture, "POST", "/rest/v1/project_members", token, "{}", 400, "23502");
        }
    }
  http_expect (fixture, "GET", by_id, anon, NULL, 200, "[]");
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", anon, body, 401, "\"code\":\"42501\"");
  http_expect (fixture, "POST", "/rest/v1/projects", anon, "{\"name\":\"x\"}", 401, "\"code\":\"42501\"");
  http_expect (fixture, "GET", by_id, tela_backend_get_service_key (fixture->backend), NULL, 200, "\"name\":\"Plans\"");

  http_expect (fixture, "PATCH", by_id, cast.people[VIEWER].token, "{\"name\":\"V\"}", 204, "");
  http_expect (fixture, "PATCH", by_id, cast.people[STRANGER].token, "{\"name\":\"S\"}", 204, "");
  http_expect (fixture, "GET", by_id, cast.people[OWNER].token, NULL, 200, "\"name\":\"Plans\"");
  http_expect (fixture, "PATCH", by_id, cast.people[EDITOR].token, "{\"name\":\"E\"}", 204, "");
  http_expect (fixture, "GET", by_id, cast.people[OWNER].token, NULL, 200, "\"name\":\"E\"");
}

static void
test_membership (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (Cast) cast = make_cast (fixture);
  const char      *owner = cast.people[OWNER].token;
  g_autofree char *by_editor = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"viewer\"}",
                                                fixture->project, cast.people[STRANGER].id);
  g_autofree char *as_owner = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"owner\"}",
                                               fixture->project, cast.people[STRANGER].id);
  g_autofree char *nobody = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"viewer\"}",
                                             fixture->project, fixture->project);
  g_autofree char *twice = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"viewer\"}",
                                            fixture->project, cast.people[EDITOR].id);
  g_autofree char *viewer = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s",
                                             fixture->project, cast.people[VIEWER].id);
  g_autofree char *all = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s", fixture->project);

  http_expect (fixture, "POST", "/rest/v1/project_members", cast.people[EDITOR].token, by_editor, 403, "42501");
  http_expect (fixture, "POST", "/rest/v1/project_members", owner, as_owner, 403, "42501");
  http_expect (fixture, "POST", "/rest/v1/project_members", owner, nobody, 409, "23503");
  http_expect (fixture, "POST", "/rest/v1/project_members", owner, twice, 409, "23505");
  http_expect (fixture, "DELETE", viewer, cast.people[EDITOR].token, NULL, 204, ""); /* no right: nothing happens */
  http_expect (fixture, "GET", viewer, owner, NULL, 200, "\"role\":\"viewer\"");
  http_expect (fixture, "DELETE", viewer, cast.people[VIEWER].token, NULL, 204, ""); /* leaves */
  http_expect (fixture, "GET", viewer, owner, NULL, 200, "[]");
  http_expect (fixture, "DELETE", all, owner, NULL, 204, ""); /* all but the owner */
  http_expect (fixture, "GET", all, owner, NULL, 200, "\"role\":\"owner\",\"created_at\"");
  http_expect (fixture, "DELETE", "/rest/v1/project_members", owner, NULL, 400, "21000");
}

/* The lists of boards hear who gained, lost and renamed what. */
static void
test_board_list (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) guest = user_new (fixture);
  g_autofree char *topic = g_strconcat ("user:", guest.id, NULL);
  g_autofree char *by_id = NULL;
  g_autofree char *member = NULL;
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autoptr (Ws) board = ws_open (fixture, NULL);
  g_autofree char *feed = NULL;

  ws_join (ws, "1", topic, guest.token, PRIVATE);
  fixture_make_project (fixture, &owner);
  feed = g_strconcat ("project:", fixture->project, NULL);
  ws_join (board, "1", feed, owner.token, PRIVATE);
  by_id = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  fixture_add_member (fixture, &owner, &guest, "viewer");
  ws_expect_part (ws, "494e53455254"); /* INSERT, in the hex of the frame */
  ws_expect_part (board, "555044415445");
  http_expect (fixture, "PATCH", by_id, owner.token, "{\"name\":\"New\"}", 204, "");
  ws_expect_part (ws, "555044415445"); /* UPDATE */
  ws_expect_part (board, "555044415445");
  member = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", fixture->project, guest.id);
  http_expect (fixture, "DELETE", member, owner.token, NULL, 204, "");
  ws_expect_part (ws, "44454c455445"); /* DELETE */
  ws_expect_nothing (ws);
}

/* In the trash a board is its owner's alone, and nobody else may put it there. */
static void
test_trash (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) editor = user_new (fixture);
  g_autofree char *by_id = NULL;
  g_autofree char *elements = NULL;
  g_autofree char *old = g_strdup ("{\"deleted_at\":\"2001-01-01T00:00:00Z\"}");
  const char      *trash = "{\"deleted_at\":\"2026-01-01T00:00:00Z\"}";

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &editor, "editor");
  by_id = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  elements = g_strconcat ("/rest/v1/project_members?project_id=eq.", fixture->project, NULL);

  http_expect (fixture, "PATCH", by_id, editor.token, trash, 403, "42501");
  http_expect (fixture, "GET", by_id, editor.token, NULL, 200, "\"deleted_at\":null");
  http_expect (fixture, "PATCH", by_id, owner.token, trash, 204, "");
  http_expect (fixture, "GET", by_id, editor.token, NULL, 200, "[]");
  http_expect (fixture, "GET", elements, editor.token, NULL, 200, "[]");
  http_expect (fixture, "GET", by_id, owner.token, NULL, 200, "\"deleted_at\":\"2026-01-01T00:00:00");
  http_expect (fixture, "PATCH", by_id, editor.token, "{\"deleted_at\":null}", 204, "");
  http_expect (fixture, "GET", by_id, editor.token, NULL, 200, "[]");
  http_expect (fixture, "PATCH", by_id, owner.token, "{\"deleted_at\":null}", 204, "");
  http_expect (fixture, "GET", by_id, editor.token, NULL, 200, "\"deleted_at\":null");

  /* A month later it is gone, at the latest with the next start. */
  http_expect (fixture, "PATCH", by_id, owner.token, old, 204, "");
  tela_backend_stop (fixture->backend);
  g_clear_object (&fixture->backend);
  fixture_start (fixture, FALSE);
  http_expect (fixture, "GET", by_id, owner.token, NULL, 200, "[]");
}

/* Its members lose it from their lists, hear nothing of it, and gain it again. */
static void
test_trash_feed (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_autofree char *topic = g_strconcat ("user:", viewer.id, NULL);
  g_autofree char *by_id = NULL;
  Ws              *ws;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  by_id = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  ws = ws_open (fixture, NULL);
  ws_join (ws, "1", topic, viewer.token, "{\"private\":true}");
  http_expect (fixture, "PATCH", by_id, owner.token, "{\"deleted_at\":\"2026-01-01T00:00:00Z\"}", 204, "");
  ws_expect_part (ws, "44454c455445"); /* DELETE */
  http_expect (fixture, "PATCH", by_id, owner.token, "{\"name\":\"Unseen\"}", 204, "");
  http_expect (fixture, "PATCH", by_id, owner.token, "{\"deleted_at\":null}", 204, "");
  ws_expect_part (ws, "494e53455254"); /* INSERT */
  ws_free (ws);
}

#define PNG_SHA "2cea274d0bedc39ec4ab6ba9e59ec889e3ed6fb56a1cf088a64d9b383378dc97"

static void
put_thumbnail (Fixture    *fixture,
               const char *token,
               guint       expected)
{
  g_autofree char *path = g_strconcat ("/storage/v1/object/thumbnails/", fixture->project, "/board.png", NULL);
  g_autoptr (SoupMessage) msg = http_message (fixture, "POST", path, token);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("picture", 7);
  g_autoptr (GBytes) answer = NULL;

  soup_message_set_request_body_from_bytes (msg, "image/png", bytes);
  soup_message_headers_append (soup_message_get_request_headers (msg), "x-upsert", "true");
  answer = soup_session_send_and_read (fixture->session, msg, NULL, NULL);
  g_assert_nonnull (answer);
  g_assert_cmpuint (soup_message_get_status (msg), ==, expected);
}

/* Who may edit a board makes its picture, all its members see it and hear of it, and it goes with the board. */
static void
test_thumbnail (Fixture      *fixture,
                gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) editor = user_new (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_auto (User) stranger = user_new (fixture);
  g_autofree char *topic = g_strconcat ("user:", viewer.id, NULL);
  g_autofree char *by_id = NULL, *picture = NULL;
  Ws              *ws;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &editor, "editor");
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  by_id = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  picture = g_strconcat ("/storage/v1/object/thumbnails/", fixture->project, "/board.png", NULL);
  ws = ws_open (fixture, NULL);
  ws_join (ws, "1", topic, viewer.token, "{\"private\":true}");

  put_thumbnail (fixture, viewer.token, 400);
  put_thumbnail (fixture, editor.token, 200);
  put_thumbnail (fixture, owner.token, 200);
  http_expect (fixture, "PATCH", by_id, viewer.token, "{\"thumbnail\":\"" PNG_SHA "\"}", 204, "");
  http_expect (fixture, "GET", by_id, owner.token, NULL, 200, "\"thumbnail\":null");
  http_expect (fixture, "PATCH", by_id, editor.token, "{\"thumbnail\":\"../else\"}", 400, "23514");
  http_expect (fixture, "PATCH", by_id, editor.token, "{\"thumbnail\":\"" PNG_SHA "\"}", 204, "");
  ws_expect_part (ws, "555044415445"); /* UPDATE */
  http_expect (fixture, "GET", by_id, viewer.token, NULL, 200, "\"thumbnail\":\"" PNG_SHA "\"");
  http_expect (fixture, "GET", picture, viewer.token, NULL, 200, "picture");
  http_expect (fixture, "GET", picture, stranger.token, NULL, 400, "NoSuchKey");

  http_expect (fixture, "DELETE", by_id, owner.token, NULL, 204, "");
  http_expect (fixture, "GET", picture, owner.token, NULL, 400, "NoSuchKey");
  ws_free (ws);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/rights/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("project-topics", test_project_topics);
  ADD ("user-topics", test_user_topics);
  ADD ("unknown-topics", test_unknown_topics);
  ADD ("write-right-is-cached", test_write_right_is_cached);
  ADD ("rows", test_rows);
  ADD ("membership", test_membership);
  ADD ("board-list", test_board_list);
  ADD ("thumbnail", test_thumbnail);
  ADD ("trash", test_trash);
  ADD ("trash/feed", test_trash_feed);
  return g_test_run ();
}
