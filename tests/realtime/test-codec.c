/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-codec.h"

#include <string.h>

#include "realtime-private.h"

/* The worked examples of the protocol, byte by byte. */
#define TOPIC_P1 "7265616c74696d653a70726f6a6563743a7031"
#define TOPIC_FAL "7265616c74696d653a66616c5f6a6f62733a7531"
#define TOPIC_A "7265616c74696d653a61"
#define PUSH_JSON "03010113060001"               \
                  "3639" TOPIC_P1 "637572736f72" \
                  "7b2278223a31302c2279223a2d347d"
#define PUSH_RAW "03010213050000"               \
                 "363130" TOPIC_P1 "7468756d62" \
                 "89504e47"
#define CAST_JSON "0414032d01" TOPIC_FAL "6a6f62"                        \
                  "7b226964223a2237633965363637392d373432352d343064652d" \
                  "393434622d653037666331663930616537227d"               \
                  "7b227374617465223a22646f6e65227d"
#define CAST_RAW "0413050000" TOPIC_P1 "7468756d62" \
                 "89504e47"
#define KIND_0 "00010a03"            \
               "36" TOPIC_A "726177" \
               "010203"
#define KIND_1 "01010a" /* cut */
#define KIND_1_WHOLE "0101020a02"          \
                     "36"                  \
                     "3132" TOPIC_A "6f6b" \
                     "010203"
#define KIND_2 "020a03" TOPIC_A "726177" \
               "010203"

static GBytes *
from_hex (const char *hex)
{
  GByteArray *out = g_byte_array_new ();

  for (gsize i = 0; hex[i] != '\0'; i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[i]) << 4 | g_ascii_xdigit_value (hex[i + 1]));

      g_byte_array_append (out, &byte, 1);
    }

  return g_byte_array_free_to_bytes (out);
}

static void
assert_span (TelaJsonSpan span,
             const char  *text)
{
  g_assert_cmpmem (span.data, span.len, text, strlen (text));
}

static gboolean
decode (RealtimeFrame *frame,
        GBytes        *bytes,
        GError       **error)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  return realtime_frame_decode_binary (frame, data, len, error);
}

static void
test_encode_broadcast (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) json = from_hex (PUSH_JSON);
  g_autoptr (GBytes) raw = from_hex (PUSH_RAW);
  g_autoptr (GBytes) made_json = NULL;
  g_autoptr (GBytes) made_raw = NULL;
  const char *payload = "{\"x\":10,\"y\":-4}";

  made_json =
      realtime_frame_encode_broadcast (6, 9, "realtime:project:p1", "cursor", payload, strlen (payload), TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (made_json, json));
  g_assert_cmpuint (g_bytes_get_size (json), ==, 49);

  made_raw = realtime_frame_encode_broadcast (6, 10, "realtime:project:p1", "thumb", "\x89PNG", 4, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (made_raw, raw));
  g_assert_cmpuint (g_bytes_get_size (raw), ==, 38);
}

static void
test_encode_names (void)
{
  g_autofree char *long_name = g_strnfill (256, 'a');
  g_autofree char *fitting = g_strnfill (255, 'a');

  for (guint i = 0; i < 3; i++)
    {
      const char *bad[] = { "", "\xc3\xa9", long_name };
      g_autoptr (GError) error = NULL;

      g_assert_null (realtime_frame_encode_broadcast (1, 2, "realtime:a", bad[i], "{}", 2, TRUE, &error));
      g_assert_error (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_NAME);
      g_clear_error (&error);
      g_assert_null (realtime_frame_encode_broadcast (1, 2, bad[i], "e", "{}", 2, TRUE, &error));
      g_assert_error (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_NAME);
    }

  {
    g_autoptr (GBytes) bytes = realtime_frame_encode_broadcast (1, 2, fitting, fitting, "{}", 2, TRUE, NULL);
    g_auto (RealtimeFrame) frame = { 0 };

    g_assert_true (decode (&frame, bytes, NULL));
    assert_span (frame.event, fitting);
    assert_span (frame.payload, "{}");
  }
}

static void
test_encode_too_large (void)
{
  g_autofree char *payload = g_strnfill (REALTIME_FRAME_MAX, ' ');
  g_autoptr (GError) error = NULL;

  g_assert_null (realtime_frame_encode_broadcast (1, 2, "realtime:a", "e", payload, REALTIME_FRAME_MAX, TRUE, &error));
  g_assert_error (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_TOO_LARGE);
}

