/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include "../common/test-long.h"

#define N_PEERS 3
#define N_STEPS 25
#define N_ELEMENTS 6

/* Random edits of three people whose networks break: all end with the same bytes. */

static void
random_edit (Peer  *peer,
             GRand *rand)
{
  static const char *const forms[] = {
    "{\"type\":\"rectangle\",\"x\":%d,\"y\":1,\"index\":\"a0\",\"isDeleted\":false}",
    "{\"x\":%d}",
    "{\"y\":%d}",
    "{\"x\":%d,\"strokeColor\":\"#e03131\"}",
    "{\"isDeleted\":true,\"y\":%d}",
    "{\"customData\":{\"k\":%d}}",
    "{\"opacity\":%d}",
  };
  g_autofree char *id = g_strdup_printf ("e%d", g_rand_int_range (rand, 0, N_ELEMENTS));
  g_autofree char *json = NULL;

  switch (g_rand_int_range (rand, 0, 10))
    {
    case 0:
      tela_session_undo (peer->session, NULL);
      return;
    case 1:
      tela_session_redo (peer->session, NULL);
      return;
    default:
      break;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  json = g_strdup_printf (forms[g_rand_int_range (rand, 0, G_N_ELEMENTS (forms))], g_rand_int_range (rand, 0, 100));
#pragma GCC diagnostic pop
  edit (peer, id, json);
}

static void
random_fault (Peer  *peer,
              GRand *rand)
{
  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      fault_proxy_cut (peer->proxy);
      break;
    case 1:
      fault_proxy_stall (peer->proxy);
      break;
    case 2:
      fault_proxy_restore (peer->proxy);
      fault_proxy_set_delay (peer->proxy, (guint) g_rand_int_range (rand, 1, 10));
      break;
    default:
      fault_proxy_restore (peer->proxy);
      realtime_manager_connect (peer->realtime);
      break;
    }
}

static void
run_history (Server *server,
             Peer  **peers,
             guint32 seed)
{
  GRand           *rand = g_rand_new_with_seed (seed);
  g_autofree char *id = make_board (peers[0]);

  edit (peers[0], "e0", "{\"type\":\"ellipse\",\"x\":0,\"y\":0,\"index\":\"a1\"}");
  peer_drain (peers[0]);
  for (guint i = 1; i < N_PEERS; i++)
    {
      peer_open (peers[i], id);
      wait_until (tela_session_get_role (peers[i]->session) != NULL); /* or a fault may keep it from hearing that it is in */
    }
  for (guint step = 0; step < N_STEPS; step++)
    {
      random_edit (peers[g_rand_int_range (rand, 0, N_PEERS)], rand);
      if (g_rand_int_range (rand, 0, 8) == 0)
        random_fault (peers[g_rand_int_range (rand, 0, N_PEERS)], rand);
      if (g_rand_int_range (rand, 0, 3) == 0)
        wait_ms ((guint) g_rand_int_range (rand, 0, 10));
    }

  for (guint i = 0; i < N_PEERS; i++)
    {
      fault_proxy_restore (peers[i]->proxy);
      realtime_manager_connect (peers[i]->realtime);
    }
  for (guint i = 0; i < 2 * N_PEERS; i++)
    peer_drain (peers[i % N_PEERS]);
  assert_same (peers[0], peers[1]);
  assert_same (peers[0], peers[2]);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_assert_cmpuint (peers[i]->n_refused, ==, 0);
      peer_close (peers[i]);
    }
  g_rand_free (rand);
}

static void
test_random (Server       *server,
             gconstpointer data)
{
  Peer *peers[N_PEERS];

  for (guint i = 0; i < N_PEERS; i++)
    {
      peers[i] = peer_new (server, TRUE);
      peers[i]->skew_ms = (gint64) i * 1500;
      peer_connect (peers[i], TRUE);
    }
  for (guint32 seed = 1; seed <= test_times (20); seed++)
    {
      g_test_message ("seed %u", seed);
      run_history (server, peers, seed);
    }
  for (guint i = 0; i < N_PEERS; i++)
    peer_free (peers[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/convergence/random", Server, NULL, server_set_up, test_random, server_tear_down);
  return g_test_run ();
}
