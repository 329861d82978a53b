/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli-bench.h"

G_BEGIN_DECLS

#define CLI_BENCH_PATIENCE_S 120

typedef struct
{
  CliBench        *bench;
  GSubprocess     *server;   /* owned */
  char            *url;      /* owned */
  RealtimeManager *manager;  /* owned; while one is connected */
  RealtimeProtocol protocol; /* of the next one */
} CliBenchRun;

/* The main loop runs until the condition holds; a failure to get there is told by the caller. */
#define cli_bench_until(condition)                                                     \
  G_STMT_START                                                                         \
  {                                                                                    \
    gint64 loop_end = g_get_monotonic_time () + CLI_BENCH_PATIENCE_S * G_USEC_PER_SEC; \
    guint  loop_tick = g_timeout_add (100, cli_bench_tick_cb, NULL);                   \
    while (!(condition) && g_get_monotonic_time () < loop_end)                         \
      g_main_context_iteration (NULL, TRUE);                                           \
    g_source_remove (loop_tick);                                                       \
  }                                                                                    \
  G_STMT_END

gboolean cli_bench_tick_cb (gpointer data);

/* What a listener does with a message: it reads two fields. */
typedef struct
{
  guint64 n;
  guint64 n_read; /* fields */
  gint64  start, end;
  double  cpu;
} CliBenchTally;

double   cli_bench_run_peer (CliBenchRun *run, const char *test, const char *args, const char *field);
void     cli_bench_add (CliBenchRun *run, const char *name, double value, const char *unit, const char *better, double goal, double peer_value);
gboolean cli_bench_start_client (CliBenchRun *run, GError **error);
void     cli_bench_end_client (CliBenchRun *run);
void     cli_bench_set_unfinished (GError **error, const char *what);
void     cli_bench_pause (guint ms);
void     cli_bench_tally_cb (RealtimeSubscription *subscription, RealtimeMessage *message, CliBenchTally *tally);
gboolean cli_bench_start_server (CliBenchRun *run, GError **error);

gboolean cli_bench_channels (CliBenchRun *run, GError **error);
gboolean cli_bench_paint (CliBenchRun *run, GError **error);

G_END_DECLS
