/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* One job, from its order to its picture. */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "realtime-policy.h"
#include "tela-generator-command.h"
#include "tela-job-element.h"
#include "tela-job-intent.h"
#include "tela-job-worker-private.h"

#define MAX_RETRY_MS 30000
#define MAX_BUSY 8       /* refusals of a moment, one after the other */
#define PROGRESS_STEP 20 /* of the whole is what the table is told */

TelaGenerator *
tela_job_worker_get_generator (TelaJobWorker    *self,
                               const TelaJobRow *row)
{
  return strcmp (row->model, TELA_COMMAND_MODEL) == 0 ? self->command : self->other;
}

/* When to go on */

static gboolean
step_cb (gpointer user_data)
{
  TelaWork *work = user_data;

  work->source = 0;
  tela_work_step (work);
  return G_SOURCE_REMOVE;
}

void
tela_work_step_later (TelaWork *work,
                      guint     ms)
{
  g_clear_handle_id (&work->source, g_source_remove);
  work->source = g_timeout_add (ms, step_cb, work);
  g_source_set_name_by_id (work->source, "[tela] go on with a job");
}

static void
step_after_failure (TelaWork *work)
{
  const RealtimeRetryPolicy policy = { 0, work->worker->retry_ms, MAX (MAX_RETRY_MS, work->worker->retry_ms), 2, 0.3 };

  tela_work_step_later (work, realtime_retry_policy_get_delay (&policy, MIN (work->n_failures, 16), g_random_double ()));
  work->n_failures++;
}

gboolean
tela_work_call_ended (TelaWork     *work,
                      const GError *error)
{
  work->busy = FALSE;
  return work->worker != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The board */

void
tela_work_tell_board (TelaWork *work)
{
  const TelaJobRow *row = tela_job_get_row (work->job);
  g_autoptr (TelaElement) op = NULL;

  if (work->session == NULL || row->element_id == NULL || !tela_session_can_edit (work->session) || work->kept != NULL ||
      row->state == TELA_JOB_DONE)
    return;
  op = tela_job_element_tell (tela_board_lookup (tela_session_get_board (work->session), row->element_id), row->id, row);
  if (op != NULL)
    tela_session_edit_async (work->session, &op, 1, FALSE, NULL, NULL, NULL);
}

static void
board_opened_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);

  work->board_asked = TRUE;
  if (work->worker == NULL)
    return;
  work->session = g_steal_pointer (&session);
  tela_work_tell_board (work);
  if (work->last != NULL)
    tela_work_step (work);
}

void
tela_work_open_board (TelaWork *work)
{
  const char *project_id = tela_job_get_row (work->job)->project_id;

  if (project_id != NULL && g_uuid_string_is_valid (project_id))
    tela_workspace_open_async (work->worker->workspace, project_id, work->cancellable, board_opened_cb,
                               g_rc_box_acquire (work));
  else
    work->board_asked = TRUE;
}

/* What ends a job */

void
tela_work_end_with (TelaWork    *work,
                    TelaJobState state,
                    const char  *reason)
{
  g_autoptr (GString) json = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "status");
  tela_json_writer_string (&writer, tela_job_state_get_name (state));
  tela_json_writer_name (&writer, "queue_position");
  tela_json_writer_null (&writer);
  tela_json_writer_name (&writer, "error");
  tela_json_writer_string (&writer, reason);
  if (state == TELA_JOB_DONE)
    {
      tela_json_writer_name (&writer, "asset");
      tela_json_writer_string (&writer, work->kept->sha256);
      tela_json_writer_name (&writer, "progress");
      tela_json_writer_int (&writer, 1);
    }
  if (work->picture != NULL && work->picture->has_seed)
    {
      tela_json_writer_name (&writer, "seed");
      tela_json_writer_int (&writer, work->picture->seed);
    }
  tela_json_writer_end_object (&writer);
  g_free (work->last);
  work->last = g_string_free (g_steal_pointer (&json), FALSE);
  work->n_failures = 0;
  tela_work_step (work);
}

