/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include "tela-remote-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>

#include "../common/gone-client.h"

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

gboolean
wait_step (gint64 deadline)
{
  guint tick = g_timeout_add (5, tick_cb, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return g_get_monotonic_time () < deadline;
}

void
wait_ms (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);

  while (wait_step (until))
    ;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_tree (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

/* The server */

void
server_start (Server *server)
{
  const TelaBackendConfig config = { .data_dir = server->dir, .limits = server->limits };
  g_autoptr (GError) error = NULL;

  gone_client_allow ();
  server->backend = tela_backend_start (&config, &error);
  g_assert_no_error (error);
}

void
server_run_sql (Server     *server,
                const char *sql)
{
  g_autofree char *path = g_build_filename (server->dir, "backend.db", NULL);
  sqlite3         *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

void
server_stop (Server *server)
{
  if (server->backend != NULL)
    tela_backend_stop (server->backend);
  g_clear_object (&server->backend);
}

void
server_set_up (Server       *server,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  server->dir = g_dir_make_tmp ("tela-sync-server-XXXXXX", &error);
  g_assert_no_error (error);
  server_start (server);
}

void
server_tear_down (Server       *server,
                  gconstpointer data)
{
  server_stop (server);
  remove_tree (server->dir);
  g_clear_pointer (&server->dir, g_free);
}

static guint16
server_port (Server *server)
{
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (server->backend), G_URI_FLAGS_NONE, NULL);

  return (guint16) g_uri_get_port (uri);
}

/* Peers */

static gint64
skewed_clock (gpointer user_data)
{
  const Peer *peer = user_data;

  return g_get_real_time () / 1000 + peer->skew_ms;
}

static void
peer_start (Peer *peer)
{
  g_autoptr (GError) error = NULL;

  peer->store = tela_store_open (peer->dir, &error);
  g_assert_no_error (error);
  peer->realtime = realtime_manager_new ();
  peer->workspace = tela_workspace_new (peer->store, peer->realtime);
  tela_remote_set_wall_clock (tela_workspace_get_remote (peer->workspace), skewed_clock, peer);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static void
peer_stop (Peer *peer)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  peer_close (peer);
  tela_workspace_close (peer->workspace);
  realtime_manager_shutdown_async (peer->realtime, NULL, done_cb, &result);
  wait_until (result != NULL);
  realtime_manager_shutdown_finish (peer->realtime, result, &error);
  g_assert_no_error (error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&peer->workspace);
  g_clear_object (&peer->realtime);
  tela_store_close (peer->store);
  g_clear_object (&peer->store);
}

Peer *
peer_new (Server  *server,
          gboolean is_owner)
{
  Peer *peer = g_new0 (Peer, 1);
  g_autoptr (GError) error = NULL;

  peer->server = server;
  peer->is_owner = is_owner;
  peer->dir = g_dir_make_tmp ("tela-sync-peer-XXXXXX", &error);
  g_assert_no_error (error);
  peer->proxy = fault_proxy_new (server_port (server));
  peer_start (peer);
  return peer;
}

void
peer_free (Peer *peer)
{
  peer_stop (peer);
  fault_proxy_free (peer->proxy);
  remove_tree (peer->dir);
  g_free (peer->dir);
  g_free (peer->refused);
  g_free (peer);
}

void
peer_connect (Peer    *peer,
              gboolean is_local)
{
  g_autofree char *url = fault_proxy_dup_url (peer->proxy);
  g_autofree char *session = NULL;
  g_autoptr (GError) error = NULL;

  if (peer->is_owner)
    session = tela_backend_new_owner_session (peer->server->backend, &error);
  g_assert_no_error (error);
  tela_workspace_set_endpoint (peer->workspace, url, tela_backend_get_anon_key (peer->server->backend), session,
                               is_local);
}

static void
refused_cb (TelaSession *session,
            const char  *message,
            gpointer     user_data)
{
  Peer *peer = user_data;

  peer->n_refused++;
  g_free (peer->refused);
  peer->refused = g_strdup (message);
}

void
peer_open (Peer       *peer,
           const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_workspace_open_async (peer->workspace, id, NULL, done_cb, &result);
  g_assert_null (result);
  wait_until (result != NULL);
  peer->session = tela_workspace_open_finish (peer->workspace, result, &error);
  g_assert_no_error (error);
  g_signal_connect (peer->session, "refused", G_CALLBACK (refused_cb), peer);
}

void
peer_close (Peer *peer)
{
  if (peer->session != NULL)
    g_signal_handlers_disconnect_by_data (peer->session, peer);
  g_clear_object (&peer->session);
}

void
peer_restart (Peer *peer)
{
  peer_stop (peer);
  peer_start (peer);
}

static void
copy_file (const char *from,
           const char *to)
{
  g_autofree char *contents = NULL;
  gsize            len;

  if (g_file_get_contents (from, &contents, &len, NULL))
    g_assert_true (g_file_set_contents (to, contents, (gssize) len, NULL));
  else
    g_remove (to);
}

void
peer_crash (Peer *peer)
{
  static const char *const names[] = { "store.db", "store.db-wal" };
  g_autofree char         *kept = g_strconcat (peer->dir, "-kept", NULL);
  g_autofree char         *shm = g_build_filename (peer->dir, "store.db-shm", NULL);

  tela_store_flush (peer->store);
  g_assert_cmpint (g_mkdir (kept, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (peer->dir, names[i], NULL);
      g_autofree char *to = g_build_filename (kept, names[i], NULL);

      copy_file (from, to);
    }
  peer_stop (peer);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (kept, names[i], NULL);
      g_autofree char *to = g_build_filename (peer->dir, names[i], NULL);

      copy_file (from, to);
    }
  g_remove (shm);
  remove_tree (kept);
  peer_start (peer);
}

void
peer_drain (Peer *peer)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_session_drain_async (peer->session, NULL, done_cb, &result);
  wait_until (result != NULL);
  tela_session_drain_finish (peer->session, result, &error);
  g_assert_no_error (error);
}

char *
peer_dump (Peer *peer)
{
  return tela_board_dump (tela_session_get_board (peer->session), TRUE);
}

void
peer_rest (Peer       *peer,
           const char *method,
           const char *path,
           const char *json)
{
  TelaRemote *remote = tela_workspace_get_remote (peer->workspace);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;
  const TelaRemoteCall call = { .method = method, .path = path, .body = body, .type = "application/json" };
  g_autoptr (GBytes) answer = NULL;

  tela_remote_call_async (remote, &call, NULL, done_cb, &result);
  wait_until (result != NULL);
  answer = tela_remote_call_finish (remote, result, &error);
  g_assert_no_error (error);
}

char *
make_board (Peer *peer)
{
  char *id = tela_workspace_create (peer->workspace, "Board");

  peer_open (peer, id);
  wait_until (tela_session_is_live (peer->session));
  return id;
}

/* The whole of both would be too much to read. */
static void G_GNUC_NORETURN
show_difference (const char *left,
                 const char *right)
{
  gsize at = 0;

  while (left[at] == right[at])
    at++;
  at = at > 300 ? at - 300 : 0;
  g_error ("Not the same:\n…%.2000s…\n…%.2000s…", left + at, right + at);
}

void
assert_same (Peer *a,
             Peer *b)
{
  g_autofree char *left = peer_dump (a);
  g_autofree char *right = peer_dump (b);

  if (strcmp (left, right) != 0)
    show_difference (left, right);
}

TelaElement *
op_new (const char *id,
        const char *json)
{
  TelaOpBuilder *builder = tela_op_builder_new (id);
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, json, -1);
  g_assert_true (tela_json_reader_enter_object (&reader));
  while (tela_json_reader_next_member (&reader, &name))
    {
      TelaValue value;

      g_assert_true (tela_value_read (&reader, &value, NULL));
      tela_op_builder_set (builder, tela_key_intern (name.data, name.len), value);
    }
  g_assert_true (tela_json_reader_finish (&reader, NULL));
  return tela_op_builder_end (builder, (TelaStamp){ 0 });
}

void
edit (Peer       *peer,
      const char *id,
      const char *json)
{
  g_autoptr (TelaElement) op = op_new (id, json);

  wait_until (tela_session_get_role (peer->session) != NULL); /* until then nothing can be edited */
  tela_session_edit (peer->session, &op, 1);
}

double
number_of (Peer       *peer,
           const char *id,
           TelaKey     key)
{
  const TelaElement *element = tela_board_lookup_shown (tela_session_get_board (peer->session), id);

  return element != NULL ? tela_element_get_number (element, key, (double) NAN) : (double) NAN;
}
