/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

static void
note_state_cb (RealtimeManager *manager,
               GParamSpec      *pspec,
               GString         *states)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (REALTIME_TYPE_CONNECTION_STATE);

  g_string_append_printf (states, "%s ",
                          g_enum_get_value (klass, (int) realtime_manager_get_connection_state (manager))->value_nick);
  g_assert_cmpstr (realtime_manager_get_cause (manager), !=, "");
}

static RealtimeManager *
manager_with (StandIn               *server,
              const RealtimeTimings *timings)
{
  RealtimeManager *manager = realtime_manager_new_with_timings (timings);

  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  realtime_manager_connect (manager);

  return manager;
}

static gboolean
is_connected (RealtimeManager *manager)
{
  return realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_CONNECTED;
}

static void
test_connect (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = realtime_manager_new ();
  g_autoptr (GString) states = g_string_new (NULL);
  RealtimeMetrics metrics;

  g_signal_connect (manager, "notify::connection-state", G_CALLBACK (note_state_cb), states);
  /* In either order. */
  realtime_manager_connect (manager);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (realtime_manager_get_connection_state (manager), ==, REALTIME_CONNECTION_DISCONNECTED);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  g_assert_cmpuint (states->len, ==, 0); /* nothing from inside a call */
  wait_until (is_connected (manager));
  g_assert_cmpstr (states->str, ==, "connecting connected ");
  g_assert_no_error (realtime_manager_get_last_error (manager));
  g_assert_cmpint (realtime_manager_get_retry_at (manager), ==, 0);

  /* Once more changes nothing. */
  realtime_manager_connect (manager);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  wait_quiet (50);
  g_assert_cmpuint (server->n_handshakes, ==, 1);
  realtime_manager_get_metrics (manager, &metrics);
  g_assert_cmpint (metrics.connection_uptime_us, >, 0);
  g_assert_cmpuint (metrics.messages_received, ==, 1);
  g_assert_cmpuint (metrics.reconnection_count, ==, 0);

  test_end (manager, server);
}

static void
test_reconnect (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  g_autoptr (GString) states = g_string_new (NULL);
  RealtimeMetrics metrics;

  g_signal_connect (manager, "notify::connection-state", G_CALLBACK (note_state_cb), states);
  wait_until (realtime_subscription_is_subscribed (one));

  stand_in_cut (server);
  wait_until (!realtime_subscription_is_subscribed (one));
  g_assert_cmpint (realtime_manager_get_connection_state (manager), ==, REALTIME_CONNECTION_RECONNECTING);
  g_assert_cmpint (realtime_manager_get_retry_at (manager), >, 0);
  g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
  g_assert_cmpstr (realtime_manager_get_cause (manager), ==, realtime_manager_get_last_error (manager)->message);

  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpstr (states->str, ==, "connecting connected reconnecting connected ");
  g_assert_cmpuint (stand_in_count (server, "phx_join realtime:a"), ==, 2);
  realtime_manager_get_metrics (manager, &metrics);
  g_assert_cmpuint (metrics.reconnection_count, ==, 1);

  /* A polite close is not what we wanted either, whatever its code. */
  soup_websocket_connection_close (g_ptr_array_index (server->sockets, 0), 1000, NULL);
  wait_until (stand_in_count (server, "phx_join realtime:a") == 3);

  g_object_unref (one);
  test_end (manager, server);
}

/* The server is gone for long: the state says so, and it is still tried. */
static void
test_gone (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  const guint      port = server->port;

  wait_until (is_connected (manager));
  stand_in_free (server);
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_ERROR);
  g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
  g_assert_cmpint (realtime_manager_get_retry_at (manager), >, 0);

  /* It comes back at the same place, and the application knows. */
  server = stand_in_new (port);
  realtime_manager_connect (manager);
  wait_until (is_connected (manager));
  test_end (manager, server);
}

