/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <string.h>
#include <sys/stat.h>

#include "../common/test-long.h"

/* Real processes on one data directory; the kill is SIGKILL. */

/* In the long run, whose machine does nothing else; other tests run beside the short one. */
#define NOTICE_WITHIN_US ((test_times (1) > 1 ? 2 : 60) * G_USEC_PER_SEC)

typedef struct
{
  GSubprocess      *process;
  GDataInputStream *says;
  char            **state; /* role, url, key, replica */
} Peer;

typedef struct
{
  char *dir;
} Data;

static void
peer_tell (Peer       *peer,
           const char *command)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (peer->process), command, strlen (command), NULL, NULL,
                             &error);
  g_assert_no_error (error);
}

static void
peer_ask (Peer *peer)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  peer_tell (peer, "state\n");
  g_data_input_stream_read_line_async (peer->says, G_PRIORITY_DEFAULT, NULL, result_cb, &result);
  line = g_data_input_stream_read_line_finish (peer->says, await_result (&result), NULL, &error);
  g_object_unref (result);
  g_assert_no_error (error);
  g_assert_nonnull (line);

  g_clear_pointer (&peer->state, g_strfreev);
  peer->state = g_strsplit (line, " ", -1);
  g_assert_cmpuint (g_strv_length (peer->state), ==, 4);
}

static gboolean
is_hosting (Peer *peer)
{
  peer_ask (peer);

  return strcmp (peer->state[0], "hosting") == 0;
}

/* Until one of them hosts; which. */
static guint
await_host (Peer **peers,
            guint  n)
{
  gint64 until = g_get_monotonic_time () + NOTICE_WITHIN_US;

  for (guint i = 0; g_get_monotonic_time () < until; i = (i + 1) % n)
    if (is_hosting (peers[i]))
      return i;

  g_error ("Nobody took over");
}

static Peer *
peer_start (Data *data)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "host", "host-peer", NULL);
  Peer            *peer = g_new0 (Peer, 1);
  g_autoptr (GError) error = NULL;

  peer->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program,
                                    data->dir, NULL);
  g_assert_no_error (error);
  peer->says = g_data_input_stream_new (g_subprocess_get_stdout_pipe (peer->process));
  peer_ask (peer);

  return peer;
}

static void
peer_free (Peer *peer)
{
  g_object_unref (peer->process);
  g_object_unref (peer->says);
  g_strfreev (peer->state);
  g_free (peer);
}

static void
peer_kill (Peer *peer)
{
  g_subprocess_force_exit (peer->process);
  g_subprocess_wait (peer->process, NULL, NULL);
  peer_free (peer);
}

static void
peer_close (Peer *peer)
{
  peer_tell (peer, "close\n");
  g_subprocess_wait (peer->process, NULL, NULL);
  g_assert_true (g_subprocess_get_successful (peer->process));
  peer_free (peer);
}

static void
assert_state (Peer       *peer,
              const char *role,
              const char *replica)
{
  g_assert_cmpstr (peer->state[0], ==, role);
  g_assert_cmpstr (peer->state[3], ==, replica);
}

static void
data_set_up (Data         *data,
             gconstpointer user_data)
{
  data->dir = g_dir_make_tmp ("tela-host-XXXXXX", NULL);
}

static void
data_tear_down (Data         *data,
                gconstpointer user_data)
{
  remove_tree (data->dir);
  g_free (data->dir);
}

static void
test_first_hosts (Data         *data,
                  gconstpointer user_data)
{
  Peer *first = peer_start (data), *second = peer_start (data), *third;

  assert_state (first, "hosting", "replica-1");
  assert_state (second, "connected", "replica-2");
  g_assert_cmpstr (first->state[1], ==, second->state[1]);
  g_assert_cmpstr (first->state[2], ==, second->state[2]);

  peer_close (second);
  third = peer_start (data);
  assert_state (third, "connected", "replica-2"); /* the lowest that is free */
  peer_close (third);
  peer_close (first);
}

