/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What was pushed is kept, made smaller, named, and given back. */

#include <string.h>

#include "backend-fixture.h"
#include "backend-history.h"

#define HOUR_MS (G_GINT64_CONSTANT (3600) * 1000)
#define NOW_MS (500000 * HOUR_MS)

/* ---- Over the wire ---- */

static void
push_x (Fixture    *fixture,
        const User *user,
        const char *id,
        int         x)
{
  TelaStamp        at = { (guint64) tela_now_ms () << 16 | (guint64) x, 7 };
  char             text[TELA_STAMP_LENGTH + 1];
  g_autofree char *body = NULL;

  tela_stamp_format (at, text);
  body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[{\"id\":\"%s\",\"at\":\"%s\",\"set\":{\"type\":\"line\",\"x\":%d}}]}",
                          fixture->project, id, text, x);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", user->token, body, 200, "\"refused\":[]");
}

/* (transfer full) */
static char *
call (Fixture    *fixture,
      const char *function,
      const User *user,
      const char *more,
      guint       expected)
{
  g_autofree char *path = g_strconcat ("/rest/v1/rpc/", function, NULL);
  g_autofree char *body = g_strdup_printf ("{\"project\":\"%s\"%s}", fixture->project, more);
  guint            status;
  char            *reply = http (fixture, "POST", path, user->token, body, &status);

  g_assert_cmpuint (status, ==, expected);
  return reply;
}

static void
assert_part (const char *text,
             const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in %s", part, text);
}

static void
test_versions (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *named = NULL, *id = NULL, *more = NULL, *listed = NULL, *old = NULL, *now = NULL, *gone = NULL;
  g_autofree char *none = NULL;

  fixture_make_project (fixture, &owner);
  none = call (fixture, "tela_versions", &owner, "", 200);
  g_assert_cmpstr (none, ==, "{\"versions\":[],\"moments\":[]}");
  push_x (fixture, &owner, "a", 1);
  named = call (fixture, "tela_version_name", &owner, ",\"name\":\" First \"", 200);
  id = json_text (named, "id");
  push_x (fixture, &owner, "a", 2);
  push_x (fixture, &owner, "b", 3);

  listed = call (fixture, "tela_versions", &owner, "", 200);
  assert_part (listed, "\"name\":\"First\",\"rev\":1,");
  assert_part (listed, "\"moments\":[{\"rev\":3,");
  assert_part (listed, "\"n\":3,");
  more = g_strdup_printf (",\"id\":\"%s\"", id);
  old = call (fixture, "tela_version", &owner, more, 200);
  assert_part (old, "{\"rev\":1,\"elements\":[{\"id\":\"a\",\"props\":{\"type\":\"line\",\"x\":1}");
  g_assert_null (strstr (old, "\"b\""));
  now = call (fixture, "tela_version", &owner, ",\"rev\":2", 200);
  assert_part (now, "\"x\":2");
  g_assert_null (strstr (now, "\"b\""));

  g_free (call (fixture, "tela_version_remove", &owner, more, 200));
  gone = call (fixture, "tela_version", &owner, more, 404);
  assert_part (gone, "P0002");
}

static void
test_refusals (Fixture      *fixture,
               gconstpointer data)
{
  static const char *const bad_names[] = { "", ",\"name\":\" \"", ",\"name\":7" };
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_auto (User) stranger = user_new (fixture);
  g_autofree char *long_name = g_strnfill (201, 'x');
  g_autofree char *more = g_strdup_printf (",\"name\":\"%s\"", long_name);

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  push_x (fixture, &owner, "a", 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad_names); i++)
    g_free (call (fixture, "tela_version_name", &owner, bad_names[i], 400));
  g_free (call (fixture, "tela_version_name", &owner, more, 400));
  g_free (call (fixture, "tela_version", &owner, "", 400));
  g_free (call (fixture, "tela_version", &owner, ",\"id\":\"x\"", 400));
  g_free (call (fixture, "tela_version", &owner, ",\"rev\":2", 404));
  g_free (call (fixture, "tela_version", &owner, ",\"rev\":0", 404));
  g_free (call (fixture, "tela_version_remove", &owner, "", 404));

  g_free (call (fixture, "tela_versions", &viewer, "", 200));
  g_free (call (fixture, "tela_version", &viewer, ",\"rev\":1", 200));
  g_free (call (fixture, "tela_version_name", &viewer, ",\"name\":\"n\"", 403));
  g_free (call (fixture, "tela_version_remove", &viewer, ",\"id\":\"" G_STRINGIFY (1) "\"", 403));
  g_free (call (fixture, "tela_versions", &stranger, "", 403));
  g_free (call (fixture, "tela_version", &stranger, ",\"rev\":1", 403));
}

