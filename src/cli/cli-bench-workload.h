/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* The workload that merging libraries are compared by: so many elements of 8 properties, then so many writes of single
 * properties, exactly as many for each element, by turns from so many replicas. */
#define CLI_WORKLOAD_ELEMENTS 10000
#define CLI_WORKLOAD_WRITES 10
#define CLI_WORKLOAD_ACTORS 3
#define CLI_WORKLOAD_ROUND 999 /* writes that nobody else has seen; then everybody has them all */

typedef struct
{
  GPtrArray *scene;  /* owned, TelaElement */
  GPtrArray *writes; /* owned, TelaElement */
} CliWorkload;

CliWorkload *cli_workload_new (void);
void         cli_workload_free (CliWorkload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliWorkload, cli_workload_free)

/* A board with the scene, and what was written since if @written. */
TelaBoard *cli_workload_make_board (CliWorkload *self, gboolean written);
/* The elements of such a board. (transfer full)(element-type TelaElement) */
GPtrArray *cli_workload_merge (CliWorkload *self);

/* What another program makes of the workload. NAN: it does not say. */
typedef struct
{
  double text;    /* merges a second, from the text of each write */
  double parsed;  /* the same, from what was read before */
  double bytes;   /* stored */
  double load_ms; /* from what was stored */
} CliPeer;

/* Runs "COMMAND ENGINE --ops FILE". NULL without a command, or if it fails. (transfer full) */
CliPeer *cli_workload_run_peer (CliWorkload *self, const char *command, const char *engine);

G_END_DECLS
