/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

#include <glib/gi18n-lib.h>

/* Hearing from the server */

/* Those that are in their places are not touched, for one may have the focus. */
static void
sort (GListStore *store)
{
  g_autoptr (GPtrArray) moved = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 1; i < g_list_model_get_n_items (G_LIST_MODEL (store));)
    {
      g_autoptr (TelaProject) before = g_list_model_get_item (G_LIST_MODEL (store), i - 1);
      g_autoptr (TelaProject) project = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (tela_project_compare (before, project, NULL) <= 0)
        {
          i++;
          continue;
        }
      g_list_store_remove (store, i);
      g_ptr_array_add (moved, g_steal_pointer (&project));
    }
  for (guint i = 0; i < moved->len; i++)
    g_list_store_insert_sorted (store, moved->pdata[i], tela_project_compare, NULL);
}

static gint64
deletion_of (TelaWorkspace        *self,
             const TelaProjectRow *row)
{
  if (!tela_workspace_is_trashed (self, row->id, row->deleted_ms != 0))
    return 0;

  return row->deleted_ms != 0 ? row->deleted_ms : tela_remote_get_wall_ms (self->remote);
}

static void
take_row (TelaWorkspace        *self,
          const TelaProjectRow *row,
          const char           *role)
{
  g_autoptr (TelaProject) project = tela_workspace_find (self, row->id, NULL);
  const TelaProjectChange *renamed = tela_workspace_find_change (self, row->id, TELA_PROJECT_RENAME);
  const TelaProjectChange *painted = tela_workspace_find_change (self, row->id, TELA_PROJECT_THUMBNAIL);
  const char              *name = renamed != NULL ? renamed->name : row->name != NULL ? row->name
                                                                                      : "";

  if (project == NULL)
    project = tela_workspace_find_trashed (self, row->id);
  if (project != NULL)
    tela_project_update (project, name, role, row->updated_ms);
  else
    project = tela_project_new (row->id, name, role, row->updated_ms);
  tela_project_set_thumbnail (project, painted != NULL ? painted->name : row->thumbnail);
  tela_workspace_place (self, project, deletion_of (self, row));
}

static void
drop_lost (TelaWorkspace *self,
           GListStore    *store,
           GHashTable    *there)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (store)); i-- > 0;)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (G_LIST_MODEL (store), i);
      const char *id = tela_project_get_id (project);

      if (!g_hash_table_contains (there, id) && !tela_workspace_is_unborn (self, id))
        g_list_store_remove (store, i);
    }
}

/* @roles: TelaProjectRow of id and role. */
static void
take_list (TelaWorkspace *self,
           GPtrArray     *rows,
           GPtrArray     *roles)
{
  g_autoptr (GHashTable) role_of = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) there = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < roles->len; i++)
    {
      TelaProjectRow *row = g_ptr_array_index (roles, i);

      g_hash_table_insert (role_of, row->id, row->role);
    }
  for (guint i = 0; i < rows->len; i++)
    {
      TelaProjectRow *row = g_ptr_array_index (rows, i);
      const char     *role = g_hash_table_lookup (role_of, row->id);

      if (role == NULL)
        continue;
      g_hash_table_add (there, row->id);
      take_row (self, row, role);
    }
  drop_lost (self, self->projects, there);
  drop_lost (self, self->trash, there);
  sort (self->projects);
  sort (self->trash);
}

static void
refresh_failed (TelaWorkspace *self,
                GError        *error)
{
  self->refreshing = FALSE;
  tela_waiters_answer (self->refreshes, error);
  if (!g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED))
    tela_workspace_retry_later (self);
}

static void
refresh_again (TelaWorkspace *self)
{
  self->refresh_again = FALSE;
  tela_workspace_refresh (self);
}

static void
roles_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TelaWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) roles = tela_remote_roles_finish (TELA_REMOTE (source), result, &error);
  g_autoptr (GPtrArray) rows = NULL;

  if (self->closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  rows = g_steal_pointer (&self->rows);
  if (roles == NULL)
    {
      refresh_failed (self, error);
      return;
    }
  self->refreshing = FALSE;
  if (self->refresh_is_old)
    {
      refresh_again (self);
      return;
    }
  take_list (self, rows, roles);
  tela_workspace_save_projects (self);
  self->has_list = TRUE;
  tela_workspace_update_boards (self);
  tela_workspace_push_closed (self);
  if (self->refresh_again)
    refresh_again (self);
  else
    tela_waiters_answer (self->refreshes, NULL);
}

