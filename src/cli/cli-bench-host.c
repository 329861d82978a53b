/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-bench-host.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "cli-swarm.h"
#include "tela-endpoint.h"
#include "tela-pick.h"

#define N_STARTS 5

static gboolean
spawn (CliBenchHost *self,
       GError      **error)
{
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", error);
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *line = NULL;
  g_autoptr (CliSwarm) asker = NULL;
  gint64 start = g_get_monotonic_time ();

  if (self_path == NULL)
    return FALSE;
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, self_path, "serve", "--data", self->dir,
                                    "--print-keys", NULL);
  if (self->process == NULL)
    return FALSE;
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (out, NULL, NULL, error);
  if (line == NULL)
    return FALSE;
  g_free (self->url);
  g_free (self->key);
  self->url = tela_pick_text ((TelaJsonSpan){ line, strlen (line) }, "url");
  self->key = tela_pick_text ((TelaJsonSpan){ line, strlen (line) }, "anon_key");
  asker = cli_swarm_new (self->url, self->key, NULL, NULL, error);
  if (asker == NULL)
    return FALSE;
  if (cli_swarm_http (asker, "GET", "/auth/v1/health", NULL, NULL, NULL) != 200)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the backend did not answer");
      return FALSE;
    }
  self->start_ms = (double) (g_get_monotonic_time () - start) / 1000;
  return TRUE;
}

void
cli_bench_host_pause (CliBenchHost *self)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

gboolean
cli_bench_host_restart (CliBenchHost *self,
                        GError      **error)
{
  cli_bench_host_pause (self);
  return spawn (self, error);
}

/* What every process of the machine reads. */
static gboolean
read_token (CliBenchHost *self,
            GError      **error)
{
  g_autofree char *path = g_build_filename (self->dir, "server", "endpoint.json", NULL);
  g_autoptr (TelaEndpoint) endpoint = tela_endpoint_read (path, error);

  if (endpoint == NULL)
    return FALSE;
  self->token = tela_pick_text ((TelaJsonSpan){ endpoint->session, strlen (endpoint->session) }, "access_token");
  return TRUE;
}

gboolean
cli_bench_host_start (CliBenchHost *self,
                      GError      **error)
{
  double starts[N_STARTS];

  self->dir = g_dir_make_tmp ("tela-bench-XXXXXX", error);
  if (self->dir == NULL || !spawn (self, error)) /* the first one makes the data */
    return FALSE;
  for (guint i = 0; i < N_STARTS; i++)
    {
      cli_bench_host_pause (self);
      if (!spawn (self, error))
        return FALSE;
      starts[i] = self->start_ms;
    }
  self->start_ms = cli_bench_percentile (starts, N_STARTS, 0.5);
  return read_token (self, error);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
cli_bench_host_stop (CliBenchHost *self)
{
  cli_bench_host_pause (self);
  if (self->dir != NULL)
    remove_tree (self->dir);
  g_free (self->dir);
  g_free (self->url);
  g_free (self->key);
  g_free (self->token);
}

double
cli_bench_host_memory (CliBenchHost *self,
                       const char   *line)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (self->process));
  g_autofree char *text = NULL;
  const char      *at;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (at = strstr (text, line)) == NULL)
    return 0;
  return (double) g_ascii_strtoull (at + strlen (line) + strspn (at + strlen (line), " \t"), NULL, 10) * 1024 / 1e6;
}
