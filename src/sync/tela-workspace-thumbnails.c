/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

/* Pictures of the boards, for their lists: one a board, in a file and on the server, known by its hash. What has been
 * painted here is told to the server like a rename. */

/* What the thread works on. */
typedef struct
{
  GTaskThreadFunc func;

  TelaStore *store; /* owned */
  char      *id;    /* owned; of the board */
  char      *hash;  /* owned; of the picture that is there; nullable */
  GBytes    *bytes; /* owned; to be kept; nullable */
} Work;

static void
work_free (gpointer data)
{
  Work *self = data;

  g_object_unref (self->store);
  g_free (self->id);
  g_free (self->hash);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
work_in_thread (gpointer data,
                gpointer user_data)
{
  g_autoptr (GTask) task = data;
  const Work *work = g_task_get_task_data (task);

  work->func (task, g_task_get_source_object (task), g_task_get_task_data (task), g_task_get_cancellable (task));
}

/* One after the other, in the order of the calls: what is kept last is the last. */
static void
start_work (TelaWorkspace      *self,
            GTaskThreadFunc     func,
            const char         *id,
            const char         *hash,
            GBytes             *bytes,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Work  *work = g_new (Work, 1);

  *work = (Work){ .func = func,
                  .store = g_object_ref (self->store),
                  .id = g_strdup (id),
                  .hash = g_strdup (hash),
                  .bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL };
  g_task_set_source_tag (task, start_work);
  g_task_set_task_data (task, work, work_free);
  if (self->thumbnailer == NULL)
    self->thumbnailer = g_thread_pool_new (work_in_thread, NULL, 1, FALSE, NULL);
  g_thread_pool_push (self->thumbnailer, task, NULL);
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Work *work = data;
  GError     *error = NULL;
  GBytes     *bytes = tela_store_get_thumbnail (work->store, work->id, work->hash, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/* Painted here */

/* Returns its hash, if it is another than before. */
static void
keep_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Work      *work = data;
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, work->bytes);
  g_autofree char *kept = NULL;
  GError          *error = NULL;

  if (g_strcmp0 (hash, work->hash) != 0)
    kept = tela_store_put_thumbnail (work->store, work->id, work->bytes, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&kept), g_free);
}

/* A list without a picture is no reason to tell of a full disk, of which the edits tell. */
static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  TelaWorkspace   *self = TELA_WORKSPACE (source);
  const Work      *work = g_task_get_task_data (G_TASK (result));
  g_autofree char *hash = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (TelaProject) project = tela_workspace_find (self, work->id, NULL);

  if (!self->closed && hash != NULL && project != NULL)
    {
      tela_project_set_thumbnail (project, hash);
      tela_workspace_queue_change (self, TELA_PROJECT_THUMBNAIL, work->id, hash);
      tela_workspace_save_projects (self);
      tela_workspace_pump_changes (self);
    }
  tela_workspace_release (self);
}

void
tela_workspace_set_thumbnail (TelaWorkspace *self,
                              const char    *project_id,
                              GBytes        *png)
{
  g_autoptr (TelaProject) project = NULL;

  g_return_if_fail (TELA_IS_WORKSPACE (self));
  g_return_if_fail (png != NULL);

  project = self->closed ? NULL : tela_workspace_find (self, project_id, NULL);
  if (project == NULL || g_strcmp0 (tela_project_get_role (project), "viewer") == 0)
    return;

  tela_workspace_hold (self);
  start_work (self, keep_in_thread, project_id, tela_project_get_thumbnail (project), png, NULL, kept_cb, NULL);
}

static void
named_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TelaWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;

  tela_remote_done_finish (TELA_REMOTE (source), result, &error);
  tela_workspace_change_told (self, error);
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaWorkspace *self = g_task_get_source_object (task);
  const Work    *work = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (tela_remote_done_finish (TELA_REMOTE (source), result, &error))
    tela_remote_name_thumbnail_async (self->remote, work->id, work->hash, g_task_get_cancellable (task), named_cb,
                                      g_object_ref (self));
  else
    tela_workspace_change_told (self, error);
}

static void
read_for_telling_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  TelaWorkspace *self = TELA_WORKSPACE (source);
  GTask         *task = G_TASK (result);
  const Work    *work = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (task, NULL);

  if (self->closed || g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return;
  if (bytes == NULL)
    tela_workspace_change_told (self, NULL); /* there is a newer one, of which the server will hear */
  else
    tela_remote_put_thumbnail_async (self->remote, work->id, bytes, g_task_get_cancellable (task), put_cb,
                                     g_object_ref (task));
}

void
tela_workspace_tell_thumbnail (TelaWorkspace           *self,
                               const TelaProjectChange *change)
{
  start_work (self, read_in_thread, change->id, change->name, NULL, self->cancellable, read_for_telling_cb, NULL);
}

void
tela_workspace_adopt_thumbnails (TelaWorkspace *self,
                                 TelaStore     *store)
{
  for (GList *l = self->queue.head; l != NULL; l = l->next)
    {
      const TelaProjectChange *change = l->data;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *kept = NULL;

      if (change->kind == TELA_PROJECT_THUMBNAIL)
        bytes = tela_store_get_thumbnail (store, change->id, change->name, NULL);
      if (bytes != NULL)
        kept = tela_store_put_thumbnail (self->store, change->id, bytes, NULL);
    }
}

/* For the lists */

static void
store_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  const Work      *work = data;
  g_autofree char *kept = NULL;

  if (work->bytes != NULL)
    kept = tela_store_put_thumbnail (work->store, work->id, work->bytes, NULL);
  else
    tela_store_drop_thumbnail (work->store, work->id);
  g_task_return_boolean (task, TRUE);
}

/* It may be newer than the hash that it was asked for by; then the news of it is on its way. */
static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaWorkspace *self = g_task_get_source_object (task);
  const char    *id = g_task_get_task_data (task);
  GError        *error = NULL;
  GBytes        *bytes = tela_remote_get_asset_finish (TELA_REMOTE (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* One that was painted here meanwhile must not be written over. */
  if (!self->closed && self->n_holds == 0 &&
      tela_workspace_find_change (self, id, TELA_PROJECT_THUMBNAIL) == NULL)
    start_work (self, store_in_thread, id, NULL, bytes, NULL, NULL, NULL);
  g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaWorkspace *self = TELA_WORKSPACE (source);
  const Work    *work = g_task_get_task_data (G_TASK (result));
  GError        *error = NULL;
  GBytes        *bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else if (self->closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      g_task_set_task_data (task, g_strdup (work->id), g_free);
      tela_remote_get_thumbnail_async (self->remote, work->id, work->hash, g_task_get_cancellable (task), fetched_cb,
                                       g_object_ref (task));
    }
  g_clear_error (&error);
}

void
tela_workspace_get_thumbnail_async (TelaWorkspace      *self,
                                    TelaProject        *project,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));
  g_return_if_fail (tela_project_get_thumbnail (project) != NULL);

  start_work (self, read_in_thread, tela_project_get_id (project), tela_project_get_thumbnail (project), NULL,
              cancellable, read_cb, g_task_new (self, cancellable, callback, user_data));
}

GBytes *
tela_workspace_get_thumbnail_finish (TelaWorkspace *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_workspace_forget_thumbnail (TelaWorkspace *self,
                                 const char    *id)
{
  start_work (self, store_in_thread, id, NULL, NULL, NULL, NULL, NULL);
}
