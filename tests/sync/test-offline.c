/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>
#include <sqlite3.h>

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

static void
test_offline_edits (Server       *server,
                    gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  guint            n_waiting = 0;

  peer_connect (a, FALSE);
  peer_connect (b, FALSE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  peer_drain (a);
  g_assert_cmpint (tela_session_get_state (a->session, NULL), ==, TELA_SYNC_SAVED);

  fault_proxy_cut (a->proxy);
  wait_until (tela_session_get_state (a->session, NULL) == TELA_SYNC_OFFLINE);
  wait_until (!tela_session_is_live (a->session));
  edit (a, "e1", "{\"x\":100}");
  edit (a, "e2", RECTANGLE);
  wait_until (tela_session_get_state (a->session, &n_waiting) == TELA_SYNC_WAITING && n_waiting == 2);
  edit (b, "e1", "{\"y\":200}");
  edit (b, "e3", RECTANGLE);
  peer_drain (b);

  fault_proxy_restore (a->proxy);
  realtime_manager_connect (a->realtime);
  peer_drain (a);
  peer_drain (b);
  assert_same (a, b);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 100);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_Y), ==, 200);
  g_assert_cmpint (tela_session_get_state (a->session, NULL), ==, TELA_SYNC_SAVED);
}

/* A board made and drawn on before there was any server, in a process that has ended since. */
static void
test_created_offline (Server       *server,
                      gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  fault_proxy_cut (a->proxy);
  peer_connect (a, TRUE);
  id = tela_workspace_create (a->workspace, "Offline");
  peer_open (a, id);
  g_assert_true (tela_session_can_edit (a->session));
  edit (a, "e1", RECTANGLE);
  wait_until (tela_optimistic_updates_get_n_shown (a->session->updates) == 0);
  peer_restart (a);
  fault_proxy_restore (a->proxy);
  /* Not opened: the workspace pushes what waits. */
  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
}

static void
count_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tela_workspace_drain_finish (TELA_WORKSPACE (source), result, &error) == (error == NULL));
  *(int *) user_data = error == NULL ? 1 : g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? 2
                                                                                                     : 3;
}

static void
test_adopted_replica (Server       *server,
                      gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *id = NULL;
  int              drained = 0;

  fault_proxy_cut (a->proxy);
  peer_connect (a, TRUE);
  id = tela_workspace_create (a->workspace, "Left behind");
  peer_open (a, id);
  edit (a, "e1", RECTANGLE);
  wait_until (tela_optimistic_updates_get_n_shown (a->session->updates) == 0);
  tela_workspace_drain_async (a->workspace, cancellable, count_cb, &drained);
  g_cancellable_cancel (cancellable);
  wait_until (drained == 2);
  peer_close (a);
  tela_workspace_close (a->workspace);
  tela_store_close (a->store);

  peer_connect (b, TRUE);
  tela_workspace_adopt_replica (b->workspace, a->dir);
  drained = 0;
  tela_workspace_drain_async (b->workspace, NULL, count_cb, &drained);
  wait_until (drained == 1);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
}

static void
test_server_restart (Server       *server,
                     gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  peer_drain (a); /* what b saw may have been live only */
  wait_until (tela_session_get_role (b->session) != NULL);

  server_stop (server);
  wait_until (!tela_session_is_live (a->session) && !tela_session_is_live (b->session));
  edit (a, "e1", "{\"x\":100}");
  edit (b, "e1", "{\"y\":200}");
  server_start (server);
  realtime_manager_connect (a->realtime);
  realtime_manager_connect (b->realtime);
  peer_drain (a);
  peer_drain (b);
  peer_drain (a);
  assert_same (a, b);
  g_assert_cmpint (a->session->feed.last, ==, 3);
}

