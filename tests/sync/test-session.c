/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>

#include "tela-store-private.h"

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

static void
test_edit_appears (Server       *server,
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

  edit (a, "e1", RECTANGLE);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 10);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  peer_drain (a);
  assert_same (a, b);
  g_assert_cmpstr (tela_session_get_role (b->session), ==, "owner");
}

static void
test_move_and_recolour (Server       *server,
                        gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char   *id = NULL;
  const TelaElement *element;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);

  /* Neither has heard of the other's. */
  edit (a, "e1", "{\"x\":500}");
  edit (b, "e1", "{\"strokeColor\":\"#1971c2\"}");
  peer_drain (a);
  peer_drain (b);
  peer_drain (a);
  assert_same (a, b);
  g_assert_cmpfloat (number_of (b, "e1", TELA_KEY_X), ==, 500);
  element = tela_board_lookup (tela_session_get_board (a->session), "e1");
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_STROKE_COLOR), ==, "#1971c2");
}

static void
test_undo_across_restart (Server       *server,
                          gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  guint            skipped = 7;

  peer_connect (a, TRUE);
  id = make_board (a);
  g_assert_false (tela_session_can_undo (a->session));
  g_assert_false (tela_session_undo (a->session, NULL));
  edit (a, "e1", RECTANGLE);
  edit (a, "e1", "{\"x\":100}");
  peer_drain (a);
  peer_restart (a);
  peer_connect (a, TRUE);
  peer_open (a, id);

  g_assert_true (tela_session_can_undo (a->session));
  g_assert_false (tela_session_can_redo (a->session));
  g_assert_true (tela_session_undo (a->session, &skipped));
  g_assert_cmpuint (skipped, ==, 0);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 10);
  g_assert_true (tela_session_undo (a->session, NULL));
  g_assert_true (isnan (number_of (a, "e1", TELA_KEY_X)));
  peer_drain (a);
  peer_restart (a);
  peer_connect (a, TRUE);
  peer_open (a, id);

  g_assert_true (tela_session_redo (a->session, NULL));
  g_assert_true (tela_session_redo (a->session, NULL));
  g_assert_false (tela_session_can_redo (a->session));
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 100);
  peer_drain (a);
}

static void
test_undo_skips_foreign (Server       *server,
                         gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  guint            skipped = 0;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e1", "{\"x\":100}");
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 100);
  edit (b, "e1", "{\"x\":300}");
  wait_until (number_of (a, "e1", TELA_KEY_X) == 300);
  g_assert_true (tela_session_undo (a->session, &skipped));
  g_assert_cmpuint (skipped, ==, 1);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 300);
  peer_drain (a);
}

static void
test_draft (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (TelaElement) stroke = op_new ("ink", "{\"type\":\"freedraw\",\"x\":0,\"y\":0,\"points\":[[0,0],[5,5]]}");
  g_autofree char *id = NULL;
  TelaGesture     *gesture;

  peer_connect (a, TRUE);
  id = make_board (a);
  gesture = tela_session_begin (a->session);
  tela_gesture_set_draft (gesture, TRUE);
  tela_gesture_update (gesture, &stroke, 1);
  g_assert_null (tela_board_lookup (tela_session_get_board (a->session), "ink"));
  /* The process ends here: what is left of it is what a crash would leave. */
  g_clear_handle_id (&gesture->draft_source, g_source_remove);
  g_clear_pointer (&gesture->draft, g_free);
  tela_gesture_cancel (gesture);

  peer_restart (a);
  peer_connect (a, TRUE);
  peer_open (a, id);
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (a->session)), ==, 1);
  g_assert_true (tela_session_undo (a->session, NULL));
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (a->session)), ==, 0);
  peer_drain (a);
}

static void
test_cancel_leaves_nothing (Server       *server,
                            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (TelaElement) op = op_new ("e1", RECTANGLE);
  g_autofree char *id = NULL;
  TelaGesture     *gesture;

  peer_connect (a, TRUE);
  id = make_board (a);
  gesture = tela_session_begin (a->session);
  tela_gesture_update (gesture, &op, 1);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_X), ==, 10);
  tela_gesture_cancel (gesture);
  g_assert_true (isnan (number_of (a, "e1", TELA_KEY_X)));
  g_assert_false (tela_session_can_undo (a->session));
  peer_drain (a);
}

static void
edited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  tela_session_edit_finish (TELA_SESSION (source), result, &error);
  *(int *) user_data = error == NULL ? 1 : -1;
}