static void
test_connect_ends_wait (void)
{
  RealtimeTimings  timings = test_timings ();
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager;
  gint64           start;

  timings.retry = 60000;
  manager = manager_with (server, &timings);
  wait_until (is_connected (manager));
  stand_in_cut (server);
  wait_until (!is_connected (manager));
  start = g_get_monotonic_time ();
  realtime_manager_connect (manager);
  wait_until (is_connected (manager));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 30 * G_USEC_PER_SEC);

  /* So does the machine when it wakes up. */
  stand_in_cut (server);
  wait_until (!is_connected (manager));
  realtime_manager_wake (manager);
  wait_until (is_connected (manager));
  test_end (manager, server);
}

static void
test_move (void)
{
  StandIn              *first = stand_in_new (0);
  StandIn              *second = stand_in_new (0);
  RealtimeManager      *manager = test_manager (first);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);

  wait_until (realtime_subscription_is_subscribed (one));
  realtime_manager_set_endpoint (manager, second->url, "a key&more");
  g_assert_true (realtime_subscription_is_subscribed (one)); /* nothing from inside a call */
  wait_until (stand_in_count (second, "phx_join realtime:a") == 1 && realtime_subscription_is_subscribed (one));
  wait_until (stand_in_count (first, "close 1000") == 1);
  stand_in_broadcast (second, "a", "x", "{}");

  realtime_manager_set_endpoint (manager, "nonsense", "k");
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_ERROR);
  g_assert_cmpint (realtime_manager_get_retry_at (manager), ==, 0);
  wait_until (stand_in_count (second, "close 1000") == 1);
  realtime_manager_set_endpoint (manager, first->url, "a key&more");
  wait_until (realtime_subscription_is_subscribed (one));

  g_object_unref (one);
  stand_in_free (second);
  test_end (manager, first);
}

static void
test_status (void)
{
  static const struct
  {
    guint    status;
    int      code;
    gboolean is_retried;
  } cases[] = {
    { 401, REALTIME_ERROR_AUTHENTICATION_FAILED, FALSE },
    { 403, REALTIME_ERROR_AUTHENTICATION_FAILED, FALSE },
    { 404, REALTIME_ERROR_CONNECTION_FAILED, FALSE },
    { 429, REALTIME_ERROR_CHANNEL_ERROR, TRUE },
    { 500, REALTIME_ERROR_CONNECTION_FAILED, TRUE },
    { 503, REALTIME_ERROR_CONNECTION_FAILED, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      StandIn         *server = stand_in_new (0);
      RealtimeManager *manager = test_manager (server);

      server->status = cases[i].status;
      wait_until (realtime_manager_get_last_error (manager) != NULL);
      g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, cases[i].code);
      if (cases[i].is_retried)
        {
          wait_until (server->n_handshakes >= 3);
        }
      else
        {
          g_assert_cmpint (realtime_manager_get_connection_state (manager), ==, REALTIME_CONNECTION_ERROR);
          g_assert_cmpint (realtime_manager_get_retry_at (manager), >, g_get_monotonic_time () + 200 * G_USEC_PER_SEC);
          wait_quiet (80);
          g_assert_cmpuint (server->n_handshakes, ==, 1);
          /* Another network may have no portal. */
          realtime_manager_wake (manager);
          wait_until (server->n_handshakes == 2);
          wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_ERROR);
        }
      server->status = 0;
      realtime_manager_connect (manager);
      wait_until (is_connected (manager));
      test_end (manager, server);
    }
}

/* What looks final may be a server that is being moved. */
static void
test_refused (void)
{
  RealtimeTimings  timings = test_timings ();
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager;

  timings.refused = 20;
  server->status = 404;
  manager = manager_with (server, &timings);
  wait_until (server->n_handshakes >= 3);
  server->status = 0;
  wait_until (is_connected (manager));
  test_end (manager, server);
}

