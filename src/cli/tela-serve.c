/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli-options.h"
#include "cli-service.h"
#include "tela-host.h"
#include "tela-json.h"

/* What "tela-cli serve" becomes. It links what serving needs and nothing else. */

static gboolean
stop_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

/* One line when ready, for whoever started us. */
static void
print_ready (TelaHost *host,
             gboolean  print_keys)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *endpoint = tela_host_dup_endpoint_path (host);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "url", tela_host_get_url (host));
  tela_json_writer_put_string (&writer, "endpoint", endpoint);
  if (print_keys)
    {
      tela_json_writer_put_string (&writer, "anon_key", tela_host_get_key (host));
      tela_json_writer_put_string (&writer, "service_role_key", tela_host_get_service_key (host));
    }
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
  fflush (stdout);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char   *data_dir = NULL;
  g_autofree char   *listen = NULL;
  g_autofree char   *limits = NULL;
  g_autofree char   *log = NULL;
  gboolean           print_keys = FALSE;
  const GOptionEntry entries[] = {
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &data_dir, NULL, NULL },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &listen, NULL, NULL },
    { "limits", 0, 0, G_OPTION_ARG_STRING, &limits, NULL, NULL },
    { "log", 0, 0, G_OPTION_ARG_STRING, &log, NULL, NULL },
    { "print-keys", 0, 0, G_OPTION_ARG_NONE, &print_keys, NULL, NULL },
    { NULL },
  };
  const char *usage = "serve [--listen HOST:PORT] [--data DIR] [--limits supabase|off] [--log text|json] [--print-keys]";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaHost) host = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint sources[2];

  setlocale (LC_ALL, "");
  setlocale (LC_MESSAGES, "C");
  g_set_prgname ("tela-cli");
  argv[0] = (char *) "serve";
  if (!cli_parse (&argc, &argv, entries, usage, 0, FALSE))
    return CLI_USAGE;
  if ((limits != NULL && strcmp (limits, "supabase") != 0 && strcmp (limits, "off") != 0) ||
      (log != NULL && strcmp (log, "text") != 0 && strcmp (log, "json") != 0))
    return cli_usage (usage);
  if (g_strcmp0 (log, "json") == 0)
    cli_service_log_json ();
  if (data_dir == NULL)
    data_dir = tela_host_default_data_dir ();

  host = tela_host_serve (data_dir, listen, g_strcmp0 (limits, "supabase") == 0, &error);
  if (host == NULL)
    return cli_fail ("serve", error);
  /* Whoever is told that it is ready may end it at once. */
  sources[0] = g_unix_signal_add (SIGTERM, stop_cb, loop);
  sources[1] = g_unix_signal_add (SIGINT, stop_cb, loop);
  print_ready (host, print_keys);
  cli_service_notify ("READY=1");
  g_main_loop_run (loop);
  g_source_remove (sources[0]);
  g_source_remove (sources[1]);
  cli_service_notify ("STOPPING=1");
  tela_host_close (host);
  return CLI_OK;
}
