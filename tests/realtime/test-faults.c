/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fault-proxy.h"
#include "stand-in.h"

#define N_TOPICS 3

/* A client behind a relay that breaks on demand. It listens to three topics, one of them private. */
typedef struct
{
  StandIn              *server;
  FaultProxy           *proxy;
  RealtimeManager      *manager;
  RealtimeSubscription *subscriptions[N_TOPICS];
  GPtrArray            *heard; /* of text: "topic number" */
  guint                 n_sent;
  guint                 n_joined;
} Fixture;

static const char *const topics[N_TOPICS] = { "plan", "talk", "secret" };

static void
heard_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          Fixture              *fixture)
{
  g_ptr_array_add (fixture->heard,
                   g_strdup_printf ("%s %.*s", message->topic, (int) message->payload_len, message->payload));
}

static void
joined_cb (RealtimeSubscription *subscription,
           const char           *response,
           Fixture              *fixture)
{
  fixture->n_joined++;
}

static gboolean
is_alive (Fixture *fixture)
{
  for (guint i = 0; i < N_TOPICS; i++)
    if (!realtime_subscription_is_subscribed (fixture->subscriptions[i]))
      return FALSE;

  return realtime_manager_get_connection_state (fixture->manager) == REALTIME_CONNECTION_CONNECTED;
}

static guint
count_heard (Fixture    *fixture,
             const char *text)
{
  guint n = 0;

  for (guint i = 0; i < fixture->heard->len; i++)
    n += g_str_equal (g_ptr_array_index (fixture->heard, i), text);

  return n;
}

