/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

static guint
count_joins (StandIn *server)
{
  guint n = 0;

  for (guint i = 0; i < server->heard->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (server->heard, i), "phx_join ");

  return n;
}

static GPtrArray *
subscribe_to (RealtimeManager *manager,
              guint            n)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *topic = g_strdup_printf ("t%u", i);

      g_ptr_array_add (out, realtime_manager_subscribe (manager, topic, "*", NULL, REALTIME_KEEP_ALL));
    }

  return out;
}

static gboolean
all_subscribed (GPtrArray *subscriptions,
                guint      n)
{
  for (guint i = 0; i < n; i++)
    if (!realtime_subscription_is_subscribed (g_ptr_array_index (subscriptions, i)))
      return FALSE;

  return TRUE;
}

/* The one too many says so, and takes the place of the first that goes. */
static void
test_channels (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  g_autoptr (GPtrArray) all = subscribe_to (manager, REALTIME_CHANNELS_MAX + 1);
  RealtimeSubscription *last = g_ptr_array_index (all, REALTIME_CHANNELS_MAX);

  wait_until (all_subscribed (all, REALTIME_CHANNELS_MAX));
  g_assert_error (realtime_subscription_get_error (last), REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED);
  g_assert_nonnull (strstr (realtime_subscription_get_error (last)->message, "95"));
  g_assert_cmpint (realtime_subscription_get_channel_state (last), ==, REALTIME_CHANNEL_ERROR_STATE);
  g_assert_cmpuint (count_joins (server), ==, REALTIME_CHANNELS_MAX);

  g_ptr_array_remove_index (all, 0);
  wait_until (realtime_subscription_is_subscribed (last));
  g_assert_no_error (realtime_subscription_get_error (last));
  g_assert_cmpuint (count_joins (server), ==, REALTIME_CHANNELS_MAX + 1);
  test_end (manager, server);
}

/* The server's code says nothing of whether it may be tried again. */
static void
test_close_codes (void)
{
  static const gushort  codes[] = { 1000, 1001, 1002, 1007, 1009, 1011, 1012, 4000 };
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      wait_until (realtime_subscription_is_subscribed (one));
      soup_websocket_connection_close (g_ptr_array_index (server->sockets, 0), codes[i], NULL);
      wait_until (!realtime_subscription_is_subscribed (one));
      g_assert_error (realtime_manager_get_last_error (manager), REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
      realtime_manager_connect (manager);
    }
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpuint (server->n_handshakes, ==, G_N_ELEMENTS (codes) + 1);
  g_object_unref (one);
  test_end (manager, server);
}

static char *
token_until (gint64 exp)
{
  g_autofree char *claims = g_strdup_printf ("{\"role\":\"authenticated\",\"exp\":%" G_GINT64_FORMAT "}", exp);
  g_autofree char *encoded = g_base64_encode ((const guchar *) claims, strlen (claims));

  return g_strdup_printf ("e30.%s.c2ln", encoded);
}

static void
test_token_life (void)
{
  static const char *const silent[] = { "", "opaque", "a.b.c", "..", "e30.e30.e30", "e30.eyJleHAiOiJ4In0.x", "a.b.c.d" };
  g_autofree char         *token = token_until (1000);

  g_assert_cmpint (realtime_token_get_life (token, 400), ==, 600);
  g_assert_cmpint (realtime_token_get_life (token, 1001), ==, -1);
  g_assert_cmpint (realtime_token_get_life ("e30.eyJleHAiOjEuNWUzfQ.x", 1000), ==, 500);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    g_assert_cmpint (realtime_token_get_life (silent[i], 0), ==, G_MAXINT64);
}

/* The server would only refuse it, and hold up everything else meanwhile. */
static void
test_token_expired (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  const gint64                 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char             *old = token_until (now - 1);
  g_autofree char             *fresh = token_until (now + 3600);
  RealtimeSubscription        *one;

  realtime_manager_set_token (manager, old);
  one = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_get_error (one) != NULL);
  g_assert_error (realtime_subscription_get_error (one), REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (server->heard->len, ==, 0);

  realtime_manager_set_token (manager, fresh);
  wait_until (realtime_subscription_is_subscribed (one));
  /* Nor is a joined channel told of one that ends it. */
  realtime_manager_set_token (manager, old);
  wait_quiet (60);
  g_assert_cmpuint (server->tokens->len, ==, 1);
  g_object_unref (one);
  test_end (manager, server);
}

typedef struct
{
  RealtimeManager *manager;
  guint            n_asked;
} Provider;

