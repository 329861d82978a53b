/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

/* Changes of rows, as PostgreSQL's would come (protocol.md 7). */

#include <string.h>

#include "backend-token.h"

#define STAMP(n) "01964a2c7f3e00" n "-a1b2c3d4e5f60718"

/* Joins with those subscriptions; the reply is left. */
static void
ask (Ws         *ws,
     const char *token,
     const char *changes)
{
  ws_send (ws, "[\"1\",\"1\",\"realtime:c\",\"phx_join\",{\"access_token\":\"%s\",\"config\":{\"postgres_changes\":%s}}]",
           token != NULL ? token : "sb_none", changes);
}

static void
subscribe (Ws         *ws,
           const char *token,
           const char *changes)
{
  ask (ws, token, changes);
  ws_expect_part (ws, "\"status\":\"ok\"");
  ws_expect (ws, "[\"1\",null,\"realtime:c\",\"system\",{\"message\":\"Subscribed to PostgreSQL\",\"status\":\"ok\","
                 "\"extension\":\"postgres_changes\",\"channel\":\"c\"}]");
}

static void
expect_problem (Fixture    *fixture,
                const char *changes,
                const char *message)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *got = NULL;

  ask (ws, NULL, changes);
  ws_expect_part (ws, "\"status\":\"ok\"");
  got = ws_next (ws);
  if (strstr (got, message) == NULL ||
      strstr (got, "\"status\":\"error\",\"extension\":\"postgres_changes\",\"channel\":\"c\"}]") == NULL)
    g_error ("expected %s in %s", message, got);
  ws_expect_nothing (ws); /* the channel lives */
}

static void
rename_project (Fixture    *fixture,
                const User *user,
                const char *name)
{
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\"}", name);

  http_expect (fixture, "PATCH", path, user->token, body, 204, "");
}

static void
push (Fixture    *fixture,
      const User *user,
      const char *ops)
{
  g_autofree char *body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[%s]}", fixture->project, ops);

  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", user->token, body, 200, "");
}

/* The reply echoes each element with all its keys, in order, and an id of 27 bits: equal ones have equal ids. */
static void
test_echo (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *got = NULL;
  g_auto (GStrv) parts = NULL;

  ask (ws, NULL, "[{\"event\":\"update\",\"schema\":\"public\",\"table\":\"projects\",\"filter\":\"rev=gt.1\"},null,"
                 "{\"table\":\"elements\" , \"schema\":\"public\"},{\"schema\":\"public\",\"table\":\"elements\"}]");
  got = ws_next (ws);
  g_assert_nonnull (strstr (got, "{\"postgres_changes\":[{\"event\":\"update\",\"schema\":\"public\",\"table\":\"projects\","
                                 "\"filter\":\"rev=gt.1\",\"id\":"));
  parts = g_strsplit (got, "\"id\":", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 4);
  g_assert_cmpint (g_ascii_strtoll (parts[1], NULL, 10), !=, g_ascii_strtoll (parts[2], NULL, 10));
  g_assert_cmpint (g_ascii_strtoll (parts[2], NULL, 10), ==, g_ascii_strtoll (parts[3], NULL, 10));
  g_assert_cmpint (g_ascii_strtoll (parts[1], NULL, 10), <, 1 << 27);
}

