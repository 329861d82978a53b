/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sys/eventfd.h>
#include <unistd.h>

#include "backend-poller.h"

#define N 3

typedef struct
{
  GMainContext *context;
  TelaPoller   *poller;
  TelaWatch     watches[N]; /* of descriptors that can be read and written at once */
  guint         calls[N];
  guint32       heard; /* events of the last call */
  int           quiet; /* the next call stops watching this one; -1: none */
  int           late;  /* and puts that one off */
} Fixture;

typedef struct
{
  Fixture *fixture;
  guint    i;
} Peer;

static Peer peers[N];

static void
ready_cb (guint32  events,
          gpointer user_data)
{
  Peer    *peer = user_data;
  Fixture *fixture = peer->fixture;

  fixture->calls[peer->i]++;
  fixture->heard = events;
  if (fixture->quiet >= 0 && (guint) fixture->quiet != peer->i)
    tela_poller_watch (fixture->poller, &fixture->watches[fixture->quiet], 0);
  if (fixture->late >= 0)
    tela_poller_again (fixture->poller, &fixture->watches[fixture->late]);
  fixture->late = -1;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->poller = tela_poller_new (fixture->context);
  fixture->quiet = fixture->late = -1;
  for (guint i = 0; i < N; i++)
    {
      peers[i] = (Peer){ fixture, i };
      fixture->watches[i] = (TelaWatch){ .fd = eventfd (1, EFD_CLOEXEC), .func = ready_cb, .user_data = &peers[i] };
    }
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  for (guint i = 0; i < N; i++)
    {
      tela_poller_watch (fixture->poller, &fixture->watches[i], 0);
      close (fixture->watches[i].fd);
    }
  tela_poller_free (fixture->poller);
  g_main_context_unref (fixture->context);
}

static void
run_round (Fixture *fixture)
{
  g_main_context_iteration (fixture->context, FALSE);
}

static void
test_events (Fixture      *fixture,
             gconstpointer data)
{
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 0); /* not asked for */
  tela_poller_watch (fixture->poller, &fixture->watches[0], EPOLLIN);
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 1);
  g_assert_cmpuint (fixture->heard, ==, EPOLLIN);
  tela_poller_watch (fixture->poller, &fixture->watches[0], EPOLLIN | EPOLLOUT);
  run_round (fixture);
  g_assert_cmpuint (fixture->heard, ==, EPOLLIN | EPOLLOUT);
  tela_poller_watch (fixture->poller, &fixture->watches[0], 0);
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 2);
}

/* Of three that are ready, the first to be called stops one of the others, which may be freed then. */
static void
test_stopped_in_round (Fixture      *fixture,
                       gconstpointer data)
{
  for (guint i = 0; i < N; i++)
    tela_poller_watch (fixture->poller, &fixture->watches[i], EPOLLIN);
  fixture->quiet = N - 1;
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 1);
  g_assert_cmpuint (fixture->calls[1], ==, 1);
  g_assert_cmpuint (fixture->calls[2], ==, 0);
}

/* What puts itself off is called once a round, and lets the loop go on. */
static void
test_again (Fixture      *fixture,
            gconstpointer data)
{
  guint64 count;

  tela_poller_watch (fixture->poller, &fixture->watches[0], EPOLLIN);
  g_assert_cmpint (read (fixture->watches[0].fd, &count, sizeof count), ==, sizeof count); /* it has nothing now */
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 0);
  tela_poller_again (fixture->poller, &fixture->watches[0]);
  tela_poller_again (fixture->poller, &fixture->watches[0]);
  fixture->late = 0;
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 1);
  run_round (fixture);
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 2);
}

static void
test_stopped_again (Fixture      *fixture,
                    gconstpointer data)
{
  guint64 count;

  for (guint i = 0; i < N; i++)
    {
      tela_poller_watch (fixture->poller, &fixture->watches[i], EPOLLIN);
      g_assert_cmpint (read (fixture->watches[i].fd, &count, sizeof count), ==, sizeof count);
      tela_poller_again (fixture->poller, &fixture->watches[i]);
    }
  fixture->quiet = N - 1;
  run_round (fixture);
  run_round (fixture);
  g_assert_cmpuint (fixture->calls[0], ==, 1);
  g_assert_cmpuint (fixture->calls[1], ==, 1);
  g_assert_cmpuint (fixture->calls[2], ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/backend-poller/events", Fixture, NULL, set_up, test_events, tear_down);
  g_test_add ("/backend-poller/stopped-in-its-round", Fixture, NULL, set_up, test_stopped_in_round, tear_down);
  g_test_add ("/backend-poller/again", Fixture, NULL, set_up, test_again, tear_down);
  g_test_add ("/backend-poller/stopped-when-put-off", Fixture, NULL, set_up, test_stopped_again, tear_down);

  return g_test_run ();
}