static void
provide_cb (RealtimeTokenRequest *request,
            gpointer              user_data)
{
  Provider        *provider = user_data;
  const gint64     now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *token = token_until (now + (provider->n_asked++ == 1 ? 30 : 3600));

  realtime_manager_token_ready (provider->manager, request, token, NULL);
}

/* The connection asks once, the join twice, since what it is given first would end while it is joined. */
static void
test_token_short (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeTimings              timings = test_timings ();
  Provider                     provider = { .manager = realtime_manager_new_with_timings (&timings) };
  RealtimeSubscription        *one;

  realtime_manager_set_token_provider (provider.manager, provide_cb, &provider, NULL);
  realtime_manager_set_endpoint (provider.manager, server->url, "a key&more");
  realtime_manager_connect (provider.manager);
  one = realtime_manager_subscribe (provider.manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpuint (provider.n_asked, ==, 3);
  g_assert_cmpuint (server->tokens->len, ==, 1);
  g_object_unref (one);
  test_end (provider.manager, server);
}

static void
test_sign_out (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  RealtimeSubscription        *hidden, *open;

  realtime_manager_set_token (manager, "jwt");
  hidden = realtime_manager_subscribe (manager, "hidden", "*", &options, REALTIME_KEEP_ALL);
  open = realtime_manager_subscribe (manager, "open", "*", NULL, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (hidden) && realtime_subscription_is_subscribed (open));
  realtime_manager_set_token (manager, NULL);
  wait_until (realtime_subscription_get_error (hidden) != NULL);
  g_assert_error (realtime_subscription_get_error (hidden), REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (stand_in_count (server, "phx_leave realtime:hidden"), ==, 1);
  g_assert_true (realtime_subscription_is_subscribed (open));

  realtime_manager_set_token (manager, "jwt2");
  wait_until (realtime_subscription_is_subscribed (hidden));
  g_assert_cmpstr (stand_in_last (server, "phx_join"), ==,
                   "phx_join {\"access_token\":\"jwt2\",\"config\":{\"private\":true,\"broadcast\":{\"self\":false,\"ack\":false}}}");
  g_object_unref (hidden);
  g_object_unref (open);
  test_end (manager, server);
}

static void G_GNUC_NORETURN
forbidden_cb (void)
{
  g_assert_not_reached ();
}

/* Nothing that the application asks for calls it back from inside. */
static void
test_calls (void)
{
  StandIn              *server = stand_in_new (0);
  RealtimeManager      *manager = test_manager (server);
  RealtimeSubscription *one = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  gulong                handlers[3];

  wait_until (realtime_subscription_is_subscribed (one));
  handlers[0] = g_signal_connect (manager, "notify::connection-state", G_CALLBACK (forbidden_cb), NULL);
  handlers[1] = g_signal_connect (manager, "notify::cause", G_CALLBACK (forbidden_cb), NULL);
  handlers[2] = g_signal_connect (one, "notify::is-subscribed", G_CALLBACK (forbidden_cb), NULL);
  stand_in_cut (server);
  realtime_manager_connect (manager);
  realtime_manager_set_token (manager, "jwt");
  realtime_manager_set_endpoint (manager, "http://127.0.0.1:1", "k");
  realtime_manager_set_protocol (manager, REALTIME_PROTOCOL_1_0_0);
  realtime_manager_broadcast_now (manager, "a", "op", "{}");
  realtime_manager_set_protocol (manager, REALTIME_PROTOCOL_2_0_0);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  for (guint i = 0; i < 2; i++)
    g_signal_handler_disconnect (manager, handlers[i]);
  g_signal_handler_disconnect (one, handlers[2]);

  wait_until (realtime_subscription_is_subscribed (one));
  g_object_unref (one);
  test_end (manager, server);
}

static gpointer
call_from_elsewhere (gpointer data)
{
  RealtimeManager *manager = data;

  realtime_manager_connect (manager);

  return NULL;
}

static void
test_other_thread (void)
{
  if (g_test_subprocess ())
    {
      RealtimeManager *manager = realtime_manager_new ();

      g_thread_join (g_thread_new ("elsewhere", call_from_elsewhere, manager));
      g_object_unref (manager);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*is_owner*");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/limits/channels", test_channels);
  g_test_add_func ("/limits/close-codes", test_close_codes);
  g_test_add_func ("/limits/token/life", test_token_life);
  g_test_add_func ("/limits/token/expired", test_token_expired);
  g_test_add_func ("/limits/token/short", test_token_short);
  g_test_add_func ("/limits/sign-out", test_sign_out);
  g_test_add_func ("/limits/calls", test_calls);
  g_test_add_func ("/limits/other-thread", test_other_thread);

  return g_test_run ();
}
