/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Starting, stopping, what stays, what is damaged. */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "backend-fixture.h"

static void
restart (Fixture *fixture)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->backend));
  fixture_start (fixture, FALSE);
}

static char *
file_of (Fixture    *fixture,
         const char *name)
{
  return g_build_filename (fixture->dir, name, NULL);
}

static void
test_restart (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) again = { NULL };
  g_autofree char *url = g_strdup (tela_backend_get_url (fixture->backend));
  g_autofree char *anon = g_strdup (tela_backend_get_anon_key (fixture->backend));
  g_autofree char *path = NULL;

  fixture_make_project (fixture, &owner);
  restart (fixture);
  g_assert_cmpstr (tela_backend_get_url (fixture->backend), ==, url);
  g_assert_cmpstr (tela_backend_get_anon_key (fixture->backend), ==, anon);
  again = user_owner (fixture);
  g_assert_cmpstr (again.id, ==, owner.id);
  g_assert_cmpstr (again.refresh, ==, owner.refresh);
  path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "Plans"); /* tokens stay good */
}

static void
test_private_files (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *keys = file_of (fixture, "keys.json");
  GStatBuf         info;

  g_assert_cmpint (g_stat (keys, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
test_port_taken (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (fixture->backend), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", (guint) g_uri_get_port (uri));
  g_autofree char *url = g_strdup (tela_backend_get_url (fixture->backend));

  tela_backend_stop (fixture->backend);
  tela_backend_stop (fixture->backend);
  g_assert_true (
      g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, NULL, NULL));
  restart (fixture);
  g_assert_cmpstr (tela_backend_get_url (fixture->backend), !=, url);
  http_expect (fixture, "GET", "/healthcheck", NULL, NULL, 200, "ok");
}

static void
test_listen (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const bad[] = { "nowhere.invalid:1", "127.0.0.1:99999", "192.0.2.1:1", "" };
  TelaBackendConfig        config = { fixture->dir, "127.0.0.1:0", FALSE };
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->backend);
  fixture->backend = tela_backend_start (&config, &error);
  g_assert_no_error (error);
  http_expect (fixture, "GET", "/healthcheck", NULL, NULL, 200, "ok");
  g_clear_object (&fixture->backend);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) local = NULL;

      config.listen = bad[i];
      g_assert_null (tela_backend_start (&config, &local));
      g_assert_nonnull (local);
    }
}

/* What is damaged is kept aside, whole, and said. */
static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = file_of (fixture, "backend.db");
  g_auto (User) owner = user_owner (fixture);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  gboolean    found = FALSE;

  fixture_make_project (fixture, &owner);
  tela_backend_stop (fixture->backend);
  g_assert_true (g_file_set_contents (path, "This is no database, but it was somebody's.", -1, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "The database was damaged and is kept as *");
  restart (fixture);
  g_test_assert_expected_messages ();
  http_expect (fixture, "GET", "/rest/v1/projects", owner.token, NULL, 200, "[]");

  dir = g_dir_open (fixture->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "backend.db.damaged-"))
      {
        g_autofree char *aside = file_of (fixture, name);
        g_autofree char *text = NULL;

        g_assert_true (g_file_get_contents (aside, &text, NULL, NULL));
        g_assert_true (g_str_has_prefix (text, "This is no database"));
        found = TRUE;
      }
  g_assert_true (found);
}

/* A hole in the middle of a database that had content. */
static void
test_damaged_pages (Fixture      *fixture,
                    gconstpointer data)
{
  g_autofree char *path = file_of (fixture, "backend.db");
  g_autofree char *bytes = NULL;
  gsize            len;

  tela_backend_stop (fixture->backend);
  g_assert_true (g_file_get_contents (path, &bytes, &len, NULL));
  memset (bytes + 4096, 0xa5, len - 4096);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) len, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_WARNING, "The database was damaged and is kept as *");
  restart (fixture);
  g_test_assert_expected_messages ();
}

static void
expect_no_start (Fixture    *fixture,
                 const char *part)
{
  TelaBackendConfig config = { fixture->dir, NULL, FALSE };
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->backend);
  g_assert_null (tela_backend_start (&config, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_damaged_keys (Fixture      *fixture,
                   gconstpointer data)
{
  static const char *const texts[] = { "", "{", "{}", "[]", "{\"secret\":\"short\",\"owner\":\"x\"}" };
  g_autofree char         *path = file_of (fixture, "keys.json");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = NULL;

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      expect_no_start (fixture, "keys.json is damaged");
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, texts[i]);
    }
}

static void
test_newer_database (Fixture      *fixture,
                     gconstpointer data)
{
  g_autofree char *path = file_of (fixture, "backend.db");
  sqlite3         *handle;

  tela_backend_stop (fixture->backend);
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  sqlite3_exec (handle, "PRAGMA user_version = 99", NULL, NULL, NULL);
  sqlite3_close (handle);
  expect_no_start (fixture, "newer version");
}

