/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-generator.h"
#include "tela-geometry.h"
#include "tela-job-key.h"
#include "tela-job-monitor.h"

G_BEGIN_DECLS

#define TELA_JOBS_MAX_COUNT 8 /* pictures of one order */

/* What is ordered: a picture, or several with seeds of their own side by side. Borrowed. */
typedef struct
{
  const char *model;
  const char *prompt;
  TelaRect    box;      /* of the first */
  const char *frame_id; /* nullable: of the frame that it lies in */
  guint       count;
  gboolean    has_seed;
  gint64      seed; /* of the first; the others follow */
} TelaJobOrder;

/* All that a program needs of this room: the queue of the user who is signed in, the generators as the settings have them, and
 * the worker, in one process of each machine and user at a time. Main thread. Properties "ready" (notify): there is a generator;
 * "key-place" (TelaJobKeyPlace as int, notify). */
#define TELA_TYPE_JOBS (tela_jobs_get_type ())
G_DECLARE_FINAL_TYPE (TelaJobs, tela_jobs, TELA, JOBS, GObject)

#define TELA_JOBS_ERROR (tela_jobs_error_quark ())
GQuark tela_jobs_error_quark (void);
typedef enum
{
  TELA_JOBS_ERROR_NOT_SET_UP, /* no generator for that model */
  TELA_JOBS_ERROR_READ_ONLY,  /* the board cannot be edited */
  TELA_JOBS_ERROR_GONE,       /* the board of that job is gone */
} TelaJobsError;

/* @settings: nullable: nothing but the key is set up. @dir: where the machine's name, the key and the lock are kept. */
TelaJobs       *tela_jobs_new (TelaWorkspace *workspace, GSettings *settings, const char *dir);
TelaJobQueue   *tela_jobs_get_queue (TelaJobs *self);
TelaJobMonitor *tela_jobs_get_monitor (TelaJobs *self);
void            tela_jobs_close (TelaJobs *self); /* idempotent */

gboolean    tela_jobs_is_ready (TelaJobs *self);
gboolean    tela_jobs_has_command (TelaJobs *self);
gboolean    tela_jobs_has_service (TelaJobs *self);
const char *tela_jobs_get_problem (TelaJobs *self); /* of the settings; NULL */
/* Names of models that can be chosen. (transfer full) */
GStrv           tela_jobs_dup_models (TelaJobs *self);
TelaJobKeyPlace tela_jobs_get_key_place (TelaJobs *self);
void            tela_jobs_set_key (TelaJobs *self, const char *key); /* NULL or "": forget it */
/* It is known whether there is a key. */
gboolean tela_jobs_is_settled (TelaJobs *self);
/* Carries out nothing; right after it was made. */
void tela_jobs_stay_idle (TelaJobs *self);
/* Tests: instead of those of the settings. */
void tela_jobs_set_generators (TelaJobs *self, TelaGenerator *command, TelaGenerator *service);
void tela_jobs_set_pace (TelaJobs *self, guint poll_ms, guint retry_ms);

/* Puts the placeholders on the board at once and the jobs into the queue; the last job. A board that the server does not know yet
 * is waited for. What the server refuses goes from the board again. */
void     tela_jobs_submit_async (TelaJobs *self, TelaSession *session, const TelaJobOrder *order, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaJob *tela_jobs_submit_finish (TelaJobs *self, GAsyncResult *result, GError **error); /* (transfer none) */
/* The same once more, in the placeholder if it is still there; @new_seed: beside what came of it, with another seed. */
void tela_jobs_repeat_async (TelaJobs *self, TelaJob *job, gboolean new_seed, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* As tela_jobs_submit_finish(). */
void     tela_jobs_cancel_async (TelaJobs *self, TelaJob *job, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_jobs_cancel_finish (TelaJobs *self, GAsyncResult *result, GError **error);

G_END_DECLS
