/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-job-picture.h"
#include "tela-job-worker.h"

G_BEGIN_DECLS

struct _TelaJobWorker
{
  GObject parent_instance;

  TelaWorkspace  *workspace; /* owned */
  TelaJobMonitor *monitor;   /* owned */
  char           *machine;   /* owned */
  TelaGenerator  *command;   /* owned; nullable */
  TelaGenerator  *other;     /* owned; nullable */
  GHashTable     *works;     /* id → TelaWork */
  guint           poll_ms;
  guint           retry_ms;
  gboolean        started;
};

/* One job under way here. Counted: each call under way has a reference. */
typedef struct
{
  TelaJobWorker        *worker; /* borrowed; NULL: it has ended */
  TelaJob              *job;
  GCancellable         *cancellable;
  TelaSession          *session;    /* nullable: not open yet, or gone */
  char                 *request_id; /* nullable */
  char                 *last;       /* what ends it, to be told to the table; nullable */
  TelaGeneratorPicture *picture;
  TelaJobPicture       *kept; /* to be placed */
  guint                 source;
  guint                 n_failures;
  guint                 n_busy;
  gboolean              busy;        /* a call is under way */
  gboolean              board_asked; /* the board is there, or will not be */
} TelaWork;

void tela_work_unref (TelaWork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaWork, tela_work_unref)

/* tela-job-work.c */
TelaGenerator *tela_job_worker_get_generator (TelaJobWorker *self, const TelaJobRow *row); /* nullable */
void           tela_work_step (TelaWork *self);                                            /* what is next */
void           tela_work_step_later (TelaWork *self, guint ms);
void           tela_work_open_board (TelaWork *self);
void           tela_work_tell_board (TelaWork *self); /* the placeholder says how the job is */

G_END_DECLS
