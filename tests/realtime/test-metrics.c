/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

static TelaJsonSpan
find (const char *text,
      const char *path)
{
  TelaJsonSpan value = { text, strlen (text) };
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (!tela_json_find (value, names[i], &value))
      g_error ("No %s in %s", path, text);

  return value;
}

#define assert_json(text, path, expected)                                               \
  G_STMT_START                                                                          \
  {                                                                                     \
    TelaJsonSpan assert_value = find (text, path);                                      \
    g_assert_cmpmem (assert_value.data, assert_value.len, expected, strlen (expected)); \
  }                                                                                     \
  G_STMT_END

static void
count_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          guint                *n)
{
  (*n)++;
}

/* Every field that a panel shows, and nothing that is a secret. */
static void
test_debug_info (void)
{
  static const char *const fields[] = {
    "connectionState", "cause", "since", "retryAt", "protocol", "channels", "lastError", "recentErrors", "history",
    "metrics/connectionUptime", "metrics/reconnectionCount", "metrics/averageReconnectionTime",
    "metrics/activeChannels", "metrics/totalSubscriptions", "metrics/channelsByTopic", "metrics/subscriptionsByTopic",
    "metrics/messagesReceived", "metrics/messagesSent", "metrics/bytesReceived", "metrics/bytesSent",
    "metrics/malformedFrames", "metrics/ignoredFrames", "metrics/averageLatency", "metrics/latencyP50",
    "metrics/latencyP95", "metrics/latencyP99", "metrics/errorCount", "metrics/errorsByType/CONNECTION_FAILED",
    "metrics/errorsByType/AUTHENTICATION_FAILED", "metrics/errorsByType/SUBSCRIPTION_FAILED",
    "metrics/errorsByType/CHANNEL_ERROR", "metrics/errorsByType/TIMEOUT", "metrics/errorsByType/NETWORK_ERROR"
  };
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  RealtimeSubscription        *one, *two, *refused;
  RealtimeMetrics              metrics;
  guint                        n = 0;
  g_autofree char             *early = realtime_manager_get_debug_info (manager);
  g_autofree char             *info = NULL;
  g_autofree char             *late = NULL;

  assert_json (early, "metrics/averageLatency", "0");
  realtime_manager_set_token (manager, "very-secret");
  one = realtime_manager_subscribe (manager, "a", "x", &options, REALTIME_KEEP_ALL);
  two = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (two));
  g_signal_connect (one, "message", G_CALLBACK (count_cb), &n);
  stand_in_broadcast (server, "a", "x", "{\"private\":\"payload\"}");
  wait_until (n == 1);
  stand_in_send_text (server, "nonsense");
  stand_in_send_raw (server, FALSE, "\x02\x0a\x03realtime:araw\x01", 17);
  wait_until ((realtime_manager_get_metrics (manager, &metrics), metrics.ignored_frames == 1));
  g_assert_cmpuint (metrics.malformed_frames, ==, 1);
  g_assert_cmpfloat (metrics.latency_p50_ms, >, 0.0);
  g_assert_cmpfloat (metrics.latency_p95_ms, >=, metrics.latency_p50_ms);
  g_assert_cmpfloat (metrics.latency_p99_ms, >=, metrics.latency_p95_ms);

  info = realtime_manager_get_debug_info (manager);
  g_assert_true (tela_json_check (info, -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    find (info, fields[i]);
  assert_json (info, "connectionState", "\"connected\"");
  assert_json (info, "metrics/subscriptionsByTopic/a", "2");
  assert_json (info, "metrics/channelsByTopic/a", "1");
  assert_json (info, "lastError", "null");
  g_assert_nonnull (strstr (info, "{\"topic\":\"a\",\"state\":\"subscribed\",\"subscriberCount\":2,\"lastMessage\":1"));
  g_assert_nonnull (strstr (info, "\"subscribers\":[{\"event\":\"x\",\"addedAt\":1"));
  g_assert_null (strstr (info, "secret"));
  g_assert_null (strstr (info, "key&more"));
  g_assert_null (strstr (info, "payload\""));

  server->refuses_joins = g_strdup ("Unauthorized: You do not have permissions");
  refused = realtime_manager_subscribe (manager, "b", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_get_error (refused) != NULL);
  g_clear_pointer (&server->refuses_joins, g_free);
  stand_in_cut (server);
  wait_until (realtime_manager_get_connection_state (manager) != REALTIME_CONNECTION_CONNECTED);
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_CONNECTED);
  realtime_manager_get_metrics (manager, &metrics);
  g_assert_cmpuint (metrics.reconnection_count, ==, 1);
  g_assert_cmpfloat (metrics.average_reconnection_ms, >, 0.0);
  g_assert_cmpuint (metrics.error_count, ==, 2);
  g_assert_cmpuint (metrics.errors_by_type[REALTIME_ERROR_SUBSCRIPTION_FAILED], ==, 1);
  g_assert_cmpuint (metrics.errors_by_type[REALTIME_ERROR_CONNECTION_FAILED], ==, 1);
  late = realtime_manager_get_debug_info (manager);
  assert_json (late, "lastError/type", "\"CONNECTION_FAILED\"");
  assert_json (late, "lastError/retryable", "true");
  g_assert_nonnull (strstr (late, "{\"type\":\"SUBSCRIPTION_FAILED\",\"message\":\"Unauthorized: You do not have permissions\","
                                  "\"retryable\":false"));
  g_assert_nonnull (strstr (late, "\"context\":{\"topic\":\"b\",\"class\":\"F\",\"status\":0,\"retryAt\":null}"));

  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (refused);
  test_end (manager, server);
}

/* What is kept has an end, however long it goes wrong. */
static void
test_bounded (void)
{
  StandIn         *server = stand_in_new (0);
  RealtimeManager *manager = test_manager (server);
  RealtimeMetrics  metrics;
  g_autofree char *info = NULL;
  g_auto (GStrv) errors = NULL;

  server->status = 500;
  for (guint i = 1; i <= 40; i++)
    {
      wait_until ((realtime_manager_get_metrics (manager, &metrics), metrics.error_count >= i));
      realtime_manager_connect (manager);
    }
  info = realtime_manager_get_debug_info (manager);
  errors = g_strsplit (info, "\"status\":500", -1);
  g_assert_cmpuint (g_strv_length (errors) - 1, ==, 33); /* and the last one once more */
  server->status = 0;
  realtime_manager_connect (manager);
  wait_until (realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_CONNECTED);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/metrics/debug-info", test_debug_info);
  g_test_add_func ("/metrics/bounded", test_bounded);

  return g_test_run ();
}
