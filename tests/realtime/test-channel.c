/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

static void
note_joined_cb (RealtimeSubscription *subscription,
                const char           *response,
                GPtrArray            *notes)
{
  g_ptr_array_add (notes, g_strdup_printf ("joined %s", response));
}

static void
note_message_cb (RealtimeSubscription *subscription,
                 RealtimeMessage      *message,
                 GPtrArray            *notes)
{
  g_ptr_array_add (notes, g_strdup_printf ("%s %s %.*s", message->topic, message->event, (int) message->payload_len,
                                           message->payload));
}

static RealtimeSubscription *
subscribe (RealtimeManager *manager,
           const char      *topic,
           const char      *event,
           GPtrArray       *notes)
{
  RealtimeSubscription *subscription = realtime_manager_subscribe (manager, topic, event, NULL, REALTIME_KEEP_ALL);

  g_signal_connect (subscription, "joined", G_CALLBACK (note_joined_cb), notes);
  g_signal_connect (subscription, "message", G_CALLBACK (note_message_cb), notes);

  return subscription;
}

static const char *
note (GPtrArray *notes,
      guint      index)
{
  g_assert_cmpuint (index, <, notes->len);

  return g_ptr_array_index (notes, index);
}

static void
test_join_leave (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  RealtimeSubscription *one = subscribe (manager, "project:p1", "*", notes);

  g_assert_cmpuint (notes->len, ==, 0);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpint (realtime_subscription_get_channel_state (one), ==, REALTIME_CHANNEL_SUBSCRIBED);
  g_assert_cmpuint (stand_in_count (server, "phx_join realtime:project:p1"), ==, 1);
  g_assert_cmpstr (note (notes, 0), ==, "joined {\"postgres_changes\":[]}");
  g_assert_cmpstr (g_ptr_array_index (server->tokens, 0), ==, "phx_join none");

  stand_in_broadcast (server, "project:p1", "CANVAS_CHANGE", "{\"rev\":1}");
  stand_in_send_text (
      server,
      "[null,null,\"realtime:project:p1\",\"broadcast\",{\"type\":\"broadcast\",\"event\":\"x\",\"payload\":[1]}]");
  wait_until (notes->len == 3);
  g_assert_cmpstr (note (notes, 1), ==, "project:p1 CANVAS_CHANGE {\"rev\":1}");
  g_assert_cmpstr (note (notes, 2), ==, "project:p1 x [1]");

  g_object_unref (one);
  wait_until (stand_in_count (server, "phx_leave realtime:project:p1") == 1);
  test_end (manager, server);
}

static void
test_second_costs_nothing (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) late_notes = g_ptr_array_new_with_free_func (g_free);
  RealtimeSubscription *one = subscribe (manager, "a", "x", notes);
  RealtimeSubscription *two;
  RealtimeMetrics       metrics;

  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpuint (server->heard->len, ==, 1);
  two = subscribe (manager, "a", "y", late_notes);
  wait_until (realtime_subscription_is_subscribed (two));
  g_assert_cmpstr (note (late_notes, 0), ==, "joined {\"postgres_changes\":[]}");
  realtime_manager_get_metrics (manager, &metrics);
  g_assert_cmpuint (metrics.active_channels, ==, 1);
  g_assert_cmpuint (metrics.total_subscriptions, ==, 2);

  stand_in_broadcast (server, "a", "y", "{}");
  wait_until (late_notes->len == 2);
  g_assert_cmpuint (notes->len, ==, 1); /* another event */

  realtime_subscription_cancel (one);
  wait_quiet (60);
  g_assert_cmpuint (server->heard->len, ==, 1);
  realtime_subscription_set_enabled (two, FALSE);
  wait_until (stand_in_count (server, "phx_leave realtime:a") == 1);
  g_assert_cmpint (realtime_subscription_get_channel_state (two), ==, REALTIME_CHANNEL_CLOSED);
  realtime_subscription_set_enabled (two, TRUE);
  wait_until (realtime_subscription_is_subscribed (two));
  g_assert_cmpuint (stand_in_count (server, "phx_join realtime:a"), ==, 2);

  g_object_unref (one);
  g_object_unref (two);
  test_end (manager, server);
}

static void
message_topic_cb (RealtimeManager *manager,
                  RealtimeMessage *message,
                  guint           *n)
{
  g_assert_cmpstr (message->topic, ==, "a");
  (*n)++;
}

