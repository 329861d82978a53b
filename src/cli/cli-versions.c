/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "cli.h"
#include "tela-versions.h"

typedef struct
{
  TelaCli    *cli;
  TelaRemote *remote;  /* borrowed */
  char       *project; /* owned */
} Versions;

/* (transfer full) */
static GPtrArray *
fetch_list (Versions *self,
            GError  **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tela_versions_list_async (self->remote, self->project, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_versions_list_finish (self->remote, result, error);
}

static void
write_version (TelaJsonWriter    *writer,
               const TelaVersion *version)
{
  tela_json_writer_begin_object (writer);
  if (version->id != NULL)
    {
      tela_json_writer_put_string (writer, "id", version->id);
      tela_json_writer_put_string (writer, "name", version->name);
    }
  else
    tela_json_writer_put_int (writer, "operations", version->n);
  tela_json_writer_put_int (writer, "rev", version->rev);
  tela_json_writer_put_int (writer, "at", version->at_ms);
  tela_json_writer_put_string (writer, "by", version->by);
  tela_json_writer_end_object (writer);
}

static void
print_version (const TelaVersion *version)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (version->at_ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *when = local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : g_strdup ("?");
  g_autofree char *rev = g_strdup_printf ("@%" G_GINT64_FORMAT, version->rev);
  const char      *by = version->by != NULL ? version->by : "";

  if (version->id != NULL)
    g_print ("%-36s  %s  “%s” %s\n", version->id, when, version->name, by);
  else
    g_print ("%-36s  %s  %u operations %s\n", rev, when, version->n, by);
}

static int
list (Versions   *self,
      const char *word,
      GError    **error)
{
  g_autoptr (GPtrArray) versions = fetch_list (self, error);
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (versions == NULL)
    return CLI_FAILED;
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < versions->len; i++)
    {
      if (self->cli->json)
        write_version (&writer, g_ptr_array_index (versions, i));
      else
        print_version (g_ptr_array_index (versions, i));
    }
  tela_json_writer_end_array (&writer);
  if (self->cli->json)
    g_print ("%s\n", out->str);
  return CLI_OK;
}

/* What was edited here goes with it. */
static int
name (Versions   *self,
      const char *word,
      GError    **error)
{
  g_autoptr (TelaSession) session = cli_open_board (self->cli, self->project, error);
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = NULL;

  if (session == NULL)
    return CLI_FAILED;
  tela_versions_name_async (session, word, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  id = tela_versions_name_finish (session, result, error);
  if (id == NULL)
    return CLI_FAILED;
  g_print (self->cli->json ? "{\"id\":\"%s\"}\n" : "%s\n", id);
  return CLI_OK;
}

/* By id, by the only version of that name, or by @REV. Borrowed. */
static const TelaVersion *
find_version (GPtrArray  *versions,
              const char *word,
              GError    **error)
{
  const TelaVersion *found = NULL;

  for (guint i = 0; i < versions->len; i++)
    {
      const TelaVersion *version = g_ptr_array_index (versions, i);
      g_autofree char   *rev = g_strdup_printf ("@%" G_GINT64_FORMAT, version->rev);

      if (g_strcmp0 (version->id, word) == 0 || (version->id == NULL && strcmp (rev, word) == 0))
        return version;
      if (g_strcmp0 (version->name, word) != 0)
        continue;
      if (found != NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "more than one version is called “%s”: give the id", word);
          return NULL;
        }
      found = version;
    }
  if (found == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no version has this id or name");
  return found;
}

static GPtrArray *
fetch (Versions          *self,
       const TelaVersion *version,
       GError           **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tela_versions_fetch_async (self->remote, self->project, version, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_versions_fetch_finish (self->remote, result, error);
}

static int
restore (Versions   *self,
         const char *word,
         GError    **error)
{
  g_autoptr (TelaSession) session = cli_open_board (self->cli, self->project, error);
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GPtrArray) elements = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const TelaVersion *version = NULL;
  CliAwait           await = { NULL };
  gssize             n;

  if (session == NULL || !cli_drain (session, error))
    return CLI_FAILED;
  versions = fetch_list (self, error);
  if (versions != NULL)
    version = find_version (versions, word, error);
  if (version != NULL)
    elements = fetch (self, version, error);
  if (elements == NULL)
    return CLI_FAILED;
  tela_versions_restore_async (session, elements, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  n = tela_versions_restore_finish (session, result, error);
  if (n < 0 || !cli_drain (session, error))
    return CLI_FAILED;
  g_print (self->cli->json ? "{\"changed\":%" G_GSSIZE_FORMAT "}\n" : "%" G_GSSIZE_FORMAT " elements changed.\n", n);
  return CLI_OK;
}

static int
remove_one (Versions   *self,
            const char *word,
            GError    **error)
{
  g_autoptr (GPtrArray) versions = fetch_list (self, error);
  const TelaVersion *version = versions != NULL ? find_version (versions, word, error) : NULL;
  CliAwait           await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  if (version == NULL)
    return CLI_FAILED;
  if (version->id == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "only a named version can be removed");
      return CLI_FAILED;
    }
  tela_versions_remove_async (self->remote, self->project, version->id, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  return tela_versions_remove_finish (self->remote, result, error) ? CLI_OK : CLI_FAILED;
}

static const struct
{
  const char *word;
  int (*func) (Versions *self, const char *word, GError **error);
} actions[] = {
  { "name", name },
  { "restore", restore },
  { "remove", remove_one },
};

int
cli_versions (TelaCli *cli,
              int      argc,
              char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  const char        *usage = "versions PROJECT [name NAME | restore VERSION | remove VERSION]";
  int (*func) (Versions * self, const char *word, GError **error) = NULL;
  Versions self = { .cli = cli };
  g_autoptr (GError) error = NULL;
  int status;

  if (!cli_parse (&argc, &argv, entries, usage, 1, TRUE))
    return CLI_USAGE;
  if (argc == 2)
    func = list;
  for (guint i = 0; argc == 4 && i < G_N_ELEMENTS (actions); i++)
    if (strcmp (argv[2], actions[i].word) == 0)
      func = actions[i].func;
  if (func == NULL)
    return cli_usage (usage);
  if (!cli_open_online (cli, &error))
    return cli_fail ("versions", error);
  self.remote = tela_workspace_get_remote (cli->workspace);
  self.project = cli_find_board (cli, argv[1], &error);
  status = self.project != NULL ? func (&self, argc == 4 ? argv[3] : NULL, &error) : CLI_FAILED;
  g_free (self.project);
  return status == CLI_OK ? CLI_OK : cli_fail ("versions", error);
}
