/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host.h"

#include <stdio.h>
#include <string.h>

#include "../common/gone-client.h"

/* A process of its own for the take-over tests: host-peer DATA. Reads commands from its standard input: "state", which
 * it answers with "ROLE URL KEY REPLICA", "check" and "close". */
typedef struct
{
  TelaHost  *host;
  GMainLoop *loop;
} Peer;

static void
say (TelaHost *host)
{
  g_autofree char *session = tela_host_dup_session (host);
  g_autofree char *replica = g_path_get_basename (tela_host_get_replica_dir (host));

  g_assert_nonnull (session);
  printf ("%s %s %s %s\n", tela_host_is_hosting (host) ? "hosting" : "connected", tela_host_get_url (host),
          tela_host_get_key (host), replica);
  fflush (stdout);
}

static gboolean
command_cb (GIOChannel  *channel,
            GIOCondition condition,
            gpointer     user_data)
{
  Peer            *peer = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL && strcmp (line, "close\n") != 0)
    {
      if (strcmp (line, "check\n") == 0)
        tela_host_check (peer->host);
      else
        say (peer->host);
      return G_SOURCE_CONTINUE;
    }
  g_main_loop_quit (peer->loop);

  return G_SOURCE_REMOVE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) commands = g_io_channel_unix_new (0);
  g_autoptr (TelaHost) host = NULL;
  Peer peer = { NULL, loop };

  g_assert_cmpint (argc, ==, 2);
  gone_client_allow ();
  host = tela_host_new (argv[1], NULL, NULL, &error);
  g_assert_no_error (error);
  peer.host = host;
  g_io_add_watch (commands, G_IO_IN | G_IO_HUP, command_cb, &peer);
  g_main_loop_run (loop);
  tela_host_close (host);

  return 0;
}
