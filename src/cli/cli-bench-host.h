/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli-bench.h"

G_BEGIN_DECLS

/* A "tela-cli serve" of our own, in a directory of its own. */
typedef struct
{
  CliBench    *bench;
  char        *dir;
  GSubprocess *process;
  char        *url;
  char        *key;
  char        *token;    /* of the owner */
  double       start_ms; /* from the start to the first answer, median of a few */
} CliBenchHost;

gboolean cli_bench_host_start (CliBenchHost *self, GError **error);
gboolean cli_bench_host_restart (CliBenchHost *self, GError **error); /* with nothing in its memory */
void     cli_bench_host_stop (CliBenchHost *self);
/* Gone until it is restarted, under the same address. */
void cli_bench_host_pause (CliBenchHost *self);
/* A line of /proc/PID/status, in MB (10^6 bytes). */
double cli_bench_host_memory (CliBenchHost *self, const char *line);

G_END_DECLS
