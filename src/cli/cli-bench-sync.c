/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "cli-bench-host.h"
#include "tela-endpoint.h"

#define N_HOPS 200
#define IDLE_MS 40 /* between two edits, so that every process sleeps */
#define N_OFFLINE_RUNS 3
#define N_OFFLINE_EDITS 500
#define LISTENER_S 300
#define PROBE "probe"

/* ---- The other process: it has the board open, and says of each edit how old it was when it came ---- */

typedef struct
{
  TelaSession *session; /* borrowed */
  double       seen;
  gboolean     is_over;
} Listener;

static gboolean
flush_cb (gpointer data)
{
  tela_session_flush (((Listener *) data)->session);
  return G_SOURCE_REMOVE;
}

/* As a canvas does whose next frame is due. */
static void
tick_wanted_cb (TelaSession *session,
                Listener    *self)
{
  g_idle_add_full (G_PRIORITY_HIGH, flush_cb, self, NULL);
}

/* An edit's seed is when it was made. */
static void
merged_cb (TelaBoard *board,
           guint      n,
           Listener  *self)
{
  const TelaElement *probe = tela_board_lookup (board, PROBE);
  double             made = probe != NULL ? tela_element_get_number (probe, TELA_KEY_SEED, 0) : 0;

  if (made == self->seen)
    return;
  self->seen = made;
  g_print ("%.3f\n", ((double) g_get_monotonic_time () - made) / 1000);
}

static gboolean
over_cb (gpointer data)
{
  ((Listener *) data)->is_over = TRUE;
  return G_SOURCE_REMOVE;
}

int
cli_bench_listener (TelaCli    *cli,
                    const char *project)
{
  Listener self = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = NULL;

  if (!cli_open_online (cli, &error) || (session = cli_open_board (cli, project, &error)) == NULL ||
      !cli_drain (session, &error))
    return cli_fail ("bench", error);

  self.session = session;
  g_signal_connect (session, "tick-wanted", G_CALLBACK (tick_wanted_cb), &self);
  g_signal_connect (tela_session_get_board (session), "merged", G_CALLBACK (merged_cb), &self);
  g_timeout_add_seconds (LISTENER_S, over_cb, &self);
  g_print ("ready\n");
  while (!self.is_over)
    g_main_context_iteration (NULL, TRUE);
  return CLI_OK;
}

/* ---- This process ---- */

static gboolean
edit (TelaSession *session,
      const char  *id,
      double       seed,
      GError     **error)
{
  CliAwait       await = { NULL };
  TelaOpBuilder *builder = tela_op_builder_new (id);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TelaElement) op = NULL;

  tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_number (builder, TELA_KEY_SEED, seed);
  op = tela_op_builder_end (builder, tela_session_next_stamp (session));
  tela_session_edit_async (session, &op, 1, TRUE, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_session_edit_finish (session, result, error);
}

/* The loop runs meanwhile. */
static char *
await_line (GDataInputStream *stream)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  g_data_input_stream_read_line_async (stream, G_PRIORITY_DEFAULT, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return g_data_input_stream_read_line_finish (stream, result, NULL, NULL);
}

