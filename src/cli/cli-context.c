/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "cli.h"

/* How long a command waits for a backend to answer, and to take everything. */
#define ONLINE_TIMEOUT_S 20
#define DRAIN_TIMEOUT_S 120

void
cli_await_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  CliAwait *await = user_data;

  await->result = g_object_ref (result);
}

GAsyncResult *
cli_await_take (CliAwait *await)
{
  while (await->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return g_steal_pointer (&await->result);
}

/* What a killed process left unsent. */
static void
adopt_idle_replicas (TelaCli *cli)
{
  g_autoptr (GPtrArray) idle = tela_host_claim_idle_replicas (cli->host);

  for (guint i = 0; i < idle->len; i++)
    tela_workspace_adopt_replica (cli->workspace, g_ptr_array_index (idle, i));
}

static void
replicas_due_cb (TelaHost *host,
                 TelaCli  *cli)
{
  if (cli->workspace != NULL &&
      realtime_manager_get_connection_state (cli->realtime) == REALTIME_CONNECTION_CONNECTED)
    adopt_idle_replicas (cli);
}

static void
endpoint_changed_cb (TelaHost *host,
                     TelaCli  *cli)
{
  g_autofree char *session = NULL;

  if (cli->workspace == NULL)
    return; /* just closing */
  session = tela_host_dup_session (host);
  tela_workspace_set_endpoint (cli->workspace, tela_host_get_url (host), tela_host_get_key (host), session,
                               !tela_host_is_remote (host));
  if (tela_host_is_hosting (host))
    adopt_idle_replicas (cli);
}

gboolean
cli_open (TelaCli *cli,
          GError **error)
{
  cli->host = tela_host_new (cli->data_dir, cli->url, cli->key, error);
  if (cli->host == NULL)
    return FALSE;
  cli->store = tela_store_open (tela_host_get_replica_dir (cli->host), error);
  if (cli->store == NULL)
    return FALSE;

  cli->realtime = realtime_manager_get_default ();
  cli->workspace = tela_workspace_new (cli->store, cli->realtime);
  if (tela_host_is_remote (cli->host))
    tela_workspace_set_sign_in_dir (cli->workspace, cli->data_dir);
  g_signal_connect_swapped (cli->workspace, "endpoint-lost", G_CALLBACK (tela_host_check), cli->host);
  g_signal_connect (cli->host, "endpoint-changed", G_CALLBACK (endpoint_changed_cb), cli);
  g_signal_connect (cli->host, "replicas-due", G_CALLBACK (replicas_due_cb), cli);
  tela_workspace_set_account (cli->workspace, cli->email, cli->password);
  endpoint_changed_cb (cli->host, cli);
  return TRUE;
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

gboolean
cli_open_online (TelaCli *cli,
                 GError **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint    timeout = 0;
  gboolean ok = FALSE;

  if (!cli_open (cli, error))
    return FALSE;
  timeout = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, ONLINE_TIMEOUT_S, cancel_cb, cancellable, NULL);
  tela_workspace_refresh_async (cli->workspace, cancellable, cli_await_cb, &await);
  result = cli_await_take (&await);
  ok = tela_workspace_refresh_finish (cli->workspace, result, error);
  if (!g_cancellable_is_cancelled (cancellable))
    g_source_remove (timeout);
  return ok;
}

void
cli_close (TelaCli *cli)
{
  if (cli->workspace != NULL)
    tela_workspace_close (cli->workspace);
  g_clear_object (&cli->workspace);
  if (cli->realtime != NULL)
    {
      CliAwait await = { NULL };
      g_autoptr (GAsyncResult) result = NULL;

      realtime_manager_shutdown_async (cli->realtime, NULL, cli_await_cb, &await);
      result = cli_await_take (&await);
      realtime_manager_shutdown_finish (cli->realtime, result, NULL);
      cli->realtime = NULL;
    }
  if (cli->store != NULL)
    tela_store_close (cli->store);
  g_clear_object (&cli->store);
  if (cli->host != NULL)
    tela_host_close (cli->host);
  g_clear_object (&cli->host);
}

gboolean
cli_drain (TelaSession *session,
           GError     **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint timeout = 0;

  timeout = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, DRAIN_TIMEOUT_S, cancel_cb, cancellable, NULL);
  tela_session_drain_async (session, cancellable, cli_await_cb, &await);
  result = cli_await_take (&await);
  if (!g_cancellable_is_cancelled (cancellable))
    g_source_remove (timeout);
  if (tela_session_drain_finish (session, result, NULL))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
               "the server did not take everything; what waits is kept on disk");
  return FALSE;
}

char *
cli_find_board (TelaCli    *cli,
                const char *id_or_name,
                GError    **error)
{
  g_autofree char *found = NULL;
  guint            n;

  if (g_uuid_string_is_valid (id_or_name))
    return g_strdup (id_or_name);
  n = tela_project_find_named (tela_workspace_get_projects (cli->workspace), id_or_name, &found);
  if (n == 1)
    return g_steal_pointer (&found);
  if (n == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no board has this id or name");
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "more than one board is called “%s”: give the id", id_or_name);
  return NULL;
}

TelaSession *
cli_open_board (TelaCli    *cli,
                const char *id_or_name,
                GError    **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = cli_find_board (cli, id_or_name, error);

  if (id == NULL)
    return NULL;
  tela_workspace_open_async (cli->workspace, id, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_workspace_open_finish (cli->workspace, result, error);
}

gboolean
cli_put_assets (TelaCli    *cli,
                GHashTable *assets,
                GError    **error)
{
  GHashTableIter iter;
  gpointer       bytes;

  if (assets == NULL)
    return TRUE;
  g_hash_table_iter_init (&iter, assets);
  while (g_hash_table_iter_next (&iter, NULL, &bytes))
    {
      g_autofree char *name = tela_assets_put (tela_workspace_get_assets (cli->workspace), bytes, error);

      if (name == NULL)
        return FALSE;
    }
  return TRUE;
}

char *
cli_create_board (TelaCli    *cli,
                  const char *name,
                  GPtrArray  *ops,
                  GHashTable *assets,
                  GError    **error)
{
  CliAwait         await = { NULL };
  g_autofree char *id = tela_workspace_create (cli->workspace, name);
  g_autoptr (TelaSession) session = cli_open_board (cli, id, error);
  g_autoptr (GAsyncResult) edited = NULL;

  if (session == NULL || !cli_put_assets (cli, assets, error))
    return NULL;
  if (ops != NULL && ops->len > 0)
    {
      tela_session_edit_async (session, (TelaElement *const *) ops->pdata, ops->len, FALSE, NULL, cli_await_cb, &await);
      edited = cli_await_take (&await);
      if (!tela_session_edit_finish (session, edited, error))
        return NULL;
    }
  if (!cli_drain (session, error))
    return NULL;
  return g_steal_pointer (&id);
}