static void
test_detailed_signal (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RealtimeSubscription) one = subscribe (manager, "a", "*", notes);
  g_autoptr (RealtimeSubscription) two = subscribe (manager, "b", "*", notes);
  guint n = 0;

  g_signal_connect (manager, "message::a", G_CALLBACK (message_topic_cb), &n);
  wait_until (realtime_subscription_is_subscribed (one) && realtime_subscription_is_subscribed (two));
  stand_in_broadcast (server, "b", "x", "{}");
  stand_in_broadcast (server, "nobody", "x", "{}");
  stand_in_broadcast (server, "a", "x", "{}");
  wait_until (n > 0);
  g_assert_cmpuint (n, ==, 1);

  test_end (manager, server);
}

static void
token_cb (RealtimeTokenRequest *request,
          gpointer              user_data)
{
  gpointer   *data = user_data;
  const char *token = data[1];
  g_autoptr (GError) error = NULL;

  if (token == NULL)
    error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED, "Nobody is signed in");
  realtime_manager_token_ready (data[0], request, token, error);
}

static void
test_private (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  gpointer                     data[2] = { manager, (gpointer) "jwt1" };
  RealtimeSubscription        *one;

  realtime_manager_set_token_provider (manager, token_cb, data, NULL);
  one = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpstr (g_ptr_array_index (server->tokens, 0), ==, "phx_join jwt1");

  /* A refreshed token is pushed once; the same again is not. */
  realtime_manager_set_token (manager, "jwt2");
  wait_until (server->tokens->len == 2);
  g_assert_cmpstr (g_ptr_array_index (server->tokens, 1), ==, "access_token jwt2");
  realtime_manager_set_token (manager, "jwt2");
  wait_quiet (60);
  g_assert_cmpuint (server->tokens->len, ==, 2);

  g_object_unref (one);
  test_end (manager, server);
}

static void
answer_cb (RealtimeTokenRequest *request,
           gpointer              user_data)
{
  gpointer        *data = user_data;
  guint            n = GPOINTER_TO_UINT (data[1]) + 1;
  g_autofree char *token = g_strdup_printf ("jwt%u", n);

  data[1] = GUINT_TO_POINTER (n);
  realtime_manager_token_ready (data[0], request, token, NULL);
}

/* An expired token is asked for anew at once, but only once. */
static void
test_private_expired (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  gpointer                     data[2] = { manager, NULL };
  RealtimeSubscription        *one;

  realtime_manager_set_token_provider (manager, answer_cb, data, NULL);
  server->refuses_joins = g_strdup ("InvalidJWTToken: Token has expired 60 seconds ago");
  one = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (server->tokens->len == 2);
  wait_quiet (100);
  g_assert_cmpuint (server->tokens->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (server->tokens, 0), !=, g_ptr_array_index (server->tokens, 1));
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);

  g_clear_pointer (&server->refuses_joins, g_free);
  realtime_manager_set_token (manager, "fresh");
  wait_until (realtime_subscription_is_subscribed (one));

  g_object_unref (one);
  test_end (manager, server);
}

/* The token of one server is no business of another. */
static void
test_private_moved (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *first = stand_in_new (0);
  StandIn                     *second = stand_in_new (0);
  RealtimeManager             *manager = test_manager (first);
  RealtimeSubscription        *one;

  realtime_manager_set_token (manager, "jwt");
  one = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));
  realtime_manager_set_endpoint (manager, second->url, "a key&more");
  wait_until (realtime_subscription_get_error (one) != NULL);
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (second->tokens->len, ==, 0);

  g_object_unref (one);
  stand_in_free (first);
  test_end (manager, second);
}

static void
test_private_without_session (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  RealtimeSubscription        *one = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);

  wait_until (realtime_subscription_get_error (one) != NULL);
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpint (realtime_subscription_get_channel_state (one), ==, REALTIME_CHANNEL_ERROR_STATE);
  wait_quiet (80);
  g_assert_cmpuint (server->heard->len, ==, 0); /* no frame was sent */

  realtime_manager_set_token (manager, "jwt");
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_no_error (realtime_subscription_get_error (one));

  g_object_unref (one);
  test_end (manager, server);
}

static void
test_provider_without_session (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  gpointer         data[2] = { manager, NULL };

  realtime_manager_set_token_provider (manager, token_cb, data, NULL);
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_ERROR);
  g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpint (realtime_manager_get_retry_at (manager), ==, 0);
  wait_quiet (60);
  g_assert_cmpuint (server->n_handshakes, ==, 0);

  data[1] = (gpointer) "jwt";
  realtime_manager_set_token (manager, "jwt");
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_CONNECTED);
  test_end (manager, server);
}

