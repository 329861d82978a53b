/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

#include <glib/gi18n-lib.h>

/* Open boards: one session each. */

/* Before the server has told the list, what the caller asks for is taken to be there. */
static void
update_session (TelaWorkspace *self,
                TelaSession   *session)
{
  const char *id = tela_session_get_project_id (session);
  g_autoptr (TelaProject) project = tela_workspace_find (self, id, NULL);
  gboolean lost = project == NULL && self->has_list;

  tela_session_set_role (session, project != NULL ? tela_project_get_role (project) : lost ? NULL
                                                                                           : "editor");
  tela_session_set_server (session, !lost && tela_workspace_is_online (self, id), self->is_local);
}

void
tela_workspace_update_boards (TelaWorkspace *self)
{
  g_autoptr (GList) sessions = g_hash_table_get_values (self->sessions);

  for (GList *l = sessions; l != NULL; l = l->next)
    update_session (self, l->data);
  tela_workspace_update_outboxes (self);
}

void
tela_workspace_reconnected (TelaWorkspace *self)
{
  g_autoptr (GList) sessions = g_hash_table_get_values (self->sessions);

  for (GList *l = sessions; l != NULL; l = l->next)
    tela_session_reconnected (l->data);
  tela_workspace_retry_outboxes (self);
}

static void
session_gone_cb (gpointer user_data,
                 GObject *where_it_was)
{
  TelaWorkspace   *self = user_data;
  GHashTableIter   iter;
  gpointer         key, session;
  g_autofree char *id = NULL;

  g_hash_table_iter_init (&iter, self->sessions);
  while (id == NULL && g_hash_table_iter_next (&iter, &key, &session))
    if (session == (gpointer) where_it_was)
      {
        id = g_strdup (key);
        g_hash_table_iter_remove (&iter);
      }
  if (id != NULL)
    tela_workspace_push_closed_board (self, id);
}

static void
answer_opening (TelaWorkspace *self,
                const char    *id,
                TelaSession   *session,
                GError        *error)
{
  g_autoptr (GPtrArray) tasks = NULL;
  g_autofree char *key = NULL;

  if (!g_hash_table_steal_extended (self->opening, id, (gpointer *) &key, (gpointer *) &tasks))
    return;
  for (guint i = 0; i < tasks->len; i++)
    if (session != NULL)
      g_task_return_pointer (g_ptr_array_index (tasks, i), g_object_ref (session), g_object_unref);
    else
      g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

typedef struct
{
  TelaWorkspace *workspace; /* owned */
  char          *id;
} Opening;

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Opening *opening = user_data;
  g_autoptr (TelaWorkspace) self = opening->workspace;
  g_autofree char *id = opening->id;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = tela_session_load_finish (result, &error);

  if (self->closed)
    {
      g_clear_error (&error);
      error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The workspace was closed"));
      if (session != NULL)
        tela_session_close (session);
      g_clear_object (&session);
    }
  if (session != NULL)
    {
      g_hash_table_insert (self->sessions, g_strdup (id), session);
      g_object_weak_ref (G_OBJECT (session), session_gone_cb, self);
      g_signal_connect_object (session, "project-changed", G_CALLBACK (tela_workspace_refresh), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (session, "drained", G_CALLBACK (tela_workspace_check_drained), self, G_CONNECT_SWAPPED);
      update_session (self, session);
    }
  answer_opening (self, id, session, error);
}

void
tela_workspace_open_async (TelaWorkspace      *self,
                           const char         *project_id,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  TelaSession *session;
  GPtrArray   *tasks;
  Opening     *opening;

  g_return_if_fail (TELA_IS_WORKSPACE (self));
  g_return_if_fail (g_uuid_string_is_valid (project_id));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_workspace_open_async);
  session = g_hash_table_lookup (self->sessions, project_id);
  if (session != NULL)
    {
      g_task_return_pointer (task, g_object_ref (session), g_object_unref);
      return;
    }
  tasks = g_hash_table_lookup (self->opening, project_id);
  if (tasks != NULL)
    {
      g_ptr_array_add (tasks, g_steal_pointer (&task));
      return;
    }

  tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (tasks, g_steal_pointer (&task));
  g_hash_table_insert (self->opening, g_strdup (project_id), tasks);
  tela_workspace_close_outbox (self, project_id);

  opening = g_new0 (Opening, 1);
  opening->workspace = g_object_ref (self);
  opening->id = g_strdup (project_id);
  /* Not the caller's cancellable: others may have come to wait for the same. */
  tela_session_load_async (self->store, self->remote, self->assets, self->realtime, project_id, NULL, loaded_cb,
                           opening);
}

TelaSession *
tela_workspace_open_finish (TelaWorkspace *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_workspace_forget_board (TelaWorkspace *self,
                             const char    *id)
{
  TelaSession *session = g_hash_table_lookup (self->sessions, id);

  if (session != NULL)
    {
      g_object_weak_unref (G_OBJECT (session), session_gone_cb, self);
      g_hash_table_remove (self->sessions, id);
      tela_session_set_role (session, NULL);
      tela_session_close (session);
    }
  tela_workspace_close_outbox (self, id);
}

void
tela_workspace_close_boards (TelaWorkspace *self)
{
  GHashTableIter iter;
  gpointer       session;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    {
      g_object_weak_unref (session, session_gone_cb, self);
      tela_session_close (session);
      g_hash_table_iter_remove (&iter);
    }
  tela_workspace_close_outboxes (self);
}

GPtrArray *
tela_workspace_list_sessions (TelaWorkspace *self)
{
  GPtrArray     *sessions = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer       session;

  g_return_val_if_fail (TELA_IS_WORKSPACE (self), sessions);

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    g_ptr_array_add (sessions, g_object_ref (session));

  return sessions;
}