static void
test_rows (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *inserted = NULL;
  g_autofree char *updated = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *path = NULL;

  subscribe (ws, owner.token, "[{\"event\":\"*\",\"schema\":\"public\",\"table\":\"projects\"}]");
  fixture_make_project (fixture, &owner);
  inserted = ws_next (ws);
  expected = g_strdup_printf ("[null,null,\"realtime:c\",\"postgres_changes\",{\"data\":{\"table\":\"projects\",\"type\":"
                              "\"INSERT\",\"record\":{\"id\":\"%s\",\"name\":\"Plans\",\"owner\":\"%s\",\"rev\":0,",
                              fixture->project, owner.id);
  g_assert_true (g_str_has_prefix (inserted, expected));
  g_assert_nonnull (strstr (inserted, "\"columns\":[{\"name\":\"id\",\"type\":\"uuid\"},{\"name\":\"name\",\"type\":\"text\"},"));
  g_assert_nonnull (strstr (inserted, "{\"name\":\"rev\",\"type\":\"int8\"}"));
  g_assert_nonnull (strstr (inserted, "{\"name\":\"created_at\",\"type\":\"timestamptz\"}"));
  g_assert_nonnull (strstr (inserted, "],\"errors\":null,\"schema\":\"public\",\"commit_timestamp\":\"20"));
  g_assert_null (strstr (inserted, "old_record"));
  g_assert_nonnull (strstr (inserted, "\"},\"ids\":["));

  rename_project (fixture, &owner, "Other");
  updated = ws_next (ws);
  g_free (expected);
  expected = g_strdup_printf (",\"old_record\":{\"id\":\"%s\"}},\"ids\":[", fixture->project);
  g_assert_nonnull (strstr (updated, "\"type\":\"UPDATE\",\"record\":{"));
  g_assert_nonnull (strstr (updated, "\"name\":\"Other\""));
  g_assert_nonnull (strstr (updated, expected));

  path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  http_expect (fixture, "DELETE", path, owner.token, NULL, 204, "");
  gone = ws_next (ws);
  g_assert_nonnull (strstr (gone, "\"type\":\"DELETE\",\"columns\":["));
  g_assert_nonnull (strstr (gone, expected));
  g_assert_null (strstr (gone, "\"record\":{\"id\""));
  ws_expect_nothing (ws);
}

/* Those of tela_push, with what JavaScript would convert. */
static void
test_elements (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *got = NULL;
  g_autofree char *changes = NULL;

  fixture_make_project (fixture, &owner);
  changes = g_strdup_printf ("[{\"event\":\"*\",\"schema\":\"public\",\"table\":\"elements\",\"filter\":\"project_id=eq.%s\"},"
                             "{\"event\":\"UPDATE\",\"schema\":\"public\",\"table\":\"elements\",\"select\":[\"rev\"]}]",
                             fixture->project);
  subscribe (ws, owner.token, changes);
  push (fixture, &owner,
        "{\"id\":\"e\",\"at\":\"" STAMP ("01") "\",\"set\":{\"type\":\"rectangle\",\"x\":1,\"y\":2}}");
  got = ws_next (ws);
  g_assert_nonnull (strstr (got, "\"type\":\"INSERT\""));
  g_assert_nonnull (strstr (got, "\"id\":\"e\",\"props\":{"));
  g_assert_nonnull (strstr (got, "\"x\":1"));
  g_assert_nonnull (strstr (got, "\"rev\":1"));
  g_assert_nonnull (strstr (got, "{\"name\":\"props\",\"type\":\"jsonb\"}"));
  push (fixture, &owner, "{\"id\":\"e\",\"at\":\"" STAMP ("02") "\",\"set\":{\"x\":7}}");
  ws_expect_part (ws, "\"x\":7"); /* the filter's */
  g_free (got);
  got = ws_next (ws); /* that of the chosen columns, with the key */
  g_assert_nonnull (strstr (got, "\"record\":{\"project_id\":\""));
  g_assert_nonnull (strstr (got, "\"id\":\"e\",\"rev\":2},\"columns\":[{\"name\":\"project_id\",\"type\":\"uuid\"},{\"name\":"
                                 "\"id\",\"type\":\"text\"},{\"name\":\"rev\",\"type\":\"int8\"}]"));
  ws_expect_nothing (ws);
}

