/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Two processes of one user at a server of others: one session, which either renews. */

#include <glib/gstdio.h>

#include "sync-fixture.h"
#include "tela-auth.h"
#include "tela-sign-in.h"

typedef struct
{
  Server       server;
  char        *dir;
  Peer        *stores[2]; /* each process has its own */
  SoupSession *soup;
  TelaAuth    *auths[2];
} Fixture;

static void
point (Fixture *fixture,
       guint    i)
{
  tela_auth_set_dir (fixture->auths[i], fixture->dir);
  tela_auth_set_endpoint (fixture->auths[i], tela_backend_get_url (fixture->server.backend),
                          tela_backend_get_anon_key (fixture->server.backend), NULL, "session there");
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  server_set_up (&fixture->server, data);
  fixture->dir = g_dir_make_tmp ("tela-sync-sign-in-XXXXXX", NULL);
  fixture->soup = tela_http_session_new ();
  for (guint i = 0; i < G_N_ELEMENTS (fixture->auths); i++)
    {
      fixture->stores[i] = peer_new (&fixture->server, FALSE);
      fixture->auths[i] = tela_auth_new (fixture->soup, fixture->stores[i]->store);
      point (fixture, i);
    }
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *path = tela_sign_in_path (fixture->dir, "session there");
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  g_autofree char *sessions = g_path_get_dirname (path);

  for (guint i = 0; i < G_N_ELEMENTS (fixture->auths); i++)
    {
      tela_auth_close (fixture->auths[i]);
      g_clear_object (&fixture->auths[i]);
      peer_free (fixture->stores[i]);
    }
  g_clear_object (&fixture->soup);
  g_unlink (path);
  g_unlink (lock);
  g_rmdir (sessions);
  g_assert_cmpint (g_rmdir (fixture->dir), ==, 0);
  g_free (fixture->dir);
  server_tear_down (&fixture->server, data);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

/* (transfer full) */
static char *
finish (TelaAuth     *auth,
        GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  char *token = tela_auth_token_finish (auth, result, &error);

  g_assert_no_error (error);
  return token;
}

static char *
token_of (TelaAuth   *auth,
          const char *stale)
{
  g_autoptr (GAsyncResult) result = NULL;

  tela_auth_token_async (auth, stale, NULL, result_cb, &result);
  wait_until (result != NULL);
  return finish (auth, result);
}

static void
test_one_user (Fixture      *fixture,
               gconstpointer data)
{
  GAsyncResult    *results[2] = { NULL, NULL };
  char            *tokens[2];
  g_autofree char *path = tela_sign_in_path (fixture->dir, "session there");
  GStatBuf         info;

  for (guint i = 0; i < 2; i++)
    tela_auth_token_async (fixture->auths[i], NULL, NULL, result_cb, &results[i]);
  for (guint i = 0; i < 2; i++)
    {
      wait_until (results[i] != NULL);
      tokens[i] = finish (fixture->auths[i], results[i]);
      g_clear_object (&results[i]);
    }
  g_assert_cmpstr (tokens[0], ==, tokens[1]);
  g_assert_nonnull (tela_auth_get_user_id (fixture->auths[0]));
  g_assert_cmpstr (tela_auth_get_user_id (fixture->auths[0]), ==, tela_auth_get_user_id (fixture->auths[1]));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  for (guint i = 0; i < 2; i++)
    g_free (tokens[i]);
}

/* What one has renewed the other takes over, and asks the server for nothing. */
static void
test_renewed (Fixture      *fixture,
              gconstpointer data)
{
  const gint64     later = g_get_real_time () / G_USEC_PER_SEC + 3600;
  g_autofree char *path = tela_sign_in_path (fixture->dir, "session there");
  g_autofree char *old = token_of (fixture->auths[0], NULL);
  g_autofree char *fresh = g_strdup_printf ("{\"access_token\":\"fresh\",\"refresh_token\":\"r\",\"expires_at\":%" G_GINT64_FORMAT
                                            ",\"user\":{\"id\":\"u\"}}",
                                            later);
  g_autofree char *taken = NULL, *still = NULL;

  server_stop (&fixture->server);
  tela_sign_in_write (path, fresh);
  taken = token_of (fixture->auths[0], old);
  g_assert_cmpstr (taken, ==, "fresh");
  still = token_of (fixture->auths[0], NULL);
  g_assert_cmpstr (still, ==, "fresh");
  server_start (&fixture->server);
}

/* While another renews it one waits; whoever dies meanwhile lets go. */
static void
test_held (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *old = token_of (fixture->auths[0], NULL);
  g_autofree char *path = tela_sign_in_path (fixture->dir, "session there");
  g_autofree char *before = tela_sign_in_read (path);
  g_autofree char *after = NULL, *token = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  int held, other;

  g_assert_true (tela_sign_in_hold (path, &held));
  g_assert_cmpint (held, >=, 0);
  g_assert_false (tela_sign_in_hold (path, &other));
  g_assert_cmpint (other, ==, -1);
  tela_auth_token_async (fixture->auths[0], old, NULL, result_cb, &result);
  wait_ms (250);
  g_assert_null (result);
  tela_sign_in_let_go (&held);
  wait_until (result != NULL);
  token = finish (fixture->auths[0], result);
  after = tela_sign_in_read (path);
  g_assert_cmpstr (after, !=, before); /* another one to renew it with */
  g_assert_true (tela_sign_in_hold (path, &held));
  g_assert_cmpint (held, >=, 0);
  tela_sign_in_let_go (&held);
}

/* Where no file can be, nobody waits for one: the session lasts as long as the process. */
static void
test_no_file (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "sessions", NULL);
  g_autofree char *token = NULL;

  g_assert_true (g_file_set_contents (dir, "", 0, NULL));
  g_test_expect_message (NULL, G_LOG_LEVEL_MESSAGE, "The sign-in is not kept: *");
  token = token_of (fixture->auths[0], NULL);
  g_test_assert_expected_messages ();
  g_assert_nonnull (token);
  g_assert_cmpint (g_unlink (dir), ==, 0);
}

/* A session that the server takes no more is nobody's, and the next one is everybody's. */
static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = tela_sign_in_path (fixture->dir, "session there");
  g_autofree char *one = NULL, *other = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_sign_in_write (path, "{\"access_token\":\"a\",\"refresh_token\":\"b\",\"expires_at\":1,\"user\":{\"id\":\"c\"}}");
  for (guint i = 0; i < 2; i++)
    point (fixture, i);
  tela_auth_token_async (fixture->auths[0], NULL, NULL, result_cb, &result);
  wait_until (result != NULL);
  g_assert_null (tela_auth_token_finish (fixture->auths[0], result, &error));
  g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_AUTH);
  one = token_of (fixture->auths[0], NULL);
  other = token_of (fixture->auths[1], NULL);
  g_assert_cmpstr (one, ==, other);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/sync/sign-in/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("one-user", test_one_user);
  ADD ("renewed", test_renewed);
  ADD ("held", test_held);
  ADD ("no-file", test_no_file);
  ADD ("refused", test_refused);

  return g_test_run ();
}
