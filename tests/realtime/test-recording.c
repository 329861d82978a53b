/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

#include "realtime-recorder.h"
#include "realtime-redact.h"

static char *
redact (const char *json)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  realtime_redact ((TelaJsonSpan){ json, strlen (json) }, &writer);

  return g_string_free (out, FALSE);
}

static void
test_redact (void)
{
  static const struct
  {
    const char *from;
    const char *to;
  } cases[] = {
    { "{\"x\":1,\"text\":\"plain\",\"list\":[1.50,null,true]}", "{\"x\":1,\"text\":\"plain\",\"list\":[1.50,null,true]}" },
    { "{\"access_token\":\"abc\",\"refresh-token\":5}", "{\"access_token\":\"[removed]\",\"refresh-token\":\"[removed]\"}" },
    { "{\"apiKey\":{\"a\":1},\"Key\":[1],\"keys\":2}", "{\"apiKey\":\"[removed]\",\"Key\":\"[removed]\",\"keys\":2}" },
    { "{\"a\":[{\"newPass_Word\":\"p\"}]}", "{\"a\":[{\"newPass_Word\":\"[removed]\"}]}" },
    { "{\"to\\u006ben\":\"t\"}", "{\"token\":\"[removed]\"}" },
    { "[\"eyJhbGciOi.eyJz.sig\",\"sb_secret_1\",\"\\u0065yJx\"]", "[\"[removed]\",\"[removed]\",\"[removed]\"]" },
    { "\"come to tela://1.2.3.4/x#code\"", "\"[removed]\"" },
    { "{\"broken\":", "null" },
    { "", "null" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *got = redact (cases[i].from);

      g_assert_cmpstr (got, ==, cases[i].to);
    }
}

/* A frame larger than all that may be kept is not kept either. */
static void
test_limit (void)
{
  RealtimeRecorder *recorder = realtime_recorder_new (1000);
  RealtimeFrame     frame = { .kind = REALTIME_FRAME_BROADCAST, .topic = { "t", 1 }, .event = { "e", 1 }, .is_json = TRUE };
  g_autofree char  *large = g_strnfill (900, '1');
  g_autofree char  *huge = g_strnfill (20000, '1');
  g_autoptr (GBytes) kept = NULL;
  guint   n_frames;
  guint64 n_dropped;

  frame.payload = (TelaJsonSpan){ "{}", 2 };
  for (guint i = 0; i < 100; i++)
    realtime_recorder_add (recorder, FALSE, &frame, 2);
  realtime_recorder_count (recorder, &n_frames, &n_dropped);
  g_assert_cmpuint (n_frames, >, 4);
  g_assert_cmpuint (n_frames + n_dropped, ==, 100);
  kept = realtime_recorder_dup (recorder);
  g_assert_cmpuint (g_bytes_get_size (kept), <=, 1000);

  frame.payload = (TelaJsonSpan){ large, 900 };
  realtime_recorder_add (recorder, FALSE, &frame, 900);
  realtime_recorder_count (recorder, &n_frames, &n_dropped);
  g_assert_cmpuint (n_frames, ==, 0);

  frame.payload = (TelaJsonSpan){ huge, 20000 };
  realtime_recorder_add (recorder, FALSE, &frame, 20000);
  realtime_recorder_count (recorder, &n_frames, &n_dropped);
  g_assert_cmpuint (n_frames, ==, 1);
  realtime_recorder_unref (recorder);
}

static void
check_lines (GBytes *recording)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (recording, NULL), g_bytes_get_size (recording));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i + 1] != NULL; i++)
    g_assert_true (tela_json_check (lines[i], -1, NULL));
  g_assert_nonnull (strstr (text, "\"way\":\"out\""));
  g_assert_nonnull (strstr (text, "\"event\":\"phx_join\""));
  g_assert_nonnull (strstr (text, "\"access_token\":\"[removed]\""));
  g_assert_nonnull (strstr (text, "\"kind\":\"reply\""));
  g_assert_nonnull (strstr (text, "\"kind\":\"malformed\""));
  g_assert_nonnull (strstr (text, "\"kind\":\"broadcast\",\"topic\":\"realtime:a\",\"event\":\"x\",\"payloadSize\":17,\"payload\":{\"n\":1,\"pin\":\"p\"}"));
  g_assert_null (strstr (text, "very-secret"));
}

/* Both ways; nothing before and nothing after. */
static void
test_manager_records (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  RealtimeSubscription        *subscription;
  g_autoptr (GBytes) none = realtime_manager_stop_recording (manager);
  g_autoptr (GBytes) recording = NULL;
  guint   n_frames, n_before;
  guint64 n_dropped;

  g_assert_null (none);
  g_assert_false (realtime_manager_get_recording (manager, &n_frames, &n_dropped));
  realtime_manager_start_recording (manager, 1024 * 1024);
  realtime_manager_set_token (manager, "very-secret");
  subscription = realtime_manager_subscribe (manager, "a", "*", &options, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (subscription));
  g_assert_true (realtime_manager_get_recording (manager, &n_before, &n_dropped));
  stand_in_broadcast (server, "a", "x", "{\"n\":1,\"pin\":\"p\"}");
  stand_in_send_text (server, "nonsense");
  wait_until ((realtime_manager_get_recording (manager, &n_frames, &n_dropped), n_frames >= n_before + 2));
  g_assert_cmpuint (n_dropped, ==, 0);
  recording = realtime_manager_stop_recording (manager);
  check_lines (recording);
  g_assert_false (realtime_manager_get_recording (manager, &n_frames, &n_dropped));

  g_object_unref (subscription);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/recording/redact", test_redact);
  g_test_add_func ("/recording/limit", test_limit);
  g_test_add_func ("/recording/manager", test_manager_records);

  return g_test_run ();
}
