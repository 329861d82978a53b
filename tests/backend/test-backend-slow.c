/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* One who never reads: nobody waits for him, and what waits for him is bounded, however much is said. */

#include <string.h>

#include "backend-fixture.h"

#define N_MESSAGES 4000
#define MESSAGE_BYTES 8000 /* 32 MB in all */
#define AT_A_TIME 100
#define QUEUE_BYTES (2u * 1024 * 1024)
#define SLACK_BYTES (24.0 * 1024 * 1024)

#define JOIN "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{}]"

static double
metric (Fixture    *fixture,
        const char *name)
{
  guint            status;
  g_autofree char *text = http (fixture, "GET", "/metrics", NULL, NULL, &status);
  g_autofree char *line = g_strconcat ("\n", name, " ", NULL);
  const char      *at = strstr (text, line);

  g_assert_nonnull (at);
  return g_ascii_strtod (at + strlen (line), NULL);
}

static GSocketConnection *
never_read (Fixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char   *request = NULL;
  const guint8       head[] = { 0x81, 0x80 | (sizeof JOIN - 1), 0, 0, 0, 0 };
  GSocketConnection *connection;
  GOutputStream     *out;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_uri (client, tela_backend_get_url (fixture->backend), 80, NULL, NULL);
  g_assert_nonnull (connection);
  out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  request = g_strdup_printf ("GET /realtime/v1/websocket?vsn=2.0.0&apikey=%s HTTP/1.1\r\nHost: here\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                             tela_backend_get_anon_key (fixture->backend));
  g_assert_true (g_output_stream_write_all (out, request, strlen (request), NULL, NULL, NULL));
  g_byte_array_append (frame, head, sizeof head);
  g_byte_array_append (frame, (const guint8 *) JOIN, sizeof JOIN - 1);
  g_assert_true (g_output_stream_write_all (out, frame->data, frame->len, NULL, NULL, NULL));
  return connection;
}

static void
test_never_reads (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *filler = g_strnfill (MESSAGE_BYTES, 'x');
  g_autoptr (Ws) sender = NULL;
  g_autoptr (Ws) reader = NULL;
  g_autoptr (GSocketConnection) deaf = NULL;
  double before, most = 0;

  fixture_be_quick (fixture, 60000, 60000, QUEUE_BYTES);
  sender = ws_open (fixture, NULL);
  reader = ws_open (fixture, NULL);
  deaf = never_read (fixture);
  ws_join (sender, "1", "a", NULL, "{}");
  ws_join (reader, "1", "a", NULL, "{}");
  while (metric (fixture, "tela_channels") < 3)
    ;
  before = metric (fixture, "process_resident_memory_bytes");
  for (guint i = 0; i < N_MESSAGES; i += AT_A_TIME)
    {
      for (guint k = 0; k < AT_A_TIME; k++)
        ws_send (sender, "[\"1\",\"1\",\"realtime:a\",\"broadcast\",{\"x\":\"%s\"}]", filler);
      for (guint k = 0; k < AT_A_TIME; k++)
        ws_expect_part (reader, "\"broadcast\"");
      g_assert_cmpfloat (metric (fixture, "tela_queued_bytes"), <=, QUEUE_BYTES + 2.0 * AT_A_TIME * MESSAGE_BYTES);
      most = MAX (most, metric (fixture, "process_resident_memory_bytes"));
    }
  g_test_message ("%.1f MB more at most", (most - before) / 1e6);
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpfloat (most - before, <, SLACK_BYTES);
#endif
  g_assert_cmpfloat (metric (fixture, "tela_slow_sockets_closed_total"), ==, 1);
  g_assert_cmpfloat (metric (fixture, "tela_websockets"), ==, 2);
}

/* Each of them may have that much, but not all together: the slowest go first, and the reader does not notice. */
static void
test_many_never_read (Fixture      *fixture,
                      gconstpointer data)
{
  TelaPatience     patience = { 60 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 64u << 20, 20, .queues = 3 * QUEUE_BYTES };
  g_autofree char *filler = g_strnfill (MESSAGE_BYTES, 'x');
  g_autoptr (Ws) sender = NULL;
  g_autoptr (Ws) reader = NULL;
  g_autoptr (GPtrArray) deaf = g_ptr_array_new_with_free_func (g_object_unref);
  guint  n_said = 0;
  double most = 0;

  tela_backend_set_patience (fixture->backend, &patience);
  sender = ws_open (fixture, NULL);
  reader = ws_open (fixture, NULL);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (deaf, never_read (fixture));
  ws_join (sender, "1", "a", NULL, "{}");
  ws_join (reader, "1", "a", NULL, "{}");
  while (metric (fixture, "tela_channels") < 5)
    ;
  while (metric (fixture, "tela_websockets") > 2)
    {
      for (guint k = 0; k < AT_A_TIME; k++)
        ws_send (sender, "[\"1\",\"1\",\"realtime:a\",\"broadcast\",{\"x\":\"%s\"}]", filler);
      for (guint k = 0; k < AT_A_TIME; k++)
        ws_expect_part (reader, "\"broadcast\"");
      most = MAX (most, metric (fixture, "tela_queued_bytes"));
      g_assert_cmpuint (n_said++, <, 10 * N_MESSAGES / AT_A_TIME);
    }
  g_assert_cmpfloat (most, <=, 3.0 * QUEUE_BYTES);
  g_assert_cmpfloat (most, >, QUEUE_BYTES);
  g_assert_cmpfloat (metric (fixture, "tela_slow_sockets_closed_total"), ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/backend/slow/never-reads", Fixture, NULL, fixture_set_up, test_never_reads, fixture_tear_down);
  g_test_add ("/backend/slow/many-never-read", Fixture, NULL, fixture_set_up, test_many_never_read, fixture_tear_down);
  return g_test_run ();
}
