/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

enum
{
  WITHOUT_ACK,
  WITH_ACK,
  IMPATIENT,
};

typedef struct
{
  gboolean is_done;
  GError  *error;
} Outcome;

static void
broadcast_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Outcome *outcome = user_data;
  gboolean ok = realtime_manager_broadcast_finish (REALTIME_MANAGER (source), result, &outcome->error);

  g_assert_cmpint (ok, ==, outcome->error == NULL);
  outcome->is_done = TRUE;
}

static void
broadcast (RealtimeManager *manager,
           const char      *topic,
           const char      *event,
           const char      *payload,
           GCancellable    *cancellable,
           Outcome         *outcome)
{
  memset (outcome, 0, sizeof *outcome);
  realtime_manager_broadcast_async (manager, topic, event, payload, cancellable, broadcast_cb, outcome);
  g_assert_false (outcome->is_done); /* never from inside the call */
}

typedef struct
{
  StandIn              *server;
  RealtimeManager      *manager;
  RealtimeSubscription *subscription;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  const RealtimeChannelOptions options = { .ack = GPOINTER_TO_INT (data) != WITHOUT_ACK };
  RealtimeTimings              timings = test_timings ();

  if (GPOINTER_TO_INT (data) == IMPATIENT)
    timings.reply = 100;
  fixture->server = stand_in_new (0);
  fixture->manager = realtime_manager_new_with_timings (&timings);
  realtime_manager_set_endpoint (fixture->manager, fixture->server->url, "a key&more");
  realtime_manager_connect (fixture->manager);
  fixture->subscription = realtime_manager_subscribe (fixture->manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (fixture->subscription));
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_object_unref (fixture->subscription);
  test_end (fixture->manager, fixture->server);
}

static void
test_ack (Fixture      *fixture,
          gconstpointer data)
{
  Outcome         outcome;
  RealtimeMetrics metrics;

  broadcast (fixture->manager, "a", "op", "{\"id\":1}", NULL, &outcome);
  wait_until (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (stand_in_count (fixture->server, "broadcast realtime:a op {\"id\":1}"), ==, 1);
  realtime_manager_get_metrics (fixture->manager, &metrics);
  g_assert_cmpfloat (metrics.average_latency_ms, >, 0.0);
  g_assert_cmpuint (metrics.messages_sent, >, 0);
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const responses[] = { "\"payload_size_exceeded\"", "{\"error\":\"payload_size_exceeded\"}",
                                           "{\"reason\":\"payload_size_exceeded\"}" };
  Outcome                  outcome;

  for (guint i = 0; i < G_N_ELEMENTS (responses); i++)
    {
      g_free (fixture->server->refuses_broadcasts);
      fixture->server->refuses_broadcasts = g_strdup (responses[i]);
      broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
      wait_until (outcome.is_done);
      g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);
      g_assert_nonnull (strstr (outcome.error->message, "payload_size_exceeded"));
      g_clear_error (&outcome.error);
    }
  g_assert_true (realtime_subscription_is_subscribed (fixture->subscription));
}

/* The server has forgotten the channel: it is joined again. */
static void
test_unmatched (Fixture      *fixture,
                gconstpointer data)
{
  Outcome outcome;

  fixture->server->refuses_broadcasts = g_strdup ("{\"reason\":\"unmatched topic\"}");
  broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);
  g_clear_error (&outcome.error);
  wait_until (stand_in_count (fixture->server, "phx_join realtime:a") == 2);
  wait_until (realtime_subscription_is_subscribed (fixture->subscription));
}

static void
test_timeout (Fixture      *fixture,
              gconstpointer data)
{
  Outcome outcome;

  fixture->server->holds_replies = TRUE;
  broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_TIMEOUT);
  g_clear_error (&outcome.error);
}

static void
test_disconnected (Fixture      *fixture,
                   gconstpointer data)
{
  Outcome outcome;

  fixture->server->holds_replies = TRUE;
  broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
  wait_until (stand_in_count (fixture->server, "broadcast realtime:a op {}") == 1);
  stand_in_cut (fixture->server);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
  g_clear_error (&outcome.error);

  broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
  g_clear_error (&outcome.error);
}

static void
test_left (Fixture      *fixture,
           gconstpointer data)
{
  Outcome outcome;

  fixture->server->holds_replies = TRUE;
  broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
  realtime_subscription_cancel (fixture->subscription);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);
  g_clear_error (&outcome.error);
}

static void
test_cancelled (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome;

  fixture->server->holds_replies = TRUE;
  broadcast (fixture->manager, "a", "op", "{}", cancellable, &outcome);
  g_cancellable_cancel (cancellable);
  g_assert_false (outcome.is_done);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);

  broadcast (fixture->manager, "a", "op", "{}", cancellable, &outcome);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&outcome.error);
}

