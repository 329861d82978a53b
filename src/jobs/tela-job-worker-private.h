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
  char           *dir;       /* owned: where it writes down what it orders */
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
/* FALSE: the work has ended while the call was under way. */
gboolean tela_work_call_ended (TelaWork *self, const GError *error);
void     tela_work_end_with (TelaWork *self, TelaJobState state, const char *reason); /* @reason: nullable */
void     tela_work_take_failure (TelaWork *self, const GError *error, TelaJobState if_lost);
void     tela_work_tell_status (TelaWork *self, const TelaGeneratorStatus *status);
void     tela_work_tell_board (TelaWork *self); /* the placeholder says how the job is */

/* tela-job-work-order.c */
void tela_work_begin (TelaWork *self); /* or goes on where another process stopped */
void tela_work_order (TelaWork *self);

G_END_DECLS
