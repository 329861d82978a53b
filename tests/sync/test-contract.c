/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Sentences of the contract that no other test is about; tests/sync.md lists them all. */

#include "sync-fixture.h"

#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

/* One gesture is one stamp and one step of undo, on however many elements and in however many steps it was made. */
static void
test_one_stamp (Server       *server,
                gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  TelaGesture     *gesture;
  TelaStamp        stamp = { 0 };

  peer_connect (a, TRUE);
  id = make_board (a);
  gesture = tela_session_begin (a->session);
  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%u", i % 3);
      g_autoptr (TelaElement) op = op_new (name, i < 3 ? RECTANGLE : "{\"x\":11}");

      tela_gesture_update (gesture, &op, 1);
    }
  tela_gesture_end (gesture);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char   *name = g_strdup_printf ("e%u", i);
      const TelaElement *element = tela_board_lookup (tela_session_get_board (a->session), name);

      if (i == 0)
        stamp = tela_element_get_stamp (element);
      for (guint j = 0; j < tela_element_get_n (element); j++)
        {
          TelaStamp other;

          tela_element_get_nth (element, j, NULL, &other);
          g_assert_cmpint (tela_stamp_compare (other, stamp), ==, 0);
        }
    }
  g_assert_true (tela_session_undo (a->session, NULL));
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (a->session)), ==, 0);
  g_assert_false (tela_session_undo (a->session, NULL));
  peer_drain (a);
}

typedef struct
{
  sqlite3 *db;
  gboolean is_held; /* atomic */
} Lock;