static void
test_refused (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one;

  /* Fatal: said once, not tried again until somebody says so. */
  server->refuses_joins = g_strdup ("Unauthorized: You do not have permissions to read from this Channel topic: a");
  one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_get_error (one) != NULL);
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED);
  wait_quiet (100);
  g_assert_cmpuint (server->heard->len, ==, 1);

  /* Transient: tried again by the backoff. */
  g_free (server->refuses_joins);
  server->refuses_joins = g_strdup ("DatabaseLackOfConnections: later");
  realtime_manager_connect (manager);
  wait_until (server->heard->len >= 4);
  g_clear_pointer (&server->refuses_joins, g_free);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_no_error (realtime_subscription_get_error (one));

  g_object_unref (one);
  test_end (manager, server);
}

static void
test_join_timeout (void)
{
  RealtimeTimings       timings = test_timings ();
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager;
  RealtimeSubscription *one;

  timings.join = 60;
  manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  realtime_manager_connect (manager);
  server->holds_joins = TRUE;
  one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_get_error (one) != NULL);
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_TIMEOUT);
  wait_until (stand_in_count (server, "phx_leave realtime:a") > 0);
  server->holds_joins = FALSE;
  wait_until (realtime_subscription_is_subscribed (one));

  g_object_unref (one);
  test_end (manager, server);
}

static void
test_one_join_at_a_time (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  RealtimeSubscription *two = realtime_manager_subscribe (manager, "b", "*", NULL, REALTIME_KEEP_ALL);
  g_autofree char      *reply = NULL;

  server->holds_joins = TRUE;
  wait_until (server->heard->len == 1);
  wait_quiet (60);
  g_assert_cmpuint (server->heard->len, ==, 1);
  server->holds_joins = FALSE;
  /* "phx_join realtime:…": any of them may be the first. */
  reply = g_strdup_printf ("[\"1\",\"1\",\"%s\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]",
                           strchr (g_ptr_array_index (server->heard, 0), ' ') + 1);
  stand_in_send_text (server, reply);
  wait_until (realtime_subscription_is_subscribed (one) && realtime_subscription_is_subscribed (two));

  g_object_unref (one);
  g_object_unref (two);
  test_end (manager, server);
}

static void
test_stale (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  RealtimeSubscription *one = subscribe (manager, "a", "*", notes);

  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpuint (server->last_join_ref, ==, 1);
  stand_in_send_text (server, "[\"900\",\"900\",\"realtime:a\",\"phx_close\",{}]");
  stand_in_send_text (server, "[\"900\",\"900\",\"realtime:a\",\"phx_error\",{}]");
  stand_in_send_text (server, "[null,null,\"realtime:a\",\"phx_close\",{}]");
  stand_in_send_text (server, "[\"900\",null,\"realtime:a\",\"broadcast\",{\"event\":\"old\",\"payload\":{}}]");
  stand_in_send_text (server, "[\"1\",null,\"realtime:a\",\"broadcast\",{\"event\":\"new\",\"payload\":{}}]");
  wait_until (notes->len == 2);
  g_assert_cmpstr (note (notes, 1), ==, "a new {}");
  g_assert_true (realtime_subscription_is_subscribed (one));

  g_object_unref (one);
  test_end (manager, server);
}

/* A close that nobody asked for, and a crash, are healed; each rejoin is told. */
static void
test_healed (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  RealtimeSubscription *one = subscribe (manager, "a", "*", notes);

  wait_until (notes->len == 1);
  stand_in_send_text (server, "[\"1\",\"1\",\"realtime:a\",\"phx_close\",{}]");
  wait_until (realtime_subscription_get_error (one) != NULL);
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);
  g_assert_false (realtime_subscription_is_subscribed (one));
  wait_until (notes->len == 2);

  {
    g_autofree char *crash = g_strdup_printf ("[\"%" G_GUINT64_FORMAT "\",\"%" G_GUINT64_FORMAT
                                              "\",\"realtime:a\",\"phx_error\",{\"reason\":\"channel_crash\"}]",
                                              server->last_join_ref, server->last_join_ref);

    stand_in_send_text (server, crash);
  }
  wait_until (notes->len == 3);

  /* What the server said just before decides: no right to read is final. */
  {
    g_autofree char *said = g_strdup_printf ("[\"%" G_GUINT64_FORMAT
                                             "\",null,\"realtime:a\",\"system\",{\"status\":\"error\",\"message\":"
                                             "\"You no longer have permission to read from this Channel topic: a\"}]",
                                             server->last_join_ref);
    g_autofree char *closed =
        g_strdup_printf ("[\"%" G_GUINT64_FORMAT "\",\"%" G_GUINT64_FORMAT "\",\"realtime:a\",\"phx_close\",{}]",
                         server->last_join_ref, server->last_join_ref);

    stand_in_send_text (server, said);
    stand_in_send_text (server, closed);
  }
  wait_until (realtime_subscription_get_error (one) != NULL);
  wait_quiet (120);
  g_assert_cmpuint (stand_in_count (server, "phx_join realtime:a"), ==, 3);
  g_assert_cmpint (realtime_subscription_get_channel_state (one), ==, REALTIME_CHANNEL_ERROR_STATE);

  g_object_unref (one);
  test_end (manager, server);
}

