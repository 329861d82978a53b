/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-worker-private.h"

#include "tela-job-intent.h"

#define POLL_MS 1000
#define RETRY_MS 1000

G_DEFINE_FINAL_TYPE (TelaJobWorker, tela_job_worker, G_TYPE_OBJECT)

static void
work_clear (gpointer data)
{
  TelaWork *work = data;

  g_clear_object (&work->job);
  g_clear_object (&work->cancellable);
  g_clear_object (&work->session);
  g_free (work->request_id);
  g_free (work->last);
  g_clear_pointer (&work->picture, tela_generator_picture_free);
  g_clear_pointer (&work->kept, tela_job_picture_free);
}

void
tela_work_unref (TelaWork *work)
{
  g_rc_box_release_full (work, work_clear);
}

/* Which jobs */

static void
work_end (gpointer data)
{
  TelaWork *work = data;

  g_clear_handle_id (&work->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (work->job, work);
  g_cancellable_cancel (work->cancellable);
  work->worker = NULL;
  tela_work_unref (work);
}

static void
job_changed_cb (TelaJob  *job,
                TelaWork *work)
{
  const TelaJobRow *row = tela_job_get_row (job);
  TelaJobWorker    *self = work->worker;
  TelaGenerator    *generator = tela_job_worker_get_generator (self, row);

  tela_work_tell_board (work);
  if (!tela_job_state_is_over (row->state))
    return;
  if (row->state == TELA_JOB_CANCELLED && work->request_id != NULL && generator != NULL)
    tela_generator_cancel_async (generator, row->model, work->request_id, NULL, NULL, NULL);
  tela_job_intent_remove (self->dir, row->id);
  g_hash_table_remove (self->works, row->id);
}

static void
begin (TelaJobWorker *self,
       TelaJob       *job)
{
  const TelaJobRow *row = tela_job_get_row (job);
  g_autofree char  *machine = tela_job_dup_input (job, "machine");
  TelaWork         *work;

  if (tela_job_is_over (job) || g_strcmp0 (machine, self->machine) != 0 || g_hash_table_contains (self->works, row->id))
    return;
  work = g_rc_box_new0 (TelaWork);
  work->worker = self;
  work->job = g_object_ref (job);
  work->cancellable = g_cancellable_new ();
  work->request_id = g_strdup (row->request_id);
  g_hash_table_insert (self->works, g_strdup (row->id), work);
  g_signal_connect (job, "changed", G_CALLBACK (job_changed_cb), work);
  tela_work_open_board (work);
  tela_work_begin (work);
}

static void
items_changed_cb (TelaJobWorker *self,
                  guint          position,
                  guint          removed,
                  guint          added,
                  GListModel    *model)
{
  GHashTableIter iter;
  gpointer       id;

  for (guint i = 0; i < added; i++)
    {
      g_autoptr (TelaJob) job = g_list_model_get_item (model, position + i);

      begin (self, job);
    }
  g_hash_table_iter_init (&iter, self->works);
  while (removed > 0 && g_hash_table_iter_next (&iter, &id, NULL))
    if (tela_job_queue_find (TELA_JOB_QUEUE (model), id) == NULL)
      g_hash_table_iter_remove (&iter);
}

/* Object */

static void
tela_job_worker_dispose (GObject *object)
{
  TelaJobWorker *self = TELA_JOB_WORKER (object);

  if (self->monitor != NULL)
    tela_job_worker_stop (self);
  g_clear_object (&self->workspace);
  g_clear_object (&self->monitor);
  g_clear_object (&self->command);
  g_clear_object (&self->other);
  G_OBJECT_CLASS (tela_job_worker_parent_class)->dispose (object);
}

static void
tela_job_worker_finalize (GObject *object)
{
  TelaJobWorker *self = TELA_JOB_WORKER (object);

  g_hash_table_unref (self->works);
  g_free (self->machine);
  g_free (self->dir);
  G_OBJECT_CLASS (tela_job_worker_parent_class)->finalize (object);
}

static void
tela_job_worker_class_init (TelaJobWorkerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_job_worker_dispose;
  object_class->finalize = tela_job_worker_finalize;
}

static void
tela_job_worker_init (TelaJobWorker *self)
{
  self->works = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, work_end);
  self->poll_ms = POLL_MS;
  self->retry_ms = RETRY_MS;
}

TelaJobWorker *
tela_job_worker_new (TelaWorkspace  *workspace,
                     TelaJobMonitor *monitor,
                     const char     *machine,
                     const char     *dir)
{
  TelaJobWorker *self = g_object_new (TELA_TYPE_JOB_WORKER, NULL);

  self->workspace = g_object_ref (workspace);
  self->monitor = g_object_ref (monitor);
  self->machine = g_strdup (machine);
  self->dir = g_strdup (dir);
  return self;
}

void
tela_job_worker_set_generators (TelaJobWorker *self,
                                TelaGenerator *command,
                                TelaGenerator *other)
{
  GHashTableIter iter;
  gpointer       work;

  g_return_if_fail (TELA_IS_JOB_WORKER (self));

  g_set_object (&self->command, command);
  g_set_object (&self->other, other);
  g_hash_table_iter_init (&iter, self->works);
  while (g_hash_table_iter_next (&iter, NULL, &work))
    tela_work_step_later (work, 0);
}

void
tela_job_worker_set_pace (TelaJobWorker *self,
                          guint          poll_ms,
                          guint          retry_ms)
{
  g_return_if_fail (TELA_IS_JOB_WORKER (self));

  self->poll_ms = poll_ms;
  self->retry_ms = retry_ms;
}

void
tela_job_worker_start (TelaJobWorker *self)
{
  GListModel *queue;

  g_return_if_fail (TELA_IS_JOB_WORKER (self));

  if (self->started)
    return;
  self->started = TRUE;
  queue = G_LIST_MODEL (tela_job_monitor_get_queue (self->monitor));
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, g_list_model_get_n_items (queue), queue);
}

void
tela_job_worker_stop (TelaJobWorker *self)
{
  g_return_if_fail (TELA_IS_JOB_WORKER (self));

  if (!self->started)
    return;
  self->started = FALSE;
  g_signal_handlers_disconnect_by_data (tela_job_monitor_get_queue (self->monitor), self);
  g_hash_table_remove_all (self->works);
}