/* Not in the thread of the windows, which may ask the store for something meanwhile. */
static gpointer
let_go_later (gpointer data)
{
  Lock *lock = data;

  g_usleep (200000);
  g_atomic_int_set (&lock->is_held, FALSE);
  g_assert_cmpint (sqlite3_exec (lock->db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);

  return NULL;
}

/* Until it is on disk that a batch may have left it does not leave: after a kill nobody would know that it must keep its stamps. */
static void
test_marked_before_sent (Server       *server,
                         gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  g_autofree char *path = g_build_filename (a->dir, "store.db", NULL);
  Lock             lock = { NULL, TRUE };
  GThread         *thread;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  peer_drain (a);
  peer_open (b, id);
  peer_drain (b);
  g_assert_cmpint (sqlite3_open (path, &lock.db), ==, SQLITE_OK);
  sqlite3_busy_timeout (lock.db, 5000);
  edit (a, "e1", RECTANGLE);
  wait_until (tela_optimistic_updates_get_n_shown (a->session->updates) == 0);
  g_assert_cmpint (sqlite3_exec (lock.db, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  thread = g_thread_new ("lock", let_go_later, &lock);
  while (g_atomic_int_get (&lock.is_held))
    {
      const gboolean has_it = !isnan (number_of (b, "e1", TELA_KEY_X));

      g_assert_false (has_it && g_atomic_int_get (&lock.is_held));
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);
  g_assert_cmpint (sqlite3_close (lock.db), ==, SQLITE_OK);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
}

/* Revisions are dense and in order, whoever pushes: one who hears them all has no gap to fetch. */
static void
test_dense (Server       *server,
            gconstpointer data)
{
  Peer            *peers[4];
  g_autofree char *id = NULL;
  gint64           last = -1;

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      peers[i] = peer_new (server, TRUE);
      peer_connect (peers[i], TRUE);
    }
  id = make_board (peers[0]);
  peer_drain (peers[0]);
  for (guint i = 1; i < G_N_ELEMENTS (peers); i++)
    {
      peer_open (peers[i], id);
      wait_until (tela_session_is_live (peers[i]->session));
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%u", i);

      edit (peers[i % 4], name, RECTANGLE);
      wait_until (peers[0]->session->feed.last >= last);
      last = peers[0]->session->feed.last;
    }
  for (guint i = 0; i < 2 * G_N_ELEMENTS (peers); i++)
    peer_drain (peers[i % 4]);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_assert_cmpint (peers[i]->session->feed.last, ==, peers[0]->session->feed.last);
      g_assert_cmpint (peers[i]->session->feed.last, <=, 40);
      assert_same (peers[0], peers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peer_free (peers[i]);
}

static gint64
ask_server (Server     *server,
            const char *sql)
{
  g_autofree char *path = g_build_filename (server->dir, "backend.db", NULL);
  sqlite3         *db = NULL;
  sqlite3_stmt    *stmt = NULL;
  gint64           answer;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  answer = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);
  return answer;
}

static void
taken_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static guint
count_waiting (Peer       *peer,
               const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  tela_store_outbox_async (peer->store, id, 500, NULL, taken_cb, &result);
  wait_until (result != NULL);
  rows = tela_store_outbox_finish (peer->store, result, NULL);
  if (rows == NULL)
    g_error ("The outbox cannot be read");
  return rows->len;
}

/* What the server refuses leaves the outbox: neither now nor at the next start is it sent again. */
static void
test_refused_once (Server       *server,
                   gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, FALSE);
  g_autofree char *id = NULL;
  g_autofree char *json = NULL;
  g_autofree char *path = NULL;
  gint64           rev;

  peer_connect (a, TRUE);
  peer_connect (b, FALSE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  wait_until (tela_workspace_get_user_id (b->workspace) != NULL);
  json = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}", id,
                          tela_workspace_get_user_id (b->workspace));
  peer_rest (a, "POST", "/rest/v1/project_members", json);
  wait_until (g_list_model_get_n_items (tela_workspace_get_projects (b->workspace)) == 1);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  edit (b, "e1", "{\"y\":50}");
  peer_drain (b);

  fault_proxy_stall (b->proxy);
  edit (b, "e1", "{\"x\":99}");
  edit (b, "e2", RECTANGLE);
  path = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", id,
                          tela_workspace_get_user_id (b->workspace));
  peer_rest (a, "PATCH", path, "{\"role\":\"viewer\"}");
  fault_proxy_restore (b->proxy);
  wait_until (b->n_refused > 0);
  peer_drain (b);
  g_assert_cmpuint (count_waiting (b, id), ==, 0);
  rev = ask_server (server, "SELECT max (rev) FROM projects");

  /* Not even with the right back. */
  peer_rest (a, "PATCH", path, "{\"role\":\"editor\"}");
  peer_restart (b);
  peer_connect (b, FALSE);
  peer_open (b, id);
  peer_drain (b);
  g_assert_cmpuint (count_waiting (b, id), ==, 0);
  g_assert_cmpuint (b->n_refused, ==, 1);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 10);
  g_assert_true (isnan (number_of (b, "e2", TELA_KEY_X)));
  g_assert_cmpint (ask_server (server, "SELECT max (rev) FROM projects"), ==, rev);
}

/* "Saved" of an edit is said when the disk has it for good, not before. */
static void
test_saved_after_sync (Server       *server,
                       gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  g_assert_false (tela_store_is_synced (a->store));
  wait_until (tela_store_is_synced (a->store));
  wait_until (tela_session_get_state (a->session, NULL) == TELA_SYNC_SAVED);
  g_assert_cmpint (a->session->unsaved_since, ==, 0);
}

/* A full disk pauses editing; what is shown stays, and nothing of the edit that failed is on disk by halves. */
static void
test_paused (Server       *server,
             gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char   *id = NULL;
  g_autofree char   *text = g_strnfill (900 * 1000, 't');
  g_autofree char   *json = g_strdup_printf ("{\"type\":\"text\",\"text\":\"%s\",\"x\":1}", text);
  struct rlimit      before, small;
  const TelaElement *e2;

  signal (SIGXFSZ, SIG_IGN);
  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 100 * 1000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  edit (a, "e2", json);
  wait_until (tela_session_get_state (a->session, NULL) == TELA_SYNC_PAUSED);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (tela_session_can_edit (a->session));
  g_assert_error (tela_session_get_problem (a->session), TELA_STORE_ERROR, TELA_STORE_ERROR_FULL);
  g_assert_cmpfloat (number_of (a, "e2", TELA_KEY_X), ==, 1);
  edit (a, "e3", RECTANGLE);
  g_assert_true (isnan (number_of (a, "e3", TELA_KEY_X)));

  peer_restart (a);
  peer_connect (a, TRUE);
  peer_open (a, id);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 10);
  /* Another write may have been the first to fail; then this one came after there was room again. */
  e2 = tela_board_lookup_shown (tela_session_get_board (a->session), "e2");
  if (e2 != NULL)
    g_assert_cmpstr (tela_element_get_string (e2, TELA_KEY_TEXT), ==, text);
  edit (a, "e3", RECTANGLE);
  peer_drain (a);
}