static gboolean
pause_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
sleep_idle (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (IDLE_MS, pause_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
time_hops (TelaSession      *session,
           GDataInputStream *listener,
           double           *ms,
           GError          **error)
{
  g_autofree char *ready = await_line (listener);

  for (guint i = 0; i < N_HOPS && g_strcmp0 (ready, "ready") == 0; i++)
    {
      g_autofree char *line = NULL;

      sleep_idle ();
      if (!edit (session, PROBE, (double) g_get_monotonic_time (), error))
        return FALSE;
      line = await_line (listener);
      if (line == NULL)
        break;
      ms[i] = g_ascii_strtod (line, NULL);
      if (i + 1 == N_HOPS)
        return TRUE;
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the other process is gone");
  return FALSE;
}

static gboolean
bench_hops (CliBenchHost *host,
            GError      **error)
{
  TelaCli          own = { .data_dir = host->dir };
  g_autofree char *id = NULL;
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", error);
  g_autoptr (TelaSession) session = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) listener = NULL;
  double   ms[N_HOPS];
  gboolean ok = FALSE;

  if (self_path != NULL && cli_open_online (&own, error) &&
      (id = cli_create_board (&own, "Bench", NULL, NULL, error)) != NULL)
    session = cli_open_board (&own, id, error);
  if (session != NULL)
    process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, error, self_path, "--data", host->dir, "bench", "listener",
                                id, NULL);
  if (process != NULL)
    {
      listener = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
      ok = time_hops (session, listener, ms, error);
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
    }
  g_clear_object (&session);
  cli_close (&own);
  if (!ok)
    return FALSE;

  cli_bench_result (host->bench, "edit in one process to model in another, both idle before, p50",
                    cli_bench_percentile (ms, N_HOPS, 0.5), "ms", "less", 3);
  cli_bench_result (host->bench, "the same, p99", cli_bench_percentile (ms, N_HOPS, 0.99), "ms", "less", NAN);
  return TRUE;
}

static char *
dup_session (CliBenchHost *host,
             GError      **error)
{
  g_autofree char *path = g_build_filename (host->dir, "server", "endpoint.json", NULL);
  g_autoptr (TelaEndpoint) endpoint = tela_endpoint_read (path, error);

  return endpoint != NULL ? g_strdup (endpoint->session) : NULL;
}

/* The server is not there when the board is made and drawn on; it is when the connection is tried again. */
static gboolean
edit_offline (CliBenchHost *host,
              TelaCli      *own,
              double       *ms,
              GError      **error)
{
  g_autofree char *project = tela_workspace_create (own->workspace, "Offline");
  g_autoptr (TelaSession) session = cli_open_board (own, project, error);
  gint64 start;

  for (guint i = 0; session != NULL && i < N_OFFLINE_EDITS; i++)
    {
      g_autofree char *id = g_strdup_printf ("e%u", i);

      if (!edit (session, id, i, error))
        return FALSE;
    }
  if (session == NULL || !cli_bench_host_restart (host, error))
    return FALSE;

  start = g_get_monotonic_time ();
  realtime_manager_connect (own->realtime);
  if (!cli_drain (session, error))
    return FALSE;
  *ms = (double) (g_get_monotonic_time () - start) / 1000;
  return TRUE;
}

static gboolean
time_offline (CliBenchHost *host,
              guint         run,
              double       *ms,
              GError      **error)
{
  g_autofree char *name = g_strdup_printf ("offline-%u", run);
  g_autofree char *dir = g_build_filename (host->dir, name, NULL);
  g_autofree char *session_json = dup_session (host, error);
  TelaCli          own = { 0 };
  gboolean         ok;

  own.store = session_json != NULL ? tela_store_open (dir, error) : NULL;
  if (own.store == NULL)
    return FALSE;
  own.realtime = realtime_manager_new ();
  own.workspace = tela_workspace_new (own.store, own.realtime);
  cli_bench_host_pause (host);
  tela_workspace_set_endpoint (own.workspace, host->url, host->key, session_json, TRUE);
  ok = edit_offline (host, &own, ms, error);
  {
    g_autoptr (RealtimeManager) realtime G_GNUC_UNUSED = own.realtime;

    cli_close (&own);
  }
  return ok;
}

static gboolean
bench_offline (CliBenchHost *host,
               GError      **error)
{
  double ms[N_OFFLINE_RUNS];

  for (guint i = 0; i < N_OFFLINE_RUNS; i++)
    if (!time_offline (host, i, &ms[i], error))
      return FALSE;
  cli_bench_result (host->bench, "500 edits made offline, from the connection until they are confirmed",
                    cli_bench_percentile (ms, N_OFFLINE_RUNS, 0.5) / 1000, "s", "less", 1);
  return TRUE;
}

gboolean
cli_bench_sync (CliBench *bench,
                GError  **error)
{
  CliBenchHost host = { .bench = bench };
  gboolean     ok = cli_bench_host_start (&host, error) && bench_hops (&host, error) && bench_offline (&host, error);

  cli_bench_host_stop (&host);
  return ok;
}
