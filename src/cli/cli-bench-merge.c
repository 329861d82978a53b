/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <malloc.h>
#include <math.h>

#include "cli-bench-workload.h"
#include "cli-bench.h"

#define N_RUNS 9
#define MAP "a JavaScript map"
#define N_VIEWED 100000
#define N_VIEWS 200
#define VIEW_SHARE 0.01

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
hear_cb (TelaBoard        *board,
         const TelaChange *changes,
         guint             n,
         guint            *n_heard)
{
  *n_heard += n;
}

typedef enum
{
  ALONE,   /* nobody looks */
  INDEXED, /* what is shown is asked for once at the end */
  HEARD,   /* somebody listens to every change, as a window does */
} Audience;

/* Seconds to merge the writes, a message of the feed at a time, into a board that has the scene. */
static double
merge_parsed (CliWorkload *workload,
              Audience     audience)
{
  g_autoptr (TelaBoard) board = cli_workload_make_board (workload, FALSE);
  TelaElement *const *ops = (TelaElement *const *) workload->writes->pdata;
  guint               n = workload->writes->len, n_heard = 0;
  gint64              start;

  tela_board_get_n_visible (board);
  if (audience == HEARD)
    g_signal_connect (board, "changed", G_CALLBACK (hear_cb), &n_heard);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i += CLI_WORKLOAD_ROUND)
    tela_board_merge (board, ops + i, MIN (CLI_WORKLOAD_ROUND, n - i));
  if (audience == INDEXED)
    tela_board_get_n_visible (board);
  return seconds_since (start);
}

/* From the text of each, whatever the message that it came in. */
static double
merge_text (CliWorkload *workload,
            GPtrArray   *lines)
{
  g_autoptr (TelaBoard) board = cli_workload_make_board (workload, FALSE);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  gint64 start;

  tela_board_get_n_visible (board);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < lines->len; i++)
    {
      TelaJsonReader reader;

      tela_json_reader_init (&reader, g_ptr_array_index (lines, i), -1);
      g_ptr_array_add (ops, tela_op_read (&reader, NULL, NULL));
      if (ops->len < CLI_WORKLOAD_ROUND && i + 1 < lines->len)
        continue;
      tela_board_merge (board, (TelaElement *const *) ops->pdata, ops->len);
      g_ptr_array_set_size (ops, 0);
    }
  return seconds_since (start);
}

static GPtrArray *
write_lines (CliWorkload *workload)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < workload->writes->len; i++)
    {
      GString       *line = g_string_new (NULL);
      TelaJsonWriter writer;

      tela_json_writer_init (&writer, line, 0);
      tela_op_write (g_ptr_array_index (workload->writes, i), &writer);
      g_ptr_array_add (lines, g_string_free (line, FALSE));
    }
  return lines;
}

/* The memory of what is merged, its stamps with it, and of the indexes: all that the board has allocated. */
static double
measure_memory (CliWorkload *workload)
{
  GPtrArray *elements = cli_workload_merge (workload);
  GPtrArray *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  TelaBoard *board;
  gsize      before;
  double     used;

  before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (copies, tela_element_with_id (g_ptr_array_index (elements, i),
                                                   tela_element_get_id (g_ptr_array_index (elements, i))));
  board = tela_board_new ("00000000-0000-4000-8000-000000000000");
  tela_board_merge (board, (TelaElement *const *) copies->pdata, copies->len);
  tela_board_get_n_visible (board);
  g_ptr_array_unref (copies);
  used = (double) (mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before);

  g_object_unref (board);
  g_ptr_array_unref (elements);
  return used;
}

/* A hundredth of the board's area, at a place of its own each time. */
static double
time_views (void)
{
  g_autoptr (GPtrArray) scene = tela_scene_generate (N_VIEWED, 1, (TelaStamp){ .time = 1 << 16, .actor = 1 });
  g_autoptr (TelaBoard) board = tela_board_new ("00000000-0000-4000-8000-000000000000");
  g_autoptr (GRand) dice = g_rand_new_with_seed (1);
  TelaRect extent;
  double   ms[N_VIEWS];

  tela_board_merge (board, (TelaElement *const *) scene->pdata, scene->len);
  tela_board_get_extent (board, &extent);
  for (guint i = 0; i < N_VIEWS; i++)
    {
      TelaRect view = { .width = extent.width * sqrt (VIEW_SHARE), .height = extent.height * sqrt (VIEW_SHARE) };
      gint64   start;

      view.x = extent.x + g_rand_double (dice) * (extent.width - view.width);
      view.y = extent.y + g_rand_double (dice) * (extent.height - view.height);
      start = g_get_monotonic_time ();
      g_ptr_array_unref (tela_board_query (board, &view));
      ms[i] = 1000 * seconds_since (start);
    }
  return cli_bench_percentile (ms, N_VIEWS, 0.5);
}

gboolean
cli_bench_merge (CliBench *bench,
                 GError  **error)
{
  g_autoptr (CliWorkload) workload = cli_workload_new ();
  g_autoptr (GPtrArray) lines = write_lines (workload);
  g_autofree CliPeer *yjs = NULL;
  g_autofree CliPeer *map = NULL;
  double              parsed[N_RUNS], indexed[N_RUNS], heard[N_RUNS], text[N_RUNS];
  guint               n = workload->writes->len;

  for (guint i = 0; i < N_RUNS; i++)
    {
      parsed[i] = n / merge_parsed (workload, ALONE);
      indexed[i] = n / merge_parsed (workload, INDEXED);
      heard[i] = n / merge_parsed (workload, HEARD);
      text[i] = n / merge_text (workload, lines);
    }
  yjs = cli_workload_run_peer (workload, bench->peer_command, "yjs");
  map = cli_workload_run_peer (workload, bench->peer_command, "lww");
  cli_bench_result_beside (bench, "merge of parsed operations, median", cli_bench_percentile (parsed, N_RUNS, 0.5),
                           "operations/s", "more", 5e6, map != NULL ? MAP : NULL, map != NULL ? map->parsed : 0);
  cli_bench_result (bench, "the same, then indexed once", cli_bench_percentile (indexed, N_RUNS, 0.5),
                    "operations/s", "more", NAN);
  cli_bench_result (bench, "the same, 999 at a time, each told to a window", cli_bench_percentile (heard, N_RUNS, 0.5),
                    "operations/s", "more", NAN);
  cli_bench_result_beside (bench, "merge from the JSON text of each, median", cli_bench_percentile (text, N_RUNS, 0.5),
                           "operations/s", "more", yjs != NULL ? 10 * yjs->text : 780000, yjs != NULL ? "Yjs" : NULL,
                           yjs != NULL ? yjs->text : 0);
  if (map != NULL)
    cli_bench_result_beside (bench, "the same beside a map", cli_bench_percentile (text, N_RUNS, 0.5), "operations/s",
                             "more", map->text, MAP, map->text);
  cli_bench_result (bench, "memory of 10,000 elements with stamps and indexes", measure_memory (workload) / 1e6, "MB",
                    "less", 5);
  cli_bench_result (bench, "query of 1 % of 100,000 elements, median", time_views (), "ms", "less", 0.2);
  return TRUE;
}
