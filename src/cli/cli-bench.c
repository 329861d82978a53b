/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>

#include "cli-bench.h"

/**
 * cli_bench_result_beside:
 * @goal: %NAN where there is none
 * @peer: (nullable): who ran beside it
 */
void
cli_bench_result_beside (CliBench   *bench,
                         const char *name,
                         double      value,
                         const char *unit,
                         const char *better,
                         double      goal,
                         const char *peer,
                         double      peer_value)
{
  TelaJsonWriter *writer = &bench->writer;

  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "name", name);
  tela_json_writer_name (writer, "value");
  tela_json_writer_number (writer, value);
  tela_json_writer_put_string (writer, "unit", unit);
  tela_json_writer_put_string (writer, "better", better);
  if (!isnan (goal))
    {
      tela_json_writer_name (writer, "goal");
      tela_json_writer_number (writer, goal);
    }
  if (peer != NULL)
    {
      tela_json_writer_put_string (writer, "peer", peer);
      tela_json_writer_name (writer, "peer_value");
      tela_json_writer_number (writer, peer_value);
    }
  tela_json_writer_end_object (writer);
}

void
cli_bench_result (CliBench   *bench,
                  const char *name,
                  double      value,
                  const char *unit,
                  const char *better,
                  double      goal)
{
  cli_bench_result_beside (bench, name, value, unit, better, goal, NULL, 0);
}

static int
compare_doubles_cb (gconstpointer a,
                    gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

double
cli_bench_percentile (double *values,
                      guint   n,
                      double  share)
{
  qsort (values, n, sizeof *values, compare_doubles_cb);
  return values[MIN (n - 1, (guint) (share * n))];
}

int
cli_bench (TelaCli *cli,
           int      argc,
           char   **argv)
{
  g_autofree char   *peer = NULL;
  int                seconds = 60;
  const GOptionEntry entries[] = {
    { "for", 0, 0, G_OPTION_ARG_INT, &seconds, NULL, NULL },
    { "peer", 0, 0, G_OPTION_ARG_STRING, &peer, NULL, NULL },
    { NULL },
  };
  const char *usage = "bench merge|store|open|sync|realtime|backend [--peer COMMAND] [--for SECONDS]";
  g_autoptr (GError) error = NULL;
  CliBench bench = { .out = g_string_new (NULL) };
  gboolean ok = TRUE;

  /* Other benches start these two, as processes of their own. */
  if (argc == 2 && strcmp (argv[1], "realtime-server") == 0)
    {
      g_string_free (bench.out, TRUE);
      return cli_bench_server ();
    }
  if (argc == 3 && strcmp (argv[1], "listener") == 0)
    {
      g_string_free (bench.out, TRUE);
      return cli_bench_listener (cli, argv[2]);
    }
  if (!cli_parse (&argc, &argv, entries, usage, 1, FALSE))
    {
      g_string_free (bench.out, TRUE);
      return CLI_USAGE;
    }
  bench.peer_command = peer;
  tela_json_writer_init (&bench.writer, bench.out, 2);
  tela_json_writer_begin_object (&bench.writer);
  tela_json_writer_put_string (&bench.writer, "bench", argv[1]);
  tela_json_writer_name (&bench.writer, "results");
  tela_json_writer_begin_array (&bench.writer);
  if (strcmp (argv[1], "merge") == 0)
    ok = cli_bench_merge (&bench, &error);
  else if (strcmp (argv[1], "store") == 0)
    ok = cli_bench_store (&bench, &error);
  else if (strcmp (argv[1], "open") == 0)
    ok = cli_bench_open (&bench, &error);
  else if (strcmp (argv[1], "sync") == 0)
    ok = cli_bench_sync (&bench, &error);
  else if (strcmp (argv[1], "realtime") == 0)
    ok = cli_bench_realtime (&bench, &error);
  else if (strcmp (argv[1], "backend") == 0)
    ok = cli_bench_backend (&bench, (guint) CLAMP (seconds, 1, 3600), &error);
  else
    {
      g_string_free (bench.out, TRUE);
      return cli_usage (usage);
    }
  tela_json_writer_end_array (&bench.writer);
  tela_json_writer_end_object (&bench.writer);
  if (ok)
    g_print ("%s\n", bench.out->str);
  g_string_free (bench.out, TRUE);
  return ok ? CLI_OK : cli_fail (argv[1], error);
}
