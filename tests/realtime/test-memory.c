/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <malloc.h>

#include "stand-in.h"
#include "test-long.h"

#define N_TOPICS 50
/* What may be left after any number of rounds. */
#define SLACK (1024 * 1024)

/* Bytes that are in use; 0 where the allocator is not the system's. */
static gsize
heap_size (void)
{
  struct mallinfo2 info;

  malloc_trim (0);
  info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
forget (StandIn *server)
{
  g_ptr_array_set_size (server->heard, 0);
  g_ptr_array_set_size (server->tokens, 0);
  g_ptr_array_set_size (server->said, 0);
}

static guint
count_joined (RealtimeManager *manager)
{
  RealtimeMetrics metrics;

  realtime_manager_get_metrics (manager, &metrics);

  return metrics.active_channels;
}

static void
message_cb (RealtimeSubscription *subscription,
            RealtimeMessage      *message,
            guint                *n)
{
  (*n)++;
}

/* Joins the topics, hears a message on each, and leaves them. */
static void
subscribe_round (StandIn         *server,
                 RealtimeManager *manager)
{
  g_autoptr (GPtrArray) subscriptions = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_heard = 0;

  for (guint i = 0; i < N_TOPICS; i++)
    {
      g_autofree char      *topic = g_strdup_printf ("topic-%u", i);
      RealtimeSubscription *subscription =
          realtime_manager_subscribe (manager, topic, i % 2 == 0 ? "*" : "x", NULL, REALTIME_KEEP_ALL);

      g_signal_connect (subscription, "message", G_CALLBACK (message_cb), &n_heard);
      g_ptr_array_add (subscriptions, subscription);
    }
  wait_until (count_joined (manager) == N_TOPICS);
  for (guint i = 0; i < N_TOPICS; i++)
    {
      g_autofree char *topic = g_strdup_printf ("topic-%u", i);

      stand_in_broadcast (server, topic, "x", "{\"n\":1}");
    }
  wait_until (n_heard == N_TOPICS);
  g_ptr_array_set_size (subscriptions, 0);
  wait_until (count_joined (manager) == 0);
  forget (server);
}

static void
check_flat (gsize before)
{
  const gsize after = heap_size ();

  g_test_message ("%" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT " after", before, after);
  g_assert_cmpuint (after, <=, before + SLACK);
}

static void
test_subscribe (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  const guint      n = test_times (100) / N_TOPICS;
  gsize            before;

  subscribe_round (server, manager);
  before = heap_size ();
  for (guint i = 0; i < n; i++)
    subscribe_round (server, manager);
  check_flat (before);
  test_end (manager, server);
}

static void
reconnect_round (StandIn              *server,
                 RealtimeSubscription *subscription)
{
  stand_in_cut (server);
  wait_until (!realtime_subscription_is_subscribed (subscription));
  wait_until (realtime_subscription_is_subscribed (subscription));
  forget (server);
}

static void
test_reconnect (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeTimings  timings = test_timings ();
  RealtimeManager *manager;
  g_autoptr (RealtimeSubscription) subscription = NULL;
  gsize before;

  timings.settle = 1;
  manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  realtime_manager_connect (manager);
  subscription = realtime_manager_subscribe (manager, "plan", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (subscription));
  for (guint i = 0; i < 3; i++)
    reconnect_round (server, subscription);
  before = heap_size ();
  for (guint i = 0; i < test_times (10); i++)
    reconnect_round (server, subscription);
  check_flat (before);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/memory/subscribe", test_subscribe);
  g_test_add_func ("/memory/reconnect", test_reconnect);

  return g_test_run ();
}