static void
test_heartbeat (void)
{
  RealtimeTimings  timings = test_timings ();
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager;
  g_autoptr (GString) states = g_string_new (NULL);
  RealtimeMetrics metrics;

  timings.heartbeat = 40;
  timings.deadline = 2000;
  manager = manager_with (server, &timings);
  g_signal_connect (manager, "notify::connection-state", G_CALLBACK (note_state_cb), states);
  wait_until ((realtime_manager_get_metrics (manager, &metrics), metrics.messages_received >= 5));
  g_assert_cmpuint (server->n_handshakes, ==, 1);
  g_assert_cmpfloat (metrics.average_latency_ms, >, 0.0);

  server->is_mute = TRUE;
  wait_until (!is_connected (manager));
  g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_TIMEOUT);
  server->is_mute = FALSE;
  wait_until (is_connected (manager));
  g_assert_cmpuint (server->n_handshakes, >=, 2);
  test_end (manager, server);
}

/* Open, but it never says a word: that is not connected. */
static void
test_silent (void)
{
  RealtimeTimings  timings = test_timings ();
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager;

  timings.deadline = 40;
  server->is_mute = TRUE;
  manager = manager_with (server, &timings);
  wait_until (server->n_handshakes >= 3);
  g_assert_cmpint (realtime_manager_get_connection_state (manager), ==, REALTIME_CONNECTION_CONNECTING);
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_ERROR);
  test_end (manager, server);
}

static void
test_probe (void)
{
  RealtimeTimings  timings = test_timings ();
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager;

  timings.probe = 60;
  manager = manager_with (server, &timings);
  wait_until (is_connected (manager));
  server->is_mute = TRUE;
  realtime_manager_wake (manager);
  wait_until (!is_connected (manager));
  g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_TIMEOUT);
  server->is_mute = FALSE;
  wait_until (is_connected (manager));
  test_end (manager, server);
}

/* A port that takes the connection and never answers. */
static void
test_connect_timeout (void)
{
  RealtimeTimings timings = test_timings ();
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16          port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  RealtimeManager *manager;

  timings.connect = 60;
  manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_endpoint (manager, url, "k");
  realtime_manager_connect (manager);
  wait_until (realtime_manager_get_last_error (manager) != NULL);
  g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_TIMEOUT);
  test_end (manager, NULL);
}

static void
count_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          guint                *n)
{
  (*n)++;
}

static void
test_malformed (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  const gsize           huge_size = REALTIME_FRAME_MAX + 10;
  g_autofree char      *huge = g_strnfill (huge_size, ' ');
  const char            bad_utf8[] = "\x04\x0a\x01\x00\x01realtime:ax{\"s\":\"\xff\"}";
  const char            bad_name[] = "\x04\x0a\x01\x00\x00realtime:a\xff";
  RealtimeMetrics       metrics;
  guint                 n = 0;

  g_signal_connect (one, "message", G_CALLBACK (count_cb), &n);
  wait_until (realtime_subscription_is_subscribed (one));

  for (guint i = 0; i < 3; i++)
    {
      stand_in_send_text (server, "not json");
      stand_in_send_text (server, "{\"a\":1}");
      stand_in_send_text (server, "[null,null,\"realtime:a\",\"broadcast\",{\"event\":\"x\",\"payload\":%{error: 1}}]");
      stand_in_send_raw (server, FALSE, bad_utf8, sizeof bad_utf8 - 1);
      stand_in_send_raw (server, FALSE, bad_name, sizeof bad_name - 1);
      stand_in_send_raw (server, FALSE, "\x09", 1);
      stand_in_send_raw (server, FALSE, "", 0);
      stand_in_send_raw (server, TRUE, huge, huge_size);
    }
  stand_in_send_text (server, "[null,null,\"realtime:a\",\"presence_diff\",{\"joins\":{},\"leaves\":{}}]");
  stand_in_send_text (server, "[null,null,\"elsewhere\",\"x\",{}]");
  stand_in_broadcast (server, "a", "x", "{}");
  wait_until (n == 1);
  realtime_manager_get_metrics (manager, &metrics);
  g_assert_cmpuint (metrics.malformed_frames, ==, 24);
  g_assert_cmpuint (server->n_handshakes, ==, 1);
  g_assert_true (is_connected (manager));

  g_object_unref (one);
  test_end (manager, server);
}

