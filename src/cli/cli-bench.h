/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* What a bench writes its results to. */
typedef struct
{
  TelaJsonWriter writer;
  GString       *out;
  const char    *peer_command; /* runs a rival beside it; nullable */
} CliBench;

/* @better: "less" or "more". @goal: NAN where there is none. */
void cli_bench_result (CliBench *bench, const char *name, double value, const char *unit, const char *better, double goal);
/* The same, beside what @peer reached in the same run. */
void cli_bench_result_beside (CliBench *bench, const char *name, double value, const char *unit, const char *better, double goal, const char *peer, double peer_value);
/* Sorts @values. */
double cli_bench_percentile (double *values, guint n, double share);

gboolean cli_bench_merge (CliBench *bench, GError **error);
gboolean cli_bench_store (CliBench *bench, GError **error);
gboolean cli_bench_open (CliBench *bench, GError **error);
gboolean cli_bench_realtime (CliBench *bench, GError **error);
gboolean cli_bench_backend (CliBench *bench, guint seconds, GError **error);
gboolean cli_bench_sync (CliBench *bench, GError **error);
int      cli_bench_server (void);
int      cli_bench_listener (TelaCli *cli, const char *project);

G_END_DECLS
