/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Random histories of several people whose networks, clocks, processes and server fail them: in the end all have the same board,
 * to the byte, and it is the one that the server has. Everyday a few short ones; under --long 200 of 2,000 steps with up to eight
 * people. TELA_TEST_SEED repeats one, at full length. */

#include "sync-fixture.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "../common/test-long.h"

#define DAY_MS (24 * 3600 * 1000)
#define MAX_PEERS 8
#define N_ELEMENTS 24

typedef struct
{
  guint n_histories;
  guint n_steps;
  guint max_peers;
} Extent;

static const Extent everyday = { 3, 120, 4 };
static const Extent whole = { 200, 2000, MAX_PEERS };

typedef struct
{
  Server *server;
  GRand  *rand;
  Peer   *peers[MAX_PEERS];
  guint   n_peers;
  char   *board;
  guint   n_edits, n_faults, n_restarts, n_prunings;
} History;

static guint
draw (History *history,
      guint    n)
{
  return (guint) g_rand_int_range (history->rand, 0, (gint32) n);
}

/* ---- Edits ---- */

static TelaElement *
random_op (History *history)
{
  static const char *const forms[] = {
    "{\"type\":\"rectangle\",\"x\":%u,\"y\":1,\"width\":80,\"height\":40,\"index\":\"a0\",\"isDeleted\":false}",
    "{\"x\":%u}",
    "{\"x\":1e%u,\"y\":-0.5}",
    "{\"y\":%u,\"strokeColor\":\"#e03131\"}",
    "{\"isDeleted\":true,\"opacity\":%u}",
    "{\"isDeleted\":false,\"seed\":%u}",
    "{\"customData\":{\"k\":[%u,null,{\"é\":\"☃\"}]}}",
    "{\"text\":\"%u\",\"originalText\":\"t\",\"width\":7}",
    "{\"customData\":{\"$unset\":true},\"angle\":%u}",
    "{\"type\":\"freedraw\",\"points\":[[0,0],[1,%u]],\"pressures\":[],\"width\":1,\"height\":2}",
    "{\"index\":\"a%u\",\"groupIds\":[\"g\"]}",
    "{\"own field\":%u}",
  };
  guint            which = draw (history, G_N_ELEMENTS (forms));
  g_autofree char *id = g_strdup_printf ("e%u", draw (history, N_ELEMENTS));
  g_autofree char *json = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  json = g_strdup_printf (forms[which], draw (history, which == 2 || which == 10 ? 6 : 100));
#pragma GCC diagnostic pop
  return op_new (id, json);
}

static void
random_edit (History *history,
             Peer    *peer)
{
  TelaGesture *gesture;
  guint        what = draw (history, 10);

  if (!tela_session_can_edit (peer->session))
    return;
  history->n_edits++;
  if (what == 0)
    tela_session_undo (peer->session, NULL);
  else if (what == 1)
    tela_session_redo (peer->session, NULL);
  else
    {
      gesture = tela_session_begin (peer->session);
      for (guint i = draw (history, 3) + 1; i > 0; i--)
        {
          g_autoptr (TelaElement) op = random_op (history);

          tela_gesture_update (gesture, &op, 1);
        }
      if (what == 2)
        tela_gesture_cancel (gesture);
      else
        tela_gesture_end (gesture);
    }
}

/* ---- Faults ---- */

static void
restore (Peer *peer)
{
  fault_proxy_restore (peer->proxy);
  realtime_manager_connect (peer->realtime);
}

static void
random_fault (History *history,
              Peer    *peer)
{
  history->n_faults++;
  switch (draw (history, 7))
    {
    case 0:
      fault_proxy_cut (peer->proxy); /* what was under way is lost, or its answer is and it is sent twice */
      break;
    case 1:
      fault_proxy_stall (peer->proxy);
      break;
    case 2:
      fault_proxy_set_delay (peer->proxy, 1 + draw (history, 20));
      break;
    case 3:
      fault_proxy_split (peer->proxy, 1 + draw (history, 200));
      break;
    default:
      restore (peer);
      break;
    }
}

static void
restart (History *history,
         Peer    *peer)
{
  history->n_restarts++;
  if (draw (history, 2) == 0)
    peer_restart (peer);
  else
    peer_crash (peer);
  if (draw (history, 3) == 0)
    peer->skew_ms = g_rand_int_range (history->rand, -DAY_MS, DAY_MS);
  peer_connect (peer, TRUE);
  peer_open (peer, history->board);
}

/* As if all tombstones were old: those who were away come back behind the horizon, and those who are there, if the server is
 * running, hear of it when they next ask. */
