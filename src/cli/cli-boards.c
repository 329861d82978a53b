/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli.h"

static void
write_project (TelaJsonWriter *writer,
               TelaProject    *project)
{
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "id", tela_project_get_id (project));
  tela_json_writer_put_string (writer, "name", tela_project_get_name (project));
  tela_json_writer_put_string (writer, "role", tela_project_get_role (project));
  tela_json_writer_end_object (writer);
}

int
cli_projects (TelaCli *cli,
              int      argc,
              char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;
  GListModel    *projects;

  if (!cli_parse (&argc, &argv, entries, "projects", 0, FALSE))
    return CLI_USAGE;
  if (!cli_open_online (cli, &error))
    return cli_fail ("projects", error);

  projects = tela_workspace_get_projects (cli->workspace);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < g_list_model_get_n_items (projects); i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (projects, i);

      if (cli->json)
        write_project (&writer, project);
      else
        g_print ("%s  %-8s %s\n", tela_project_get_id (project), tela_project_get_role (project),
                 tela_project_get_name (project));
    }
  tela_json_writer_end_array (&writer);
  if (cli->json)
    g_print ("%s\n", out->str);
  return CLI_OK;
}

int
cli_new (TelaCli *cli,
         int      argc,
         char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (!cli_parse (&argc, &argv, entries, "new NAME", 1, FALSE))
    return CLI_USAGE;
  if (!cli_open_online (cli, &error))
    return cli_fail ("new", error);
  id = cli_create_board (cli, argv[1], NULL, NULL, &error);
  if (id == NULL)
    return cli_fail ("new", error);
  g_print (cli->json ? "{\"id\":\"%s\"}\n" : "%s\n", id);
  return CLI_OK;
}

int
cli_remove (TelaCli *cli,
            int      argc,
            char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  CliAwait           await = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = NULL;

  if (!cli_parse (&argc, &argv, entries, "remove PROJECT", 1, FALSE))
    return CLI_USAGE;
  if (!cli_open_online (cli, &error))
    return cli_fail ("remove", error);
  id = cli_find_board (cli, argv[1], &error);
  if (id == NULL)
    return cli_fail (argv[1], error);
  tela_workspace_remove_async (cli->workspace, id, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  if (!tela_workspace_remove_finish (cli->workspace, result, &error))
    return cli_fail (argv[1], error);
  return CLI_OK;
}