/* Another process serves now, at another address. */
static void
test_endpoint_changes (Server       *server,
                       gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  const TelaBackendConfig elsewhere = { .data_dir = server->dir, .listen = "127.0.0.1:0" };
  g_autoptr (GError) error = NULL;
  g_autofree char *session = NULL;
  g_autofree char *id = NULL;
  guint            n_lost = 0;

  g_signal_connect_swapped (a->workspace, "endpoint-lost", G_CALLBACK (g_atomic_int_inc), &n_lost);
  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  g_assert_cmpuint (n_lost, ==, 0);
  server_stop (server);
  fault_proxy_cut (a->proxy);
  edit (a, "e1", "{\"x\":100}");
  wait_until (n_lost > 0);

  server->backend = tela_backend_start (&elsewhere, &error);
  g_assert_no_error (error);
  session = tela_backend_new_owner_session (server->backend, &error);
  g_assert_no_error (error);
  tela_workspace_set_endpoint (a->workspace, tela_backend_get_url (server->backend),
                               tela_backend_get_anon_key (server->backend), session, TRUE);
  peer_drain (a);
  g_assert_cmpint (a->session->feed.last, ==, 2);
  g_signal_handlers_disconnect_by_data (a->workspace, &n_lost);
}

/* A session that has run out, or that the server does not take, is refreshed once, whatever it was for. */
static void
test_stale_token (Server       *server,
                  gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *session = tela_backend_new_owner_session (server->backend, &error);
  g_autofree char *url = fault_proxy_dup_url (a->proxy);
  g_autofree char *id = NULL;
  char            *token;

  g_assert_no_error (error);
  token = strstr (session, "\"access_token\"");
  g_assert_nonnull (token);
  token = strchr (token, ':');
  token = strchr (token, '"') + 1;
  /* Not what was signed. */
  strchr (token, '"')[-3] ^= 1;
  tela_workspace_set_endpoint (a->workspace, url, tela_backend_get_anon_key (server->backend), session, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  g_assert_cmpuint (a->n_refused, ==, 0);
}

static void
set_deaf (Peer    *peer,
          gboolean deaf)
{
  wait_until (peer->session->feed.subscription != NULL);
  realtime_subscription_set_enabled (peer->session->feed.subscription, !deaf);
}

static void
test_lost_broadcast (Server       *server,
                     gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  peer_open (b, id);
  wait_until (tela_session_is_live (b->session));

  set_deaf (b, TRUE);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  wait_ms (50);
  set_deaf (b, FALSE);
  wait_until (tela_session_is_live (b->session));
  edit (a, "e2", RECTANGLE);
  wait_until (number_of (b, "e2", TELA_KEY_X) == 10);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  peer_drain (b);
  assert_same (a, b);

  /* The last one shows nowhere but in the head. */
  set_deaf (b, TRUE);
  edit (a, "e1", "{\"x\":70}");
  peer_drain (a);
  wait_ms (50);
  tela_session_feed_ask_head (b->session);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 70);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TelaHead) head G_GNUC_UNUSED = tela_remote_head_finish (TELA_REMOTE (source), result, NULL);

  ++*(guint *) user_data;
}

/* Who serves changes again and again, at whatever moment of a call: each call is answered all the same, or somebody waits for
 * ever. */
static void
test_endpoint_again (Server       *server,
                     gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  TelaRemote      *remote = tela_workspace_get_remote (a->workspace);
  guint            n_answered = 0, n_asked = 0;

  peer_connect (a, TRUE);
  id = make_board (a);
  for (guint i = 0; i < 60; i++)
    {
      for (guint j = 0; j < 9; j++, n_asked++)
        tela_remote_head_async (remote, id, NULL, answered_cb, &n_answered);
      for (guint j = 0; j < i % 20; j++)
        g_main_context_iteration (NULL, FALSE);
      peer_connect (a, TRUE);
    }
  wait_until (n_answered == n_asked);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
}

/* The server was restored from a copy that lacks the newest edits. */
static void
test_restored_server (Server       *server,
                      gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  g_autofree char *path = g_build_filename (server->dir, "backend.db", NULL);
  g_autofree char *copy = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  server_stop (server);
  g_assert_true (g_file_get_contents (path, &copy, &len, &error));
  server_start (server);
  realtime_manager_connect (a->realtime);
  edit (a, "e1", "{\"x\":100}");
  edit (a, "e2", RECTANGLE);
  peer_drain (a);

  server_stop (server);
  wait_until (!tela_session_is_live (a->session));
  g_assert_true (g_file_set_contents (path, copy, (gssize) len, &error));
  server_start (server);
  realtime_manager_connect (a->realtime);
  peer_drain (a);

  peer_connect (b, TRUE);
  peer_open (b, id);
  wait_until (number_of (b, "e2", TELA_KEY_X) == 10);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 100);
  peer_drain (b);
  assert_same (a, b);
}