static void
test_encode_text (void)
{
  g_autoptr (GBytes) heartbeat = realtime_frame_encode_text (0, 7, "phoenix", "heartbeat", "{}");
  g_autoptr (GBytes) join = realtime_frame_encode_text (6, 6, "realtime:\"x\"", "phx_join", "{\"config\":{}}");
  TelaJsonSpan span;

  span.data = g_bytes_get_data (heartbeat, &span.len);
  assert_span (span, "[null,\"7\",\"phoenix\",\"heartbeat\",{}]");
  span.data = g_bytes_get_data (join, &span.len);
  assert_span (span, "[\"6\",\"6\",\"realtime:\\\"x\\\"\",\"phx_join\",{\"config\":{}}]");
}

static void
test_decode_push (void)
{
  g_autoptr (GBytes) bytes = from_hex (PUSH_JSON);
  g_auto (RealtimeFrame) frame = { 0 };

  g_assert_true (decode (&frame, bytes, NULL));
  g_assert_cmpint (frame.kind, ==, REALTIME_FRAME_PUSH);
  g_assert_cmpuint (frame.join_ref, ==, 6);
  g_assert_cmpuint (frame.ref, ==, 9);
  assert_span (frame.topic, "realtime:project:p1");
  assert_span (frame.event, "cursor");
  assert_span (frame.payload, "{\"x\":10,\"y\":-4}");
}

static void
test_decode_broadcast (void)
{
  g_autoptr (GBytes) json = from_hex (CAST_JSON);
  g_autoptr (GBytes) raw = from_hex (CAST_RAW);
  g_auto (RealtimeFrame) frame = { 0 };

  g_assert_true (decode (&frame, json, NULL));
  g_assert_cmpint (frame.kind, ==, REALTIME_FRAME_BROADCAST);
  g_assert_true (frame.is_json);
  assert_span (frame.topic, "realtime:fal_jobs:u1");
  assert_span (frame.event, "job");
  assert_span (frame.payload, "{\"state\":\"done\"}");

  g_assert_true (decode (&frame, raw, NULL));
  g_assert_false (frame.is_json);
  assert_span (frame.event, "thumb");
  assert_span (frame.payload, "\x89PNG");
}

static void
test_decode_generic (void)
{
  g_autoptr (GBytes) push = from_hex (KIND_0);
  g_autoptr (GBytes) reply = from_hex (KIND_1_WHOLE);
  g_autoptr (GBytes) cast = from_hex (KIND_2);
  g_auto (RealtimeFrame) frame = { 0 };

  g_assert_true (decode (&frame, push, NULL));
  g_assert_cmpint (frame.kind, ==, REALTIME_FRAME_OTHER);
  g_assert_cmpuint (frame.join_ref, ==, 6);
  g_assert_true (decode (&frame, cast, NULL));
  g_assert_cmpint (frame.kind, ==, REALTIME_FRAME_OTHER);

  g_assert_true (decode (&frame, reply, NULL));
  g_assert_cmpint (frame.kind, ==, REALTIME_FRAME_REPLY);
  g_assert_cmpuint (frame.ref, ==, 12);
  g_assert_true (frame.ok);
  assert_span (frame.topic, "realtime:a");
  assert_span (frame.payload, "\x01\x02\x03");
}

