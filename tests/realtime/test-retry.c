/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-backoff.h"
#include "realtime-endpoint.h"
#include "realtime-retry.h"
#include "realtime-types.h"

static void
test_backoff (void)
{
  static const guint steps[] = { 1, 2, 4, 8, 16, 30, 30, 30 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_assert_cmpuint (realtime_backoff_ms (i + 1, 0.0, 1000), ==, steps[i] * 500);
      g_assert_cmpuint (realtime_backoff_ms (i + 1, 0.5, 1000), ==, steps[i] * 1000);
      g_assert_cmpuint (realtime_backoff_ms (i + 1, 0.999999, 1000), <=, steps[i] * 1500);
    }
  g_assert_cmpuint (realtime_backoff_ms (G_MAXUINT, 0.5, 1000), ==, 30000);
}

static void
test_limit (void)
{
  g_assert_cmpuint (realtime_backoff_limit_ms (1, 0.0, 30000), ==, 30000);
  g_assert_cmpuint (realtime_backoff_limit_ms (2, 0.0, 30000), ==, 60000);
  g_assert_cmpuint (realtime_backoff_limit_ms (3, 0.5, 30000), ==, 150000);
  g_assert_cmpuint (realtime_backoff_limit_ms (G_MAXUINT, 0.0, 30000), ==, 300000);
}

static void
test_join_classes (void)
{
  static const struct
  {
    const char   *reason;
    RealtimeRetry retry;
  } cases[] = {
    { "InvalidJWTToken: Token has expired 60 seconds ago", REALTIME_RETRY_TOKEN },
    { "InvalidJWTToken: Fields `role` and `exp` are required in JWT", REALTIME_RETRY_FATAL },
    { "Unauthorized: You do not have permissions to read from this Channel topic: x", REALTIME_RETRY_FATAL },
    { "JwtSignatureError: Failed to validate JWT signature", REALTIME_RETRY_FATAL },
    { "ChannelRateLimitReached: Too many channels", REALTIME_RETRY_LIMIT },
    { "TopicNameRequired: You must provide a topic name", REALTIME_RETRY_INPUT },
    { "DatabaseLackOfConnections: x", REALTIME_RETRY_TRANSIENT },
    { "unmatched topic", REALTIME_RETRY_TRANSIENT },
    { "", REALTIME_RETRY_TRANSIENT },
    { NULL, REALTIME_RETRY_TRANSIENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (realtime_retry_of_join (cases[i].reason), ==, cases[i].retry);
}

static void
test_system_classes (void)
{
  g_assert_cmpint (realtime_retry_of_system ("Token has expired 1 seconds ago"), ==, REALTIME_RETRY_TOKEN);
  g_assert_cmpint (realtime_retry_of_system ("Too many messages per second"), ==, REALTIME_RETRY_LIMIT);
  g_assert_cmpint (realtime_retry_of_system ("You no longer have permission to read"), ==, REALTIME_RETRY_FATAL);
  g_assert_cmpint (realtime_retry_of_system ("Track message size exceeded"), ==, REALTIME_RETRY_INPUT);
  g_assert_cmpint (realtime_retry_of_system ("Query was cancelled, please try again"), ==, REALTIME_RETRY_TRANSIENT);
}

static void
test_reasons (void)
{
  static const char *const cases[][2] = {
    { "{\"reason\":\"unmatched topic\"}", "unmatched topic" },
    { "{\"error\":\"payload_size_exceeded\"}", "payload_size_exceeded" },
    { "\"payload_size_exceeded\"", "payload_size_exceeded" },
    { "{}", NULL },
    { "{\"reason\":5}", NULL },
    { "[1]", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reason = realtime_reason_of_response (cases[i][0]);

      g_assert_cmpstr (reason, ==, cases[i][1]);
    }
  g_assert_null (realtime_reason_of_response (NULL));
}

static void
test_network_errors (void)
{
  static const struct
  {
    GIOErrorEnum from;
    int          to;
  } cases[] = {
    { G_IO_ERROR_CONNECTION_REFUSED, REALTIME_ERROR_CONNECTION_FAILED },
    { G_IO_ERROR_NETWORK_UNREACHABLE, REALTIME_ERROR_NETWORK_ERROR },
    { G_IO_ERROR_HOST_NOT_FOUND, REALTIME_ERROR_NETWORK_ERROR },
    { G_IO_ERROR_TIMED_OUT, REALTIME_ERROR_TIMEOUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) from = g_error_new_literal (G_IO_ERROR, cases[i].from, "why");
      g_autoptr (GError) to = realtime_error_of_network (from);

      g_assert_error (to, REALTIME_ERROR, cases[i].to);
      g_assert_cmpstr (to->message, ==, "why");
    }
}

static void
test_endpoints (void)
{
  static const struct
  {
    const char *url, *uri;
    gboolean    is_loopback;
  } cases[] = {
    { "http://127.0.0.1:4400", "ws://127.0.0.1:4400/realtime/v1/websocket?apikey=k%26%3D%20&vsn=2.0.0", TRUE },
    { "http://localhost:4400/", "ws://localhost:4400/realtime/v1/websocket?apikey=k%26%3D%20&vsn=2.0.0", TRUE },
    { "http://[::1]:1/realtime/v1", "ws://[::1]:1/realtime/v1/websocket?apikey=k%26%3D%20&vsn=2.0.0", TRUE },
    { "https://ref.supabase.co", "wss://ref.supabase.co/realtime/v1/websocket?apikey=k%26%3D%20&vsn=2.0.0", FALSE },
    { "wss://ref.supabase.co/realtime/v1/", "wss://ref.supabase.co/realtime/v1/websocket?apikey=k%26%3D%20&vsn=2.0.0",
      FALSE },
    { "ws://h:4000/socket", "ws://h:4000/socket/websocket?apikey=k%26%3D%20&vsn=2.0.0", FALSE },
    { "ws://h/socket/websocket", "ws://h/socket/websocket?apikey=k%26%3D%20&vsn=2.0.0", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RealtimeEndpoint) endpoint = realtime_endpoint_new (cases[i].url, "k&= ", REALTIME_PROTOCOL_2_0_0, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (endpoint->uri, ==, cases[i].uri);
      g_assert_cmpint (endpoint->is_loopback, ==, cases[i].is_loopback);
    }
}

static void
test_bad_endpoints (void)
{
  static const char *const bad[] = { "", "nonsense", "ftp://host/", "http://", "http://[::1", "/realtime/v1" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (realtime_endpoint_new (bad[i], "k", REALTIME_PROTOCOL_2_0_0, &error));
      g_assert_nonnull (error);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backoff/steps", test_backoff);
  g_test_add_func ("/backoff/limit", test_limit);
  g_test_add_func ("/retry/join", test_join_classes);
  g_test_add_func ("/retry/system", test_system_classes);
  g_test_add_func ("/retry/reasons", test_reasons);
  g_test_add_func ("/retry/network", test_network_errors);
  g_test_add_func ("/endpoint/forms", test_endpoints);
  g_test_add_func ("/endpoint/bad", test_bad_endpoints);

  return g_test_run ();
}
