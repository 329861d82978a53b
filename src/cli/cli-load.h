/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli-swarm.h"
#include "cli.h"

G_BEGIN_DECLS

/* The board that is put under load, and somebody who may let others onto it. */
typedef struct
{
  CliSwarm *swarm; /* for requests */
  char     *project;
  char     *token;
  gboolean  made; /* the project is ours, to be removed */
} CliLoadBoard;

/* (sync) @n people, each with a replica and a connection of their own, all of whose pointers move for @seconds while one of
 * them draws each second. Prints how late each sees the others, and fails where something did not come through. */
gboolean cli_load_people (TelaCli *cli, const CliLoadBoard *board, guint n, guint seconds, GError **error);

G_END_DECLS