static void
test_decode_text (void)
{
  static const struct
  {
    const char       *text;
    RealtimeFrameKind kind;
    guint64           join_ref, ref;
    gboolean          ok;
    const char       *event, *payload;
  } cases[] = {
    { "[\"6\",\"6\",\"realtime:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{\"postgres_changes\":[]}}]",
      REALTIME_FRAME_REPLY, 6, 6, TRUE, "phx_reply", "{\"postgres_changes\":[]}" },
    { "[null,77,\"realtime:a\",\"phx_reply\",{\"status\":\"error\",\"response\":\"payload_size_exceeded\"}]",
      REALTIME_FRAME_REPLY, 0, 77, FALSE, "phx_reply", "\"payload_size_exceeded\"" },
    { "[\"6\",\"6\",\"realtime:a\",\"phx_close\",{}]", REALTIME_FRAME_CLOSE, 6, 6, FALSE, "phx_close", "{}" },
    { "[\"6\",\"6\",\"realtime:a\",\"phx_error\",{\"reason\":\"channel_crash\"}]", REALTIME_FRAME_ERROR, 6, 6, FALSE,
      "phx_error", "{\"reason\":\"channel_crash\"}" },
    { "[\"6\",null,\"realtime:a\",\"system\",{\"status\":\"error\",\"message\":\"Token has "
      "expired\",\"extension\":\"system\"}]",
      REALTIME_FRAME_SYSTEM, 6, 0, FALSE, "system", "Token has expired" },
    { "[null,null,\"realtime:a\",\"broadcast\",{\"event\":\"cur\\u0073or\",\"payload\":{\"s\":\"\xc3\xa9\"},\"type\":"
      "\"broadcast\",\"meta\":{}},1,2]",
      REALTIME_FRAME_BROADCAST, 0, 0, FALSE, "cursor", "{\"s\":\"\xc3\xa9\"}" },
    { " [ \"x\" , \"1e3\" , \"realtime:a\" , \"presence_diff\" , {\"joins\":{}} ] ", REALTIME_FRAME_PRESENCE_DIFF,
      REALTIME_REF_FOREIGN, REALTIME_REF_FOREIGN, FALSE, "presence_diff", "{\"joins\":{}}" },
    { "[null,null,\"realtime:a\",\"broadcast\",{\"event\":\"x\"}]", REALTIME_FRAME_BROADCAST, 0, 0, FALSE, "x", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (RealtimeFrame) frame = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_true (realtime_frame_decode_text (&frame, cases[i].text, strlen (cases[i].text), &error));
      g_assert_no_error (error);
      g_assert_cmpint (frame.kind, ==, cases[i].kind);
      g_assert_cmpuint (frame.join_ref, ==, cases[i].join_ref);
      g_assert_cmpuint (frame.ref, ==, cases[i].ref);
      g_assert_cmpint (frame.ok, ==, cases[i].ok);
      assert_span (frame.topic, "realtime:a");
      assert_span (frame.event, cases[i].event);
      if (cases[i].payload != NULL)
        assert_span (frame.payload, cases[i].payload);
      else
        g_assert_null (frame.payload.data);
    }
}

static void
test_malformed_text (void)
{
  static const struct
  {
    const char *text;
    int         code;
  } cases[] = {
    { "", REALTIME_CODEC_ERROR_JSON },
    { "[", REALTIME_CODEC_ERROR_JSON },
    { "xyz", REALTIME_CODEC_ERROR_JSON },
    { "{}", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"e\"]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,1,\"e\",{}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",[],{}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[{},null,\"t\",\"e\",{}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"\",\"e\",{}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"broadcast\",{}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"broadcast\",{\"event\":\"\"}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"broadcast\",{\"event\":5}]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"broadcast\",\"str\"]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"phx_reply\",[]]", REALTIME_CODEC_ERROR_SHAPE },
    { "[null,null,\"t\",\"broadcast\",{\"event\":\"x\",\"payload\":%{error: 1}}]", REALTIME_CODEC_ERROR_JSON },
    { "[null,null,\"t\",\"e\",{}] x", REALTIME_CODEC_ERROR_JSON },
    { "[null,null,\"t\",\"\xff\",{}]", REALTIME_CODEC_ERROR_JSON },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (RealtimeFrame) frame = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *readable = g_strescape (cases[i].text, NULL); /* some are no text */

      g_assert_false (realtime_frame_decode_text (&frame, cases[i].text, strlen (cases[i].text), &error));
      g_test_message ("%s", readable);
      g_assert_error (error, REALTIME_CODEC_ERROR, cases[i].code);
    }
}

static void
test_malformed_binary (void)
{
  static const struct
  {
    const char *hex;
    int         code;
  } cases[] = {
    { "", REALTIME_CODEC_ERROR_TRUNCATED },
    { "05", REALTIME_CODEC_ERROR_KIND },
    { "ff010203", REALTIME_CODEC_ERROR_KIND },
    { "04", REALTIME_CODEC_ERROR_TRUNCATED },
    { "04ffffff01", REALTIME_CODEC_ERROR_TRUNCATED },
    { KIND_1, REALTIME_CODEC_ERROR_TRUNCATED },
    { "0400010000"
      "61",
      REALTIME_CODEC_ERROR_NAME },
    { "0401000000"
      "61",
      REALTIME_CODEC_ERROR_NAME },
    { "0401010000"
      "61ff",
      REALTIME_CODEC_ERROR_NAME },
    { "0401010001"
      "6161",
      REALTIME_CODEC_ERROR_JSON },
    { "0401010001"
      "61617b",
      REALTIME_CODEC_ERROR_JSON },
    { "0401010001"
      "616122ff22",
      REALTIME_CODEC_ERROR_JSON },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = from_hex (cases[i].hex);
      g_auto (RealtimeFrame) frame = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (&frame, bytes, &error));
      g_test_message ("%s", cases[i].hex);
      g_assert_error (error, REALTIME_CODEC_ERROR, cases[i].code);
    }
}

static void
test_every_truncation (void)
{
  static const char *const whole[] = { PUSH_JSON, PUSH_RAW, CAST_JSON, CAST_RAW, KIND_0, KIND_1_WHOLE, KIND_2 };

  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      g_autoptr (GBytes) bytes = from_hex (whole[i]);

      for (gsize len = 0; len < g_bytes_get_size (bytes); len++)
        {
          /* A copy of that very size, so that a sanitizer sees one byte too far. */
          g_autofree char *part = g_memdup2 (g_bytes_get_data (bytes, NULL), MAX (len, 1));
          g_auto (RealtimeFrame) frame = { 0 };
          g_autofree char *exact = g_memdup2 (part, len);

          realtime_frame_decode_binary (&frame, exact, len, NULL);
        }
    }
}

