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
  a = g_strdup_printf (
      "[{\"id\":\"e1\",\"at\":\"%s\",\"set\":{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40}}]",
      first);
  b = g_strdup_printf ("[{\"id\":\"e1\",\"at\":\"%s\",\"set\":{\"x\":11}}]", second);
  push_expect (fixture, owner.token, b, 1, "[]"); /* no operation is too early */
  push_expect (fixture, owner.token, a, 2, "[]");
  push_expect (fixture, owner.token, a, 2, "[]"); /* idempotent: dense revisions stay */
  push_expect (fixture, owner.token, b, 2, "[]");
  push_expect (fixture, owner.token, "[]", 2, "[]");

  path = g_strdup_printf (
      "/rest/v1/elements?project_id=eq.%s&or=(rev.gt.0,and(rev.eq.0,id.gt.))&order=rev.asc,id.asc&limit=1000",
      fixture->project);
  rows = http (fixture, "GET", path, owner.token, NULL, &status);
  g_assert_cmpuint (status, ==, 200);
  expected = g_strdup_printf ("[{\"project_id\":\"%s\",\"id\":\"e1\",\"props\":{\"height\":40,\"type\":\"rectangle\","
                              "\"width\":80,\"x\":11,\"y\":20},"
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
  ops = g_strdup_printf (
      "[{\"id\":\"e1\",\"at\":\"%s\",\"set\":{\"type\":\"ellipse\"}},{\"id\":\"\",\"at\":\"%s\",\"set\":{}}]", at, at);
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

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char         *now = stamp (0, 0);
  g_autofree char         *near = stamp (50000, 0);
  g_autofree char         *far = stamp (65000, 0);
  g_autofree char         *good = NULL;
  g_autofree char *text    G_GNUC_UNUSED = g_strnfill (600000, 'x');
  g_autofree char         *mixed = NULL;
  static const char *const invalid[] = {
    "7",
    "null",
    "{}",
    "[]",
    "{\"id\":\"a\"}",
    "{\"id\":\"a\",\"at\":\"x\",\"set\":{\"x\":1}}",
    "{\"id\":7,\"at\":\"%s\",\"set\":{\"x\":1}}",
    "{\"id\":\"a\",\"at\":\"%s\",\"set\":[]}",
    "{\"id\":\"a\",\"at\":\"%s\",\"set\":{\"x\":1e9}}",
    "{\"id\":\"\",\"at\":\"%s\",\"set\":{\"x\":1}}",
    "{\"id\":\"\\u0007\",\"at\":\"%s\",\"set\":{\"x\":1}}",
    "{\"id\":\"12345678901234567890123456789012345678901234567890123456789012345\",\"at\":\"%s\",\"set\":{\"x\":1}}",
  };
  int rev = 0;

  fixture_make_project (fixture, &owner);
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_auto (GStrv) halves = g_strsplit (invalid[i], "%s", 2);
      g_autofree char *op = halves[1] != NULL ? g_strconcat (halves[0], now, halves[1], NULL) : g_strdup (invalid[i]);
      g_autofree char *ops = g_strdup_printf ("[%s]", op);

      push_expect (fixture, owner.token, ops, rev, "[{\"i\":0,\"code\":\"invalid\"");
    }
  good = g_strdup_printf ("[{\"id\":\"a\",\"at\":\"%s\",\"set\":{\"type\":\"line\"}}]", near);
  push_expect (fixture, owner.token, good, ++rev, "[]");
  mixed = g_strdup_printf (
      "[{\"id\":\"b\",\"at\":\"%s\",\"set\":{\"x\":1}},{\"id\":\"c\",\"at\":\"%s\",\"set\":{\"x\":1}}]", far, now);
  push_expect (fixture, owner.token, mixed, ++rev, "[{\"i\":0,\"code\":\"future\"");
  push_expect (fixture, owner.token, mixed, rev, "[{\"i\":0,\"code\":\"future\"");
}

static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *now = stamp (0, 0);
  g_autofree char *text = g_strnfill (1024 * 1024 - 200, 'x');
  g_autofree char *fits = NULL;
  g_autofree char *over = NULL;
  GString         *many = g_string_new ("[");
  g_autofree char *reply = NULL;
  guint            status;

  fixture_make_project (fixture, &owner);
  fits = g_strdup_printf ("[{\"id\":\"a\",\"at\":\"%s\",\"set\":{\"text\":\"%s\"}}]", now, text);
  push_expect (fixture, owner.token, fits, 1, "[]");
  over = g_strdup_printf ("[{\"id\":\"a\",\"at\":\"%s\",\"set\":{\"text\":\"%"
                          "sxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                          "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}}]",
                          now, text);
  reply = push (fixture, owner.token, over, &status);
  g_assert_cmpuint (status, ==, 413);
  for (guint i = 0; i < 501; i++)
    g_string_append_printf (many, "%s{\"id\":\"m%u\",\"at\":\"%s\",\"set\":{\"x\":1}}", i > 0 ? "," : "", i, now);
  g_string_append_c (many, ']');
  g_free (reply);
  reply = push (fixture, owner.token, many->str, &status);
  g_assert_cmpuint (status, ==, 413);
  g_string_free (many, TRUE);
}

static char *
many_properties (const char *at,
                 const char *prefix,
                 guint       n)
{
  GString *op = g_string_new (NULL);

  g_string_append_printf (op, "[{\"id\":\"a\",\"at\":\"%s\",\"set\":{\"type\":\"line\"", at);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (op, ",\"%s%u\":1", prefix, i);
  g_string_append (op, "}}]");
  return g_string_free (op, FALSE);
}