/* libsoup itself gives up on what is far too large; then the connection is made anew. */
static void
test_enormous (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  const gsize      size = REALTIME_INCOMING_MAX + 1;
  g_autofree char *enormous = g_strnfill (size, ' ');

  wait_until (is_connected (manager));
  stand_in_send_raw (server, TRUE, enormous, size);
  wait_until (server->n_handshakes == 2);
  wait_until (is_connected (manager));
  test_end (manager, server);
}

static void
test_latest (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *latest = realtime_manager_subscribe (manager, "a", "cursor", NULL, REALTIME_KEEP_LATEST);
  RealtimeSubscription *all = realtime_manager_subscribe (manager, "a", "op", NULL, REALTIME_KEEP_ALL);
  guint                 n_latest = 0, n_all = 0;

  g_signal_connect (latest, "message", G_CALLBACK (count_cb), &n_latest);
  g_signal_connect (all, "message", G_CALLBACK (count_cb), &n_all);
  wait_until (realtime_subscription_is_subscribed (latest));
  for (guint i = 0; i < 2000; i++)
    {
      stand_in_broadcast (server, "a", "cursor", "{}");
      stand_in_broadcast (server, "a", "op", "{}");
    }
  wait_until (n_all == 2000);
  g_assert_cmpuint (n_latest, >, 0);
  g_assert_cmpuint (n_latest, <, 1000);

  g_object_unref (latest);
  g_object_unref (all);
  test_end (manager, server);
}

/* A server that is not known to be on this machine: the way to ours is another one. */
static RealtimeManager *
far_manager (StandIn *server,
             guint    idle)
{
  RealtimeTimings  timings = test_timings ();
  g_autofree char *url = g_strdup_printf ("http://0.0.0.0:%u", server->port);
  RealtimeManager *manager;

  timings.idle = idle;
  manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_endpoint (manager, url, "a key&more");
  realtime_manager_connect (manager);

  return manager;
}

static void
test_rest (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = far_manager (server, 60);
  RealtimeSubscription *one;

  wait_until (is_connected (manager));
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_DISCONNECTED);
  wait_until (stand_in_count (server, "close 1000") == 1);
  wait_quiet (60);
  g_assert_cmpuint (server->n_handshakes, ==, 1);

  one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));
  wait_quiet (120);
  g_assert_true (is_connected (manager));

  g_object_unref (one);
  wait_until (!is_connected (manager));
  test_end (manager, server);
}

static void
test_joins_spread (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = far_manager (server, 60000);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 start;

  wait_until (is_connected (manager));
  start = g_get_monotonic_time ();
  for (guint i = 0; i < REALTIME_JOIN_BURST + 2; i++)
    {
      g_autofree char *topic = g_strdup_printf ("t%u", i);

      g_ptr_array_add (all, realtime_manager_subscribe (manager, topic, "*", NULL, REALTIME_KEEP_ALL));
    }
  wait_until (server->heard->len == REALTIME_JOIN_BURST + 2);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, REALTIME_JOIN_INTERVAL);

  g_ptr_array_set_size (all, 0);
  test_end (manager, server);
}

static void
shutdown_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  *(int *) user_data = realtime_manager_shutdown_finish (REALTIME_MANAGER (source), result, &error) ? 1 : -1;
}

