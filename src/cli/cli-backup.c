/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "cli-tar.h"
#include "cli.h"
#include "tela-pick.h"
#include "tela-remote-private.h"
#include "tela-workspace-private.h"

/* What makes up a host besides its database. */
static const char *const files[] = { "keys.json", "share.json", "share.pem" };

static gpointer
parse_snapshot (GBytes  *body,
                GError **error)
{
  TelaJsonSpan root;
  char        *path = tela_pick_object (body, &root) ? tela_pick_text (root, "snapshot") : NULL;

  if (path == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the host did not say where the copy is");
  return path;
}

/* Whoever serves makes it; the caller removes it. */
static char *
take_snapshot (TelaCli *cli,
               GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  const TelaRemoteCall call = { .method = "POST",
                                .path = "/rest/v1/rpc/tela_backup",
                                .body = body,
                                .type = "application/json",
                                .parse = parse_snapshot,
                                .destroy = g_free };
  TelaRemote          *remote = tela_workspace_get_remote (cli->workspace);
  CliAwait             await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tela_remote_call_async (remote, &call, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_remote_call_finish (remote, result, error);
}

/* Files below @dir, whose names are hashes of what they hold: none is ever changed, but one may go meanwhile. */
static gboolean
add_tree (CliTar     *tar,
          const char *dir,
          const char *name,
          GError    **error)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *entry;

  while (entries != NULL && (entry = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, entry, NULL);
      g_autofree char *inner = g_build_filename (name, entry, NULL);
      g_autoptr (GError) local = NULL;

      if (g_file_test (path, G_FILE_TEST_IS_DIR) ? add_tree (tar, path, inner, &local)
                                                 : cli_tar_add (tar, inner, path, &local))
        continue;
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        continue;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return TRUE;
}

static gboolean
write_archive (CliTar     *tar,
               const char *server,
               const char *snapshot,
               GError    **error)
{
  g_autofree char *assets = g_build_filename (server, "assets", NULL);

  if (!cli_tar_add (tar, "server/backend.db", snapshot, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (server, files[i], NULL);
      g_autofree char *name = g_strconcat ("server/", files[i], NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS) && !cli_tar_add (tar, name, path, error))
        return FALSE;
    }
  return add_tree (tar, assets, "server/assets", error) && cli_tar_close (tar, error);
}

int
cli_backup (TelaCli *cli,
            int      argc,
            char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  const char        *usage = "backup FILE [--data DIR]";
  g_autofree char   *server = NULL;
  g_autofree char   *snapshot = NULL;
  g_autoptr (CliTar) tar = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  if (!cli_parse (&argc, &argv, entries, usage, 1, FALSE))
    return CLI_USAGE;
  if (cli->url != NULL)
    return cli_usage (usage);
  if (!cli_open_online (cli, &error) || (snapshot = take_snapshot (cli, &error)) == NULL)
    return cli_fail ("backup", error);
  server = g_build_filename (cli->data_dir, "server", NULL);
  tar = cli_tar_new (argv[1], &error);
  ok = tar != NULL && write_archive (tar, server, snapshot, &error);
  g_unlink (snapshot);
  if (!ok)
    return cli_fail (argv[1], error);
  g_print (cli->json ? "{\"files\":%u}\n" : "%u files\n", cli_tar_count (tar));
  return CLI_OK;
}
