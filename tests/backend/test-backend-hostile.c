/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Clients that mean harm, on a thread of their own, while two others go on talking: each of their messages arrives, how
 * long that takes is told, and nothing is left of the attack. */

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "backend-fixture.h"
#include "backend-gate.h"
#include "backend-raw.h"

#define N_HALF_OPEN 2000
#define FRAME_BYTES 5000000
#define MIN_BEATS 50
#define PACE_MS 5

typedef struct Attack Attack;
struct Attack
{
  void (*func) (Attack *self);
  guint       port;
  const char *key;
  int         done;
};

static gpointer
attack_thread (gpointer data)
{
  Attack *self = data;

  self->func (self);
  g_atomic_int_set (&self->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

static int
enter (Attack     *self,
       const char *topic,
       const char *config)
{
  int              fd = raw_connect (self->port);
  g_autofree char *head = raw_upgrade (fd, self->key, "");
  g_autofree char *join =
      g_strdup_printf ("[\"1\",\"1\",\"realtime:%s\",\"phx_join\",{\"config\":%s}]", topic, config);

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  raw_text (fd, join);
  return fd;
}

/* ---- Those who are not disturbed ---- */

static int
compare_cb (gconstpointer a,
            gconstpointer b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static void
report (GArray *times)
{
  const gint64 *at = (const gint64 *) (gpointer) times->data;

  g_array_sort (times, compare_cb);
  g_test_message ("%u messages meanwhile: median %.2f ms, 99 %% %.2f ms, last %.2f ms", times->len,
                  (double) at[times->len / 2] / 1000, (double) at[times->len * 99 / 100] / 1000,
                  (double) at[times->len - 1] / 1000);
}

static gboolean
over_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
pause_ms (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, over_cb, &is_over);
  wait_for (&is_over);
}

/* Microseconds from one to the other. */
static gint64
talk (Ws   *from,
      Ws   *to,
      guint n)
{
  gint64 start = g_get_monotonic_time ();

  ws_send (from, "[\"1\",\"2\",\"realtime:calm\",\"broadcast\",{\"n\":%u}]", n);
  ws_expect (to, "[null,null,\"realtime:calm\",\"broadcast\",{\"n\":%u}]", n);
  return g_get_monotonic_time () - start;
}

static void
expect_calm (Fixture *fixture)
{
  const gint64 end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (;;)
    {
      guint            status;
      g_autofree char *metrics = http (fixture, "GET", "/metrics", NULL, NULL, &status);

      if (strstr (metrics, "tela_websockets 2\n") != NULL && strstr (metrics, "tela_strangers 0\n") != NULL &&
          strstr (metrics, "tela_channels 2\n") != NULL && strstr (metrics, "tela_queued_bytes 0\n") != NULL)
        return;
      if (g_get_monotonic_time () > end)
        g_error ("It is not calm: %s", metrics);
    }
}

static void
withstand (Fixture *fixture,
           void (*func) (Attack *self))
{
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (fixture->backend), G_URI_FLAGS_NONE, NULL);
  g_autoptr (Ws) a = ws_open (fixture, NULL);
  g_autoptr (Ws) b = ws_open (fixture, NULL);
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  Attack   attack = { func, (guint) g_uri_get_port (uri), tela_backend_get_anon_key (fixture->backend), FALSE };
  GThread *thread;

  ws_join (a, "1", "calm", NULL, "{}");
  ws_join (b, "1", "calm", NULL, "{}");
  thread = g_thread_new ("attack", attack_thread, &attack);
  while (!g_atomic_int_get (&attack.done) || times->len < MIN_BEATS)
    {
      gint64 took = talk (times->len % 2 == 0 ? a : b, times->len % 2 == 0 ? b : a, times->len);

      g_array_append_val (times, took);
      pause_ms (PACE_MS);
    }
  g_thread_join (thread);
  report (times);
  expect_calm (fixture);
}

static void
be_strict (Fixture *fixture)
{
  const TelaGateLimits limits = { .sockets = 1000,
                                  .connections = 1256,
                                  .strangers = 64,
                                  .stranger_us = G_USEC_PER_SEC,
                                  .idle_us = 60 * G_USEC_PER_SEC,
                                  .request_us = 60 * G_USEC_PER_SEC };

  tela_backend_set_gate_limits (fixture->backend, &limits);
}

/* ---- Attacks ---- */

static void
half_open (Attack *self)
{
  struct rlimit files;
  guint         n;

  getrlimit (RLIMIT_NOFILE, &files);
  n = (guint) MIN (N_HALF_OPEN, files.rlim_cur - 500);
  {
    g_autofree int *fds = g_new (int, n);

    for (guint i = 0; i < n; i++)
      fds[i] = raw_connect (self->port);
    for (guint i = 0; i < n; i++)
      g_assert_true (raw_is_over (fds[i]));
    for (guint i = 0; i < n; i++)
      close (fds[i]);
  }
}

static void
test_half_open (Fixture      *fixture,
                gconstpointer data)
{
  be_strict (fixture);
  withstand (fixture, half_open);
}

/* A byte of the greeting at a time, all at once. */
static void
slow_loris (Attack *self)
{
  static const char request[] = "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n";
  const gint64      end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  int               fds[60];
  guint             n_left = G_N_ELEMENTS (fds);

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = raw_connect (self->port);
  for (guint at = 0; n_left > 0; at++)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
        if (fds[i] >= 0 && !raw_write (fds[i], at < sizeof request - 1 ? request + at : "x", 1))
          {
            close (fds[i]);
            fds[i] = -1;
            n_left--;
          }
      g_usleep (5000);
    }
}

