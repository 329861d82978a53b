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
  g_string_append (text, "\nWithout --url: the boards of the local data directory. The key may stand in TELA_KEY.\n");

  if (asked)
    g_print ("%s", text->str);
  else
    g_printerr ("%s", text->str);
  g_string_free (text, TRUE);
  return asked ? CLI_OK : CLI_USAGE;
}

int
main (int    argc,
      char **argv)
{
  TelaCli cli = { 0 };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli.json, NULL, NULL },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &cli.data_dir, NULL, NULL },
    { "url", 0, 0, G_OPTION_ARG_STRING, &cli.url, NULL, NULL },
    { "key", 0, 0, G_OPTION_ARG_STRING, &cli.key, NULL, NULL },
    { NULL },
  };
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

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 2)
    return error != NULL ? (cli_fail ("options", error), CLI_USAGE) : print_help (FALSE);
  if (cli.key == NULL)
    cli.key = g_strdup (g_getenv ("TELA_KEY"));
  if (cli.data_dir == NULL)
    cli.data_dir = tela_host_default_data_dir ();

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
  return status;
}
