/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "stand-in.h"

#include <string.h>

static const char *program;

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  char **out = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, out, NULL, &error);
  g_assert_no_error (error);
}

/* The example of the library, as a program of its own. */
static void
test_realtime (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *out = NULL;
  StandIn         *server = stand_in_new (0);

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, server->url, "a key&more", "chat", NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, done_cb, &out);
  wait_until (stand_in_count (server, "broadcast realtime:chat hello {\"from\":\"C\"}") == 1);
  g_assert_nonnull (strstr (stand_in_last (server, "phx_join"), "\"self\":true"));
  stand_in_broadcast (server, "chat", "hello", "{\"from\":\"C\"}");
  wait_until (out != NULL);
  g_assert_cmpstr (out, ==, "chat hello {\"from\":\"C\"}\n");
  g_assert_true (g_subprocess_get_successful (process));
  stand_in_free (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];

  g_test_add_func ("/examples/realtime", test_realtime);

  return g_test_run ();
}
