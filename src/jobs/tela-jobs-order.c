/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-jobs-private.h"

#include <glib/gi18n-lib.h>

#include "tela-generator-command.h"
#include "tela-job-element.h"
#include "tela-job-wait.h"

/* One order under way. */
typedef struct
{
  TelaSession *session;
  GPtrArray   *rows; /* TelaJobRow */
  guint        n;    /* that the server has taken */
  TelaJob     *last;

  TelaJobOrder wanted; /* owned strings; of a new order */
  TelaJob     *job;    /* of a repetition or a cancellation */
  gboolean     new_seed;
} Order;

static void
order_free (gpointer data)
{
  Order *self = data;

  g_clear_object (&self->session);
  g_free ((char *) self->wanted.model);
  g_free ((char *) self->wanted.prompt);
  g_free ((char *) self->wanted.frame_id);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->last);
  g_clear_object (&self->job);
  g_free (self);
}

static GTask *
new_task (TelaJobs           *self,
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Order *order = g_new0 (Order, 1);

  order->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_job_row_free);
  g_task_set_task_data (task, order, order_free);
  return task;
}

/* Rows */

static char *
write_input (TelaJobs *self,
             TelaRect  box)
{
  GString       *json = g_string_new (NULL);
  const double   sides[] = { box.x, box.y, box.width, box.height };
  const char    *names[] = { "x", "y", "width", "height" };
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "machine");
  tela_json_writer_string (&writer, self->machine);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      tela_json_writer_name (&writer, names[i]);
      tela_json_writer_number (&writer, sides[i]);
    }
  tela_json_writer_end_object (&writer);
  return g_string_free (json, FALSE);
}

static TelaJobRow *
new_row (TelaJobs   *self,
         const char *model,
         const char *prompt,
         gint64      seed,
         TelaRect    box,
         const char *project_id)
{
  TelaJobRow *row = g_new0 (TelaJobRow, 1);

  *row = (TelaJobRow){ .id = g_uuid_string_random (),
                       .project_id = g_strdup (project_id),
                       .element_id = g_uuid_string_random (),
                       .model = g_strdup (model),
                       .prompt = g_strdup (prompt),
                       .input = write_input (self, box),
                       .has_seed = TRUE,
                       .seed = seed,
                       .state = TELA_JOB_QUEUED,
                       .place = -1,
                       .progress = -1 };
  return row;
}

static gint64
random_seed (void)
{
  return g_random_int_range (1, G_MAXINT32);
}

/* FALSE: nobody would carry it out. */
static gboolean
check (TelaJobs    *self,
       TelaSession *session,
       const char  *model,
       GTask       *task)
{
  TelaGenerator *generator = strcmp (model, TELA_COMMAND_MODEL) == 0 ? self->command : self->service;

  if (generator == NULL)
    g_task_return_new_error (task, TELA_JOBS_ERROR, TELA_JOBS_ERROR_NOT_SET_UP,
                             _ ("Nothing that makes images is set up"));
  else if (!tela_session_can_edit (session))
    g_task_return_new_error (task, TELA_JOBS_ERROR, TELA_JOBS_ERROR_READ_ONLY, _ ("The board cannot be edited"));
  else
    return TRUE;
  return FALSE;
}

/* The table, one after the other */

static void insert_next (GTask *task);

/* What the server did not take is not waited for on any board. */
static void
take_back (Order *order)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = order->n; i < order->rows->len; i++)
    {
      TelaJobRow    *row = order->rows->pdata[i];
      TelaOpBuilder *op = tela_op_builder_new (row->element_id);

      tela_op_builder_set_boolean (op, TELA_KEY_IS_DELETED, TRUE);
      g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
    }
  tela_session_edit_async (order->session, (TelaElement *const *) ops->pdata, ops->len, FALSE, NULL, NULL, NULL);
}

static void
inserted_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Order   *order = g_task_get_task_data (task);
  GError  *error = NULL;
  TelaJob *job = tela_job_monitor_insert_finish (TELA_JOB_MONITOR (source), result, &error);

  if (job == NULL)
    {
      take_back (order);
      g_task_return_error (task, error);
      return;
    }
  g_set_object (&order->last, job);
  order->n++;
  insert_next (g_steal_pointer (&task));
}

