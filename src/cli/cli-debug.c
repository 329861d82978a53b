/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <unistd.h>

#include "cli.h"

#define SOCKET_NAME "debug.sock"

/* What the Tela says that uses this replica; NULL: none does. */
static char *
ask (const char *replica)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autofree char *path = NULL;
  int              fd = open (replica, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return NULL;

  /* The path of a socket may have 107 bytes, that of a data directory more. */
  path = g_strdup_printf ("/proc/self/fd/%d/" SOCKET_NAME, fd);
  address = g_unix_socket_address_new (path);
  g_socket_client_set_timeout (client, 10);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  close (fd);
  if (connection == NULL || g_output_stream_splice (out, g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                                    G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL) <= 0)
    return NULL;

  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
}

int
cli_debug (TelaCli *cli,
           int      argc,
           char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  guint       n_found = 0;

  if (!cli_parse (&argc, &argv, entries, "debug", 0, FALSE))
    return CLI_USAGE;

  dir = g_dir_open (cli->data_dir, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *replica = g_build_filename (cli->data_dir, name, NULL);
      g_autofree char *info = g_str_has_prefix (name, "replica-") ? ask (replica) : NULL;

      if (info == NULL)
        continue;
      g_print ("%s", info);
      n_found++;
    }

  if (n_found > 0)
    return CLI_OK;
  error = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no Tela runs on %s", cli->data_dir);

  return cli_fail ("debug", error);
}
