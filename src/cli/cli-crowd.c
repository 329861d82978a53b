/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-crowd.h"

#define TICK_MS 16
#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define N_TOPICS 4 /* of one person: user:, project:, live:, room: */

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

typedef gboolean (*Condition) (CliPerson *person);

/* For each of them. */
static gboolean
await_all (CliCrowd   *crowd,
           Condition   condition,
           const char *what,
           GError    **error)
{
  gint64   end = g_get_monotonic_time () + PATIENCE_US;
  guint    tick = g_timeout_add (TICK_MS, tick_cb, NULL);
  guint    n = 0;
  gboolean late = FALSE;

  while (n < crowd->n && !late)
    {
      if (condition (&crowd->people[n]))
        n++;
      else
        g_main_context_iteration (NULL, TRUE);
      late = g_get_monotonic_time () > end;
    }
  g_source_remove (tick);
  if (n < crowd->n)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "person %u did not get to this: %s", n + 1, what);
  return n == crowd->n;
}

static gboolean
is_signed_in (CliPerson *person)
{
  return tela_workspace_get_user_id (person->workspace) != NULL;
}

static gboolean
is_at_work (CliPerson *person)
{
  return tela_session_is_live (person->session) && tela_session_can_edit (person->session);
}

static gboolean
sees_all (CliPerson *person)
{
  return g_list_model_get_n_items (G_LIST_MODEL (tela_session_get_people (person->session))) + 1 >= person->crowd->n;
}

guint
cli_person_count_channels (CliPerson *person)
{
  RealtimeMetrics metrics;

  realtime_manager_get_metrics (person->realtime, &metrics);
  return metrics.active_channels;
}

static gboolean
has_joined (CliPerson *person)
{
  person->n_channels = cli_person_count_channels (person);
  return person->n_channels == N_TOPICS;
}

static gboolean
admit (CliPerson          *person,
       const CliLoadBoard *board,
       GError            **error)
{
  g_autofree char *member = NULL;

  member = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}", board->project,
                            tela_workspace_get_user_id (person->workspace));
  if (cli_swarm_http (board->swarm, "POST", "/rest/v1/project_members", board->token, member, NULL) == 201)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "the server lets nobody onto the board");
  return FALSE;
}

static gboolean
open_board (CliPerson  *person,
            const char *project,
            GError    **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tela_workspace_open_async (person->workspace, project, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  person->session = tela_workspace_open_finish (person->workspace, result, error);
  return person->session != NULL;
}

static gboolean
start (CliCrowd *crowd,
       TelaCli  *cli,
       GError  **error)
{
  for (guint i = 0; i < crowd->n; i++)
    {
      CliPerson *person = &crowd->people[i];

      person->crowd = crowd;
      person->said = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      person->dir = g_dir_make_tmp ("tela-load-XXXXXX", error);
      person->store = person->dir != NULL ? tela_store_open (person->dir, error) : NULL;
      if (person->store == NULL)
        return FALSE;
      person->realtime = realtime_manager_new ();
      person->workspace = tela_workspace_new (person->store, person->realtime);
      tela_workspace_set_endpoint (person->workspace, tela_host_get_url (cli->host), tela_host_get_key (cli->host), NULL,
                                   FALSE);
    }
  return await_all (crowd, is_signed_in, "signed in", error);
}

static gboolean
enter (CliCrowd           *crowd,
       const CliLoadBoard *board,
       GError            **error)
{
  for (guint i = 0; i < crowd->n; i++)
    if (!admit (&crowd->people[i], board, error) || !open_board (&crowd->people[i], board->project, error))
      return FALSE;
  if (!await_all (crowd, is_at_work, "at work on the board", error))
    return FALSE;
  for (guint i = 0; i < crowd->n; i++)
    {
      g_autofree char *name = g_strdup_printf ("Person %u", i + 1);

      tela_people_set_self (tela_session_get_people (crowd->people[i].session), name, "#1971c2");
    }
  return await_all (crowd, has_joined, "on all channels", error) && await_all (crowd, sees_all, "seeing the others", error);
}

static void
person_leave (CliPerson *person)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  g_clear_object (&person->session);
  if (person->workspace != NULL)
    {
      tela_workspace_close (person->workspace);
      realtime_manager_shutdown_async (person->realtime, NULL, cli_await_cb, &await);
      result = cli_await_take (&await);
      realtime_manager_shutdown_finish (person->realtime, result, NULL);
    }
  g_clear_object (&person->workspace);
  g_clear_object (&person->realtime);
  if (person->store != NULL)
    tela_store_close (person->store);
  g_clear_object (&person->store);
  g_clear_pointer (&person->said, g_hash_table_unref);
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

gboolean
cli_crowd_gather (CliCrowd *crowd, TelaCli *cli, const CliLoadBoard *board, GError **error)
{
  return start (crowd, cli, error) && enter (crowd, board, error);
}

void
cli_crowd_leave (CliCrowd *crowd)
{
  for (guint i = 0; i < crowd->n; i++)
    {
      g_autoptr (GFile) dir = crowd->people[i].dir != NULL ? g_file_new_for_path (crowd->people[i].dir) : NULL;

      person_leave (&crowd->people[i]);
      if (dir != NULL)
        remove_tree (dir);
      g_free (crowd->people[i].dir);
    }
}