/* Takes the task. */
static void
insert_next (GTask *task)
{
  TelaJobs *self = g_task_get_source_object (task);
  Order    *order = g_task_get_task_data (task);

  if (order->n < order->rows->len)
    {
      tela_job_monitor_insert_async (self->monitor, order->rows->pdata[order->n], NULL, inserted_cb, task);
      return;
    }
  g_task_return_pointer (task, g_object_ref (order->last), g_object_unref);
  g_object_unref (task);
}

/* Ordering */

/* The placeholders, then the jobs. Takes the task. */
static void
place (GTask *task)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  TelaJobs           *self = g_task_get_source_object (task);
  Order              *order = g_task_get_task_data (task);
  const TelaJobOrder *wanted = &order->wanted;
  g_autofree char    *index = tela_board_top_index (tela_session_get_board (order->session));
  TelaRect            box = wanted->box;

  for (guint i = 0; i < CLAMP (wanted->count, 1, TELA_JOBS_MAX_COUNT); i++)
    {
      gint64      seed = wanted->has_seed ? wanted->seed + i : random_seed ();
      TelaJobRow *row =
          new_row (self, wanted->model, wanted->prompt, seed, box, tela_session_get_project_id (order->session));
      char *next = tela_index_between (index, NULL);

      g_ptr_array_add (order->rows, row);
      g_ptr_array_add (ops, tela_job_element_new (row, index, box, wanted->frame_id));
      box = tela_job_get_next_box (box);
      g_free (index);
      index = next;
    }
  tela_session_edit (order->session, (TelaElement *const *) ops->pdata, ops->len);
  insert_next (task);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Order  *order = g_task_get_task_data (task);
  GError *error = NULL;

  if (!tela_job_wait_finish (result, &error))
    g_task_return_error (task, error);
  else if (check (g_task_get_source_object (task), order->session, order->wanted.model, task))
    place (g_steal_pointer (&task));
}

void
tela_jobs_submit_async (TelaJobs           *self,
                        TelaSession        *session,
                        const TelaJobOrder *wanted,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Order *order;

  g_return_if_fail (TELA_IS_JOBS (self));
  g_return_if_fail (TELA_IS_SESSION (session));

  task = new_task (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_jobs_submit_async);
  if (!check (self, session, wanted->model, task))
    return;
  order = g_task_get_task_data (task);
  order->session = g_object_ref (session);
  order->wanted = *wanted;
  order->wanted.model = g_strdup (wanted->model);
  order->wanted.prompt = g_strdup (wanted->prompt);
  order->wanted.frame_id = g_strdup (wanted->frame_id);
  if (tela_job_wait_is_needed (self->workspace, session))
    tela_job_wait_async (self->workspace, session, cancellable, waited_cb, g_steal_pointer (&task));
  else
    place (g_steal_pointer (&task));
}

TelaJob *
tela_jobs_submit_finish (TelaJobs     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_autoptr (TelaJob) job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  job = g_task_propagate_pointer (G_TASK (result), error);
  return job; /* the queue has it */
}

/* Once more */

static TelaElement *
repeat_on_board (Order      *order,
                 TelaJobRow *row,
                 TelaRect    box)
{
  const TelaJobRow  *old = tela_job_get_row (order->job);
  TelaBoard         *board = tela_session_get_board (order->session);
  const TelaElement *element = old->element_id != NULL ? tela_board_lookup (board, old->element_id) : NULL;
  g_autofree char   *index = NULL;

  if (!order->new_seed && tela_job_element_is_placeholder (element, old->id))
    {
      g_free (row->element_id);
      row->element_id = g_strdup (old->element_id);
      return tela_job_element_tell (element, old->id, row);
    }
  index = tela_board_top_index (board);
  if (element != NULL && tela_element_is_visible (element))
    box = tela_job_get_next_box (tela_element_get_box (element));
  return tela_job_element_new (row, index, box, NULL);
}