static void
test_bad (Fixture      *fixture,
          gconstpointer data)
{
  g_autofree char *huge = g_strnfill (REALTIME_FRAME_MAX, ' ');
  g_autofree char *too_large = g_strconcat ("{", huge, "}", NULL);
  g_autofree char *long_name = g_strnfill (256, 'a');
  const char      *cases[][2] = { { "op", "" }, { "op", "[]" }, { "op", "{" }, { "op", "\"text\"" }, { "\xc3\xa9", "{}" }, { "", "{}" }, { long_name, "{}" }, { "op", too_large } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Outcome outcome;

      broadcast (fixture->manager, "a", cases[i][0], cases[i][1], NULL, &outcome);
      wait_until (outcome.is_done);
      g_assert_nonnull (outcome.error);
      g_clear_error (&outcome.error);
    }
  g_assert_cmpuint (fixture->server->heard->len, ==, 1);
}

static void
test_without_ack (Fixture      *fixture,
                  gconstpointer data)
{
  Outcome outcome;

  fixture->server->holds_replies = TRUE;
  broadcast (fixture->manager, "a", "op", "{}", NULL, &outcome);
  wait_until (outcome.is_done);
  g_assert_no_error (outcome.error);

  broadcast (fixture->manager, "elsewhere", "op", "{}", NULL, &outcome);
  wait_until (outcome.is_done);
  g_assert_error (outcome.error, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);
  g_clear_error (&outcome.error);
}

static void
test_now (Fixture      *fixture,
          gconstpointer data)
{
  g_assert_true (realtime_manager_broadcast_now (fixture->manager, "a", "cursor", "{\"x\":1}"));
  g_assert_false (realtime_manager_broadcast_now (fixture->manager, "elsewhere", "cursor", "{}"));
  wait_until (stand_in_count (fixture->server, "broadcast realtime:a cursor {\"x\":1}") == 1);
}

/* Far more than the socket takes at once: what is worth nothing later is dropped, and nothing grows without limit. */
static void
test_now_bounded (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *filler = g_strnfill (100 * 1024, 'x');
  g_autofree char *payload = g_strdup_printf ("{\"x\":\"%s\"}", filler);
  g_autofree char *heard = g_strdup_printf ("broadcast realtime:a cursor %.200s", payload);
  guint            n_sent = 0;

  /* The stand-in reads in this thread, so nothing is read meanwhile. */
  for (guint i = 0; i < 500; i++)
    n_sent += realtime_manager_broadcast_now (fixture->manager, "a", "cursor", payload);
  g_assert_cmpuint (n_sent, >=, 3);
  g_assert_cmpuint (n_sent, <, 500);
  wait_until (stand_in_count (fixture->server, heard) == n_sent);
}

static void
test_order (Fixture      *fixture,
            gconstpointer data)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *payload = g_strdup_printf ("{\"n\":%u}", i);

      g_assert_true (realtime_manager_broadcast_now (fixture->manager, "a", "op", payload));
    }
  wait_until (fixture->server->heard->len == 2001);
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *expected = g_strdup_printf ("broadcast realtime:a op {\"n\":%u}", i);

      g_assert_cmpstr (g_ptr_array_index (fixture->server->heard, i + 1), ==, expected);
    }
}

int
main (int    argc,
      char **argv)
{
  const gconstpointer with_ack = GINT_TO_POINTER (WITH_ACK);

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/broadcast/ack/ok", Fixture, with_ack, set_up, test_ack, tear_down);
  g_test_add ("/broadcast/ack/refused", Fixture, with_ack, set_up, test_refused, tear_down);
  g_test_add ("/broadcast/ack/unmatched", Fixture, with_ack, set_up, test_unmatched, tear_down);
  g_test_add ("/broadcast/ack/timeout", Fixture, GINT_TO_POINTER (IMPATIENT), set_up, test_timeout, tear_down);
  g_test_add ("/broadcast/ack/disconnected", Fixture, with_ack, set_up, test_disconnected, tear_down);
  g_test_add ("/broadcast/ack/left", Fixture, with_ack, set_up, test_left, tear_down);
  g_test_add ("/broadcast/ack/cancelled", Fixture, with_ack, set_up, test_cancelled, tear_down);
  g_test_add ("/broadcast/bad", Fixture, with_ack, set_up, test_bad, tear_down);
  g_test_add ("/broadcast/without-ack", Fixture, GINT_TO_POINTER (WITHOUT_ACK), set_up, test_without_ack, tear_down);
  g_test_add ("/broadcast/now/sent", Fixture, GINT_TO_POINTER (WITHOUT_ACK), set_up, test_now, tear_down);
  g_test_add ("/broadcast/now/bounded", Fixture, GINT_TO_POINTER (WITHOUT_ACK), set_up, test_now_bounded, tear_down);
  g_test_add ("/broadcast/now/order", Fixture, GINT_TO_POINTER (WITHOUT_ACK), set_up, test_order, tear_down);

  return g_test_run ();
}
