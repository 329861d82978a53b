/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

/* The owner, and one who may only look but whose process believes that it may do everything. */
typedef struct
{
  Server server;
  Peer  *owner, *viewer;
  char  *id;
  guint  n_changes; /* of what the owner is shown */
} Forced;

static void
changed_cb (TelaBoard        *board,
            const TelaChange *changes,
            guint             n,
            Forced           *forced)
{
  forced->n_changes += n;
}

static gboolean
is_listening (Peer *peer)
{
  RealtimeSubscription *subscription = peer->session->live.subscription;

  return subscription != NULL && realtime_subscription_is_subscribed (subscription);
}

static void
forced_set_up (Forced       *forced,
               gconstpointer data)
{
  g_autofree char *member = NULL;

  server_set_up (&forced->server, NULL);
  forced->owner = peer_new (&forced->server, TRUE);
  forced->viewer = peer_new (&forced->server, FALSE);
  peer_connect (forced->owner, TRUE);
  peer_connect (forced->viewer, FALSE);
  forced->id = make_board (forced->owner);
  edit (forced->owner, "e1", RECTANGLE);
  peer_drain (forced->owner);
  wait_until (tela_workspace_get_user_id (forced->viewer->workspace) != NULL);
  member = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"viewer\"}", forced->id,
                            tela_workspace_get_user_id (forced->viewer->workspace));
  peer_rest (forced->owner, "POST", "/rest/v1/project_members", member);
  peer_open (forced->viewer, forced->id);
  wait_until (number_of (forced->viewer, "e1", TELA_KEY_X) == 10);
  wait_until (is_listening (forced->owner) && is_listening (forced->viewer));
  wait_until (g_strcmp0 (tela_session_get_role (forced->viewer->session), "viewer") == 0);
  g_assert_false (tela_session_can_edit (forced->viewer->session));
  g_signal_connect (tela_session_get_board (forced->owner->session), "changed", G_CALLBACK (changed_cb), forced);
}

static void
forced_tear_down (Forced       *forced,
                  gconstpointer data)
{
  peer_free (forced->viewer);
  g_signal_handlers_disconnect_by_data (tela_session_get_board (forced->owner->session), forced);
  peer_free (forced->owner);
  g_free (forced->id);
  server_tear_down (&forced->server, NULL);
}

static void
force (Forced *forced)
{
  tela_session_set_role (forced->viewer->session, "editor");
  g_assert_true (tela_session_can_edit (forced->viewer->session));
}

/* Somebody who opens the board anew has what the server has. */
static void
assert_unchanged (Forced     *forced,
                  const char *before)
{
  g_autofree char *owners = peer_dump (forced->owner);
  g_autoptr (Peer) third = peer_new (&forced->server, TRUE);

  g_assert_cmpstr (owners, ==, before);
  assert_same (forced->owner, forced->viewer);
  peer_connect (third, TRUE);
  peer_open (third, forced->id);
  wait_until (tela_session_is_live (third->session));
  peer_drain (third);
  assert_same (forced->owner, third);
  g_assert_cmpuint (forced->n_changes, ==, 0);
}

/* A change, a new element and a removal. */
static void
test_edits (Forced       *forced,
            gconstpointer data)
{
  g_autofree char *before = peer_dump (forced->owner);
  static const struct
  {
    const char *id, *json;
  } edits[] = { { "e1", "{\"x\":99}" }, { "e2", RECTANGLE }, { "e1", "{\"isDeleted\":true}" } };

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      guint n_refused = forced->viewer->n_refused;

      force (forced);
      edit (forced->viewer, edits[i].id, edits[i].json);
      wait_until (forced->viewer->n_refused > n_refused);
    }
  wait_until (number_of (forced->viewer, "e1", TELA_KEY_X) == 10);
  peer_drain (forced->viewer);
  assert_unchanged (forced, before);
}

/* The hand is not seen either: not the drag, nor the cursor on the lane of those who may edit. What is said after it
 * where viewers may speak is heard, so that what came before is known not to have come. */
static void
test_hand (Forced       *forced,
           gconstpointer data)
{
  g_autofree char *before = peer_dump (forced->owner);
  TelaPeople      *people = tela_session_get_people (forced->viewer->session);
  GPtrArray       *peers = tela_people_get_peers (tela_session_get_people (forced->owner->session));
  g_autoptr (TelaElement) op = op_new ("e1", "{\"x\":99}");
  RealtimeMetrics first, now;
  TelaGesture    *gesture;

  force (forced);
  gesture = tela_session_begin (forced->viewer->session);
  tela_people_move (people, 1, 2);
  tela_gesture_update (gesture, &op, 1);
  realtime_manager_get_metrics (forced->viewer->realtime, &first);
  do
    {
      wait_ms (20);
      tela_gesture_update (gesture, &op, 1);
      realtime_manager_get_metrics (forced->viewer->realtime, &now);
    }
  while (now.messages_sent < first.messages_sent + 3);
  g_assert_cmpfloat (number_of (forced->viewer, "e1", TELA_KEY_X), ==, 99);
  tela_gesture_cancel (gesture);

  tela_session_set_role (forced->viewer->session, "viewer");
  tela_people_move (people, 7, 8);
  wait_until (peers->len == 1);
  g_assert_cmpuint (((TelaPeer *) peers->pdata[0])->cursor->n_path, ==, 1);
  g_assert_cmpfloat (((TelaPeer *) peers->pdata[0])->cursor->path[0].x, ==, 7);
  g_assert_cmpuint (g_hash_table_size (forced->owner->session->live.veils), ==, 0);
  assert_unchanged (forced, before);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/viewer/edits", Forced, NULL, forced_set_up, test_edits, forced_tear_down);
  g_test_add ("/viewer/hand", Forced, NULL, forced_set_up, test_hand, forced_tear_down);

  return g_test_run ();
}