/* What has no room in an element is refused, and not just left out. */
static void
test_many_properties (Fixture *fixture, gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *at = stamp (0, 0);
  g_autofree char *too_many = many_properties (at, "p", TELA_MAX_PROPERTIES);
  g_autofree char *all = many_properties (at, "p", TELA_MAX_PROPERTIES - 1);
  g_autofree char *more = many_properties (at, "q", 1);

  fixture_make_project (fixture, &owner);
  push_expect (fixture, owner.token, too_many, 0, "[{\"i\":0,\"code\":\"too_large\"");
  push_expect (fixture, owner.token, all, 1, "[]");
  push_expect (fixture, owner.token, more, 1, "[{\"i\":0,\"code\":\"too_large\"");
  push_expect (fixture, owner.token, all, 1, "[]");
}

/* The frames of one change, put together: all parts are under 200 kB and every operation is in one of them. */
static void
test_parts (Fixture *fixture, gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *topic = NULL;
  g_autofree char *filler = g_strnfill (9000, 'y');
  g_autofree char *now = stamp (0, 0);
  GString         *ops = g_string_new ("[");
  guint            n_ops = 0, n_parts = 0;

  fixture_make_project (fixture, &owner);
  topic = g_strconcat ("project:", fixture->project, NULL);
  ws_join (ws, "1", topic, owner.token, PRIVATE);
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (ops, "%s{\"id\":\"m%u\",\"at\":\"%s\",\"set\":{\"text\":\"%s\"}}", i > 0 ? "," : "", i, now,
                            filler);
  g_string_append_c (ops, ']');
  push_expect (fixture, owner.token, ops->str, 1, "[]");
  while (n_parts < 5)
    {
      g_autofree char *frame = ws_next (ws);

      g_assert_cmpuint (strlen (frame) / 2, <, 200000);
      n_parts++;
      for (const char *at = frame; (at = strstr (at, "7b226964223a226d")) != NULL; at++) /* {"id":"m */
        n_ops++;
    }
  g_assert_cmpuint (n_ops, ==, 100);
  ws_expect_nothing (ws);
  g_string_free (ops, TRUE);
}

static void
test_paging (Fixture *fixture, gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *last_id = g_strdup ("");
  GHashTable      *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  int              last = 0;
  guint            pages = 0;

  fixture_make_project (fixture, &owner);
  for (guint call = 0; call < 5; call++)
    {
      GString *ops = g_string_new ("[");

      for (guint i = 0; i < 500; i++)
        {
          g_autofree char *at = stamp (0, i);

          g_string_append_printf (ops, "%s{\"id\":\"e%u\",\"at\":\"%s\",\"set\":{\"type\":\"line\",\"isDeleted\":%s}}",
                                  i > 0 ? "," : "", call * 500 + i, at, i % 2 == 0 ? "true" : "false");
        }
      g_string_append_c (ops, ']');
      push_expect (fixture, owner.token, ops->str, (int) call + 1, "[]");
      g_string_free (ops, TRUE);
    }
  for (;; pages++)
    {
      g_autofree char *path = g_strdup_printf (
          "/rest/v1/elements?select=id,props,stamps,rev&project_id=eq.%s&or=(rev.gt.%d,and(rev.eq.%d,id.gt.%s))"
          "&order=rev.asc,id.asc&limit=1000",
          fixture->project, last, last, last_id);
      guint            status;
      g_autofree char *page = http (fixture, "GET", path, owner.token, NULL, &status);
      TelaJsonReader   reader;
      TelaJsonSpan     row;
      guint            n = 0;

      tela_json_reader_init (&reader, page, -1);
      g_assert_true (tela_json_reader_enter_array (&reader));
      for (; tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &row); n++)
        {
          g_autofree char *text = g_strndup (row.data, row.len);
          g_autofree char *rev = json_text (text, "rev");

          g_assert_cmpint (atoi (rev), >=, last);
          last = atoi (rev);
          g_free (last_id);
          last_id = json_text (text, "id");
          g_assert_true (g_hash_table_add (seen, g_strdup (last_id)));
        }
      if (n == 0)
        break;
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 2500); /* tombstones too */
  g_assert_cmpuint (pages, ==, 3);
  g_hash_table_unref (seen);
}

static void
test_head (Fixture *fixture, gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *body = NULL;
  g_autofree char *reply = NULL;
  g_autofree char *now = NULL;
  g_autofree char *epoch = NULL;
  guint            status;

  fixture_make_project (fixture, &owner);
  body = g_strdup_printf ("{\"project\":\"%s\"}", fixture->project);
  reply = http (fixture, "POST", "/rest/v1/rpc/tela_head", owner.token, body, &status);
  g_assert_cmpuint (status, ==, 200);
  now = json_text (reply, "now");
  epoch = json_text (reply, "epoch");
  g_assert_cmpint (ABS (g_ascii_strtoll (now, NULL, 10) - tela_now_ms ()), <, 60000);
  g_assert_cmpuint (strlen (epoch), ==, 16);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/push/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("merge", test_merge);
  ADD ("feed", test_feed);
  ADD ("refusals", test_refusals);
  ADD ("too-large", test_too_large);
  ADD ("many-properties", test_many_properties);
  ADD ("parts", test_parts);
  ADD ("paging", test_paging);
  ADD ("head", test_head);
  return g_test_run ();
}