static void
test_shutdown (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  int                   first = 0, second = 0;

  wait_until (realtime_subscription_is_subscribed (one));
  realtime_manager_shutdown_async (manager, NULL, shutdown_cb, &first);
  realtime_manager_shutdown_async (manager, NULL, shutdown_cb, &second);
  wait_until (first != 0 && second != 0);
  g_assert_cmpint (first, ==, 1);
  g_assert_cmpint (second, ==, -1);
  wait_until (stand_in_count (server, "close 1000") == 1);
  g_assert_cmpuint (stand_in_count (server, "phx_leave realtime:a"), ==, 1);
  g_assert_cmpint (realtime_subscription_get_channel_state (one), ==, REALTIME_CHANNEL_CLOSED);

  /* Of no use, and harmless. */
  realtime_manager_connect (manager);
  realtime_subscription_set_enabled (one, TRUE);
  wait_quiet (30);
  g_assert_cmpuint (server->n_handshakes, ==, 1);
  g_assert_finalize_object (manager);
  realtime_subscription_set_enabled (one, TRUE);
  g_assert_finalize_object (one);
  stand_in_free (server);
}

/* Dropped in the midst of everything, without a word. */
static void
test_dropped (void)
{
  for (guint i = 0; i < 6; i++)
    {
      StandIn              *server = stand_in_new (0);
      RealtimeManager      *manager = test_manager (server);
      RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);

      if (i == 1)
        g_main_context_iteration (NULL, FALSE);
      else if (i == 2)
        wait_until (server->n_handshakes == 1);
      else if (i == 3)
        wait_until (is_connected (manager));
      else if (i == 4)
        wait_until (realtime_subscription_is_subscribed (one));
      else if (i == 5)
        {
          wait_until (is_connected (manager));
          stand_in_cut (server);
        }
      g_assert_finalize_object (manager);
      g_assert_finalize_object (one);
      stand_in_free (server);
    }
}

static void
drop_cb (RealtimeSubscription *subscription,
         RealtimeMessage      *message,
         RealtimeManager     **manager)
{
  g_clear_object (manager);
}

static void
test_dropped_inside (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);

  g_signal_connect (one, "message", G_CALLBACK (drop_cb), &manager);
  wait_until (realtime_subscription_is_subscribed (one));
  for (guint i = 0; i < 10; i++)
    stand_in_broadcast (server, "a", "x", "{}");
  wait_until (manager == NULL);
  g_object_unref (one);
  stand_in_free (server);
}

static void
test_default (void)
{
  RealtimeManager *manager = realtime_manager_get_default ();
  RealtimeManager *held = g_object_ref (manager);
  int              is_down = 0;

  g_assert_true (realtime_manager_get_default () == manager);
  realtime_manager_shutdown_async (manager, NULL, shutdown_cb, &is_down);
  wait_until (is_down != 0);
  g_assert_finalize_object (held);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/connect", test_connect);
  g_test_add_func ("/connection/reconnect", test_reconnect);
  g_test_add_func ("/connection/gone", test_gone);
  g_test_add_func ("/connection/connect-ends-wait", test_connect_ends_wait);
  g_test_add_func ("/connection/move", test_move);
  g_test_add_func ("/connection/status", test_status);
  g_test_add_func ("/connection/refused", test_refused);
  g_test_add_func ("/connection/heartbeat", test_heartbeat);
  g_test_add_func ("/connection/silent", test_silent);
  g_test_add_func ("/connection/probe", test_probe);
  g_test_add_func ("/connection/connect-timeout", test_connect_timeout);
  g_test_add_func ("/connection/malformed", test_malformed);
  g_test_add_func ("/connection/enormous", test_enormous);
  g_test_add_func ("/connection/latest", test_latest);
  g_test_add_func ("/connection/rest", test_rest);
  g_test_add_func ("/connection/joins-spread", test_joins_spread);
  g_test_add_func ("/connection/shutdown", test_shutdown);
  g_test_add_func ("/connection/dropped", test_dropped);
  g_test_add_func ("/connection/dropped-inside", test_dropped_inside);
  g_test_add_func ("/connection/default", test_default);

  return g_test_run ();
}