static void
test_read_only (Fixture      *fixture,
                gconstpointer data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  tela_backend_stop (fixture->backend);
  g_chmod (fixture->dir, 0500);
  expect_no_start (fixture, "cannot be written");
  g_chmod (fixture->dir, 0700);
}

static void
test_no_directory (Fixture      *fixture,
                   gconstpointer data)
{
  g_autofree char  *keys = file_of (fixture, "keys.json");
  TelaBackendConfig config = { keys, NULL, FALSE };
  g_autoptr (GError) error = NULL;

  g_assert_null (tela_backend_start (&config, &error));
  g_assert_nonnull (strstr (error->message, "keys.json"));
}

static void
set_old (Fixture    *fixture,
         const char *sql)
{
  g_autofree char *path = file_of (fixture, "backend.db");
  sqlite3         *handle;

  tela_backend_stop (fixture->backend);
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
  restart (fixture);
}

static void
test_pruning (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *body = NULL;
  g_autofree char *head = NULL;
  g_autofree char *path = NULL;

  fixture_make_project (fixture, &owner);
  body = g_strdup_printf (
      "{\"project\":\"%s\",\"ops\":["
      "{\"id\":\"gone\",\"at\":\"0190000000000000-0000000000000001\",\"set\":{\"type\":\"line\",\"isDeleted\":true}},"
      "{\"id\":\"typeless\",\"at\":\"0190000000000000-0000000000000001\",\"set\":{\"x\":1}},"
      "{\"id\":\"board\",\"at\":\"0190000000000000-0000000000000001\",\"set\":{\"name\":\"N\"}},"
      "{\"id\":\"there\",\"at\":\"0190000000000000-0000000000000001\",\"set\":{\"type\":\"line\"}}]}",
      fixture->project);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", owner.token, body, 200, "\"rev\":1,\"pruned_rev\":0,");
  restart (fixture);
  head = g_strdup_printf ("{\"project\":\"%s\"}", fixture->project);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_head", owner.token, head, 200, "\"rev\":1,\"pruned_rev\":1,");
  path = g_strconcat ("/rest/v1/elements?order=id&project_id=eq.", fixture->project, NULL);
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "\"id\":\"board\"");
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "\"id\":\"there\"");
  path[0] = '/';
  {
    guint            status;
    g_autofree char *rows = http (fixture, "GET", path, owner.token, NULL, &status);

    g_assert_null (strstr (rows, "gone"));
    g_assert_null (strstr (rows, "typeless"));
  }
}

/* A body that cannot be read is left out, and the rest is given. */
static void
test_damaged_element (Fixture      *fixture,
                      gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *body = NULL;
  g_autofree char *path = NULL;

  fixture_make_project (fixture, &owner);
  body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[{\"id\":\"a\",\"at\":\"0190000000000000-0000000000000001\","
                          "\"set\":{\"type\":\"line\"}},"
                          "{\"id\":\"b\",\"at\":\"0190000000000000-0000000000000001\",\"set\":{\"type\":\"line\"}}]}",
                          fixture->project);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", owner.token, body, 200, "\"rev\":1,");
  set_old (fixture, "UPDATE elements SET body = x'ff00' WHERE id = 'a'");
  path = g_strconcat ("/rest/v1/elements?project_id=eq.", fixture->project, NULL);
  http_expect (fixture, "GET", path, owner.token, NULL, 200, "\"id\":\"b\"");
}

static void
test_metrics (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const names[] = {
    "tela_websockets 1\n",
    "tela_channels 1\n",
    "tela_messages_in_total ",
    "tela_messages_out_total ",
    "tela_push_operations_total 0\n",
    "tela_malformed_frames_total 0\n",
    "tela_uptime_seconds ",
  };
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "1", "a", NULL, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    http_expect (fixture, "GET", "/metrics", NULL, NULL, 200, names[i]);
}

/* What libsoup says of it ends neither the server nor the application around it. */
static void
test_gone_client (Fixture      *fixture,
                  gconstpointer data)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK); /* as it is outside of tests */

  g_log ("libsoup", G_LOG_LEVEL_WARNING, "could not get remote address: %s", g_strerror (ENOTCONN));
  g_log_set_always_fatal (fatal);
  http_expect (fixture, "GET", "/metrics", NULL, NULL, 200, "tela_uptime_seconds ");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/life/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("restart", test_restart);
  ADD ("private-files", test_private_files);
  ADD ("port-taken", test_port_taken);
  ADD ("listen", test_listen);
  ADD ("damaged", test_damaged);
  ADD ("damaged-pages", test_damaged_pages);
  ADD ("damaged-keys", test_damaged_keys);
  ADD ("newer-database", test_newer_database);
  ADD ("read-only", test_read_only);
  ADD ("no-directory", test_no_directory);
  ADD ("pruning", test_pruning);
  ADD ("damaged-element", test_damaged_element);
  ADD ("metrics", test_metrics);
  ADD ("gone-client", test_gone_client);
  return g_test_run ();
}