static void
take_part (Peer *peer,
           guint part)
{
  const TelaFeed  *feed = &peer->session->feed;
  g_autofree char *json =
      g_strdup_printf ("{\"epoch\":\"%s\",\"rev\":%" G_GINT64_FORMAT ",\"part\":%u,\"of\":3,\"ops\":[]}", feed->epoch,
                       feed->head_rev, part);
  TelaFeedChange *change = tela_feed_change_parse (json, strlen (json), NULL);

  g_assert_nonnull (change);
  tela_session_feed_take (peer->session, change);
  tela_feed_change_free (change);
}

/* A revision has come when all its parts have, in whatever order, and however often. */
static void
test_parts (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  gint64           last;

  peer_connect (a, TRUE);
  id = make_board (a);
  peer_drain (a);
  last = a->session->feed.last;
  a->session->feed.head_rev = last + 1;
  take_part (a, 3);
  take_part (a, 1);
  take_part (a, 3);
  g_assert_cmpint (a->session->feed.last, ==, last);
  take_part (a, 2);
  g_assert_cmpint (a->session->feed.last, ==, last + 1);
  take_part (a, 2);
  g_assert_cmpint (a->session->feed.last, ==, last + 1);
}

/* An id is that of an element in its board: another board may have one of the same. */
static void
test_same_id (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  first = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_drain (a);
  peer_close (a);
  second = make_board (a);
  edit (a, "e1", "{\"type\":\"ellipse\",\"x\":7}");
  peer_drain (a);
  peer_open (b, second);
  peer_drain (b);
  assert_same (a, b);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 7);
  peer_close (b);
  peer_open (b, first);
  peer_drain (b);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 10);
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  *(GBytes **) user_data = tela_assets_get_finish (TELA_ASSETS (source), result, &error);
  g_assert_no_error (error);
}

/* Bytes that could not be uploaded are when the process is another one, one after the other, and before what names them. */
static void
test_uploads_carry_on (Server       *server,
                       gconstpointer data)
{
  static const char *const images[] = { "the first image", "the second" };
  char                    *hashes[G_N_ELEMENTS (images)];
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  peer_drain (a);
  peer_open (b, id);
  fault_proxy_cut (a->proxy);
  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (images[i], strlen (images[i]));

      hashes[i] = tela_assets_put (tela_workspace_get_assets (a->workspace), bytes, NULL);
      g_assert_nonnull (hashes[i]);
    }
  edit (a, "e1", RECTANGLE);
  wait_until (tela_optimistic_updates_get_n_shown (a->session->updates) == 0);
  peer_restart (a);
  fault_proxy_restore (a->proxy);
  peer_connect (a, TRUE);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      g_autoptr (GBytes) arrived = NULL;

      tela_assets_get_async (tela_workspace_get_assets (b->workspace), hashes[i], NULL, got_cb, &arrived);
      wait_until (arrived != NULL);
      g_assert_cmpmem (g_bytes_get_data (arrived, NULL), g_bytes_get_size (arrived), images[i], strlen (images[i]));
      g_free (hashes[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/contract/" path, Server, NULL, server_set_up, func, server_tear_down)
  ADD ("one-stamp", test_one_stamp);
  ADD ("marked-before-sent", test_marked_before_sent);
  ADD ("dense", test_dense);
  ADD ("parts", test_parts);
  ADD ("same-id", test_same_id);
  ADD ("uploads-carry-on", test_uploads_carry_on);
  ADD ("refused-once", test_refused_once);
  ADD ("saved-after-sync", test_saved_after_sync);
  ADD ("paused", test_paused);
  return g_test_run ();
}