/* Same port, same keys: those who are connected need not know. */
static void
test_killed (Data         *data,
             gconstpointer user_data)
{
  Peer            *first = peer_start (data), *second = peer_start (data), *third;
  g_autofree char *url = g_strdup (first->state[1]), *key = g_strdup (first->state[2]);
  peer_kill (first);
  peer_tell (second, "check\n");
  await_host (&second, 1);
  assert_state (second, "hosting", "replica-2");
  g_assert_cmpstr (second->state[1], ==, url);
  g_assert_cmpstr (second->state[2], ==, key);

  third = peer_start (data);
  assert_state (third, "connected", "replica-1");
  g_assert_cmpstr (third->state[1], ==, url);
  peer_close (third);
  peer_close (second);
}

static void
test_closed (Data         *data,
             gconstpointer user_data)
{
  Peer            *first = peer_start (data), *second = peer_start (data);
  g_autofree char *url = g_strdup (first->state[1]);

  peer_close (first);
  peer_tell (second, "check\n");
  await_host (&second, 1);
  assert_state (second, "hosting", "replica-2");
  g_assert_cmpstr (second->state[1], ==, url);
  peer_close (second);
}

/* Of several that notice, one hosts and the others find it, again and again. */
static void
test_several_notice (Data         *data,
                     gconstpointer user_data)
{
  Peer *peers[4];
  guint host = 0;

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i] = peer_start (data);

  for (guint n_left = G_N_ELEMENTS (peers); n_left > 1; n_left--)
    {
      g_autofree char *url = g_strdup (peers[host]->state[1]);

      peer_kill (peers[host]);
      peers[host] = peers[n_left - 1];
      for (guint i = 0; i < n_left - 1; i++)
        peer_tell (peers[i], "check\n");

      host = await_host (peers, n_left - 1);
      for (guint i = 0; i < n_left - 1; i++)
        {
          g_assert_true (is_hosting (peers[i]) == (i == host));
          g_assert_cmpstr (peers[i]->state[1], ==, url);
        }
    }
  peer_close (peers[0]);
}

/* Somebody has taken the port for good: another one serves, and endpoint.json says so. */
static void
test_port_taken (Data         *data,
                 gconstpointer user_data)
{
  Peer *first = peer_start (data), *second = peer_start (data), *third;
  g_autoptr (GUri) uri = g_uri_parse (first->state[1], G_URI_FLAGS_NONE, NULL);
  g_autofree char *url = g_strdup (first->state[1]);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) thief = NULL;
  g_autoptr (GError) error = NULL;

  peer_kill (first);
  thief = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  address = g_inet_socket_address_new_from_string ("127.0.0.1", (guint) g_uri_get_port (uri));
  g_socket_bind (thief, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (thief, &error);
  g_assert_no_error (error);

  peer_tell (second, "check\n");
  await_host (&second, 1);
  assert_state (second, "hosting", "replica-2");
  g_assert_cmpstr (second->state[1], !=, url);

  third = peer_start (data);
  assert_state (third, "connected", "replica-1");
  g_assert_cmpstr (third->state[1], ==, second->state[1]);
  peer_close (third);
  peer_close (second);
}

static void
test_endpoint_is_private (Data         *data,
                          gconstpointer user_data)
{
  g_autofree char *path = g_build_filename (data->dir, "server", "endpoint.json", NULL);
  Peer            *first = peer_start (data);
  struct stat      info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  peer_close (first);
  g_assert_cmpint (stat (path, &info), !=, 0); /* nobody serves: nothing to find */
}

#define ADD(path, func) g_test_add (path, Data, NULL, data_set_up, func, data_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/host/takeover/first-hosts", test_first_hosts);
  ADD ("/host/takeover/killed", test_killed);
  ADD ("/host/takeover/closed", test_closed);
  ADD ("/host/takeover/several-notice", test_several_notice);
  ADD ("/host/takeover/port-taken", test_port_taken);
  ADD ("/host/takeover/endpoint-private", test_endpoint_is_private);

  return g_test_run ();
}