/* Everybody sees the rows that REST would show him; what is deleted, who could see it. */
static void
test_rights (Fixture      *fixture,
             gconstpointer data)
{
  static const char all[] = "[{\"event\":\"*\",\"schema\":\"public\"}]";
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_auto (User) stranger = user_new (fixture);
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);
  g_autoptr (Ws) c = ws_open (fixture, NULL);
  g_autoptr (Ws) d = ws_open (fixture, NULL);
  g_autofree char *path = NULL;

  fixture_make_project (fixture, &owner);
  subscribe (a, viewer.token, all);
  subscribe (b, stranger.token, all);
  subscribe (c, NULL, all);
  subscribe (d, tela_backend_get_service_key (fixture->backend), all);
  rename_project (fixture, &owner, "Hidden");
  ws_expect_part (d, "\"Hidden\"");
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  ws_expect_part (a, "\"table\":\"project_members\",\"type\":\"INSERT\"");
  ws_expect_part (d, "\"table\":\"project_members\"");
  rename_project (fixture, &owner, "Seen");
  ws_expect_part (a, "\"Seen\"");
  ws_expect_part (d, "\"Seen\"");
  path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  http_expect (fixture, "DELETE", path, owner.token, NULL, 204, "");
  ws_expect_part (a, "\"DELETE\"");
  ws_expect_part (a, "\"DELETE\"");
  ws_expect_part (a, "\"DELETE\"");
  ws_expect_nothing (a);
  ws_expect_nothing (b);
  ws_expect_nothing (c);
}

static void
test_filters (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  subscribe (ws, owner.token,
             "[{\"event\":\"UPDATE\",\"schema\":\"public\",\"table\":\"projects\",\"filter\":"
             "\"name=in.(Red,\\\"a, b\\\")\"},"
             "{\"event\":\"DELETE\",\"schema\":\"public\",\"table\":\"projects\",\"filter\":\"name=eq.Red\"}]");
  rename_project (fixture, &owner, "Blue");
  rename_project (fixture, &owner, "Red");
  ws_expect_part (ws, "\"Red\"");
  rename_project (fixture, &owner, "a, b");
  ws_expect_part (ws, "\"a, b\"");
  rename_project (fixture, &owner, "Red");
  ws_expect_part (ws, "\"Red\"");
  {
    g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);

    http_expect (fixture, "DELETE", path, owner.token, NULL, 204, ""); /* the old row shows its key alone */
  }
  ws_expect_nothing (ws);
}

/* Every table that REST serves. */
static void
test_tables (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *profile = g_strconcat ("/rest/v1/profiles?id=eq.", owner.id, NULL);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  fixture_make_project (fixture, &owner);
  subscribe (ws, owner.token,
             "[{\"event\":\"UPDATE\",\"schema\":\"public\",\"table\":\"profiles\",\"filter\":\"name=ilike.ADA%\"},"
             "{\"event\":\"INSERT\",\"table\":\"fal_jobs\"},{\"event\":\"*\",\"schema\":\"*\",\"table\":\"invites\"}]");
  http_expect (fixture, "PATCH", profile, owner.token, "{\"name\":\"Ada\"}", 204, "");
  ws_expect_part (ws, "{\"data\":{\"table\":\"profiles\",\"type\":\"UPDATE\",\"record\":{");
  http_expect (fixture, "POST", "/rest/v1/fal_jobs", owner.token, "{\"model\":\"m\",\"input\":{\"a\":[1]},\"progress\":0.5}",
               201, "");
  ws_expect_part (ws, "\"progress\":0.5,\"error\":null,\"asset\":null,\"input\":{\"a\":[1]},");
  http_expect (fixture, "PATCH", profile, owner.token, "{\"name\":\"Bob\"}", 204, "");
  ws_expect_nothing (ws);
}

static void
test_too_many (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GString) many = g_string_new ("[{\"table\":\"projects\"}");

  for (guint i = 0; i < TELA_MAX_BINDINGS; i++)
    g_string_append (many, ",{\"table\":\"projects\"}");
  g_string_append_c (many, ']');
  expect_problem (fixture, many->str, "Too many subscriptions on one channel");
}