static void
test_leave_before_join (void)
{
  RealtimeTimings       timings = test_timings ();
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager;
  RealtimeSubscription *one;

  timings.leave = 800;
  manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  realtime_manager_connect (manager);
  one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));

  /* Within one turn: nothing at all is sent. */
  g_object_unref (one);
  one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpuint (server->heard->len, ==, 1);

  /* The join waits for the answer to the leave, but not for ever. */
  server->holds_leaves = TRUE;
  g_object_unref (one);
  wait_until (server->heard->len == 2);
  one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  wait_quiet (60);
  g_assert_cmpuint (server->heard->len, ==, 2);
  wait_until (realtime_subscription_is_subscribed (one));

  g_object_unref (one);
  test_end (manager, server);
}

static void
unsubscribe_cb (RealtimeSubscription *subscription,
                RealtimeMessage      *message,
                gpointer              user_data)
{
  gpointer *data = user_data;

  g_clear_object ((RealtimeSubscription **) &data[0]);
  g_clear_object ((RealtimeSubscription **) &data[1]);
}

static void
test_unsubscribe_inside (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  gpointer              data[2];
  RealtimeSubscription *third;

  data[0] = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  data[1] = subscribe (manager, "a", "*", notes);
  third = subscribe (manager, "a", "*", notes);
  g_signal_connect (data[0], "message", G_CALLBACK (unsubscribe_cb), data);
  wait_until (notes->len == 2);

  stand_in_broadcast (server, "a", "x", "{}");
  wait_until (notes->len == 3);
  g_assert_null (data[0]);
  g_assert_null (data[1]); /* and it has heard nothing */
  wait_quiet (40);
  g_assert_cmpuint (notes->len, ==, 3);

  g_object_unref (third);
  wait_until (stand_in_count (server, "phx_leave realtime:a") == 1);
  test_end (manager, server);
}

static void
test_thousand (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  RealtimeMetrics metrics;

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *topic = g_strdup_printf ("t%u", i % 90);

      g_ptr_array_add (all, realtime_manager_subscribe (manager, topic, "x", NULL, REALTIME_KEEP_LATEST));
      if (i % 3 == 0)
        g_ptr_array_remove_index_fast (all, i % all->len);
      if (i % 50 == 0)
        while (g_main_context_iteration (NULL, FALSE))
          ;
    }
  wait_until ((realtime_manager_get_metrics (manager, &metrics), metrics.active_channels == 90));
  g_assert_cmpuint (metrics.total_subscriptions, ==, all->len);

  g_ptr_array_set_size (all, 0);
  wait_until ((realtime_manager_get_metrics (manager, &metrics), metrics.active_channels == 0));
  g_assert_cmpuint (metrics.total_subscriptions, ==, 0);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/channel/join-leave", test_join_leave);
  g_test_add_func ("/channel/second-costs-nothing", test_second_costs_nothing);
  g_test_add_func ("/channel/detailed-signal", test_detailed_signal);
  g_test_add_func ("/channel/private/token", test_private);
  g_test_add_func ("/channel/private/expired", test_private_expired);
  g_test_add_func ("/channel/private/moved", test_private_moved);
  g_test_add_func ("/channel/private/without-session", test_private_without_session);
  g_test_add_func ("/channel/private/provider-without-session", test_provider_without_session);
  g_test_add_func ("/channel/refused", test_refused);
  g_test_add_func ("/channel/join-timeout", test_join_timeout);
  g_test_add_func ("/channel/one-join-at-a-time", test_one_join_at_a_time);
  g_test_add_func ("/channel/stale", test_stale);
  g_test_add_func ("/channel/healed", test_healed);
  g_test_add_func ("/channel/leave-before-join", test_leave_before_join);
  g_test_add_func ("/channel/unsubscribe-inside", test_unsubscribe_inside);
  g_test_add_func ("/channel/thousand", test_thousand);

  return g_test_run ();
}
