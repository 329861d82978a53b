/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <unistd.h>

#include "backend-fixture.h"
#include "backend-raw.h"

#define HELLO "Hello, world"
#define HELLO_SHA "4ae7c3b6ac0beff671efa8cf57386151c06e58ca53a78d83f36107316cec125f"
#define PATH "/storage/v1/object/assets/"

static void
test_round_trip (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  g_autofree char *file = g_build_filename (fixture->dir, "assets", "4a", HELLO_SHA, NULL);

  http_expect (fixture, "GET", PATH HELLO_SHA, user.token, NULL, 400, "\"statusCode\":\"404\"");
  http_expect (fixture, "POST", PATH HELLO_SHA, user.token, HELLO, 200, "\"Key\":\"assets/" HELLO_SHA "\"");
  http_expect (fixture, "PUT", PATH HELLO_SHA, user.token, HELLO, 200, "\"Key\"");
  http_expect (fixture, "GET", PATH HELLO_SHA, other.token, NULL, 200, HELLO);
  http_expect (fixture, "GET", "/storage/v1/object/authenticated/assets/" HELLO_SHA, other.token, NULL, 200, HELLO);
  g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
}

static void
test_ranges (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autoptr (SoupMessage) part = http_message (fixture, "GET", PATH HELLO_SHA, user.token);
  g_autoptr (SoupMessage) head = http_message (fixture, "HEAD", PATH HELLO_SHA, user.token);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) none = NULL;

  http_expect (fixture, "POST", PATH HELLO_SHA, user.token, HELLO, 200, "");
  soup_message_headers_set_range (soup_message_get_request_headers (part), 7, 11);
  bytes = soup_session_send_and_read (fixture->session, part, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (part), ==, 206);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "world", 5);

  none = soup_session_send_and_read (fixture->session, head, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (head), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (none), ==, 0);
  g_assert_cmpint (soup_message_headers_get_content_length (soup_message_get_response_headers (head)), ==,
                   strlen (HELLO));
  g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (head), "Content-Type"), ==,
                   "application/json");
}

static void
test_mismatch (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) user = user_new (fixture);

  http_expect (fixture, "POST", PATH HELLO_SHA, user.token, "Something else", 400, "not those that the name says");
  http_expect (fixture, "GET", PATH HELLO_SHA, user.token, NULL, 400, "NoSuchKey");
}

static void
test_names (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  static const char *const bad[] = {
    PATH "..%2f..%2fkeys.json",
    PATH "../../keys.json",
    PATH "%2e%2e/%2e%2e/backend.db",
    PATH "x",
    PATH "",
    PATH "/etc/passwd",
    PATH "4AE7C3B6AC0BEFF671EFA8CF57386151C06E58CA53A78D83F36107316CEC125F",
    (PATH HELLO_SHA "/x"),
    (PATH HELLO_SHA "x"),
    (PATH "." HELLO_SHA),
    ("/storage/v1/object/other/" HELLO_SHA),
    "/storage/v1/object/assets",
    "/storage/v1/bucket",
    "/storage/v1/object/assets/../assets/x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (guint m = 0; m < 2; m++)
      {
        guint            status;
        g_autofree char *answer =
            http (fixture, m == 0 ? "GET" : "POST", bad[i], user.token, m == 0 ? NULL : "x", &status);

        g_test_message ("%s: %u %s", bad[i], status, answer);
        g_assert_true (status == 400 || status == 404);
        g_assert_null (strstr (answer, "secret"));
      }
}

static void
test_rights (Fixture      *fixture,
             gconstpointer data)
{
  http_expect (fixture, "POST", PATH HELLO_SHA, NULL, HELLO, 400, "\"statusCode\":\"403\"");
  http_expect (fixture, "GET", PATH HELLO_SHA, NULL, NULL, 400, "AccessDenied");
  http_expect (fixture, "POST", PATH HELLO_SHA, "x.y.z", HELLO, 400, "AccessDenied");
}

static void
test_large (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_autofree char *bytes = g_strnfill (20 * 1024 * 1024, 'z');
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bytes, -1);
  g_autofree char *path = g_strconcat (PATH, sum, NULL);
  guint            status;
  g_autofree char *back = NULL;

  http_expect (fixture, "PUT", path, user.token, bytes, 200, sum);
  back = http (fixture, "GET", path, user.token, NULL, &status);
  g_assert_cmpuint (strlen (back), ==, strlen (bytes));
}

static gsize
request_bytes (Fixture *fixture)
{
  guint            status;
  g_autofree char *text = http (fixture, "GET", "/metrics", NULL, NULL, &status);
  const char      *at = strstr (text, "\ntela_request_bytes ");

  g_assert_nonnull (at);
  return (gsize) g_ascii_strtoull (at + strlen ("\ntela_request_bytes "), NULL, 10);
}

static void
wait_for_request_bytes (Fixture *fixture,
                        gsize    bytes)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (request_bytes (fixture) != bytes)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* One large upload may be under way, and two are too many; when the first is through there is room again. */
static void
test_large_at_once (Fixture      *fixture,
                    gconstpointer data)
{
  const gsize  len = 5 * 1024 * 1024;
  TelaPatience patience = { 60 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 1 << 20, 20, .bodies = 8 * 1024 * 1024 };
  g_auto (User) user = user_new (fixture);
  g_autofree char *bytes = g_strnfill (len, 'y');
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bytes, -1);
  g_autofree char *path = g_strconcat (PATH, sum, NULL);
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer %s\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n",
                                           path, user.token, len);
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (fixture->backend), G_URI_FLAGS_NONE, NULL);
  int slow;

  tela_backend_set_patience (fixture->backend, &patience);
  slow = raw_connect ((guint) g_uri_get_port (uri));
  g_assert_true (raw_write (slow, head, strlen (head)));
  g_assert_true (raw_write (slow, bytes, len - 1));
  wait_for_request_bytes (fixture, len - 1);
  http_expect (fixture, "POST", path, user.token, bytes, 503, "too much at once");
  wait_for_request_bytes (fixture, len - 1);
  g_assert_true (raw_write (slow, bytes, 1));
  g_assert_true (raw_is_over (slow));
  wait_for_request_bytes (fixture, 0);
  http_expect (fixture, "POST", path, user.token, bytes, 200, sum);
  close (slow);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/storage/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("ranges", test_ranges);
  ADD ("mismatch", test_mismatch);
  ADD ("names", test_names);
  ADD ("rights", test_rights);
  ADD ("large", test_large);
  ADD ("large-at-once", test_large_at_once);
  return g_test_run ();
}
