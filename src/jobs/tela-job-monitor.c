/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-monitor.h"

#include "tela-remote-call.h"

#include <glib/gi18n-lib.h>

#define TABLE "/rest/v1/fal_jobs"
#define MAX_ROWS 500
#define RETRY_MS 2000

struct _TelaJobMonitor
{
  GObject parent_instance;

  TelaWorkspace        *workspace; /* owned */
  TelaJobQueue         *queue;     /* owned */
  char                 *user_id;   /* owned; nullable */
  RealtimeSubscription *topic;     /* owned; nullable */
  GCancellable         *fetching;  /* owned; NULL: nothing is fetched */
  gboolean              again;     /* something may have been missed since the fetch began */
  guint                 retry_source;
  gboolean              loaded;
};

G_DEFINE_FINAL_TYPE (TelaJobMonitor, tela_job_monitor, G_TYPE_OBJECT)

enum
{
  PROP_LOADED = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void fetch (TelaJobMonitor *self);

static TelaRemote *
get_remote (TelaJobMonitor *self)
{
  return tela_workspace_get_remote (self->workspace);
}

/* Rows of an answer; one that cannot be read is left out. */
static gpointer
parse_rows (GBytes  *body,
            GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_job_row_free);
  TelaJsonReader reader;
  TelaJsonSpan   span;
  gsize          len;
  const char    *data = g_bytes_get_data (body, &len);

  tela_json_reader_init (&reader, data, (gssize) len);
  if (tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &span))
      {
        TelaJobRow *row = tela_job_row_parse (span, NULL);

        if (row != NULL)
          g_ptr_array_add (rows, row);
      }
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&rows);
}

/* Reading the table */

static gboolean
retry_cb (gpointer user_data)
{
  TelaJobMonitor *self = user_data;

  self->retry_source = 0;
  fetch (self);
  return G_SOURCE_REMOVE;
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaJobMonitor) self = user_data; /* the reference fetch() took */
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = tela_remote_call_finish (TELA_REMOTE (source), result, &error);
  gboolean again = self->again;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->fetching);
  self->again = FALSE;
  if (rows == NULL)
    {
      self->retry_source = g_timeout_add (RETRY_MS, retry_cb, self);
      g_source_set_name_by_id (self->retry_source, "[tela] fetch jobs again");
      return;
    }
  tela_job_queue_end_fetch (self->queue, rows, rows->len < MAX_ROWS);
  if (!self->loaded)
    {
      self->loaded = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADED]);
    }
  if (again)
    fetch (self);
}

static void
fetch (TelaJobMonitor *self)
{
  g_autofree char *path = NULL;

  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->fetching != NULL)
    {
      self->again = TRUE;
      return;
    }
  self->fetching = g_cancellable_new ();
  path = g_strdup_printf (TABLE "?user_id=eq.%s&order=created_at.desc,id.desc&limit=%d", self->user_id, MAX_ROWS);
  tela_job_queue_begin_fetch (self->queue);
  tela_remote_call_async (get_remote (self),
                          &(TelaRemoteCall){ .method = "GET",
                                             .path = path,
                                             .parse = parse_rows,
                                             .destroy = (GDestroyNotify) g_ptr_array_unref },
                          self->fetching, fetched_cb, g_object_ref (self));
}

/* The topic */

static void
message_cb (TelaJobMonitor  *self,
            RealtimeMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (!message->is_json ||
      !tela_job_queue_take_event (self->queue, message->payload, message->payload_len, &error))
    g_debug ("A message about jobs was dropped: %s", error != NULL ? error->message : "it is not JSON");
}

static void
drop_topic (TelaJobMonitor *self)
{
  if (self->topic != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->topic, self);
      realtime_subscription_cancel (self->topic);
    }
  g_clear_object (&self->topic);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  if (self->fetching != NULL)
    g_cancellable_cancel (self->fetching);
  g_clear_object (&self->fetching);
  self->again = FALSE;
}