static void
test_large_import (Server       *server,
                   gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (TelaElement) kept = NULL;
  g_autofree char   *id = NULL;
  const TelaElement *given;
  int                done = 0;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  for (guint i = 0; i < 2500; i++)
    {
      g_autofree char *name = g_strdup_printf ("e%u", i);

      g_ptr_array_add (ops, op_new (name, RECTANGLE));
    }
  given = ops->pdata[0];
  kept = tela_element_ref (ops->pdata[1]);
  tela_session_edit_taking_async (a->session, ops, TRUE, NULL, edited_cb, &done);
  g_assert_cmpint (done, ==, 0);
  /* Of what nobody else has there is no copy; of what somebody has there is one. */
  g_assert_true (ops->pdata[0] == given);
  g_assert_true (tela_board_lookup (tela_session_get_board (a->session), "e0") == given);
  g_assert_true (ops->pdata[1] != kept);
  g_assert_true (tela_board_lookup (tela_session_get_board (a->session), "e1") == ops->pdata[1]);
  wait_until (done != 0);
  g_assert_cmpint (done, ==, 1);
  peer_drain (a);
  /* Three pages. */
  peer_open (b, id);
  wait_until (tela_session_is_live (b->session));
  peer_drain (b);
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (b->session)), ==, 2500);
  assert_same (a, b);
  g_assert_true (tela_session_undo (a->session, NULL));
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (a->session)), ==, 0);
}

static void
drained_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  guint *n_drained = user_data;

  if (!tela_workspace_drain_finish (TELA_WORKSPACE (source), result, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  ++*n_drained;
}

static void
test_shared_session (Server       *server,
                     gconstpointer data)
{
  guint n_drained = 0;
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (TelaSession) first = NULL;
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  id = make_board (a);
  first = g_object_ref (a->session);
  peer_close (a);
  peer_open (a, id);
  g_assert_true (first == a->session);
  tela_workspace_drain_async (a->workspace, NULL, drained_cb, &n_drained);
  wait_until (n_drained == 1);
  peer_close (a);
  g_assert_finalize_object (g_steal_pointer (&first));
  tela_workspace_close (a->workspace);
  tela_workspace_drain_async (a->workspace, NULL, drained_cb, &n_drained);
  wait_until (n_drained == 2);
}

static void
test_projects (Server       *server,
               gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  GListModel      *of_a = tela_workspace_get_projects (a->workspace);
  GListModel      *of_b = tela_workspace_get_projects (b->workspace);
  g_autofree char *id = NULL;
  g_autoptr (TelaProject) project = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = tela_workspace_create (a->workspace, "First");
  g_assert_cmpuint (g_list_model_get_n_items (of_a), ==, 1);
  wait_until (g_list_model_get_n_items (of_b) == 1);
  project = g_list_model_get_item (of_b, 0);
  g_assert_cmpstr (tela_project_get_id (project), ==, id);
  g_assert_cmpstr (tela_project_get_role (project), ==, "owner");
  tela_workspace_rename (a->workspace, id, "Second");
  wait_until (g_strcmp0 (tela_project_get_name (project), "Second") == 0);

  peer_restart (b);
  of_b = tela_workspace_get_projects (b->workspace);
  fault_proxy_cut (b->proxy);
  peer_connect (b, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (of_b), ==, 1);
  fault_proxy_restore (b->proxy);
  realtime_manager_connect (b->realtime);

  tela_workspace_remove_async (a->workspace, id, NULL, NULL, NULL);
  wait_until (g_list_model_get_n_items (of_a) == 0);
  wait_until (g_list_model_get_n_items (of_b) == 0);
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

static void
test_asset (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("not really an image", 19);
  g_autoptr (GBytes) arrived = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  peer_open (b, id);
  hash = tela_assets_put (tela_workspace_get_assets (a->workspace), bytes, &error);
  g_assert_no_error (error);
  edit (a, "e1", RECTANGLE);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10);
  /* Who hears of the edit finds the bytes. */
  tela_assets_get_async (tela_workspace_get_assets (b->workspace), hash, NULL, got_cb, &arrived);
  wait_until (arrived != NULL);
  g_assert_true (g_bytes_equal (bytes, arrived));
}

static void
refused_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GBytes) bytes = tela_assets_get_finish (TELA_ASSETS (source), result, user_data);

  g_assert_null (bytes);
}

