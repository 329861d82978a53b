/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-fixture.h"
#include "tela-element.h"

#define PRIVATE "{\"private\":true}"

/* "TTTT…" of now plus @ahead_ms, with that counter. */
static char *
stamp (gint64 ahead_ms,
       guint  counter)
{
  TelaStamp at = { ((guint64) (tela_now_ms () + ahead_ms) << 16) | counter, 0xa1b2c3d4e5f60718 };
  char      text[TELA_STAMP_LENGTH + 1];

  tela_stamp_format (at, text);
  return g_strdup (text);
}

static char *
push (Fixture    *fixture,
      const char *token,
      const char *ops,
      guint      *status)
{
  g_autofree char *body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":%s}", fixture->project, ops);

  return http (fixture, "POST", "/rest/v1/rpc/tela_push", token, body, status);
}

/* (transfer full): the reply, which has status 200, that revision and those refusals. */
static void
push_expect (Fixture    *fixture,
             const char *token,
             const char *ops,
             int         rev,
             const char *refused)
{
  guint            status;
  g_autofree char *reply = push (fixture, token, ops, &status);
  g_autofree char *got_rev = NULL;
  g_autofree char *got_refused = NULL;

  g_assert_cmpuint (status, ==, 200);
  got_rev = json_text (reply, "rev");
  got_refused = json_text (reply, "refused");
  g_assert_cmpint (atoi (got_rev), ==, rev);
  g_assert_true (g_str_has_prefix (got_refused, refused));
}

static void
test_merge (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *first = stamp (0, 1);
  g_autofree char *second = stamp (0, 2);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autofree char *path = NULL;
  g_autofree char *rows = NULL;
  g_autofree char *expected = NULL;
  guint            status;

  fixture_make_project (fixture, &owner);
  a = g_strdup_printf ("[{\"id\":\"e1\",\"at\":\"%s\",\"set\":{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40}}]", first);
  b = g_strdup_printf ("[{\"id\":\"e1\",\"at\":\"%s\",\"set\":{\"x\":11}}]", second);
  push_expect (fixture, owner.token, b, 1, "[]"); /* no operation is too early */
  push_expect (fixture, owner.token, a, 2, "[]");
  push_expect (fixture, owner.token, a, 2, "[]"); /* idempotent: dense revisions stay */
  push_expect (fixture, owner.token, b, 2, "[]");
  push_expect (fixture, owner.token, "[]", 2, "[]");

  path = g_strdup_printf ("/rest/v1/elements?project_id=eq.%s&or=(rev.gt.0,and(rev.eq.0,id.gt.))&order=rev.asc,id.asc&limit=1000",
                          fixture->project);
  rows = http (fixture, "GET", path, owner.token, NULL, &status);
  g_assert_cmpuint (status, ==, 200);
  expected = g_strdup_printf ("[{\"project_id\":\"%s\",\"id\":\"e1\",\"props\":{\"height\":40,\"type\":\"rectangle\",\"width\":80,\"x\":11,\"y\":20},"
                              "\"stamps\":{\"base\":\"%s\",\"x\":\"%s\"},\"rev\":2,",
                              fixture->project, first, second);
  g_assert_true (g_str_has_prefix (rows, expected));
}

static void
test_feed (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *at = stamp (0, 0);
  g_autofree char *topic = NULL;
  g_autofree char *ops = NULL;
  g_autofree char *frame = NULL;
  GString         *text = g_string_new (NULL);

  fixture_make_project (fixture, &owner);
  topic = g_strconcat ("project:", fixture->project, NULL);
  ws_join (ws, "1", topic, owner.token, PRIVATE);
  ops = g_strdup_printf ("[{\"id\":\"e1\",\"at\":\"%s\",\"set\":{\"type\":\"ellipse\"}},{\"id\":\"\",\"at\":\"%s\",\"set\":{}}]", at, at);
  push_expect (fixture, owner.token, ops, 1, "[{\"i\":1,\"code\":\"invalid\"");
  frame = ws_next (ws);
  g_assert_true (g_str_has_prefix (frame, "0x04350d"));
  for (gsize i = 2; frame[i] != '\0'; i += 2)
    g_string_append_c (text, (char) (g_ascii_xdigit_value (frame[i]) * 16 + g_ascii_xdigit_value (frame[i + 1])));
  g_assert_nonnull (g_strstr_len (text->str + 5, -1, "CANVAS_CHANGE{\"id\":\""));
  g_assert_nonnull (g_strstr_len (text->str + 5, -1, "\"rev\":1,\"part\":1,\"of\":1,\"ops\":[{\"id\":\"e1\","));
  g_assert_null (g_strstr_len (text->str + 5, -1, "\"id\":\"\""));
  g_string_free (text, TRUE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/push/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("merge", test_merge);
  ADD ("feed", test_feed);
  return g_test_run ();
}