/* A full shelf says so. */
static void
test_many (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *full = NULL;

  fixture_make_project (fixture, &owner);
  for (guint i = 0; i < 200; i++)
    g_free (call (fixture, "tela_version_name", &owner, ",\"name\":\"n\"", 200));
  full = call (fixture, "tela_version_name", &owner, ",\"name\":\"n\"", 400);
  assert_part (full, "54000");
}

/* ---- In the database ---- */

#define PROJECT "22222222-2222-4222-8222-222222222222"

typedef struct
{
  char   *dir;
  TelaDb *db;
  gint64  rev;
} Kept;

static void
kept_set_up (Kept         *kept,
             gconstpointer data)
{
  kept->dir = g_dir_make_tmp ("tela-backend-XXXXXX", NULL);
  kept->db = tela_db_open (kept->dir, NOW_MS, NULL);
  g_assert_nonnull (kept->db);
  g_assert_cmpint (sqlite3_exec (kept->db->handle,
                                 "INSERT INTO users (id, anonymous, created_at, last_sign_in_at) VALUES ('u', 0, 1, 1);"
                                 "INSERT INTO projects (id, name, owner, created_at, updated_at) VALUES ('" PROJECT
                                 "', 'n', 'u', 1, 1)",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
}

static void
kept_tear_down (Kept         *kept,
                gconstpointer data)
{
  Fixture fixture = { .dir = kept->dir, .session = soup_session_new () };

  tela_db_free (kept->db);
  fixture_tear_down (&fixture, NULL);
}

static void
assert_asked (Kept       *kept,
              const char *sql,
              const char *expected)
{
  g_autofree char *text = tela_db_text (kept->db, sql, "");

  g_assert_cmpstr (text, ==, expected);
}

/* Writes x of element @id at @at_ms, as a push does. */
static void
keep (Kept       *kept,
      const char *id,
      int         x,
      gint64      at_ms)
{
  g_autofree char *op = NULL;
  char             text[TELA_STAMP_LENGTH + 1];
  TelaStamp        at = { (guint64) at_ms << 16 | (guint64) kept->rev, 7 };

  tela_stamp_format (at, text);
  op = g_strdup_printf ("{\"id\":\"%s\",\"at\":\"%s\",\"set\":{\"x\":%d}}", id, text, x);
  g_assert_true (tela_history_begin (kept->db, PROJECT, kept->rev, NULL));
  kept->rev++;
  g_assert_true (tela_history_add (kept->db, PROJECT, kept->rev, at_ms, "u", &op, 1, NULL));
}

static void
assert_at (Kept       *kept,
           gint64      rev,
           const char *part)
{
  g_autofree char *dump = tela_history_dump_at (kept->db, PROJECT, rev, NULL);

  if (part == NULL)
    g_assert_null (dump);
  else
    assert_part (dump, part);
}

/* An hour of yesterday becomes one row; what it held is there. */
static void
test_hours (Kept         *kept,
            gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  for (int i = 1; i <= 50; i++)
    keep (kept, i % 2 == 0 ? "a" : "b", i, NOW_MS - 30 * HOUR_MS + i);
  keep (kept, "a", 51, NOW_MS - 29 * HOUR_MS);
  keep (kept, "a", 52, NOW_MS - 1);
  keep (kept, "a", 53, NOW_MS);
  before = tela_history_dump_at (kept->db, PROJECT, 53, NULL);
  tela_history_compact (kept->db, &tela_history_limits, NOW_MS);
  after = tela_history_dump_at (kept->db, PROJECT, 53, NULL);
  g_assert_cmpstr (before, ==, after);
  assert_asked (kept, "SELECT group_concat (rev || ':' || n) FROM history", "50:50,51:1,52:1,53:1");
  assert_at (kept, 50, "\"x\":49");
  assert_at (kept, 51, "\"x\":51");
  assert_at (kept, 49, NULL);
}

/* What is older than 90 days is the base of the rest. */
static void
test_old (Kept         *kept,
          gconstpointer data)
{
  keep (kept, "a", 1, NOW_MS - 24 * 91 * HOUR_MS);
  keep (kept, "b", 2, NOW_MS - 24 * 91 * HOUR_MS + HOUR_MS);
  keep (kept, "a", 3, NOW_MS - 24 * 89 * HOUR_MS);
  tela_history_compact (kept->db, &tela_history_limits, NOW_MS);
  assert_asked (kept, "SELECT group_concat (rev) FROM history", "3");
  assert_asked (kept, "SELECT rev FROM history_bases", "2");
  assert_at (kept, 1, NULL);
  assert_at (kept, 2, "\"x\":1");
  assert_at (kept, 3, "\"x\":3");
  assert_at (kept, 3, "\"x\":2");
  tela_history_compact (kept->db, &tela_history_limits, NOW_MS + 24 * 91 * HOUR_MS);
  assert_asked (kept, "SELECT count (*) FROM history", "0");
  assert_at (kept, 3, "\"x\":3");
  keep (kept, "a", 4, NOW_MS); /* goes on from the base */
  assert_asked (kept, "SELECT rev FROM history_bases", "3");
  assert_at (kept, 4, "\"x\":4");
}

static void
test_size (Kept         *kept,
           gconstpointer data)
{
  TelaHistoryLimits limits = tela_history_limits;

  for (int i = 1; i <= 100; i++)
    keep (kept, "a", i, NOW_MS);
  limits.bytes = 1000;
  tela_history_compact (kept->db, &limits, NOW_MS);
  assert_asked (kept, "SELECT sum (length (ops)) BETWEEN 900 AND 1000 FROM history", "1");
  assert_at (kept, 100, "\"x\":100");
}

/* A board that is older than its history, or whose history has a hole, starts anew from what it is. */
static void
test_older_board (Kept         *kept,
                  gconstpointer data)
{
  keep (kept, "a", 1, NOW_MS);
  kept->rev = 7;
  keep (kept, "a", 8, NOW_MS);
  assert_asked (kept, "SELECT group_concat (rev) FROM history", "8");
  assert_asked (kept, "SELECT rev FROM history_bases", "7");
  assert_at (kept, 8, "\"x\":8");
  assert_at (kept, 1, NULL);
}

/* What cannot be read stays, and stops nobody. */
static void
test_damaged (Kept         *kept,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  keep (kept, "a", 1, NOW_MS - 100 * 24 * HOUR_MS);
  assert_asked (kept, "UPDATE history SET ops = '[{\"id\":7}]' RETURNING 1", "1");
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "History:*");
  tela_history_compact (kept->db, &tela_history_limits, NOW_MS);
  g_test_assert_expected_messages ();
  assert_asked (kept, "SELECT count (*) FROM history", "1");
  g_assert_null (tela_history_dump_at (kept->db, PROJECT, 1, &error));
  g_assert_nonnull (error);
  keep (kept, "a", 2, NOW_MS);
  g_assert_null (tela_history_unpack ("nonsense", 8, &(gsize){ 0 }, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/history/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
#define ADD_KEPT(path, func) g_test_add ("/backend/history/" path, Kept, NULL, kept_set_up, func, kept_tear_down)
  ADD ("versions", test_versions);
  ADD ("refusals", test_refusals);
  ADD ("many", test_many);
  ADD_KEPT ("hours", test_hours);
  ADD_KEPT ("old", test_old);
  ADD_KEPT ("size", test_size);
  ADD_KEPT ("older-board", test_older_board);
  ADD_KEPT ("damaged", test_damaged);
  return g_test_run ();
}
