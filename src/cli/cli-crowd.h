/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "cli-load.h"

G_BEGIN_DECLS

/* People who share a board, in one process. */
typedef struct _CliCrowd CliCrowd;

typedef struct
{
  CliCrowd        *crowd;
  char            *dir;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session;
  guint            n_channels;
  GHashTable      *said; /* set of gint64: times of the messages that anybody has heard of them */
} CliPerson;

/* The x of each pointer is the time, so that whoever sees it sees how late it is. */
struct _CliCrowd
{
  CliPerson *people;
  guint      n;
  gint64     start; /* monotonic */
  guint64    n_heard;
  guint      n_closed;
  guint      n_edits;
  double    *delays; /* ms */
  guint      n_delays;
};

/* (sync) All of them on the board, and each knows of each; cli_crowd_leave() in any case. */
gboolean cli_crowd_gather (CliCrowd *crowd, TelaCli *cli, const CliLoadBoard *board, GError **error);
void     cli_crowd_leave (CliCrowd *crowd);
guint    cli_person_count_channels (CliPerson *person);

G_END_DECLS
