/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <libsoup/soup.h>
#include <sqlite3.h>
#include <string.h>

#include "cli.h"

typedef struct
{
  TelaJsonWriter writer;
  gboolean       json;
} Report;

static void
say (Report     *report,
     const char *name,
     const char *value)
{
  if (report->json)
    {
      tela_json_writer_put_string (&report->writer, name, value);
    }
  else
    g_print ("%-12s %s\n", name, value != NULL ? value : "–");
}

static void
say_versions (Report *report)
{
  g_autofree char *soup =
      g_strdup_printf ("%u.%u.%u", soup_get_major_version (), soup_get_minor_version (), soup_get_micro_version ());
  g_autofree char *glib = g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);

  say (report, "version", TELA_VERSION);
  say (report, "glib", glib);
  say (report, "libsoup", soup);
  say (report, "sqlite", sqlite3_libversion ());
}

static void
say_account (Report       *report,
             TelaCli      *cli,
             const GError *problem)
{
  g_autofree char *boards =
      g_strdup_printf ("%u", g_list_model_get_n_items (tela_workspace_get_projects (cli->workspace)));

  say (report, "url", tela_host_get_url (cli->host));
  say (report, "backend",
       tela_host_is_remote (cli->host)    ? "given by --url"
       : tela_host_is_hosting (cli->host) ? "embedded, hosted by this process"
                                          : "embedded, hosted by another process");
  say (report, "replica", tela_host_get_replica_dir (cli->host));
  say (report, "user", tela_workspace_get_user_id (cli->workspace));
  say (report, "boards", boards);
  say (report, "connection", problem == NULL ? "answers" : problem->message);
}

/* What a person can do next, from what was found. */
static const char *
advice (const GError *problem)
{
  if (problem == NULL)
    return "nothing to do: everything answers";
  if (g_error_matches (problem, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK))
    return "start the server (tela-cli serve), or check --url; edits made meanwhile are kept on disk";
  if (g_error_matches (problem, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_AUTH))
    return "check --key, which must be the anon key of this server, and the password of --email";
  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return "check the rights of the data directory, or name another with --data";
  return "see the cause above; edits made meanwhile are kept on disk";
}

int
cli_doctor (TelaCli *cli,
            int      argc,
            char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  Report report = { .json = cli->json };

  if (!cli_parse (&argc, &argv, entries, "doctor", 0, FALSE))
    return CLI_USAGE;
  cli_open_online (cli, &error);

  tela_json_writer_init (&report.writer, out, 0);
  tela_json_writer_begin_object (&report.writer);
  say_versions (&report);
  say (&report, "data", cli->data_dir);
  if (cli->workspace != NULL)
    say_account (&report, cli, error);
  else
    say (&report, "problem", error->message);
  say (&report, "next", advice (error));
  if (cli->json && cli->realtime != NULL)
    {
      g_autofree char *debug = realtime_manager_get_debug_info (cli->realtime);

      tela_json_writer_name (&report.writer, "realtime");
      tela_json_writer_raw (&report.writer, debug, strlen (debug));
    }
  tela_json_writer_end_object (&report.writer);
  if (cli->json)
    g_print ("%s\n", out->str);
  return error == NULL ? CLI_OK : CLI_FAILED;
}
