/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-bench-run.h"

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#define PEER "realtime-js"

gboolean
cli_bench_tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static double
cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void
cli_bench_set_unfinished (GError    **error,
                          const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s did not come to an end", what);
}

gboolean
cli_bench_start_server (CliBenchRun *run,
                        GError     **error)
{
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;

  run->server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error,
                                  "/proc/self/exe", "bench", "realtime-server", NULL);
  if (run->server == NULL)
    return FALSE;
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (run->server));
  line = g_data_input_stream_read_line (lines, NULL, NULL, error);
  if (line == NULL)
    return FALSE;
  run->url = g_strdup_printf ("ws://127.0.0.1:%s/realtime/v1", line);

  return TRUE;
}

/* One number of what the rival's program prints; NAN without a rival. */
double
cli_bench_run_peer (CliBenchRun *run,
                    const char  *test,
                    const char  *args,
                    const char  *field)
{
  g_autofree char *command = NULL;
  g_autofree char *out = NULL;
  TelaJsonSpan     value;

  if (run->bench->peer_command == NULL)
    return NAN;
  command = g_strdup_printf ("%s %s --url %s %s", run->bench->peer_command, test, run->url, args);
  if (!g_spawn_command_line_sync (command, &out, NULL, NULL, NULL) ||
      !tela_json_find ((TelaJsonSpan){ out, strlen (out) }, field, &value))
    return NAN;

  return g_ascii_strtod (value.data, NULL);
}

void
cli_bench_add (CliBenchRun *run,
               const char  *name,
               double       value,
               const char  *unit,
               const char  *better,
               double       goal,
               double       peer_value)
{
  cli_bench_result_beside (run->bench, name, value, unit, better, goal, isnan (peer_value) ? NULL : PEER, peer_value);
}

static gboolean
is_connected (CliBenchRun *run)
{
  return realtime_manager_get_connection_state (run->manager) == REALTIME_CONNECTION_CONNECTED;
}

gboolean
cli_bench_start_client (CliBenchRun *run,
                        GError     **error)
{
  run->manager = realtime_manager_new ();
  realtime_manager_set_protocol (run->manager, run->protocol);
  realtime_manager_set_endpoint (run->manager, run->url, "anon");
  realtime_manager_connect (run->manager);
  cli_bench_until (is_connected (run));
  if (!is_connected (run))
    cli_bench_set_unfinished (error, "The connection");

  return is_connected (run);
}

void
cli_bench_end_client (CliBenchRun *run)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  realtime_manager_shutdown_async (run->manager, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  realtime_manager_shutdown_finish (run->manager, result, NULL);
  g_clear_object (&run->manager);
  run->protocol = REALTIME_PROTOCOL_2_0_0;
}

static gboolean
once_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

void
cli_bench_pause (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, once_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
read_fields (CliBenchTally         *tally,
             const RealtimeMessage *message)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;
  guint          n = 0;

  tela_json_reader_init (&reader, message->payload, (gssize) message->payload_len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (&reader))
    return;
  while (n < 2 && tela_json_reader_next_member (&reader, &name))
    if ((TELA_JSON_SPAN_IS (name, "id") || TELA_JSON_SPAN_IS (name, "hlc")) &&
        tela_json_reader_plain_string (&reader, &value))
      n++;
  tally->n_read += n;
}

void
cli_bench_tally_cb (RealtimeSubscription *subscription,
                    RealtimeMessage      *message,
                    CliBenchTally        *tally)
{
  if (strcmp (message->event, "end") == 0)
    {
      tally->end = g_get_monotonic_time ();
      tally->cpu = cpu_us () - tally->cpu;
      return;
    }
  if (tally->n++ == 0)
    {
      tally->start = g_get_monotonic_time ();
      tally->cpu = cpu_us ();
    }
  read_fields (tally, message);
}
