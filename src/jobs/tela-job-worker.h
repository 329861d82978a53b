/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-generator.h"
#include "tela-job-monitor.h"

G_BEGIN_DECLS

/* Carries out the jobs of a queue that were submitted on this machine: hands them to a generator, asks how they are, tells the
 * table and the board, looks at what came, and puts it in place. It goes on where an earlier process stopped. What cannot be
 * reached is tried again for as long as it takes; what is too busy, eight times. Nothing is ever ordered twice: what may have been
 * ordered ends unknown, and whoever wants it after all retries. */
#define TELA_TYPE_JOB_WORKER (tela_job_worker_get_type ())
G_DECLARE_FINAL_TYPE (TelaJobWorker, tela_job_worker, TELA, JOB_WORKER, GObject)

/* @machine: the member of a job's input of that name says whose it is. @dir: where it writes down what it orders. */
TelaJobWorker *tela_job_worker_new (TelaWorkspace *workspace, TelaJobMonitor *monitor, const char *machine, const char *dir);
/* For jobs of the model TELA_COMMAND_MODEL, and for all others. NULL: they wait. */
void tela_job_worker_set_generators (TelaJobWorker *self, TelaGenerator *command, TelaGenerator *other);
/* How often to ask; how long to wait before another try. */
void tela_job_worker_set_pace (TelaJobWorker *self, guint poll_ms, guint retry_ms);
void tela_job_worker_start (TelaJobWorker *self);
void tela_job_worker_stop (TelaJobWorker *self); /* idempotent */

G_END_DECLS
