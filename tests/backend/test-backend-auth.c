/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-fixture.h"

static char *
refresh (Fixture    *fixture,
         const char *token,
         guint      *status)
{
  g_autofree char *body = g_strdup_printf ("{\"refresh_token\":\"%s\"}", token);

  return http (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, body, status);
}

static void
test_sign_up (Fixture      *fixture,
              gconstpointer data)
{
  guint            status;
  g_autofree char *session = http (fixture, "POST", "/auth/v1/signup", NULL,
                                   "{\"data\":{\"name\":\"A\"},\"gotrue_meta_security\":{}}", &status);
  g_auto (User) user = user_of (session);

  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (strstr (session, "\"token_type\":\"bearer\",\"expires_in\":3600,\"expires_at\":"));
  g_assert_nonnull (strstr (session, "\"user_metadata\":{\"name\":\"A\"}"));
  g_assert_nonnull (strstr (session, "\"is_anonymous\":true"));
  http_expect (fixture, "GET", "/auth/v1/user", user.token, NULL, 200, user.id);
  g_assert_nonnull (strstr (session, "\"email\":\"\",\"phone\":\"\""));
  g_assert_nonnull (strstr (session, "\"app_metadata\":{}"));
  http_expect (fixture, "GET", "/rest/v1/profiles?select=name", user.token, NULL, 200, "[{\"name\":\"A\"}]");
  http_expect (fixture, "POST", "/auth/v1/signup", NULL, "{", 400, "bad_json");
  http_expect (fixture, "POST", "/auth/v1/signup", NULL, "[]", 400, "bad_json");
}

static void
test_needs_key (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *url = g_strconcat (tela_backend_get_url (fixture->backend), "/auth/v1/signup", NULL);
  g_autoptr (SoupMessage) msg = soup_message_new ("POST", url);
  g_autoptr (GBytes) body G_GNUC_UNUSED = soup_session_send_and_read (fixture->session, msg, NULL, NULL);

  g_assert_cmpuint (soup_message_get_status (msg), ==, 401);
}

static void
test_rotation (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) second = { NULL };
  g_auto (User) third = { NULL };
  g_auto (User) again = { NULL };
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *three = NULL;
  guint            status;

  one = refresh (fixture, user.refresh, &status);
  second = user_of (one);
  g_assert_cmpstr (second.id, ==, user.id);
  g_assert_cmpstr (second.refresh, !=, user.refresh);
  two = refresh (fixture, user.refresh, &status); /* its answer was lost: the one that stands now */
  again = user_of (two);
  g_assert_cmpstr (again.refresh, ==, second.refresh);
  three = refresh (fixture, second.refresh, &status);
  third = user_of (three);
  g_assert_cmpstr (third.refresh, !=, second.refresh);
}

/* Beyond the interval, a token older than the last one ends the session. */
static void
test_stolen (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) second = { NULL };
  g_auto (User) third = { NULL };
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *body = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  sqlite3         *handle;
  guint            status;

  one = refresh (fixture, user.refresh, &status);
  second = user_of (one);
  two = refresh (fixture, second.refresh, &status);
  third = user_of (two);
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle,
                                 "UPDATE refresh_tokens SET used_at = used_at - 20000 WHERE used_at IS NOT NULL", NULL,
                                 NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (handle);
  body = g_strdup_printf ("{\"refresh_token\":\"%s\"}", user.refresh);
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, body, 400,
               "refresh_token_already_used");
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, body, 400, "refresh_token_not_found");
  g_free (body);
  body = g_strdup_printf ("{\"refresh_token\":\"%s\"}", third.refresh);
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, body, 400, "refresh_token_not_found");
  http_expect (fixture, "GET", "/auth/v1/user", third.token, NULL, 403, "session_not_found");
}

/* What is long used is forgotten, or a faithful device would fill the disk in the end. */
static void
test_used_are_forgotten (Fixture      *fixture,
                         gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) second = { NULL };
  g_auto (User) third = { NULL };
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *first_again = g_strdup_printf ("{\"refresh_token\":\"%s\"}", user.refresh);
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  sqlite3         *handle;
  guint            status;

  one = refresh (fixture, user.refresh, &status);
  second = user_of (one);
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_exec (handle, "UPDATE refresh_tokens SET used_at = used_at - 31 * 86400000 WHERE used_at IS NOT NULL",
                    NULL, NULL, NULL),
      ==, SQLITE_OK);
  sqlite3_close (handle);
  two = refresh (fixture, second.refresh, &status);
  third = user_of (two);
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, first_again, 400,
               "refresh_token_not_found");
  http_expect (fixture, "GET", "/auth/v1/user", third.token, NULL, 200, user.id);
}