/* Everything works, and what is said now is heard once. */
static void
check_alive (Fixture *fixture)
{
  const guint first = fixture->heard->len;

  wait_until (is_alive (fixture));
  g_assert_no_error (realtime_manager_get_last_error (fixture->manager));
  fixture->n_sent++;
  for (guint i = 0; i < N_TOPICS; i++)
    {
      g_autofree char *payload = g_strdup_printf ("{\"n\":%u}", fixture->n_sent);

      g_assert_no_error (realtime_subscription_get_error (fixture->subscriptions[i]));
      stand_in_broadcast (fixture->server, topics[i], "x", payload);
    }
  wait_until (fixture->heard->len >= first + N_TOPICS);
  wait_quiet (2);
  g_assert_cmpuint (fixture->heard->len, ==, first + N_TOPICS);
  for (guint i = 0; i < N_TOPICS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%s {\"n\":%u}", topics[i], fixture->n_sent);

      g_assert_cmpuint (count_heard (fixture, text), ==, 1);
    }
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  RealtimeTimings  timings = test_timings ();
  g_autofree char *url = NULL;

  /* A socket that was good for anything starts afresh; silence is noticed soon. */
  timings.settle = 1;
  timings.heartbeat = 100;
  timings.deadline = 2000;
  fixture->server = stand_in_new (0);
  fixture->proxy = fault_proxy_new ((guint16) fixture->server->port);
  fixture->heard = g_ptr_array_new_with_free_func (g_free);
  fixture->manager = realtime_manager_new_with_timings (&timings);
  url = fault_proxy_dup_url (fixture->proxy);
  realtime_manager_set_endpoint (fixture->manager, url, "a key&more");
  realtime_manager_set_token (fixture->manager, "t.o.k");
  realtime_manager_connect (fixture->manager);
  for (guint i = 0; i < N_TOPICS; i++)
    {
      RealtimeChannelOptions options = { .is_private = i == N_TOPICS - 1, .ack = TRUE };

      fixture->subscriptions[i] =
          realtime_manager_subscribe (fixture->manager, topics[i], "*", &options, REALTIME_KEEP_ALL);
      g_signal_connect (fixture->subscriptions[i], "message", G_CALLBACK (heard_cb), fixture);
      g_signal_connect (fixture->subscriptions[i], "joined", G_CALLBACK (joined_cb), fixture);
    }
  check_alive (fixture);
  g_assert_cmpuint (fixture->n_joined, ==, N_TOPICS);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  for (guint i = 0; i < N_TOPICS; i++)
    g_object_unref (fixture->subscriptions[i]);
  test_end (fixture->manager, NULL);
  fault_proxy_free (fixture->proxy);
  stand_in_free (fixture->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_ptr_array_unref (fixture->heard);
}

/* The fault is noticed, and said in these terms. */
static void
check_lost (Fixture      *fixture,
            RealtimeError code)
{
  wait_until (realtime_manager_get_last_error (fixture->manager) != NULL);
  g_assert_error (realtime_manager_get_last_error (fixture->manager), REALTIME_ERROR, (gint) code);
  wait_until (!realtime_subscription_is_subscribed (fixture->subscriptions[0]));
}

static void
test_cut (Fixture      *fixture,
          gconstpointer data)
{
  fault_proxy_cut (fixture->proxy);
  check_lost (fixture, REALTIME_ERROR_CONNECTION_FAILED);
  g_assert_cmpint (realtime_manager_get_connection_state (fixture->manager), ==, REALTIME_CONNECTION_RECONNECTING);
  g_assert_cmpint (realtime_manager_get_retry_at (fixture->manager), >, 0);
  fault_proxy_restore (fixture->proxy);
  check_alive (fixture);
  g_assert_cmpuint (fixture->n_joined, ==, 2 * N_TOPICS);
}

/* A network that is gone for long: the state says so, and it goes on by itself. */
static void
test_long_cut (Fixture      *fixture,
               gconstpointer data)
{
  fault_proxy_cut (fixture->proxy);
  wait_until (realtime_manager_get_connection_state (fixture->manager) == REALTIME_CONNECTION_ERROR);
  g_assert_cmpint (realtime_manager_get_retry_at (fixture->manager), >, 0);
  fault_proxy_restore (fixture->proxy);
  check_alive (fixture);
}

/* Bytes neither come nor go, and nobody says so. */
static void
test_half_open (Fixture      *fixture,
                gconstpointer data)
{
  fault_proxy_stall (fixture->proxy);
  check_lost (fixture, REALTIME_ERROR_TIMEOUT);
  fault_proxy_restore (fixture->proxy);
  check_alive (fixture);
  g_assert_cmpuint (fixture->n_joined, ==, 2 * N_TOPICS);
}

/* A slow line is no fault. */
static void
test_delay (Fixture      *fixture,
            gconstpointer data)
{
  const guint n_handshakes = fixture->server->n_handshakes;

  fault_proxy_set_delay (fixture->proxy, 30);
  for (guint i = 0; i < 3; i++)
    check_alive (fixture);
  g_assert_cmpuint (fixture->server->n_handshakes, ==, n_handshakes);
  g_assert_cmpuint (fixture->n_joined, ==, N_TOPICS);
}

/* Frames that arrive in pieces, headers too; the joins as well. */
static void
test_split (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (3000, 'y');
  g_autofree char *payload = g_strdup_printf ("{\"s\":\"%s\"}", long_text);
  g_autofree char *expected = g_strdup_printf ("plan %s", payload);

  fault_proxy_split (fixture->proxy, 3);
  check_alive (fixture);
  stand_in_broadcast (fixture->server, "plan", "x", payload);
  wait_until (count_heard (fixture, expected) == 1);
  stand_in_cut (fixture->server);
  check_lost (fixture, REALTIME_ERROR_CONNECTION_FAILED);
  check_alive (fixture);
  g_assert_cmpuint (fixture->n_joined, ==, 2 * N_TOPICS);
}

/* What is no WebSocket any more. */
static void
test_garbage (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const all[] = { "\xff\xff\xff\xff\xff\xff\xff\xff", "\x83\x05hello", "\x81\37712345678",
                                     "HTTP/1.1 200 OK\r\n\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      GIOStream *stream = soup_websocket_connection_get_io_stream (g_ptr_array_index (fixture->server->sockets, 0));

      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), all[i], strlen (all[i]), NULL,
                                                NULL, NULL));
      stand_in_cut (fixture->server);
      check_lost (fixture, REALTIME_ERROR_CONNECTION_FAILED);
      check_alive (fixture);
      g_assert_cmpuint (fixture->n_joined, ==, (i + 2) * N_TOPICS);
    }
}

static void
test_codes (Fixture      *fixture,
            gconstpointer data)
{
  static const gushort codes[] = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 4000, 4999 };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *code = g_strdup_printf ("(code %u)", codes[i]);

      soup_websocket_connection_close (g_ptr_array_index (fixture->server->sockets, 0), codes[i], NULL);
      check_lost (fixture, REALTIME_ERROR_CONNECTION_FAILED);
      g_assert_nonnull (strstr (realtime_manager_get_last_error (fixture->manager)->message, code));
      check_alive (fixture);
      g_assert_cmpuint (fixture->n_joined, ==, (i + 2) * N_TOPICS);
    }
}