static void
repeat (GTask *task)
{
  TelaJobs         *self = g_task_get_source_object (task);
  Order            *order = g_task_get_task_data (task);
  const TelaJobRow *old = tela_job_get_row (order->job);
  TelaRect          box = tela_job_get_box (order->job);
  gint64            seed = order->new_seed || !old->has_seed ? random_seed () : old->seed;
  g_autoptr (TelaElement) op = NULL;
  TelaJobRow *row;

  if (!check (self, order->session, old->model, task))
    {
      g_object_unref (task);
      return;
    }
  row = new_row (self, old->model, old->prompt, seed, box, old->project_id);
  g_ptr_array_add (order->rows, row);
  op = repeat_on_board (order, row, box);
  if (op != NULL)
    tela_session_edit (order->session, &op, 1);
  insert_next (task);
}

static void
opened_for_repeat_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  GTask  *task = user_data;
  Order  *order = g_task_get_task_data (task);
  GError *error = NULL;

  order->session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  if (order->session != NULL)
    {
      repeat (task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
tela_jobs_repeat_async (TelaJobs           *self,
                        TelaJob            *job,
                        gboolean            new_seed,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  const char *project_id;
  Order      *order;

  g_return_if_fail (TELA_IS_JOBS (self));
  g_return_if_fail (TELA_IS_JOB (job));

  task = new_task (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_jobs_submit_async);
  order = g_task_get_task_data (task);
  order->job = g_object_ref (job);
  order->new_seed = new_seed;
  project_id = tela_job_get_row (job)->project_id;
  if (project_id == NULL || !g_uuid_string_is_valid (project_id))
    g_task_return_new_error (task, TELA_JOBS_ERROR, TELA_JOBS_ERROR_GONE, _ ("The board of this job is gone"));
  else
    tela_workspace_open_async (self->workspace, project_id, cancellable, opened_for_repeat_cb, g_steal_pointer (&task));
}

/* Cancelling */

static void
tell_cancelled (Order *order)
{
  const TelaJobRow *row = tela_job_get_row (order->job);
  g_autoptr (TelaElement) op = NULL;

  if (row->element_id != NULL && row->state == TELA_JOB_CANCELLED && tela_session_can_edit (order->session))
    op = tela_job_element_tell (tela_board_lookup (tela_session_get_board (order->session), row->element_id), row->id,
                                row);
  if (op != NULL)
    tela_session_edit_async (order->session, &op, 1, FALSE, NULL, NULL, NULL);
}

static void
opened_for_cancel_cb (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Order *order = g_task_get_task_data (task);

  order->session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, NULL);
  if (order->session != NULL)
    tell_cancelled (order);
  g_task_return_boolean (task, TRUE);
}

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaJobs   *self = g_task_get_source_object (task);
  Order      *order = g_task_get_task_data (task);
  const char *project_id = tela_job_get_row (order->job)->project_id;
  GError     *error = NULL;
  gboolean    applied;

  if (!tela_job_monitor_update_finish (TELA_JOB_MONITOR (source), result, &applied, &error))
    g_task_return_error (task, error);
  else if (project_id == NULL || !g_uuid_string_is_valid (project_id))
    g_task_return_boolean (task, TRUE);
  else
    tela_workspace_open_async (self->workspace, project_id, NULL, opened_for_cancel_cb, g_steal_pointer (&task));
}

void
tela_jobs_cancel_async (TelaJobs           *self,
                        TelaJob            *job,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task;
  Order *order;

  g_return_if_fail (TELA_IS_JOBS (self));
  g_return_if_fail (TELA_IS_JOB (job));

  task = new_task (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_jobs_cancel_async);
  order = g_task_get_task_data (task);
  order->job = g_object_ref (job);
  tela_job_monitor_update_async (self->monitor, tela_job_get_id (job), "{\"status\":\"cancelled\"}", cancellable,
                                 cancelled_cb, task);
}

gboolean
tela_jobs_cancel_finish (TelaJobs     *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