static void
test_problems (Fixture      *fixture,
               gconstpointer data)
{
  expect_problem (fixture, "[{\"event\":\"*\"}]", "\"message\":\"No subscription params provided");
  expect_problem (fixture, "[{\"schema\":\"public\",\"table\":\"projects\",\"filter\":\"garbage\"}]",
                  "\"message\":\"Error parsing `filter` params: [\\\"garbage\\\"]\"");
  expect_problem (fixture, "[{\"event\":\"insert\",\"schema\":\"public\",\"table\":\"users\"}]",
                  "\"message\":\"Unable to subscribe to changes with given parameters. Please check Realtime is enabled for "
                  "the given connect parameters: [event: INSERT, schema: public, table: users, filters: [], select: nil]\"");
  expect_problem (fixture, "[{\"schema\":\"auth\",\"table\":\"projects\"}]", "[event: *, schema: auth, table: projects,");
  expect_problem (fixture, "[{\"schema\":\"public\",\"table\":\"projects\",\"filter\":\"nocol=eq.1\"}]",
                  "filters: [{\\\"nocol\\\", \\\"eq\\\", \\\"1\\\", false}], select: nil]. Exception: ERROR P0001 "
                  "(raise_exception) invalid column for filter nocol");
  expect_problem (fixture, "[{\"schema\":\"public\",\"table\":\"projects\",\"filter\":\"rev=eq.x\"}]",
                  "An exception happened so please check your connect parameters");
  expect_problem (fixture, "[{\"schema\":\"public\",\"table\":\"projects\",\"select\":[\"nope\"]}]",
                  "Error parsing `select` params: [\\\"nope\\\"]");
  expect_problem (fixture, "[{\"schema\":\"public\",\"select\":[\"id\"]}]",
                  "Column selection is not supported for wildcard subscriptions");
}

/* Another token brings another answer, and another's eyes. */
static void
test_token (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  subscribe (ws, NULL, "[{\"event\":\"INSERT\",\"schema\":\"public\",\"table\":\"projects\"}]");
  fixture_make_project (fixture, &owner);
  ws_expect_nothing (ws);
  ws_send (ws, "[\"1\",\"2\",\"realtime:c\",\"access_token\",{\"access_token\":\"%s\"}]", owner.token);
  ws_expect_part (ws, "\"message\":\"Subscribed to PostgreSQL\"");
  fixture_make_project (fixture, &owner);
  ws_expect_part (ws, "\"type\":\"INSERT\"");
  ws_send (ws, "[\"1\",\"3\",\"realtime:c\",\"phx_leave\",{}]");
  ws_pass (ws, 2);
  fixture_make_project (fixture, &owner);
  ws_expect_nothing (ws);
}

/* 1.0.0, and a row that is too large to be shown. */
static void
test_large (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *filler = g_strnfill (400000, 'x');
  g_autoptr (Ws) ws = ws_open_version (fixture, NULL, "1.0.0");
  g_autofree char *got = NULL;

  fixture_make_project (fixture, &owner);
  ws_send (ws, "{\"topic\":\"realtime:c\",\"event\":\"phx_join\",\"payload\":{\"access_token\":\"%s\",\"config\":"
               "{\"postgres_changes\":[{\"event\":\"*\",\"schema\":\"public\",\"table\":\"elements\"}]}},\"ref\":\"1\"}",
           owner.token);
  ws_pass (ws, 2);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *op =
          g_strdup_printf ("{\"id\":\"e\",\"at\":\"01964a2c7f3e00%02u-a1b2c3d4e5f60718\",\"set\":{\"a%u\":\"%s\"}}", i, i, filler);

      g_free (got);
      push (fixture, &owner, op);
      got = ws_next (ws);
      g_assert_true (g_str_has_prefix (got, "{\"ref\":null,\"event\":\"postgres_changes\",\"topic\":\"realtime:c\","));
    }
  g_assert_cmpuint (strlen (got), <, 1000);
  g_assert_nonnull (strstr (got, "\"record\":{\"project_id\":"));
  g_assert_nonnull (strstr (got, "\"id\":\"e\""));
  g_assert_nonnull (strstr (got, "\"errors\":[\"Error 413: Payload Too Large\"]"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/changes/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("echo", test_echo);
  ADD ("rows", test_rows);
  ADD ("elements", test_elements);
  ADD ("rights", test_rights);
  ADD ("filters", test_filters);
  ADD ("tables", test_tables);
  ADD ("too-many", test_too_many);
  ADD ("problems", test_problems);
  ADD ("token", test_token);
  ADD ("large", test_large);
  return g_test_run ();
}