/* Refused when it comes back: some of it heals by itself, the rest waits for the user. */
static void
test_status (Fixture      *fixture,
             gconstpointer data)
{
  static const struct
  {
    guint         status;
    RealtimeError code;
    gboolean      is_final;
  } all[] = {
    { 401, REALTIME_ERROR_AUTHENTICATION_FAILED, TRUE },
    { 403, REALTIME_ERROR_AUTHENTICATION_FAILED, TRUE },
    { 404, REALTIME_ERROR_CONNECTION_FAILED, TRUE },
    { 429, REALTIME_ERROR_CHANNEL_ERROR, FALSE },
    { 500, REALTIME_ERROR_CONNECTION_FAILED, FALSE },
    { 503, REALTIME_ERROR_CONNECTION_FAILED, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const guint n_handshakes = fixture->server->n_handshakes;

      fixture->server->status = all[i].status;
      stand_in_cut (fixture->server);
      wait_until (fixture->server->n_handshakes > n_handshakes + !all[i].is_final);
      wait_until (g_error_matches (realtime_manager_get_last_error (fixture->manager), REALTIME_ERROR,
                                   (gint) all[i].code) &&
                  (realtime_manager_get_connection_state (fixture->manager) == REALTIME_CONNECTION_ERROR) ==
                      all[i].is_final);
      if (all[i].is_final)
        g_assert_cmpint (realtime_manager_get_retry_at (fixture->manager), >,
                         g_get_monotonic_time () + 100 * G_USEC_PER_SEC);
      fixture->server->status = 0;
      if (all[i].is_final)
        realtime_manager_connect (fixture->manager);
      check_alive (fixture);
    }
}

/* The real server answers a failed join after seconds, and all else waits behind it. */
static void
test_slow_joins (Fixture      *fixture,
                 gconstpointer data)
{
  fault_proxy_set_delay (fixture->proxy, 80);
  fixture->server->refuses_joins = g_strdup ("UnknownErrorOnChannel: it is one of those days");
  stand_in_cut (fixture->server);
  wait_until (realtime_subscription_get_error (fixture->subscriptions[0]) != NULL &&
              realtime_subscription_get_channel_state (fixture->subscriptions[0]) == REALTIME_CHANNEL_ERROR_STATE);
  g_assert_error (realtime_subscription_get_error (fixture->subscriptions[0]), REALTIME_ERROR,
                  REALTIME_ERROR_SUBSCRIPTION_FAILED);
  wait_until (realtime_manager_get_connection_state (fixture->manager) == REALTIME_CONNECTION_CONNECTED);
  g_clear_pointer (&fixture->server->refuses_joins, g_free);
  check_alive (fixture);
  g_assert_cmpuint (fixture->n_joined, ==, 2 * N_TOPICS);
}

/* A broadcast under way when the line breaks fails, and is not sent again. */
static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (realtime_manager_broadcast_finish (REALTIME_MANAGER (source), result, &error));
  g_assert_error (error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
  *(gboolean *) user_data = TRUE;
}

static void
test_broadcast (Fixture      *fixture,
                gconstpointer data)
{
  gboolean has_ended = FALSE;

  fault_proxy_stall (fixture->proxy);
  realtime_manager_broadcast_async (fixture->manager, "plan", "x", "{\"lost\":1}", NULL, ended_cb, &has_ended);
  fault_proxy_cut (fixture->proxy);
  check_lost (fixture, REALTIME_ERROR_CONNECTION_FAILED);
  fault_proxy_restore (fixture->proxy);
  check_alive (fixture);
  g_assert_cmpuint (stand_in_count (fixture->server, "broadcast realtime:plan x {\"lost\":1}"), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/faults/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("cut/short", test_cut);
  ADD ("cut/long", test_long_cut);
  ADD ("half-open", test_half_open);
  ADD ("delay", test_delay);
  ADD ("split", test_split);
  ADD ("garbage", test_garbage);
  ADD ("close-codes", test_codes);
  ADD ("handshake-status", test_status);
  ADD ("slow-joins", test_slow_joins);
  ADD ("broadcast", test_broadcast);

  return g_test_run ();
}
