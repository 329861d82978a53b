/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Ordering a picture, once: what is about to be ordered is written down first, then under which id it was taken. */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-job-element.h"
#include "tela-job-intent.h"
#include "tela-job-worker-private.h"

#define PIXEL_STEP 16 /* what models like */
#define LEAST_PIXELS 256
#define MOST_PIXELS 1536

static int
pixels (double length,
        double longest)
{
  int n = (int) round (length * MIN (1, MOST_PIXELS / longest) / PIXEL_STEP) * PIXEL_STEP;

  return CLAMP (n, LEAST_PIXELS, MOST_PIXELS);
}

/* Under that id; what could not be written down is in the table soon. */
static void
id_kept_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  const TelaGeneratorStatus queued = { TELA_GENERATOR_QUEUED, -1, -1 };
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;

  tela_job_intent_write_finish (result, &error);
  if (tela_work_call_ended (work, error))
    tela_work_tell_status (work, &queued);
}

static void
submitted_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  const char *job_id = tela_job_get_id (work->job);
  char       *id = tela_generator_submit_finish (TELA_GENERATOR (source), result, &error);

  /* Cancelled while it was being accepted: it need not be made. */
  if (id != NULL && work->worker == NULL)
    tela_generator_cancel_async (TELA_GENERATOR (source), tela_job_get_row (work->job)->model, id, NULL, NULL, NULL);
  if (!tela_work_call_ended (work, error))
    {
      g_free (id);
      return;
    }
  if (id == NULL)
    {
      if (!g_error_matches (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_UNSURE))
        tela_job_intent_remove (work->worker->dir, job_id);
      tela_work_take_failure (work, error, TELA_JOB_FAILED);
      return;
    }
  work->n_failures = work->n_busy = 0;
  work->request_id = id;
  work->busy = TRUE;
  tela_job_intent_write_async (work->worker->dir, job_id, id, work->cancellable, id_kept_cb, g_rc_box_acquire (work));
}

static void
submit (TelaWork      *work,
        TelaGenerator *generator)
{
  const TelaJobRow          *row = tela_job_get_row (work->job);
  TelaRect                   box = tela_job_get_box (work->job);
  double                     longest = MAX (box.width, box.height);
  const TelaGeneratorRequest request = { .model = row->model,
                                         .prompt = row->prompt,
                                         .seed = row->seed,
                                         .width = pixels (box.width, longest),
                                         .height = pixels (box.height, longest) };

  work->busy = TRUE;
  tela_generator_submit_async (generator, &request, NULL, submitted_cb, g_rc_box_acquire (work));
}

static void
intent_kept_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (TelaWork) work = user_data;
  g_autoptr (GError) error = NULL;
  gboolean         fine = tela_job_intent_write_finish (result, &error);
  TelaGenerator   *generator;
  g_autofree char *reason = NULL;

  if (!tela_work_call_ended (work, error))
    return;
  generator = tela_job_worker_get_generator (work->worker, tela_job_get_row (work->job));
  if (!fine)
    {
      /* Translators: %s says why, in a sentence */
      reason = g_strdup_printf (_ ("The order cannot be written down: %s"), error->message);
      tela_work_end_with (work, TELA_JOB_FAILED, reason);
    }
  else if (generator != NULL)
    submit (work, generator);
  else
    tela_job_intent_remove (work->worker->dir, tela_job_get_id (work->job)); /* until there is one again */
}

void
tela_work_order (TelaWork *work)
{
  work->busy = TRUE;
  tela_job_intent_write_async (work->worker->dir, tela_job_get_id (work->job), NULL, work->cancellable, intent_kept_cb,
                               g_rc_box_acquire (work));
}

void
tela_work_begin (TelaWork *work)
{
  g_autofree char *request_id = NULL;
  gboolean         is_ordered = work->request_id == NULL &&
                        tela_job_intent_read (work->worker->dir, tela_job_get_id (work->job), &request_id);

  if (request_id != NULL)
    work->request_id = g_steal_pointer (&request_id);
  if (is_ordered && work->request_id == NULL)
    tela_work_end_with (work, TELA_JOB_UNKNOWN,
                        _ ("The program ended while it was being ordered. Retrying may order it twice."));
  else
    tela_work_step (work);
}
