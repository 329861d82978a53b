/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-wait.h"

#define WAIT_MS 30000

typedef struct
{
  TelaWorkspace *workspace;
  TelaSession   *session;
  guint          source; /* the end of patience */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  g_object_unref (wait->workspace);
  g_object_unref (wait->session);
  g_free (wait);
}

gboolean
tela_job_wait_is_needed (TelaWorkspace *workspace,
                         TelaSession   *session)
{
  RealtimeManager *realtime = tela_workspace_get_realtime (workspace);

  return !tela_session_is_live (session) &&
         realtime_manager_get_connection_state (realtime) == REALTIME_CONNECTION_CONNECTED;
}

/* Once: the handlers and the source hold the task. */
static void
end (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  g_clear_handle_id (&wait->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (wait->session, task);
  g_signal_handlers_disconnect_by_data (tela_workspace_get_realtime (wait->workspace), task);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
check_cb (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (!tela_job_wait_is_needed (wait->workspace, wait->session))
    end (task);
}

static gboolean
patience_cb (gpointer user_data)
{
  GTask *task = user_data;

  ((Wait *) g_task_get_task_data (task))->source = 0;
  end (task);
  return G_SOURCE_REMOVE;
}

void
tela_job_wait_async (TelaWorkspace      *workspace,
                     TelaSession        *session,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Wait  *wait = g_new (Wait, 1);

  *wait = (Wait){ g_object_ref (workspace), g_object_ref (session), 0 };
  g_task_set_source_tag (task, tela_job_wait_async);
  g_task_set_task_data (task, wait, wait_free);
  wait->source = g_timeout_add (WAIT_MS, patience_cb, task);
  g_source_set_name_by_id (wait->source, "[tela] wait for a board to be on the server");
  g_signal_connect_swapped (session, "notify::live", G_CALLBACK (check_cb), task);
  g_signal_connect_swapped (tela_workspace_get_realtime (workspace), "notify::connection-state", G_CALLBACK (check_cb),
                            task);
  check_cb (task);
}

gboolean
tela_job_wait_finish (GAsyncResult *result,
                      GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