static void
signed_in_cb (TelaJobMonitor *self)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  const char                  *user_id = tela_workspace_get_user_id (self->workspace);
  g_autofree char             *topic = NULL;

  if (g_strcmp0 (user_id, self->user_id) == 0)
    return;
  drop_topic (self);
  tela_job_queue_clear (self->queue);
  g_free (self->user_id);
  self->user_id = g_strdup (user_id);
  if (user_id == NULL)
    return;
  topic = g_strconcat ("fal_jobs:", user_id, NULL);
  self->topic = realtime_manager_subscribe (tela_workspace_get_realtime (self->workspace), topic, "*", &options,
                                            REALTIME_KEEP_ALL);
  g_signal_connect_object (self->topic, "message", G_CALLBACK (message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->topic, "joined", G_CALLBACK (fetch), self, G_CONNECT_SWAPPED);
  fetch (self);
}

/* Writing */

static void
write_texts (TelaJsonWriter   *writer,
             const TelaJobRow *row)
{
  const char *const texts[][2] = {
    { "id", row->id },
    { "project_id", row->project_id },
    { "element_id", row->element_id },
    { "model", row->model },
    { "prompt", row->prompt },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i][1] != NULL)
      {
        tela_json_writer_name (writer, texts[i][0]);
        tela_json_writer_string (writer, texts[i][1]);
      }
}

static GBytes *
write_row (const TelaJobRow *row,
           const char       *user_id)
{
  GString       *json = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  write_texts (&writer, row);
  tela_json_writer_name (&writer, "user_id");
  tela_json_writer_string (&writer, user_id);
  if (row->has_seed)
    {
      tela_json_writer_name (&writer, "seed");
      tela_json_writer_int (&writer, row->seed);
    }
  if (row->input != NULL)
    {
      tela_json_writer_name (&writer, "input");
      tela_json_writer_raw (&writer, row->input, strlen (row->input));
    }
  tela_json_writer_end_object (&writer);
  return g_string_free_to_bytes (json);
}

static void
inserted_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaJobMonitor *self = g_task_get_source_object (task);
  GError         *error = NULL;
  g_autoptr (GPtrArray) rows = tela_remote_call_finish (TELA_REMOTE (source), result, &error);
  g_autofree char *id = NULL;
  TelaJob         *job;

  if (rows == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (rows->len == 1)
    {
      id = g_strdup (((TelaJobRow *) rows->pdata[0])->id);
      tela_job_queue_take_row (self->queue, g_steal_pointer (&rows->pdata[0]));
    }
  job = id != NULL ? tela_job_queue_find (self->queue, id) : NULL;
  if (job != NULL)
    g_task_return_pointer (task, g_object_ref (job), g_object_unref);
  else
    g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER, _ ("The server did not keep the job"));
}