static void
test_owner (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) first = user_owner (fixture);
  g_auto (User) second = user_owner (fixture);
  g_auto (User) renewed = { NULL };
  g_autofree char *one = NULL;
  guint            status;

  g_assert_cmpstr (first.id, ==, second.id);
  g_assert_cmpstr (first.refresh, ==, second.refresh);
  for (guint i = 0; i < 3; i++)
    {
      g_free (one);
      one = refresh (fixture, first.refresh, &status);
      g_assert_cmpuint (status, ==, 200);
    }
  renewed = user_of (one);
  g_assert_cmpstr (renewed.refresh, ==, first.refresh);
  g_assert_nonnull (strstr (one, "\"is_anonymous\":false"));
  http_expect (fixture, "POST", "/auth/v1/logout", renewed.token, NULL, 204, "");
  http_expect (fixture, "GET", "/auth/v1/user", renewed.token, NULL, 200, first.id);
}

static void
test_sign_out (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) user = user_new (fixture);

  http_expect (fixture, "POST", "/auth/v1/logout?scope=sideways", user.token, NULL, 400, "validation_failed");
  http_expect (fixture, "POST", "/auth/v1/logout?scope=others", user.token, NULL, 204, "");
  http_expect (fixture, "GET", "/auth/v1/user", user.token, NULL, 200, user.id);
  http_expect (fixture, "POST", "/auth/v1/logout?scope=local", user.token, NULL, 204, "");
  http_expect (fixture, "GET", "/auth/v1/user", user.token, NULL, 403, "session_not_found");
}

static void
test_errors (Fixture      *fixture,
             gconstpointer data)
{
  static const char *const tokens[] = { "{}", "{\"refresh_token\":7}", "{\"refresh_token\":null}" };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, tokens[i], 400, "validation_failed");
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, "{\"refresh_token\":\"' OR 1=1 --\"}",
               400,
               "{\"error_code\":\"refresh_token_not_found\",\"msg\":\"Invalid Refresh Token: Refresh Token Not "
               "Found\",\"code\":400}");
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=pkce", NULL, "{}", 400, "unsupported_grant_type");
  http_expect (fixture, "POST", "/auth/v1/token", NULL, "{}", 400, "unsupported_grant_type");
  http_expect (fixture, "POST", "/auth/v1/otp", NULL, "{\"email\":\"a@b.example\"}", 422, "otp_disabled");
  http_expect (fixture, "POST", "/auth/v1/verify", NULL, "{\"token\":\"123456\"}", 403, "otp_expired");
  http_expect (fixture, "GET", "/auth/v1/.well-known/jwks.json", NULL, NULL, 200, "{\"keys\":[]}");
  http_expect (fixture, "GET", "/auth/v1/user", NULL, NULL, 403, "missing sub claim");
  http_expect (fixture, "GET", "/auth/v1/nowhere", NULL, NULL, 404, "");
  http_expect (fixture, "GET", "/auth/v1/health", NULL, NULL, 200, "\"name\":\"GoTrue\"");
  http_expect (fixture, "GET", "/auth/v1/settings", NULL, NULL, 200,
               "{\"external\":{\"anonymous_users\":true,\"email\":true");
}

static void
test_version_is_echoed (Fixture      *fixture,
                        gconstpointer data)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL);
  g_autoptr (GBytes) request = g_bytes_new_static ("{\"refresh_token\":\"x\"}", 21);
  g_autoptr (GBytes) body = NULL;
  SoupMessageHeaders *headers;

  soup_message_headers_append (soup_message_get_request_headers (msg), "X-Supabase-Api-Version", "2024-01-01");
  soup_message_set_request_body_from_bytes (msg, "application/json", request);
  body = soup_session_send_and_read (fixture->session, msg, NULL, NULL);
  headers = soup_message_get_response_headers (msg);
  g_assert_cmpuint (soup_message_get_status (msg), ==, 400);
  g_assert_cmpstr (soup_message_headers_get_one (headers, "X-Supabase-Api-Version"), ==, "2024-01-01");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "x-sb-error-code"), ==, "refresh_token_not_found");
  g_assert_true (
      g_str_has_prefix (g_bytes_get_data (body, NULL), "{\"code\":\"refresh_token_not_found\",\"message\":"));
}

static void
test_preflight (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, "OPTIONS", "/rest/v1/projects", NULL);
  g_autoptr (GBytes) body G_GNUC_UNUSED = soup_session_send_and_read (fixture->session, msg, NULL, NULL);

  g_assert_cmpuint (soup_message_get_status (msg), ==, 204);
  g_assert_cmpstr (
      soup_message_headers_get_one (soup_message_get_response_headers (msg), "Access-Control-Allow-Origin"), ==, "*");
  g_assert_nonnull (
      strstr (soup_message_headers_get_one (soup_message_get_response_headers (msg), "Access-Control-Allow-Headers"),
              "apikey"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/auth/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("sign-up", test_sign_up);
  ADD ("needs-key", test_needs_key);
  ADD ("rotation", test_rotation);
  ADD ("stolen", test_stolen);
  ADD ("used-are-forgotten", test_used_are_forgotten);
  ADD ("owner", test_owner);
  ADD ("sign-out", test_sign_out);
  ADD ("errors", test_errors);
  ADD ("version-is-echoed", test_version_is_echoed);
  ADD ("preflight", test_preflight);
  return g_test_run ();
}