static void
prune (History *history)
{
  g_autofree char *path = g_build_filename (history->server->dir, "backend.db", NULL);
  sqlite3         *db = NULL;

  history->n_prunings++;
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_exec (db,
                                 "BEGIN IMMEDIATE;"
                                 "UPDATE projects SET pruned_rev = max (pruned_rev, e.rev) FROM (SELECT project_id,"
                                 " max (rev) AS rev FROM elements WHERE dead GROUP BY project_id) AS e"
                                 " WHERE projects.id = e.project_id; DELETE FROM elements WHERE dead; COMMIT",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
restart_server (History *history)
{
  server_stop (history->server);
  if (draw (history, 3) == 0)
    prune (history);
  server_start (history->server);
}

static void
step (History *history)
{
  Peer *peer = history->peers[draw (history, history->n_peers)];
  guint what = draw (history, 1000);

  if (what < 880)
    random_edit (history, peer);
  else if (what < 960)
    random_fault (history, peer);
  else if (what < 985)
    wait_ms (draw (history, 10));
  else if (what < 990)
    peer->skew_ms = g_rand_int_range (history->rand, -DAY_MS, DAY_MS); /* somebody sets the clock */
  else if (what < 997)
    restart (history, peer);
  else if (what < 999)
    restart_server (history);
  else
    prune (history);
  for (guint i = draw (history, 4); i > 0; i--)
    g_main_context_iteration (NULL, FALSE);
}

/* ---- One history ---- */

static void
begin (History      *history,
       const Extent *extent)
{
  history->n_peers = 2 + draw (history, extent->max_peers - 1);
  for (guint i = 0; i < history->n_peers; i++)
    {
      history->peers[i] = peer_new (history->server, TRUE);
      history->peers[i]->skew_ms = g_rand_int_range (history->rand, -DAY_MS, DAY_MS);
      peer_connect (history->peers[i], TRUE);
    }
  history->board = make_board (history->peers[0]);
  edit (history->peers[0], "e0", "{\"type\":\"ellipse\",\"x\":0,\"y\":0,\"index\":\"a1\"}");
  peer_drain (history->peers[0]);
  for (guint i = 1; i < history->n_peers; i++)
    {
      peer_open (history->peers[i], history->board);
      wait_until (tela_session_get_role (history->peers[i]->session) != NULL);
    }
}

static void
check (History *history)
{
  g_autoptr (Peer) reader = peer_new (history->server, TRUE);

  peer_connect (reader, TRUE);
  peer_open (reader, history->board);
  peer_drain (reader);
  for (guint i = 0; i < history->n_peers; i++)
    {
      const TelaFeed *feed = &history->peers[i]->session->feed;

      g_test_message ("person %u: epoch %s, at %" G_GINT64_FORMAT ", pruned at %" G_GINT64_FORMAT ", %s", i, feed->epoch,
                      feed->last, feed->pruned_rev, feed->caught_up ? "live" : "not live");
      assert_same (reader, history->peers[i]);
    }
}

static void
run (Server       *server,
     const Extent *extent,
     guint32       seed)
{
  History history = { .server = server, .rand = g_rand_new_with_seed (seed) };

  begin (&history, extent);
  for (guint i = 0; i < extent->n_steps; i++)
    step (&history);
  for (guint i = 0; i < history.n_peers; i++)
    restore (history.peers[i]);
  /* The second time round everybody has also heard of the last one's. */
  for (guint i = 0; i < 2 * history.n_peers; i++)
    peer_drain (history.peers[i % history.n_peers]);
  check (&history);
  g_test_message ("seed %u: %u people, %u edits, %u faults, %u restarts, %u prunings", seed, history.n_peers,
                  history.n_edits, history.n_faults, history.n_restarts, history.n_prunings);
  for (guint i = 0; i < history.n_peers; i++)
    peer_free (history.peers[i]);
  g_free (history.board);
  g_rand_free (history.rand);
}

static void
test_random (Server       *server,
             gconstpointer data)
{
  const Extent *extent = test_times (1) > 1 ? &whole : &everyday;
  const char   *seed = g_getenv ("TELA_TEST_SEED");

  if (seed != NULL)
    {
      run (server, &whole, (guint32) g_ascii_strtoull (seed, NULL, 10));
      return;
    }
  for (guint32 i = 1; i <= extent->n_histories; i++)
    {
      g_test_message ("seed %u begins", i);
      run (server, extent, i);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/histories/random", Server, NULL, server_set_up, test_random, server_tear_down);
  return g_test_run ();
}