static void
updated_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaJobMonitor *self = g_task_get_source_object (task);
  GError         *error = NULL;
  g_autoptr (GPtrArray) rows = tela_remote_call_finish (TELA_REMOTE (source), result, &error);

  if (rows == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < rows->len; i++)
    tela_job_queue_take_row (self->queue, g_steal_pointer (&rows->pdata[i]));
  g_task_return_boolean (task, rows->len > 0);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaJobMonitor *self = g_task_get_source_object (task);
  GError         *error = NULL;
  g_autoptr (GBytes) body = tela_remote_call_finish (TELA_REMOTE (source), result, &error);

  if (body == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  tela_job_queue_remove (self->queue, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

/* Object */

static void
tela_job_monitor_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  if (id == PROP_LOADED)
    g_value_set_boolean (value, TELA_JOB_MONITOR (object)->loaded);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tela_job_monitor_dispose (GObject *object)
{
  TelaJobMonitor *self = TELA_JOB_MONITOR (object);

  drop_topic (self);
  g_clear_object (&self->workspace);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (tela_job_monitor_parent_class)->dispose (object);
}

static void
tela_job_monitor_finalize (GObject *object)
{
  g_free (TELA_JOB_MONITOR (object)->user_id);
  G_OBJECT_CLASS (tela_job_monitor_parent_class)->finalize (object);
}

static void
tela_job_monitor_class_init (TelaJobMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tela_job_monitor_get_property;
  object_class->dispose = tela_job_monitor_dispose;
  object_class->finalize = tela_job_monitor_finalize;

  props[PROP_LOADED] =
      g_param_spec_boolean ("loaded", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tela_job_monitor_init (TelaJobMonitor *self)
{
  self->queue = tela_job_queue_new ();
}

TelaJobMonitor *
tela_job_monitor_new (TelaWorkspace *workspace)
{
  TelaJobMonitor *self = g_object_new (TELA_TYPE_JOB_MONITOR, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (workspace, "signed-in", G_CALLBACK (signed_in_cb), self, G_CONNECT_SWAPPED);
  signed_in_cb (self);
  return self;
}

TelaJobQueue *
tela_job_monitor_get_queue (TelaJobMonitor *self)
{
  g_return_val_if_fail (TELA_IS_JOB_MONITOR (self), NULL);
  return self->queue;
}

gboolean
tela_job_monitor_is_loaded (TelaJobMonitor *self)
{
  g_return_val_if_fail (TELA_IS_JOB_MONITOR (self), FALSE);
  return self->loaded;
}

void
tela_job_monitor_close (TelaJobMonitor *self)
{
  g_return_if_fail (TELA_IS_JOB_MONITOR (self));

  g_signal_handlers_disconnect_by_data (self->workspace, self);
  drop_topic (self);
}

void
tela_job_monitor_insert_async (TelaJobMonitor     *self,
                               const TelaJobRow   *row,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) body = NULL;

  g_task_set_source_tag (task, tela_job_monitor_insert_async);
  if (self->user_id == NULL)
    {
      g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_AUTH, _ ("Nobody is signed in"));
      return;
    }
  body = write_row (row, self->user_id);
  tela_remote_call_async (get_remote (self),
                          &(TelaRemoteCall){ .method = "POST",
                                             .path = TABLE,
                                             .body = body,
                                             .type = "application/json",
                                             .prefer = "return=representation",
                                             .parse = parse_rows,
                                             .destroy = (GDestroyNotify) g_ptr_array_unref },
                          cancellable, inserted_cb, g_steal_pointer (&task));
}

TelaJob *
tela_job_monitor_insert_finish (TelaJobMonitor *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_autoptr (TelaJob) job = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  job = g_task_propagate_pointer (G_TASK (result), error);
  return job; /* the queue has it */
}

void
tela_job_monitor_update_async (TelaJobMonitor     *self,
                               const char         *id,
                               const char         *changes,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) body = g_bytes_new (changes, strlen (changes));
  g_autofree char *path = g_strdup_printf (TABLE "?id=eq.%s&status=in.(queued,running)", id);

  g_task_set_source_tag (task, tela_job_monitor_update_async);
  tela_remote_call_async (get_remote (self),
                          &(TelaRemoteCall){ .method = "PATCH",
                                             .path = path,
                                             .body = body,
                                             .type = "application/json",
                                             .prefer = "return=representation",
                                             .parse = parse_rows,
                                             .destroy = (GDestroyNotify) g_ptr_array_unref },
                          cancellable, updated_cb, task);
}

gboolean
tela_job_monitor_update_finish (TelaJobMonitor *self,
                                GAsyncResult   *result,
                                gboolean       *applied,
                                GError        **error)
{
  GError *problem = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  *applied = g_task_propagate_boolean (G_TASK (result), &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, problem);
  return FALSE;
}

void
tela_job_monitor_remove_async (TelaJobMonitor     *self,
                               const char         *id,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask           *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = g_strdup_printf (TABLE "?id=eq.%s", id);

  g_task_set_source_tag (task, tela_job_monitor_remove_async);
  g_task_set_task_data (task, g_strdup (id), g_free);
  tela_remote_call_async (get_remote (self), &(TelaRemoteCall){ .method = "DELETE", .path = path }, cancellable,
                          removed_cb, task);
}

gboolean
tela_job_monitor_remove_finish (TelaJobMonitor *self,
                                GAsyncResult   *result,
                                GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
