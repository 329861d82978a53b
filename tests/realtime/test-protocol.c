/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

/* Protocol 1.0.0: objects instead of arrays, nothing binary, and the server never says which join it means. */

static void
assert_span (TelaJsonSpan span,
             const char  *text)
{
  g_assert_cmpmem (span.data, span.len, text, strlen (text));
}

static void
test_decode (void)
{
  static const struct
  {
    const char       *text;
    RealtimeFrameKind kind;
    guint64           ref;
    const char       *event;
    const char       *payload;
  } cases[] = {
    { "{\"ref\":\"1\",\"event\":\"phx_reply\",\"topic\":\"realtime:a\",\"payload\":{\"status\":\"ok\",\"response\":{}}}",
      REALTIME_FRAME_REPLY, 1, "phx_reply", "{}" },
    { "{\"payload\":{\"response\":\"x\",\"status\":\"ok\"},\"topic\":\"realtime:a\",\"event\":\"phx_reply\",\"ref\":7}",
      REALTIME_FRAME_REPLY, 7, "phx_reply", "\"x\"" },
    { "{\"topic\":\"realtime:a\",\"event\":\"broadcast\",\"payload\":{\"payload\":[1],\"event\":\"op\"},\"ref\":null}",
      REALTIME_FRAME_BROADCAST, 0, "op", "[1]" },
    { "{\"topic\":\"realtime:a\",\"payload\":{\"event\":\"o\\u0070\",\"payload\":{}},\"event\":\"broadcast\",\"x\":[]}",
      REALTIME_FRAME_BROADCAST, 0, "op", "{}" },
    { "{\"topic\":\"realtime:a\",\"event\":\"presence_diff\",\"payload\":{\"joins\":{}},\"ref\":null}",
      REALTIME_FRAME_PRESENCE_DIFF, 0, "presence_diff", "{\"joins\":{}}" },
    { "{\"topic\":\"realtime:a\",\"event\":\"phx_close\",\"payload\":{},\"ref\":\"4\"}", REALTIME_FRAME_CLOSE, 4,
      "phx_close", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (RealtimeFrame) frame = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_true (realtime_frame_decode_object (&frame, cases[i].text, strlen (cases[i].text), &error));
      g_assert_no_error (error);
      g_assert_cmpint (frame.kind, ==, cases[i].kind);
      g_assert_cmpuint (frame.ref, ==, cases[i].ref);
      g_assert_cmpuint (frame.join_ref, ==, 0);
      assert_span (frame.topic, "realtime:a");
      assert_span (frame.event, cases[i].event);
      if (cases[i].payload != NULL)
        assert_span (frame.payload, cases[i].payload);
    }
}

static void
test_decode_bad (void)
{
  static const struct
  {
    const char *text;
    int         code;
  } cases[] = {
    { "", REALTIME_CODEC_ERROR_JSON },
    { "{", REALTIME_CODEC_ERROR_JSON },
    { "[]", REALTIME_CODEC_ERROR_SHAPE },
    { "{}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"a\",\"event\":\"broadcast\"}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"a\",\"payload\":{}}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"a\",\"event\":\"broadcast\",\"payload\":[]}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"a\",\"event\":\"broadcast\",\"payload\":{}}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":1,\"event\":\"broadcast\",\"payload\":{\"event\":\"x\"}}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"\",\"event\":\"phx_reply\",\"payload\":{}}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"a\",\"event\":\"presence_state\",\"payload\":[]}", REALTIME_CODEC_ERROR_SHAPE },
    { "{\"topic\":\"a\",\"event\":\"phx_reply\",\"payload\":{}} x", REALTIME_CODEC_ERROR_JSON },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (RealtimeFrame) frame = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (realtime_frame_decode_object (&frame, cases[i].text, strlen (cases[i].text), &error));
      g_assert_error (error, REALTIME_CODEC_ERROR, cases[i].code);
    }
}

static void
test_encode (void)
{
  g_autoptr (GBytes) frame = realtime_frame_encode_object (0, 7, "phoenix", "heartbeat", "{}");
  gsize       len;
  const char *data = g_bytes_get_data (frame, &len);

  g_assert_cmpmem (data, len,
                   "{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"payload\":{},\"ref\":\"7\",\"join_ref\":null}", 78);
}

static void
count_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          guint                *n)
{
  g_assert_cmpstr (message->event, ==, "op");
  g_assert_cmpmem (message->payload, message->payload_len, "{\"n\":1}", 7);
  (*n)++;
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GError **error = user_data;

  realtime_manager_broadcast_finish (REALTIME_MANAGER (source), result, error);
  if (*error == NULL)
    *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PENDING, "sent");
}