void
tela_work_take_failure (TelaWork     *work,
                        const GError *error,
                        TelaJobState  if_lost)
{
  if (error->domain != TELA_GENERATOR_ERROR)
    tela_work_end_with (work, TELA_JOB_FAILED, error->message);
  else if (error->code == TELA_GENERATOR_ERROR_NETWORK ||
           (error->code == TELA_GENERATOR_ERROR_BUSY && work->n_busy++ < MAX_BUSY))
    step_after_failure (work);
  else if (error->code == TELA_GENERATOR_ERROR_LOST)
    tela_work_end_with (work, if_lost, error->message);
  else if (error->code == TELA_GENERATOR_ERROR_UNSURE)
    tela_work_end_with (work, TELA_JOB_UNKNOWN, error->message);
  else
    tela_work_end_with (work, TELA_JOB_FAILED, error->message);
}

static void
last_told_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  gboolean applied;
  gboolean fine = tela_job_monitor_update_finish (TELA_JOB_MONITOR (source), result, &applied, &error);

  if (!tela_work_call_ended (work, error))
    return;
  /* If it was over already, the queue will hear so; if it is refused, asking again is of no use. */
  if (!fine && !g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED))
    step_after_failure (work);
}

/* Placing */

typedef enum
{
  PLACE_NOW,
  PLACE_LATER,
  PLACE_NOWHERE, /* the picture stays in the list alone */
} Placing;

static Placing
can_place (TelaWork *work)
{
  const TelaJobRow *row = tela_job_get_row (work->job);

  if (!work->board_asked && row->project_id != NULL)
    return PLACE_LATER;
  if (work->session == NULL || g_strcmp0 (tela_session_get_role (work->session), "viewer") == 0)
    return PLACE_NOWHERE;
  if (!tela_session_can_edit (work->session))
    return PLACE_LATER;
  /* The placeholder may not have come yet. */
  if (row->element_id != NULL && !tela_session_is_live (work->session) &&
      tela_board_lookup (tela_session_get_board (work->session), row->element_id) == NULL)
    return PLACE_LATER;
  return PLACE_NOW;
}

static void
placed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  gboolean fine = tela_session_edit_finish (TELA_SESSION (source), result, &error);

  if (!tela_work_call_ended (work, error))
    return;
  if (fine)
    tela_work_end_with (work, TELA_JOB_DONE, NULL);
  else
    step_after_failure (work);
}

/* With the seed that the generator says it took. */
static TelaElement *
new_picture (TelaWork *work)
{
  g_autoptr (TelaJobRow) row = tela_job_row_copy (tela_job_get_row (work->job));

  if (work->picture->has_seed)
    {
      row->has_seed = TRUE;
      row->seed = work->picture->seed;
    }
  return tela_job_element_place (tela_session_get_board (work->session), row, tela_job_get_box (work->job), work->kept);
}

static void
place (TelaWork *work)
{
  Placing placing = can_place (work);
  g_autoptr (TelaElement) op = placing == PLACE_NOW ? new_picture (work) : NULL;

  if (placing == PLACE_LATER)
    tela_work_step_later (work, work->worker->poll_ms);
  else if (op == NULL)
    tela_work_end_with (work, TELA_JOB_DONE, NULL);
  else
    {
      work->busy = TRUE;
      tela_session_edit_async (work->session, &op, 1, FALSE, NULL, placed_cb, g_rc_box_acquire (work));
    }
}

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  TelaJobPicture *kept = tela_job_picture_keep_finish (TELA_STORE (source), result, &error);

  if (!tela_work_call_ended (work, error))
    {
      g_clear_pointer (&kept, tela_job_picture_free);
      return;
    }
  if (kept == NULL)
    {
      tela_work_take_failure (work, error, TELA_JOB_FAILED);
      return;
    }
  work->kept = kept;
  tela_assets_upload (tela_workspace_get_assets (work->worker->workspace), kept->sha256);
  place (work);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaGeneratorPicture) picture =
      tela_generator_fetch_finish (TELA_GENERATOR (source), result, &error);

  if (!tela_work_call_ended (work, error))
    return;
  if (picture == NULL)
    {
      tela_work_take_failure (work, error, TELA_JOB_UNKNOWN);
      return;
    }
  work->picture = g_steal_pointer (&picture);
  work->busy = TRUE;
  tela_job_picture_keep_async (tela_workspace_get_store (work->worker->workspace), work->picture->bytes,
                               work->cancellable, kept_cb, g_rc_box_acquire (work));
}

