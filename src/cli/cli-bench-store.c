/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "cli-bench-workload.h"
#include "cli-bench.h"

#define N_RUNS 9
#define N_COMMITS 300
#define PROJECT "00000000-0000-4000-8000-000000000000"
/* A stamp after all of the workload's. */
#define LATER (G_GUINT64_CONSTANT (1800000000000) << 16)

/* A store in a directory of its own, with the scene in it. */
static TelaStore *
make_store (const char *dir,
            GPtrArray  *scene,
            GError    **error)
{
  CliAwait await = { NULL };
  g_autoptr (TelaStore) store = tela_store_open (dir, error);
  g_autoptr (GAsyncResult) result = NULL;

  if (store == NULL)
    return NULL;
  tela_store_apply_async (store, PROJECT, scene, "epoch", 1, FALSE, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_store_apply_finish (store, result, error) ? g_steal_pointer (&store) : NULL;
}

static gboolean
time_commits (TelaStore *store,
              double    *ms,
              GError   **error)
{
  for (guint i = 0; i < N_COMMITS; i++)
    {
      CliAwait await = { NULL };
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      g_autofree char *id = g_strdup_printf ("e%u", i);
      TelaOpBuilder   *builder = tela_op_builder_new (id);
      gint64           start = g_get_monotonic_time ();

      tela_op_builder_set_number (builder, TELA_KEY_X, i);
      g_ptr_array_add (ops, tela_op_builder_end (builder, (TelaStamp){ .time = LATER + i, .actor = 2 }));
      tela_store_commit_async (store, PROJECT, ops, TELA_EDIT_NONE, NULL, NULL, NULL, cli_await_cb, &await);
      result = cli_await_take (&await);
      if (tela_store_commit_finish (store, result, error) < 0)
        return FALSE;
      ms[i] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  return TRUE;
}

static gboolean
bench_store_in (CliBench   *bench,
                const char *dir,
                GError    **error)
{
  g_autoptr (CliWorkload) workload = cli_workload_new ();
  g_autoptr (GPtrArray) scene = cli_workload_merge (workload);
  g_autoptr (TelaStore) store = make_store (dir, scene, error);
  g_autofree char    *path = g_build_filename (dir, "store.db", NULL);
  g_autofree CliPeer *peer = cli_workload_run_peer (workload, bench->peer_command, "yjs");
  double              ms[N_COMMITS];
  GStatBuf            info = { 0 };

  if (store == NULL || !time_commits (store, ms, error))
    return FALSE;
  tela_store_close (store);
  g_stat (path, &info);
  cli_bench_result (bench, "gesture end to durable, p50", cli_bench_percentile (ms, N_COMMITS, 0.5), "ms", "less", 1);
  cli_bench_result (bench, "gesture end to durable, p99", cli_bench_percentile (ms, N_COMMITS, 0.99), "ms", "less", 20);
  cli_bench_result_beside (bench, "stored size of 10,000 elements", (double) info.st_size / 1e6, "MB", "less", 2,
                           peer != NULL ? "Yjs" : NULL, peer != NULL ? peer->bytes / 1e6 : 0);
  return TRUE;
}

/* From the file to a board that can be queried. */
static gboolean
time_open (const char *dir,
           double     *ms,
           GError    **error)
{
  CliAwait await = { NULL };
  gint64   start = g_get_monotonic_time ();
  g_autoptr (TelaStore) store = tela_store_open (dir, error);
  g_autoptr (TelaBoard) board = tela_board_new (PROJECT);
  g_autoptr (TelaStoredBoard) stored = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (store == NULL)
    return FALSE;
  tela_store_load_async (store, PROJECT, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  stored = tela_store_load_finish (store, result, error);
  if (stored == NULL)
    return FALSE;
  tela_board_merge (board, (TelaElement *const *) stored->elements->pdata, stored->elements->len);
  tela_board_get_n_visible (board);
  *ms = (double) (g_get_monotonic_time () - start) / 1000;
  tela_store_close (store);
  return TRUE;
}

static gboolean
bench_open_in (CliBench   *bench,
               const char *dir,
               GError    **error)
{
  g_autoptr (CliWorkload) workload = cli_workload_new ();
  g_autoptr (GPtrArray) scene = cli_workload_merge (workload);
  g_autoptr (TelaStore) store = make_store (dir, scene, error);
  g_autofree CliPeer *peer = NULL;
  double              ms[N_RUNS];

  if (store == NULL)
    return FALSE;
  tela_store_close (store);
  for (guint i = 0; i < N_RUNS; i++)
    if (!time_open (dir, &ms[i], error))
      return FALSE;
  peer = cli_workload_run_peer (workload, bench->peer_command, "lww");
  cli_bench_result_beside (bench, "open 10,000 elements from disk, median", cli_bench_percentile (ms, N_RUNS, 0.5), "ms",
                           "less", 25, peer != NULL ? "a JavaScript map" : NULL, peer != NULL ? peer->load_ms : 0);
  return TRUE;
}

static gboolean
in_scratch (CliBench *bench,
            gboolean (*run) (CliBench *, const char *, GError **),
            GError **error)
{
  static const char *const files[] = { "store.db", "store.db-wal", "store.db-shm", "assets" };
  g_autofree char         *dir = g_dir_make_tmp ("tela-bench-XXXXXX", error);
  gboolean                 ok = dir != NULL && run (bench, dir, error);

  for (guint i = 0; dir != NULL && i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (dir, files[i], NULL);

      g_remove (path);
    }
  if (dir != NULL)
    g_rmdir (dir);
  return ok;
}

gboolean
cli_bench_store (CliBench *bench,
                 GError  **error)
{
  return in_scratch (bench, bench_store_in, error);
}

gboolean
cli_bench_open (CliBench *bench,
                GError  **error)
{
  return in_scratch (bench, bench_open_in, error);
}
