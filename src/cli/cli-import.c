/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "cli.h"

static char *
board_name_of_file (const char *path)
{
  char *name = g_path_get_basename (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return name;
}

static TelaStamp
now_stamp (guint64 actor)
{
  TelaClock clock = { .actor = actor };

  return tela_clock_next (&clock, g_get_real_time () / 1000);
}

static gboolean
write_scene (GPtrArray  *elements,
             const char *path,
             GError    **error)
{
  g_autoptr (TelaBoard) board = tela_board_new ("scene");
  g_autofree char *text = NULL;
  gsize            len;

  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  text = tela_excalidraw_write (board, NULL, NULL, NULL, &len);
  return g_file_set_contents (path, text, (gssize) len, error);
}

static guint
count_visible (GPtrArray *elements)
{
  guint n = 0;

  for (guint i = 0; i < elements->len; i++)
    n += tela_element_is_visible (g_ptr_array_index (elements, i));
  return n;
}

static void
print_created (TelaCli    *cli,
               const char *id,
               const char *name,
               guint       n_elements,
               guint       n_assets)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (!cli->json)
    {
      g_print ("%s  %s: %u elements, %u images\n", id, name, n_elements, n_assets);
      return;
    }
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "id", id);
  tela_json_writer_put_string (&writer, "name", name);
  tela_json_writer_put_int (&writer, "elements", n_elements);
  tela_json_writer_put_int (&writer, "assets", n_assets);
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
}

void
cli_print_report (const char *path,
                  GPtrArray  *report)
{
  for (guint i = 0; i < report->len; i++)
    g_printerr ("tela-cli: %s: %s\n", path, (const char *) g_ptr_array_index (report, i));
}

/* Into a board that is there already. */
static gboolean
import_into (TelaCli    *cli,
             const char *project,
             const char *path,
             GError    **error)
{
  CliAwait await = { NULL };
  g_autoptr (TelaSession) session = cli_open_board (cli, project, error);
  g_autoptr (TelaImport) import = NULL;
  g_autoptr (GAsyncResult) edited = NULL;

  if (session == NULL)
    return FALSE;
  import =
      tela_format_read_file (path, tela_session_next_stamp (session), tela_session_get_board (session), NULL, error);
  if (import == NULL || !cli_put_assets (cli, import->assets, error))
    return FALSE;
  cli_print_report (path, import->report);
  tela_session_edit_async (session, (TelaElement *const *) import->elements->pdata, import->elements->len, TRUE, NULL,
                           cli_await_cb, &await);
  edited = cli_await_take (&await);
  if (!tela_session_edit_finish (session, edited, error))
    return FALSE;
  if (!cli_drain (session, error))
    return FALSE;
  print_created (cli, tela_board_get_project_id (tela_session_get_board (session)),
                 tela_board_get_name (tela_session_get_board (session)),
                 count_visible (import->elements), g_hash_table_size (import->assets));
  return TRUE;
}

/* One edit of ours, as every import: a .tela keeps its stamps as a document in its place only, since they order the writes
 * of another board, and a board takes none from the future. */
static gboolean
import_as_new (TelaCli    *cli,
               const char *path,
               GError    **error)
{
  g_autofree char *name = board_name_of_file (path);
  TelaStamp        stamp = now_stamp (tela_store_get_actor (cli->store));
  g_autoptr (TelaImport) import = tela_format_read_file (path, stamp, NULL, name, error);
  g_autofree char *id = NULL;

  if (import == NULL)
    return FALSE;
  tela_import_flatten (import, stamp);
  cli_print_report (path, import->report);
  id = cli_create_board (cli, name, import->elements, import->assets, error);
  if (id == NULL)
    return FALSE;
  print_created (cli, id, name, count_visible (import->elements), g_hash_table_size (import->assets));
  return TRUE;
}

int
cli_import (TelaCli *cli,
            int      argc,
            char   **argv)
{
  g_autofree char   *project = NULL;
  const GOptionEntry entries[] = {
    { "project", 0, 0, G_OPTION_ARG_STRING, &project, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  int status = CLI_OK;

  if (!cli_parse (&argc, &argv, entries, "import FILE… [--project ID]", 1, TRUE))
    return CLI_USAGE;
  if (!cli_open_online (cli, &error))
    return cli_fail ("import", error);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) why = NULL;

      if (project != NULL ? !import_into (cli, project, argv[i], &why) : !import_as_new (cli, argv[i], &why))
        status = cli_fail ("import", why); /* the message names the file */
    }
  return status;
}

int
cli_generate (TelaCli *cli,
              int      argc,
              char   **argv)
{
  int                n = 1000, seed = 1;
  g_autofree char   *out = NULL;
  const GOptionEntry entries[] = {
    { "elements", 0, 0, G_OPTION_ARG_INT, &n, NULL, NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, NULL, NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &out, NULL, NULL },
    { NULL },
  };
  const char *usage = "generate --elements N --seed S [-o FILE.excalidraw]";
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  g_autofree char *name = NULL;
  g_autofree char *id = NULL;

  if (!cli_parse (&argc, &argv, entries, usage, 0, FALSE))
    return CLI_USAGE;
  if (n < 1 || n > 1000000)
    return cli_usage (usage);
  elements = tela_scene_generate ((guint) n, (guint32) seed, now_stamp (1));
  if (out != NULL)
    return write_scene (elements, out, &error) ? CLI_OK : cli_fail (out, error);

  if (!cli_open_online (cli, &error))
    return cli_fail ("generate", error);
  name = g_strdup_printf ("Scene %d (seed %d)", n, seed);
  id = cli_create_board (cli, name, elements, NULL, &error);
  if (id == NULL)
    return cli_fail ("generate", error);
  print_created (cli, id, name, elements->len, 0);
  return CLI_OK;
}