static void
test_slow_loris (Fixture      *fixture,
                 gconstpointer data)
{
  be_strict (fixture);
  withstand (fixture, slow_loris);
}

/* The largest that are allowed, from many, who hear each other's; then one that is a byte too large. */
static void
large_frames (Attack *self)
{
  g_autofree char *filler = g_strnfill (FRAME_BYTES + 1, ' ');
  int              fds[4];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = enter (self, "large", "{\"broadcast\":{\"self\":false}}");
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      {
        g_autofree char *text = g_strconcat ("[\"1\",\"2\",\"realtime:large\",\"broadcast\",{}]", filler, NULL);

        text[FRAME_BYTES] = '\0';
        raw_text (fds[i], text);
        for (guint j = 0; j < G_N_ELEMENTS (fds); j++)
          raw_drain (fds[j]);
      }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      raw_text (fds[i], filler);
      g_assert_true (raw_is_over (fds[i]));
      close (fds[i]);
    }
}

static void
test_large_frames (Fixture      *fixture,
                   gconstpointer data)
{
  withstand (fixture, large_frames);
}

/* One reads the answers, the others do not, and are closed when too many wait. */
static void
ping_flood (Attack *self)
{
  static const char payload[125] = "ping";
  int               fds[4];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = enter (self, "flood", "{}");
  for (guint n = 0; n < 20000; n++)
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      {
        if (fds[i] >= 0)
          raw_frame (fds[i], 0x89, payload, sizeof payload);
        if (i == 0)
          raw_drain (fds[0]);
      }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_ping_flood (Fixture      *fixture,
                 gconstpointer data)
{
  fixture_be_quick (fixture, 60000, 60000, 256 * 1024);
  withstand (fixture, ping_flood);
}

/* (transfer full): @len zeros, as an extension would send them. */
static GBytes *
bomb (gsize len)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) out = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  g_autofree char *zeros = g_malloc0 (len);

  g_assert_true (g_output_stream_write_all (out, zeros, len, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (out, NULL, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

/* What is offered is not taken, and who sends it all the same is shown out; a body of HTTP is not unpacked either. */
static void
compressed_bombs (Attack *self)
{
  g_autoptr (GBytes) bytes = bomb (50 * 1000 * 1000);
  gsize            len;
  const void      *data = g_bytes_get_data (bytes, &len);
  g_autofree char *post = g_strdup_printf ("POST /auth/v1/signup HTTP/1.1\r\nHost: localhost\r\napikey: %s\r\n"
                                           "Content-Type: application/json\r\nContent-Encoding: deflate\r\n"
                                           "Connection: close\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                                           self->key, len);

  for (guint i = 0; i < 20; i++)
    {
      int              fd = raw_connect (self->port);
      g_autofree char *head = raw_upgrade (fd, self->key, "Sec-WebSocket-Extensions: permessage-deflate\r\n");
      g_autofree char *lower = g_ascii_strdown (head, -1);

      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
      g_assert_null (strstr (lower, "sec-websocket-extensions"));
      raw_frame (fd, 0xc1, data, len);
      g_assert_true (raw_is_over (fd));
      close (fd);

      fd = raw_connect (self->port);
      raw_write (fd, post, strlen (post));
      raw_write (fd, data, len);
      g_assert_true (raw_is_over (fd));
      close (fd);
    }
}

static void
test_compressed_bombs (Fixture      *fixture,
                       gconstpointer data)
{
  withstand (fixture, compressed_bombs);
}

/* Everybody changes all the time, and everybody hears of it; then all are gone at once. */
static void
presence_storm (Attack *self)
{
  int fds[30];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autofree char *config = g_strdup_printf ("{\"presence\":{\"enabled\":true,\"key\":\"k%u\"}}", i % 10);

      fds[i] = enter (self, "storm", config);
    }
  for (guint n = 0; n < 100; n++)
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      {
        g_autofree char *track = g_strdup_printf ("[\"1\",\"2\",\"realtime:storm\",\"presence\",{\"type\":\"presence\","
                                                  "\"event\":\"track\",\"payload\":{\"n\":%u}}]",
                                                  n);

        raw_text (fds[i], track);
        raw_drain (fds[i]);
      }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_presence_storm (Fixture      *fixture,
                     gconstpointer data)
{
  withstand (fixture, presence_storm);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/hostile/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("half-open", test_half_open);
  ADD ("slow-loris", test_slow_loris);
  ADD ("large-frames", test_large_frames);
  ADD ("ping-flood", test_ping_flood);
  ADD ("compressed-bombs", test_compressed_bombs);
  ADD ("presence-storm", test_presence_storm);
  return g_test_run ();
}