static void
test_live (void)
{
  const RealtimeChannelOptions options = { .ack = TRUE };
  RealtimeTimings              timings = test_timings ();
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = realtime_manager_new_with_timings (&timings);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x89PNG", 4);
  g_autoptr (GError) sent = NULL;
  g_autoptr (GError) refused = NULL;
  RealtimeSubscription *one;
  guint                 n = 0;

  realtime_manager_set_protocol (manager, REALTIME_PROTOCOL_1_0_0);
  realtime_manager_set_endpoint (manager, server->url, "a key&more");
  realtime_manager_connect (manager);
  one = realtime_manager_subscribe (manager, "a", "op", &options, REALTIME_KEEP_ALL);
  g_signal_connect (one, "message", G_CALLBACK (count_cb), &n);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpint (server->protocol, ==, REALTIME_PROTOCOL_1_0_0);

  stand_in_send (server, 0, 0, "realtime:a", "broadcast",
                 "{\"event\":\"op\",\"type\":\"broadcast\",\"payload\":{\"n\":1}}");
  wait_until (n == 1);

  realtime_manager_broadcast_async (manager, "a", "op", "{\"n\":2}", NULL, done_cb, &sent);
  wait_until (sent != NULL);
  g_assert_error (sent, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_cmpstr (stand_in_last (server, "broadcast"), ==,
                   "broadcast {\"type\":\"broadcast\",\"event\":\"op\",\"payload\":{\"n\":2}}");
  realtime_manager_broadcast_bytes_async (manager, "a", "op", bytes, NULL, done_cb, &refused);
  wait_until (refused != NULL);
  g_assert_error (refused, REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);

  /* A close of another join is not ours. */
  stand_in_send (server, 0, 99, "realtime:a", "phx_close", "{}");
  wait_quiet (60);
  g_assert_true (realtime_subscription_is_subscribed (one));
  stand_in_send (server, 0, server->last_join_ref, "realtime:a", "phx_close", "{}");
  wait_until (stand_in_count (server, "phx_join realtime:a") == 2);
  wait_until (realtime_subscription_is_subscribed (one));

  /* Another protocol is another endpoint. */
  realtime_manager_set_protocol (manager, REALTIME_PROTOCOL_2_0_0);
  wait_until (stand_in_count (server, "phx_join realtime:a") == 3);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpint (server->protocol, ==, REALTIME_PROTOCOL_2_0_0);

  g_object_unref (one);
  test_end (manager, server);
}

static void
bytes_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          guint                *n)
{
  g_assert_false (message->is_json);
  g_assert_cmpmem (message->payload, message->payload_len, "\x89PNG", 4);
  (*n)++;
}

static void
test_bytes (void)
{
  const RealtimeChannelOptions options = { .ack = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  RealtimeSubscription        *one = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x89PNG", 4);
  g_autoptr (GError) sent = NULL;
  guint n = 0;

  g_signal_connect (one, "message", G_CALLBACK (bytes_cb), &n);
  wait_until (realtime_subscription_is_subscribed (one));
  realtime_manager_broadcast_bytes_async (manager, "a", "thumb", bytes, NULL, done_cb, &sent);
  wait_until (sent != NULL);
  g_assert_error (sent, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_assert_cmpuint (stand_in_count (server, "broadcast realtime:a thumb \x89PNG"), ==, 1);
  stand_in_send_raw (server, FALSE, "\x04\x0a\x05\x00\x00realtime:athumb\x89PNG", 24);
  wait_until (n == 1);

  g_object_unref (one);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/1/decode", test_decode);
  g_test_add_func ("/protocol/1/decode-bad", test_decode_bad);
  g_test_add_func ("/protocol/1/encode", test_encode);
  g_test_add_func ("/protocol/1/live", test_live);
  g_test_add_func ("/protocol/2/bytes", test_bytes);

  return g_test_run ();
}