/* The power went just after the server had answered: it lacks what everybody has, and somebody has written on under the same
 * revisions before the one comes back who could see that. */
static void
test_power_cut (Server       *server,
                gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  g_autofree char *path = g_build_filename (server->dir, "backend.db", NULL);
  g_autofree char *copy = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  peer_open (b, id);
  peer_drain (b);
  server_stop (server);
  g_assert_true (g_file_get_contents (path, &copy, &len, &error));
  server_start (server);
  realtime_manager_connect (a->realtime);
  fault_proxy_cut (b->proxy);
  wait_until (!tela_session_is_live (b->session));
  edit (a, "e1", "{\"x\":100}");
  peer_drain (a);
  fault_proxy_cut (a->proxy);
  server_stop (server);

  g_assert_true (g_file_set_contents (path, copy, (gssize) len, &error));
  server_run_sql (server, "INSERT INTO meta (key, value) VALUES ('boot', 'before')");
  server_start (server);
  fault_proxy_restore (b->proxy);
  realtime_manager_connect (b->realtime);
  edit (b, "e2", RECTANGLE);
  edit (b, "e2", "{\"y\":7}");
  peer_drain (b);
  fault_proxy_restore (a->proxy);
  realtime_manager_connect (a->realtime);
  peer_drain (a);
  peer_drain (b);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 100);
  assert_same (a, b);
}

static void
add_member (Peer       *owner,
            const char *project,
            Peer       *member,
            const char *role)
{
  g_autofree char *json = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"%s\"}", project,
                                           tela_workspace_get_user_id (member->workspace), role);

  peer_rest (owner, "POST", "/rest/v1/project_members", json);
}

static void
remove_member (Peer       *owner,
               const char *project,
               Peer       *member)
{
  g_autofree char *path = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", project,
                                           tela_workspace_get_user_id (member->workspace));

  peer_rest (owner, "DELETE", path, NULL);
}

static void
test_right_lost (Server       *server,
                 gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, FALSE);
  GListModel      *boards = tela_workspace_get_projects (b->workspace);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, FALSE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  wait_until (tela_workspace_get_user_id (b->workspace) != NULL);
  add_member (a, id, b, "editor");
  wait_until (g_list_model_get_n_items (boards) == 1);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  edit (b, "e1", "{\"y\":50}");
  peer_drain (b);

  /* The right goes while b cannot hear of it. */
  fault_proxy_stall (b->proxy);
  edit (b, "e1", "{\"x\":99}");
  edit (b, "e2", RECTANGLE);
  remove_member (a, id, b);
  add_member (a, id, b, "viewer");
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 99);
  fault_proxy_restore (b->proxy);
  wait_until (b->n_refused > 0);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  g_assert_true (isnan (number_of (b, "e2", TELA_KEY_X)));
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_Y), ==, 50);
  wait_until (g_strcmp0 (tela_session_get_role (b->session), "viewer") == 0);
  g_assert_false (tela_session_can_edit (b->session));
  edit (b, "e1", "{\"x\":1}");
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 10);
  peer_drain (b);
  g_assert_cmpuint (b->n_refused, ==, 1);
  assert_same (a, b);
}

static void
test_not_fit (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e1", "{\"x\":1e9}");
  g_assert_cmpuint (a->n_refused, ==, 1);
  g_assert_nonnull (strstr (a->refused, "x"));
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 10);
  peer_drain (a);
}

#define DAY_MS (G_GINT64_CONSTANT (24) * 3600 * 1000)

