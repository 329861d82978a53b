/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Silence, slowness, draining, limits, and frames that break the rules of WebSockets. */

#include <string.h>

#include "backend-fixture.h"

/* ---- A raw client, which may read or not, and may send nonsense ---- */

typedef struct
{
  GSocketConnection *connection;
  GInputStream      *in;
  GOutputStream     *out;
} Raw;

static void
raw_send (Raw        *raw,
          const void *data,
          gsize       len)
{
  g_assert_true (g_output_stream_write_all (raw->out, data, len, NULL, NULL, NULL));
}

static void
raw_open (Fixture *fixture,
          Raw     *raw)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (fixture->backend), G_URI_FLAGS_NONE, NULL);
  g_autofree char *request =
      g_strdup_printf ("GET /socket/websocket?vsn=2.0.0&apikey=%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                       "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                       tela_backend_get_anon_key (fixture->backend));
  g_autoptr (GString) head = g_string_new (NULL);

  raw->connection = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) g_uri_get_port (uri), NULL, NULL);
  g_assert_nonnull (raw->connection);
  g_socket_set_timeout (g_socket_connection_get_socket (raw->connection), 20);
  raw->in = g_io_stream_get_input_stream (G_IO_STREAM (raw->connection));
  raw->out = g_io_stream_get_output_stream (G_IO_STREAM (raw->connection));
  raw_send (raw, request, strlen (request));
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      char c;

      g_assert_cmpint (g_input_stream_read (raw->in, &c, 1, NULL, NULL), ==, 1);
      g_string_append_c (head, c);
    }
  g_assert_true (g_str_has_prefix (head->str, "HTTP/1.1 101 "));
  g_assert_nonnull (strstr (head->str, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

static void
raw_close (Raw *raw)
{
  g_clear_object (&raw->connection);
}

static void
raw_expect (Raw        *raw,
            const void *data,
            gsize       len)
{
  g_autofree char *got = g_malloc (len);
  gsize            n;

  g_assert_true (g_input_stream_read_all (raw->in, got, len, &n, NULL, NULL));
  g_assert_cmpmem (got, n, data, len);
}

/* With a mask of zeros. */
static void
raw_text (Raw        *raw,
          const char *text)
{
  gsize  len = strlen (text);
  guint8 head[8] = { 0x81, 0x80 | 126, (guint8) (len >> 8), (guint8) len };

  raw_send (raw, head, 8);
  raw_send (raw, text, len);
}

#define BEAT "[null,\"1\",\"phoenix\",\"heartbeat\",{}]"
#define BEAT_REPLY "\x81\x3e[null,\"1\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]"

static void
test_fragments (Fixture      *fixture,
                gconstpointer data)
{
  Raw raw;

  raw_open (fixture, &raw);
  raw_send (&raw, "\x01\x85\0\0\0\0[null", 11);
  raw_send (&raw, "\x89\x82\0\0\0\0hi", 8); /* a ping in between */
  raw_expect (&raw, "\x8a\x02hi", 4);
  raw_send (&raw, "\x00\x80\0\0\0\0", 6);
  raw_send (&raw, "\x00\x9c\0\0\0\0,\"1\",\"phoenix\",\"heartbeat\",{", 34);
  raw_send (&raw, "\x80\x82\1\2\3\4\x7c\x5f", 8); /* "}]" under a mask */
  raw_expect (&raw, BEAT_REPLY, sizeof BEAT_REPLY - 1);
  raw_close (&raw);
}

/* Byte by byte: a frame may come in any pieces. */
static void
test_trickle (Fixture      *fixture,
              gconstpointer data)
{
  static const char frame[] = "\x81\xa3\0\0\0\0" BEAT;
  Raw               raw;

  raw_open (fixture, &raw);
  for (gsize i = 0; i < sizeof frame - 1; i++)
    raw_send (&raw, frame + i, 1);
  raw_expect (&raw, BEAT_REPLY, sizeof BEAT_REPLY - 1);
  raw_close (&raw);
}

static void
test_not_utf8 (Fixture      *fixture,
               gconstpointer data)
{
  Raw raw;

  raw_open (fixture, &raw);
  raw_send (&raw, "\x81\x84\0\0\0\0\"\xff\xfe\"", 10);
  raw_text (&raw, BEAT);
  raw_expect (&raw, BEAT_REPLY, sizeof BEAT_REPLY - 1);
  raw_close (&raw);
}

static void
test_broken_frames (Fixture      *fixture,
                    gconstpointer data)
{
  static const struct
  {
    const char *bytes;
    gsize       len;
    const char *close;
  } cases[] = {
    { "\x81\x02hi", 4, "\x88\x02\x03\xea" },                                /* not masked */
    { "\xc1\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },                          /* an extension */
    { "\x83\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },                          /* no such opcode */
    { "\x8b\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },                          /* no such opcode */
    { "\x09\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },                          /* a ping in pieces */
    { "\x89\xfe\x00\x7e\0\0\0\0", 8, "\x88\x02\x03\xea" },                  /* a ping too long */
    { "\x80\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },                          /* the rest of nothing */
    { "\x01\x80\0\0\0\0\x81\x80\0\0\0\0", 12, "\x88\x02\x03\xea" },         /* a message inside another */
    { "\x88\x81\0\0\0\0x", 7, "\x88\x02\x03\xea" },                         /* half a code */
    { "\x88\x82\0\0\0\0\x03\xe7", 8, "\x88\x02\x03\xea" },                  /* a code that is none */
    { "\x82\xff\0\0\0\0\x7f\xff\xff\xff\0\0\0\0", 14, "\x88\x02\x03\xf1" }, /* 2 GB */
    { "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14, "\x88\x02\x03\xf1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Raw raw;

      raw_open (fixture, &raw);
      raw_send (&raw, cases[i].bytes, cases[i].len);
      raw_expect (&raw, cases[i].close, 4);
      raw_close (&raw);
    }
}

static void
test_close (Fixture      *fixture,
            gconstpointer data)
{
  Raw  raw;
  char c;

  raw_open (fixture, &raw);
  raw_send (&raw, "\x88\x82\0\0\0\0\x03\xe8", 8);
  raw_expect (&raw, "\x88\x02\x03\xe8", 4);
  g_assert_cmpint (g_input_stream_read (raw.in, &c, 1, NULL, NULL), ==, 0);
  raw_close (&raw);
  raw_open (fixture, &raw);
  raw_send (&raw, "\x88\x80\0\0\0\0", 6);
  raw_expect (&raw, "\x88\x00", 2);
  g_assert_cmpint (g_input_stream_read (raw.in, &c, 1, NULL, NULL), ==, 0);
  raw_close (&raw);
}

/* ---- Time ---- */

static void
test_silence (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (Ws) ws = NULL;

  fixture_be_quick (fixture, 100, 60000, 1 << 20);
  ws = ws_open (fixture, NULL);
  g_assert_cmpuint (ws_expect_close (ws), ==, 1000);
}

static void
test_drain (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  gint64 before;

  ws_join (ws, "1", "a", NULL, "{}");
  before = g_get_monotonic_time ();
  tela_backend_stop (fixture->backend); /* waits in this thread, so the client cannot answer */
  g_assert_cmpint (g_get_monotonic_time () - before, <, 30 * G_USEC_PER_SEC);
  ws_expect (ws, "[null,null,\"realtime:a\",\"system\",{\"extension\":\"system\",\"status\":\"ok\",\"message\":"
                 "\"Server requested disconnect\"}]");
  g_assert_cmpuint (ws_expect_close (ws), ==, 1012);
}

/* One reader never reads; the others do not wait for it, and it goes when too much waits. */
static void
test_slow_reader (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *filler = g_strnfill (200000, 'x');
  g_autoptr (Ws) sender = NULL;
  g_autoptr (Ws) reader = NULL;
  Raw slow;

  fixture_be_quick (fixture, 60000, 60000, 2 * 1024 * 1024);
  sender = ws_open (fixture, NULL);
  reader = ws_open (fixture, NULL);
  raw_open (fixture, &slow);
  g_socket_set_option (g_socket_connection_get_socket (slow.connection), 1 /* SOL_SOCKET */, 8 /* SO_RCVBUF */, 4096,
                       NULL);
  raw_text (&slow, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{\"config\":{\"broadcast\":{\"self\":false},\"presence\":{"
                   "\"enabled\":false},\"private\":false}}]");
  ws_join (sender, "1", "a", NULL, "{\"broadcast\":{\"ack\":true}}");
  ws_join (reader, "1", "a", NULL, "{}");
  for (guint i = 0; i < 100; i++)
    {
      ws_send (sender, "[\"1\",\"%u\",\"realtime:a\",\"broadcast\",{\"n\":%u,\"x\":\"%s\"}]", i, i, filler);
      ws_expect_part (sender, "\"status\":\"ok\"");
      ws_expect_part (reader, "\"broadcast\",{\"n\":");
    }
  http_expect (fixture, "GET", "/metrics", NULL, NULL, 200, "tela_slow_sockets_closed_total 1\n");
  http_expect (fixture, "GET", "/metrics", NULL, NULL, 200, "tela_websockets 2\n");
  raw_close (&slow);
  ws_expect_nothing (reader);
}

/* Little waits, but for too long. */
static void
test_stalled_reader (Fixture      *fixture,
                     gconstpointer data)
{
  g_autofree char *filler = g_strnfill (4000000, 'x');
  g_autoptr (Ws) sender = NULL;
  Raw slow;

  fixture_be_quick (fixture, 60000, 200, 32 * 1024 * 1024);
  sender = ws_open (fixture, NULL);
  raw_open (fixture, &slow);
  raw_text (&slow, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{\"config\":{\"broadcast\":{\"self\":false},\"presence\":{"
                   "\"enabled\":false},\"private\":false}}]");
  ws_join (sender, "1", "a", NULL, "{\"broadcast\":{\"ack\":true}}");
  for (guint i = 0; i < 4; i++)
    {
      ws_send (sender, "[\"1\",\"2\",\"realtime:a\",\"broadcast\",{\"x\":\"%s\"}]", filler);
      ws_expect_part (sender, "\"status\":\"ok\"");
    }
  for (;;)
    {
      guint            status;
      g_autofree char *metrics = http (fixture, "GET", "/metrics", NULL, NULL, &status);

      if (strstr (metrics, "tela_slow_sockets_closed_total 1\n") != NULL)
        break;
      g_assert_nonnull (strstr (metrics, "tela_slow_sockets_closed_total 0\n"));
    }
  raw_close (&slow);
}

/* ---- Limits ---- */

static void
refuse_soon (Fixture *fixture)
{
  TelaPatience patience = { 60 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 1 << 20, 20, 0, 100 };

  tela_backend_set_patience (fixture->backend, &patience);
}

/* A join that fails is answered late, and all else of that socket waits behind it. */
static void
test_freeze (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autoptr (Ws) other = ws_open (fixture, NULL);
  gint64 start = g_get_monotonic_time ();

  refuse_soon (fixture);
  ws_send (ws, "[\"1\",\"1\",\"realtime:\",\"phx_join\",{}]");
  ws_send (ws, "[\"2\",\"2\",\"realtime:\",\"phx_join\",{}]");
  ws_send (ws, "[null,\"3\",\"phoenix\",\"heartbeat\",{}]");
  ws_expect_nothing (other);
  ws_expect_part (ws, "[\"1\",\"1\",\"realtime:\",\"phx_reply\",{\"status\":\"error\"");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 100 * 1000);
  ws_expect_part (ws, "[\"2\",\"2\",\"realtime:\",\"phx_reply\",{\"status\":\"error\"");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 200 * 1000);
  ws_expect_part (ws, "[null,\"3\",\"phoenix\"");
  ws_send (ws, "[\"4\",\"4\",\"realtime:\",\"phx_join\",{}]"); /* and it may end meanwhile */
  ws_expect_nothing (other);
}

static void
test_limit_of_channels (Fixture      *fixture,
                        gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  refuse_soon (fixture);
  for (guint i = 0; i < 100; i++)
    {
      ws_send (ws, "[\"1\",\"1\",\"realtime:c%u\",\"phx_join\",{}]", i);
      ws_expect_part (ws, "\"events_per_second\":100");
    }
  ws_send (ws, "[\"1\",\"1\",\"realtime:over\",\"phx_join\",{}]");
  ws_expect_part (ws, "\"reason\":\"ChannelRateLimitReached: Too many channels\"");
  ws_expect_nothing (ws);
}

/* Those who receive are shut, after what they receive; who only sends goes on. */
static void
test_limit_of_events (Fixture      *fixture,
                      gconstpointer data)
{
  g_autoptr (Ws) sender = ws_open (fixture, NULL);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *got = NULL;

  ws_send (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{}]");
  ws_expect_part (ws, "\"status\":\"ok\"");
  ws_send (sender, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{}]");
  ws_expect_part (sender, "\"status\":\"ok\"");
  for (guint i = 0; i < 1200; i++)
    ws_send (sender, "[\"1\",\"2\",\"realtime:a\",\"broadcast\",{}]");
  for (got = ws_next (ws); strstr (got, "\"broadcast\"") != NULL; got = ws_next (ws))
    g_free (got);
  g_assert_cmpstr (got, ==,
                   "[\"1\",null,\"realtime:a\",\"system\",{\"message\":\"Too many messages per second\",\"status\":"
                   "\"error\",\"extension\":\"system\",\"channel\":\"a\"}]");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_close\",{}]");
  ws_send (ws, "[\"1\",\"3\",\"realtime:a\",\"broadcast\",{}]");
  ws_expect_part (ws, "unmatched topic");
  ws_send (sender, "[\"1\",\"2\",\"realtime:a\",\"phx_leave\",{}]");
  ws_expect_part (sender, "\"status\":\"ok\"");
}

static void
test_limit_of_payload (Fixture      *fixture,
                       gconstpointer data)
{
  g_autofree char *filler = g_strnfill (260000, 'x');
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_send (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{\"config\":{\"broadcast\":{\"ack\":true,\"self\":true}}}]");
  ws_expect_part (ws, "\"status\":\"ok\"");
  ws_send (ws, "[\"1\",\"2\",\"realtime:a\",\"broadcast\",{\"x\":\"%s\"}]", filler);
  ws_expect (
      ws, "[\"1\",\"2\",\"realtime:a\",\"phx_reply\",{\"status\":\"error\",\"response\":\"payload_size_exceeded\"}]");
}

static void
test_limit_of_joins (Fixture      *fixture,
                     gconstpointer data)
{
  g_autofree char *path =
      g_strconcat ("/realtime/v1/websocket?vsn=2.0.0&apikey=", tela_backend_get_anon_key (fixture->backend), NULL);
  guint status = 0;

  refuse_soon (fixture);
  /* What is counted falls to the half when a new bucket is begun, which may be just then. */
  for (guint tries = 0; tries < 10 && status != 429; tries++)
    {
      g_autoptr (Ws) ws = ws_open (fixture, NULL);
      g_autofree char *got = NULL;

      for (guint i = 0; i < 1200 && !ws->closed; i++)
        ws_send (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{}]");
      g_assert_cmpuint (ws_expect_close (ws), ==, 1001);
      got = http (fixture, "GET", path, NULL, NULL, &status);
      if (status == 429)
        g_assert_cmpstr (got, ==, "{\"error\":\"Too many joins per second\"}");
      else
        g_assert_cmpuint (status, ==, 400); /* no handshake */
    }
  g_assert_cmpuint (status, ==, 429);
}

/* A socket without a channel goes without a word, one with a channel stays. */
static void
test_lonely (Fixture      *fixture,
             gconstpointer data)
{
  TelaPatience patience = { 60 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 1 << 20, 20, 200 * 1000 };
  g_autoptr (Ws) company = ws_open (fixture, NULL);
  g_autoptr (Ws) lonely = NULL;

  ws_send (company, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{}]");
  ws_pass (company, 1);
  tela_backend_set_patience (fixture->backend, &patience);
  lonely = ws_open (fixture, NULL);
  g_assert_cmpuint (ws_expect_close (lonely), ==, 0);
  ws_expect_nothing (company);
}

static void
test_rate (void)
{
  TelaRate rate = { { 0 } };

  g_assert_cmpfloat (tela_rate_get (&rate, 0), ==, 0);
  tela_rate_add (&rate, 500, G_USEC_PER_SEC);
  g_assert_cmpfloat (tela_rate_get (&rate, G_USEC_PER_SEC), ==, 100);
  g_assert_cmpfloat (tela_rate_get (&rate, 6 * G_USEC_PER_SEC), ==, 50);
  g_assert_cmpfloat (tela_rate_get (&rate, 59 * G_USEC_PER_SEC), >, 8);
  g_assert_cmpfloat (tela_rate_get (&rate, 61 * G_USEC_PER_SEC), ==, 0);
  tela_rate_add (&rate, 60, 1000 * G_USEC_PER_SEC);
  g_assert_cmpfloat (tela_rate_get (&rate, 1000 * G_USEC_PER_SEC), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/limits/rate", test_rate);
#define ADD(path, func) g_test_add ("/backend/socket/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("fragments", test_fragments);
  ADD ("trickle", test_trickle);
  ADD ("not-utf8", test_not_utf8);
  ADD ("broken-frames", test_broken_frames);
  ADD ("close", test_close);
  ADD ("silence", test_silence);
  ADD ("drain", test_drain);
  ADD ("slow-reader", test_slow_reader);
  ADD ("stalled-reader", test_stalled_reader);
#define ADD_LIMITED(path, func) \
  g_test_add ("/backend/limits/" path, Fixture, "limits", fixture_set_up, func, fixture_tear_down)
  ADD_LIMITED ("channels", test_limit_of_channels);
  ADD_LIMITED ("events", test_limit_of_events);
  ADD_LIMITED ("payload", test_limit_of_payload);
  ADD_LIMITED ("joins", test_limit_of_joins);
  ADD_LIMITED ("lonely", test_lonely);
  ADD_LIMITED ("freeze", test_freeze);
  return g_test_run ();
}
