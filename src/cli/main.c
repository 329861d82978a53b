/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

typedef struct
{
  const char *name;
  TelaCliFunc func;
  const char *summary;
} Command;

static const Command commands[] = {
  { "serve", cli_serve, "run the backend in the foreground" },
  { "projects", cli_projects, "list the boards" },
  { "new", cli_new, "create a board" },
  { "remove", cli_remove, "remove a board" },
  { "import", cli_import, "make boards of files" },
  { "export", cli_export, "write a board or a file as picture or drawing" },
  { "generate", cli_generate, "make a seeded test scene" },
  { "dump", cli_dump, "print a board as canonical JSON" },
  { "edit", cli_edit, "apply operations from standard input" },
  { "versions", cli_versions, "list, name and restore states of a board" },
  { "share", cli_share, "share boards on the local network, and invite" },
  { "join", cli_join, "follow an invitation" },
  { "backup", cli_backup, "copy the data of the host while it runs" },
  { "listen", cli_listen, "print the messages of a topic" },
  { "broadcast", cli_broadcast, "send a message to a topic" },
  { "presence", cli_presence, "say who is on a topic" },
  { "load", cli_load, "put simulated people on a board, and measure" },
  { "jobs", cli_jobs, "list, order or cancel images that a service or a program makes" },
  { "debug", cli_debug, "print how a running Tela is doing" },
  { "doctor", cli_doctor, "say how things stand" },
  { "bench", cli_bench, "measure, and print" },
};

static int
print_help (gboolean asked)
{
  GString *text = g_string_new ("usage: tela-cli COMMAND [--json] [--data DIR] [--url URL --key KEY] …\n\n");

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-10s %s\n", commands[i].name, commands[i].summary);
  g_string_append (text, "\nWithout --url: the boards of the local data directory. The key may stand in TELA_KEY.\n"
                         "With --email EMAIL: as that user; the password stands in --password-file FILE or TELA_PASSWORD.\n");

  if (asked)
    g_print ("%s", text->str);
  else
    g_printerr ("%s", text->str);
  g_string_free (text, TRUE);
  return asked ? CLI_OK : CLI_USAGE;
}

/* The password of --email: a file's first line, else TELA_PASSWORD; without either a session that is kept has to do. */
static gboolean
read_password (TelaCli    *cli,
               const char *path,
               GError    **error)
{
  if (path == NULL)
    {
      cli->password = g_strdup (g_getenv ("TELA_PASSWORD"));
      return TRUE;
    }
  if (!g_file_get_contents (path, &cli->password, NULL, error))
    return FALSE;
  cli->password[strcspn (cli->password, "\r\n")] = '\0';
  return TRUE;
}

/* What stands before, between and after the words of a command. */
static gboolean
read_options (TelaCli *cli,
              int     *argc,
              char  ***argv,
              GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autofree char   *password_file = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, NULL, NULL },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &cli->data_dir, NULL, NULL },
    { "url", 0, 0, G_OPTION_ARG_STRING, &cli->url, NULL, NULL },
    { "key", 0, 0, G_OPTION_ARG_STRING, &cli->key, NULL, NULL },
    { "email", 0, 0, G_OPTION_ARG_STRING, &cli->email, NULL, NULL },
    { "password-file", 0, 0, G_OPTION_ARG_FILENAME, &password_file, NULL, NULL },
    { NULL },
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (cli->email != NULL && cli->url == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--email is for a backend, which --url names");
      return FALSE;
    }
  if (cli->email != NULL && !read_password (cli, password_file, error))
    return FALSE;
  if (cli->key == NULL)
    cli->key = g_strdup (g_getenv ("TELA_KEY"));
  if (cli->data_dir == NULL)
    cli->data_dir = tela_host_default_data_dir ();
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  TelaCli cli = { 0 };
  g_autoptr (GError) error = NULL;
  int status = -1;

  /* File names and text as in the locale; words in English, as scripts and man page know them. */
  setlocale (LC_ALL, "");
  setlocale (LC_MESSAGES, "C");
  g_set_prgname ("tela-cli");
  if (argc < 2)
    return print_help (FALSE);
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "help") == 0)
    return print_help (TRUE);
  if (strcmp (argv[1], "--version") == 0)
    {
      g_print ("tela-cli %s\n", TELA_VERSION);
      return CLI_OK;
    }

  if (!read_options (&cli, &argc, &argv, &error))
    return cli_fail ("options", error), CLI_USAGE;
  if (argc < 2)
    return print_help (FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      status = commands[i].func (&cli, argc - 1, argv + 1);
  if (status < 0)
    {
      g_printerr ("tela-cli: %s: no such command\n", argv[1]);
      status = CLI_USAGE;
    }

  cli_close (&cli);
  g_free (cli.data_dir);
  g_free (cli.url);
  g_free (cli.key);
  g_free (cli.email);
  g_free (cli.password);
  return status;
}