/* Bytes are known by their hash, whoever sends them. */
static void
test_wrong_asset (Server       *server,
                  gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("not really an image", 19);
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *prefix = NULL;
  g_autofree char *path = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  hash = tela_assets_put (tela_workspace_get_assets (a->workspace), bytes, &error);
  g_assert_no_error (error);
  wait_until (tela_assets_is_idle (tela_workspace_get_assets (a->workspace)));
  prefix = g_strndup (hash, 2);
  path = g_build_filename (server->dir, "assets", prefix, hash, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  g_assert_true (g_file_set_contents (path, "something else", -1, NULL));

  tela_assets_get_async (tela_workspace_get_assets (b->workspace), hash, NULL, refused_cb, &error);
  wait_until (error != NULL);
  g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER);
  kept = tela_store_get_asset (b->store, hash, NULL);
  g_assert_null (kept);
}

/* Also without a network; told to the other replica, and to the members who lose it. */
static void
test_trash (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;
  GListModel      *boards = tela_workspace_get_projects (b->workspace);
  GListModel      *trash = tela_workspace_get_trash (b->workspace);

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  peer_close (a);
  wait_until (g_list_model_get_n_items (boards) == 1);

  tela_workspace_trash (a->workspace, id);
  g_assert_cmpuint (g_list_model_get_n_items (tela_workspace_get_projects (a->workspace)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (tela_workspace_get_trash (a->workspace)), ==, 1);
  wait_until (g_list_model_get_n_items (trash) == 1);
  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 0);
  {
    g_autoptr (TelaProject) project = g_list_model_get_item (trash, 0);

    g_assert_cmpint (ABS (tela_project_get_deleted_at (project) - g_get_real_time () / 1000), <, 60000);
  }

  /* What the server has not heard of yet holds all the same, after a restart too. */
  fault_proxy_cut (b->proxy);
  tela_workspace_restore (b->workspace, id);
  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 1);
  peer_restart (b);
  boards = tela_workspace_get_projects (b->workspace);
  trash = tela_workspace_get_trash (b->workspace);
  peer_connect (b, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (trash), ==, 0);
  fault_proxy_restore (b->proxy);
  realtime_manager_connect (b->realtime);
  wait_until (g_list_model_get_n_items (tela_workspace_get_projects (a->workspace)) == 1);
  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 1);
}

/* A disk that does not answer. */
static struct
{
  GMutex   lock;
  GCond    wake;
  gboolean answers;
  gboolean was_waited_for;
} disk;

static gboolean
ask_disk (TelaReplica   *replica,
          TelaStoreCall *call,
          GError       **error)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  g_mutex_lock (&disk.lock);
  while (!disk.answers && !disk.was_waited_for)
    disk.was_waited_for = !g_cond_wait_until (&disk.wake, &disk.lock, deadline);
  g_mutex_unlock (&disk.lock);

  return TRUE;
}

static void
refreshed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(gboolean *) user_data = tela_workspace_refresh_finish (TELA_WORKSPACE (source), result, NULL);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(TelaSession **) user_data = tela_workspace_open_finish (TELA_WORKSPACE (source), result, NULL);
}

/* While much is being stored, lists are taken and boards closed and opened; only what is on disk alone comes later. */
static void
test_busy_disk (Server       *server,
                gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (TelaSession) session = NULL;
  g_autofree char *id = NULL;
  g_autofree char *other = NULL;
  gboolean         refreshed = FALSE;

  peer_connect (a, TRUE);
  id = make_board (a);
  other = tela_workspace_create (a->workspace, "Other");
  peer_drain (a);

  tela_store_call_and_go (a->store, tela_store_call_new (ask_disk, FALSE, NULL));
  tela_workspace_refresh_async (a->workspace, NULL, refreshed_cb, &refreshed);
  wait_until (refreshed);
  edit (a, "e1", RECTANGLE);
  peer_close (a);
  tela_workspace_open_async (a->workspace, other, NULL, opened_cb, &session);
  g_mutex_lock (&disk.lock);
  g_assert_false (disk.was_waited_for);
  disk.answers = TRUE;
  g_cond_signal (&disk.wake);
  g_mutex_unlock (&disk.lock);
  wait_until (session != NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/session/" path, Server, NULL, server_set_up, func, server_tear_down)
  ADD ("edit-appears", test_edit_appears);
  ADD ("move-and-recolour", test_move_and_recolour);
  ADD ("undo/across-restart", test_undo_across_restart);
  ADD ("undo/skips-foreign", test_undo_skips_foreign);
  ADD ("draft", test_draft);
  ADD ("cancel", test_cancel_leaves_nothing);
  ADD ("large-import", test_large_import);
  ADD ("busy-disk", test_busy_disk);
  ADD ("shared", test_shared_session);
  ADD ("projects", test_projects);
  ADD ("trash", test_trash);
  ADD ("asset", test_asset);
  ADD ("wrong-asset", test_wrong_asset);
  return g_test_run ();
}