static void
projects_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TelaWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = tela_remote_projects_finish (TELA_REMOTE (source), result, &error);

  if (self->closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (rows == NULL)
    {
      refresh_failed (self, error);
      return;
    }
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->rows = g_steal_pointer (&rows);
  tela_remote_roles_async (self->remote, self->cancellable, roles_cb, g_object_ref (self));
}

void
tela_workspace_refresh (TelaWorkspace *self)
{
  if (self->closed || !tela_remote_has_endpoint (self->remote))
    return;
  if (self->refreshing)
    {
      self->refresh_again = TRUE;
      return;
    }
  self->refreshing = TRUE;
  self->refresh_is_old = FALSE;
  tela_remote_projects_async (self->remote, self->cancellable, projects_cb, g_object_ref (self));
}

/* Public */

GListModel *
tela_workspace_get_projects (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return G_LIST_MODEL (self->projects);
}

char *
tela_workspace_create (TelaWorkspace *self,
                       const char    *name)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (TelaProject) project = NULL;

  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  g_return_val_if_fail (self->scope != NULL, NULL);

  project = tela_project_new (id, name, "owner", tela_remote_get_wall_ms (self->remote));
  tela_workspace_queue_change (self, TELA_PROJECT_CREATE, id, name);
  g_list_store_insert_sorted (self->projects, project, tela_project_compare, NULL);
  tela_workspace_save_projects (self);
  tela_workspace_pump_changes (self);
  return g_steal_pointer (&id);
}

void
tela_workspace_rename (TelaWorkspace *self,
                       const char    *project_id,
                       const char    *name)
{
  g_autoptr (TelaProject) project = NULL;

  g_return_if_fail (TELA_IS_WORKSPACE (self));

  project = tela_workspace_find (self, project_id, NULL);
  if (project == NULL)
    return;
  tela_project_update (project, name, tela_project_get_role (project), tela_project_get_updated_at (project));
  tela_workspace_queue_change (self, TELA_PROJECT_RENAME, project_id, name);
  tela_workspace_save_projects (self);
  tela_workspace_pump_changes (self);
}

GListModel *
tela_workspace_get_trash (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return G_LIST_MODEL (self->trash);
}

/* @project: (transfer full), nullable */
static void
move (TelaWorkspace        *self,
      TelaProject          *project,
      TelaProjectChangeKind kind)
{
  g_autoptr (TelaProject) moved = project;

  if (moved == NULL)
    return;
  tela_workspace_queue_change (self, kind, tela_project_get_id (moved), NULL);
  tela_workspace_place (self, moved, kind == TELA_PROJECT_TRASH ? tela_remote_get_wall_ms (self->remote) : 0);
  tela_workspace_save_projects (self);
  tela_workspace_update_boards (self);
  tela_workspace_pump_changes (self);
}

void
tela_workspace_trash (TelaWorkspace *self,
                      const char    *project_id)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));

  move (self, tela_workspace_find (self, project_id, NULL), TELA_PROJECT_TRASH);
}

void
tela_workspace_restore (TelaWorkspace *self,
                        const char    *project_id)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));

  move (self, tela_workspace_find_trashed (self, project_id), TELA_PROJECT_RESTORE);
}

static void
forget (TelaWorkspace *self,
        const char    *id)
{
  tela_workspace_drop_changes (self, id);
  tela_workspace_take_out (self, id);
  tela_workspace_save_projects (self);
  tela_workspace_forget_board (self, id);
  tela_workspace_forget_thumbnail (self, id);
  tela_store_forget (self->store, id);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaWorkspace *self = g_task_get_source_object (task);
  GError        *error = NULL;

  if (!tela_remote_done_finish (TELA_REMOTE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!self->closed)
    forget (self, g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

void
tela_workspace_remove_async (TelaWorkspace      *self,
                             const char         *project_id,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TELA_IS_WORKSPACE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_workspace_remove_async);
  g_task_set_task_data (task, g_strdup (project_id), g_free);
  /* One that is being made right now is on the server soon enough to be removed from there. */
  if (tela_workspace_is_unborn (self, project_id) && !self->queue_busy)
    {
      forget (self, project_id);
      g_task_return_boolean (task, TRUE);
      return;
    }
  tela_remote_delete_project_async (self->remote, project_id, cancellable, removed_cb, g_steal_pointer (&task));
}

gboolean
tela_workspace_remove_finish (TelaWorkspace *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
tela_workspace_refresh_async (TelaWorkspace      *self,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TELA_IS_WORKSPACE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_workspace_refresh_async);
  if (self->closed || !tela_remote_has_endpoint (self->remote))
    {
      g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK, _ ("There is no server yet"));
      return;
    }
  tela_waiters_add (self->refreshes, task);
  tela_workspace_refresh (self);
}

gboolean
tela_workspace_refresh_finish (TelaWorkspace *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