static void
test_oversize (void)
{
  g_autofree char *data = g_strnfill (REALTIME_FRAME_MAX + 1, ' ');
  g_auto (RealtimeFrame) frame = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (realtime_frame_decode_text (&frame, data, REALTIME_FRAME_MAX + 1, &error));
  g_assert_error (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (realtime_frame_decode_binary (&frame, data, REALTIME_FRAME_MAX + 1, &error));
  g_assert_error (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_TOO_LARGE);
}

/* Decodes what the real server once sent. */
static guint
replay_line (const char *line)
{
  TelaJsonSpan object = { line, strlen (line) }, value;
  g_auto (RealtimeFrame) frame = { 0 };
  g_autoptr (GError) error = NULL;
  TelaJsonReader   reader;
  g_autofree char *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_text, is_valid;

  if (!tela_json_find (object, "dir", &value) || !TELA_JSON_SPAN_IS (value, "\"recv\"") ||
      !tela_json_find (object, "opcode", &value))
    return 0;
  is_text = TELA_JSON_SPAN_IS (value, "\"text\"");
  if (!is_text && !TELA_JSON_SPAN_IS (value, "\"binary\""))
    return 0;

  g_assert_true (tela_json_find (object, "data", &value));
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  data = tela_json_reader_string (&reader, NULL, NULL);
  if (is_text)
    {
      is_valid = realtime_frame_decode_text (&frame, data, strlen (data), &error);
    }
  else
    {
      bytes = from_hex (data);
      is_valid = decode (&frame, bytes, &error);
    }
  /* The server relays broadcasts without an event and unchecked pushes, and echoes a topic that is no text; a few
   * sockets in there speak 1.0.0. */
  if (!is_valid && !g_error_matches (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_JSON))
    {
      g_test_message ("%s: %s", error->message, data);
      g_assert_true (*data == '{' || strstr (data, "\"broadcast\"") != NULL ||
                     g_str_has_prefix (data, "[null,null,null,"));
    }

  return 1;
}

static void
test_transcripts (void)
{
  g_autofree char *dir = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "transcripts", NULL);
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;
  guint       n = 0;

  if (entries == NULL)
    {
      g_test_skip ("no recorded transcripts beside the source");
      return;
    }

  while ((name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_autofree char *text = NULL;
      g_auto (GStrv) lines = NULL;

      if (!g_str_has_suffix (name, "_v2.jsonl") || !g_file_get_contents (path, &text, NULL, NULL))
        continue;
      lines = g_strsplit (text, "\n", -1);
      for (gsize i = 0; lines[i] != NULL; i++)
        n += replay_line (lines[i]);
    }
  g_test_message ("%u frames", n);
  g_assert_cmpuint (n, >, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec/encode/broadcast", test_encode_broadcast);
  g_test_add_func ("/codec/encode/names", test_encode_names);
  g_test_add_func ("/codec/encode/too-large", test_encode_too_large);
  g_test_add_func ("/codec/encode/text", test_encode_text);
  g_test_add_func ("/codec/decode/push", test_decode_push);
  g_test_add_func ("/codec/decode/broadcast", test_decode_broadcast);
  g_test_add_func ("/codec/decode/generic", test_decode_generic);
  g_test_add_func ("/codec/decode/text", test_decode_text);
  g_test_add_func ("/codec/malformed/text", test_malformed_text);
  g_test_add_func ("/codec/malformed/binary", test_malformed_binary);
  g_test_add_func ("/codec/malformed/every-truncation", test_every_truncation);
  g_test_add_func ("/codec/malformed/oversize", test_oversize);

  g_test_add_func ("/codec/transcripts", test_transcripts);

  return g_test_run ();
}