/* A clock that is a day ahead or behind neither wins nor loses by it. */
static void
check_skew (Server *server,
            gint64  skew_ms)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char   *id = NULL;
  const TelaElement *element;
  gint64             now = g_get_real_time () / 1000;

  peer_connect (b, TRUE);
  id = make_board (b);
  edit (b, "e1", RECTANGLE);
  peer_drain (b);

  a->skew_ms = skew_ms;
  fault_proxy_cut (a->proxy);
  peer_connect (a, TRUE);
  peer_open (a, id);
  edit (a, "e2", RECTANGLE);
  edit (a, "e2", "{\"x\":20}");
  fault_proxy_restore (a->proxy);
  realtime_manager_connect (a->realtime);
  peer_drain (a);
  element = tela_board_lookup (tela_session_get_board (a->session), "e2");
  g_assert_cmpint (ABS (tela_stamp_get_ms (tela_element_get_stamp (element)) - now), <, 60000);
  g_assert_cmpuint (a->n_refused, ==, 0);

  /* From here on a's stamps are right at once, and the later writer wins. */
  edit (a, "e1", "{\"x\":100}");
  peer_drain (a);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 100);
  edit (b, "e1", "{\"x\":200}");
  wait_until (number_of (a, "e1", TELA_KEY_X) == 200);
  peer_drain (b);
  assert_same (a, b);
  g_assert_true (tela_session_undo (a->session, NULL));
  g_assert_true (tela_session_undo (a->session, NULL));
  g_assert_cmpfloat (number_of (a, "e2", TELA_KEY_X), ==, 10);
}

static void
test_clock_ahead (Server       *server,
                  gconstpointer data)
{
  check_skew (server, DAY_MS);
}

static void
test_clock_behind (Server       *server,
                   gconstpointer data)
{
  check_skew (server, -DAY_MS);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GPtrArray **) user_data = tela_session_list_edits_finish (TELA_SESSION (source), result, NULL);
}

static guint
count_edits (Peer *peer)
{
  GPtrArray *edits = NULL;
  guint      n;

  tela_session_list_edits_async (peer->session, NULL, listed_cb, &edits);
  wait_until (edits != NULL);
  n = edits->len;
  g_ptr_array_unref (edits);
  return n;
}

/* The clock is set while the board is open: the first stamp is refused, and goes under a right one. */
static void
test_clock_jumps (Server       *server,
                  gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char   *id = NULL;
  const TelaElement *element;
  gint64             now = g_get_real_time () / 1000;

  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  a->skew_ms = DAY_MS;
  edit (a, "e1", "{\"x\":5}");
  edit (a, "e2", RECTANGLE);
  peer_drain (a);
  g_assert_cmpuint (a->n_refused, ==, 0);
  g_assert_cmpuint (count_edits (a), ==, 0); /* nothing is listed as refused, either */
  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (a->session->updates), ==, 0);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 5);
  element = tela_board_lookup (tela_session_get_board (a->session), "e1");
  g_assert_cmpint (ABS (tela_stamp_get_ms (tela_element_get_stamp (element)) - now), <, 60000);
}

/* Days ahead all at once, and the process is killed between the refusal and the correction: nothing is lost, nothing refused. */
static void
test_clock_killed (Server       *server,
                   gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  for (guint i = 0; i < 8; i++)
    {
      a->skew_ms = (i % 2 == 0 ? 1 : -1) * (gint64) (i + 1) * DAY_MS;
      edit (a, "e1", "{\"x\":5}");
      edit (a, "e2", RECTANGLE);
      wait_ms (i);
      peer_crash (a);
      peer_connect (a, TRUE);
      peer_open (a, id);
      peer_drain (a);
      g_assert_cmpuint (a->n_refused, ==, 0);
      g_assert_cmpuint (count_edits (a), ==, 0);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/offline/" path, Server, NULL, server_set_up, func, server_tear_down)
  ADD ("edits", test_offline_edits);
  ADD ("created", test_created_offline);
  ADD ("adopted-replica", test_adopted_replica);
  ADD ("server-restart", test_server_restart);
  ADD ("endpoint-changes", test_endpoint_changes);
  ADD ("endpoint-again", test_endpoint_again);
  ADD ("stale-token", test_stale_token);
  ADD ("lost-broadcast", test_lost_broadcast);
  ADD ("restored-server", test_restored_server);
  ADD ("power-cut", test_power_cut);
  ADD ("refused/right-lost", test_right_lost);
  ADD ("refused/not-fit", test_not_fit);
  ADD ("clock/ahead", test_clock_ahead);
  ADD ("clock/behind", test_clock_behind);
  ADD ("clock/jumps", test_clock_jumps);
  ADD ("clock/killed", test_clock_killed);
  return g_test_run ();
}