/* Asking */

static double
round_progress (double progress)
{
  return progress < 0 ? -1 : floor (progress * PROGRESS_STEP) / PROGRESS_STEP;
}

static char *
write_status (TelaWork                  *work,
              const TelaGeneratorStatus *status)
{
  GString       *json = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "status");
  tela_json_writer_string (
      &writer, tela_job_state_get_name (status->state == TELA_GENERATOR_QUEUED ? TELA_JOB_QUEUED : TELA_JOB_RUNNING));
  tela_json_writer_name (&writer, "request_id");
  tela_json_writer_string (&writer, work->request_id);
  tela_json_writer_name (&writer, "queue_position");
  if (status->place >= 0)
    tela_json_writer_int (&writer, status->place);
  else
    tela_json_writer_null (&writer);
  tela_json_writer_name (&writer, "progress");
  if (status->progress >= 0)
    tela_json_writer_number (&writer, round_progress (status->progress));
  else
    tela_json_writer_null (&writer);
  tela_json_writer_end_object (&writer);
  return g_string_free (json, FALSE);
}

static gboolean
is_news (TelaWork                  *work,
         const TelaGeneratorStatus *status)
{
  const TelaJobRow *row = tela_job_get_row (work->job);

  return row->state != (status->state == TELA_GENERATOR_QUEUED ? TELA_JOB_QUEUED : TELA_JOB_RUNNING) ||
         g_strcmp0 (row->request_id, work->request_id) != 0 || row->place != status->place ||
         row->progress != round_progress (status->progress);
}

static void
told_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  gboolean applied;

  tela_job_monitor_update_finish (TELA_JOB_MONITOR (source), result, &applied, &error);
  if (!tela_work_call_ended (work, error))
    return;
  if (tela_job_get_row (work->job)->request_id != NULL)
    tela_job_intent_remove (work->worker->dir, tela_job_get_id (work->job));
  tela_work_step_later (work, work->worker->poll_ms); /* what was not told is news the next time too */
}

void
tela_work_tell_status (TelaWork                  *work,
                       const TelaGeneratorStatus *status)
{
  g_autofree char *json = NULL;

  if (!is_news (work, status))
    {
      tela_work_step_later (work, work->worker->poll_ms);
      return;
    }
  json = write_status (work, status);
  work->busy = TRUE;
  tela_job_monitor_update_async (work->worker->monitor, tela_job_get_id (work->job), json, work->cancellable, told_cb,
                                 g_rc_box_acquire (work));
}

static void
status_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  TelaGeneratorStatus status = { .place = -1, .progress = -1 };
  gboolean            fine = tela_generator_status_finish (TELA_GENERATOR (source), result, &status, &error);

  if (!tela_work_call_ended (work, error))
    return;
  if (!fine)
    {
      tela_work_take_failure (work, error, TELA_JOB_UNKNOWN);
      return;
    }
  work->n_failures = work->n_busy = 0;
  if (status.state != TELA_GENERATOR_READY)
    {
      tela_work_tell_status (work, &status);
      return;
    }
  work->busy = TRUE;
  tela_generator_fetch_async (TELA_GENERATOR (source), tela_job_get_row (work->job)->model, work->request_id,
                              work->cancellable, fetched_cb, g_rc_box_acquire (work));
}

void
tela_work_step (TelaWork *work)
{
  const TelaJobRow *row = tela_job_get_row (work->job);
  TelaJobWorker    *self = work->worker;
  TelaGenerator    *generator = tela_job_worker_get_generator (self, row);

  if (work->busy)
    return;
  if (work->last != NULL && !work->board_asked)
    return; /* the board is told, too */
  if (work->last != NULL)
    {
      work->busy = TRUE;
      tela_job_monitor_update_async (self->monitor, row->id, work->last, work->cancellable, last_told_cb,
                                     g_rc_box_acquire (work));
    }
  else if (work->kept != NULL)
    place (work);
  else if (generator == NULL)
    return; /* until there is one */
  else if (work->request_id == NULL)
    tela_work_order (work);
  else
    {
      work->busy = TRUE;
      tela_generator_status_async (generator, row->model, work->request_id, work->cancellable, status_cb,
                                   g_rc_box_acquire (work));
    }
}
