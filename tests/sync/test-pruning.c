/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The server lets go of old tombstones: nothing comes back by it, and nobody is left with another board. */

#include "sync-fixture.h"

#include <math.h>

#define DAY_MS (24 * 3600 * 1000)
#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

/* Away for longer than tombstones are kept: what is not there any more goes, what one has written oneself stays. */
static void
test_away (Server       *server,
           gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e2", RECTANGLE);
  peer_open (b, id);
  peer_drain (a);
  peer_drain (b);
  fault_proxy_cut (b->proxy);
  wait_until (!tela_session_is_live (b->session));
  edit (b, "e3", RECTANGLE);
  edit (a, "e1", "{\"isDeleted\":true}");
  edit (a, "e2", "{\"x\":100}");
  peer_drain (a);
  peer_close (a);

  server_stop (server);
  server_run_sql (server, "DELETE FROM elements WHERE id = 'e1'; UPDATE projects SET pruned_rev = 3;");
  server_start (server);
  fault_proxy_restore (b->proxy);
  realtime_manager_connect (b->realtime);
  peer_drain (b);
  g_assert_null (tela_board_lookup (tela_session_get_board (b->session), "e1"));
  g_assert_cmpfloat (number_of (b, "e2", TELA_KEY_X), ==, 100);
  g_assert_cmpfloat (number_of (b, "e3", TELA_KEY_X), ==, 10);
  peer_restart (b);
  peer_connect (b, TRUE);
  peer_open (b, id);
  g_assert_null (tela_board_lookup (tela_session_get_board (b->session), "e1"));
  g_assert_cmpfloat (number_of (b, "e3", TELA_KEY_X), ==, 10);
}

/* Somebody who had heard of the deletion forgets the tombstone when the server does: what half brings it back, for one alone,
 * would be a board that is another for each. */
static void
test_undo (Server       *server,
           gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e2", RECTANGLE);
  edit (a, "e1", "{\"isDeleted\":true}");
  peer_drain (a);
  server_stop (server);
  wait_until (!tela_session_is_live (a->session));
  server_run_sql (server, "DELETE FROM elements WHERE id = 'e1'; UPDATE projects SET pruned_rev = rev;");
  server_start (server);
  realtime_manager_connect (a->realtime);
  peer_drain (a);
  g_assert_null (tela_board_lookup (tela_session_get_board (a->session), "e1"));
  tela_session_undo (a->session, NULL);
  peer_drain (a);
  peer_open (b, id);
  peer_drain (b);
  assert_same (a, b);
  /* Once is enough. */
  edit (a, "e2", "{\"isDeleted\":true}");
  peer_drain (a);
  peer_restart (a);
  peer_connect (a, TRUE);
  peer_open (a, id);
  peer_drain (a);
  g_assert_cmpint (a->session->feed.pruned_rev, >, 0);
  g_assert_nonnull (tela_board_lookup (tela_session_get_board (a->session), "e2"));
}

/* Away for too long, and the server is another one since: what it has deleted long ago stays deleted. */
static void
test_epoch (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e2", RECTANGLE);
  peer_drain (a);
  peer_open (b, id);
  peer_drain (b);
  peer_close (b);
  fault_proxy_cut (b->proxy);
  edit (a, "e1", "{\"isDeleted\":true}");
  peer_drain (a);
  server_stop (server);
  server_run_sql (server, "DELETE FROM elements WHERE id = 'e1'; UPDATE projects SET pruned_rev = rev;"
                          "INSERT INTO meta (key, value) VALUES ('boot', 'another')");
  server_start (server);
  fault_proxy_restore (b->proxy);
  realtime_manager_connect (a->realtime);
  realtime_manager_connect (b->realtime);
  peer_open (b, id);
  peer_drain (b);
  peer_drain (a);
  g_assert_true (isnan (number_of (b, "e1", TELA_KEY_X)));
  g_assert_true (isnan (number_of (a, "e1", TELA_KEY_X)));
  g_assert_cmpfloat (number_of (b, "e2", TELA_KEY_X), ==, 10);
}

/* It happens while everybody is there, as a database does by night: nothing tells but the head. What one has still, and brings
 * back by half, would be whole for oneself alone. */
static void
test_meanwhile (Server       *server,
                gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e1", "{\"isDeleted\":true}");
  peer_drain (a);
  server_run_sql (server, "UPDATE projects SET pruned_rev = rev; DELETE FROM elements WHERE id = 'e1'");
  peer_drain (a);
  g_assert_null (tela_board_lookup (tela_session_get_board (a->session), "e1"));
  edit (a, "e1", "{\"isDeleted\":false}");
  peer_drain (a);
  peer_open (b, id);
  peer_drain (b);
  assert_same (a, b);
}

/* The same, but the edit is quicker than the news. */
static void
test_meanwhile_edit (Server       *server,
                     gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e1", "{\"isDeleted\":true}");
  peer_drain (a);
  peer_open (b, id);
  peer_drain (b);
  server_run_sql (server, "UPDATE projects SET pruned_rev = rev; DELETE FROM elements WHERE id = 'e1'");
  edit (a, "e1", "{\"isDeleted\":false}");
  peer_drain (a);
  peer_drain (b);
  assert_same (a, b);
  g_assert_true (isnan (number_of (a, "e1", TELA_KEY_X)));
}

static void
restamped_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Peer *peer = user_data;
  g_autoptr (GArray) stamps = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  g_autoptr (GError) error = NULL;

  tela_store_restamp_finish (TELA_STORE (source), result, &stamps, &elements, &error);
  g_assert_no_error (error);
  tela_session_outbox_events.restamped (stamps, elements, peer->session);
}

/* All is fetched anew, one edits on, and the clock is found to be wrong before that is answered: the edit has its new stamp in
 * the store, and so it must on the board. */
static void
test_clock (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autofree char   *id = NULL;
  g_autofree char   *before = NULL;
  g_autofree char   *after = NULL;
  const TelaElement *element;

  peer_connect (a, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e2", RECTANGLE);
  edit (a, "e1", "{\"isDeleted\":true}");
  peer_drain (a);
  server_run_sql (server, "UPDATE projects SET pruned_rev = rev; DELETE FROM elements WHERE id = 'e1'");
  tela_session_feed_ask_head (a->session);
  wait_until (a->session->n_journals > 0);
  a->skew_ms = DAY_MS;
  edit (a, "e2", "{\"x\":5}");
  tela_session_outbox_events.restamping (-DAY_MS, a->session);
  tela_store_restamp_async (a->store, id, -DAY_MS, 0, NULL, restamped_cb, a);
  wait_until (a->session->n_journals == 0);
  element = tela_board_lookup (tela_session_get_board (a->session), "e2");
  g_assert_cmpint (tela_stamp_get_ms (tela_element_get_stamp (element)), <, g_get_real_time () / 1000 + DAY_MS / 2);
  before = peer_dump (a);
  peer_restart (a);
  peer_open (a, id);
  after = peer_dump (a);
  g_assert_cmpstr (before, ==, after);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/pruning/" path, Server, NULL, server_set_up, func, server_tear_down)
  ADD ("away", test_away);
  ADD ("undo", test_undo);
  ADD ("epoch", test_epoch);
  ADD ("meanwhile", test_meanwhile);
  ADD ("meanwhile/edit", test_meanwhile_edit);
  ADD ("clock", test_clock);
  return g_test_run ();
}
