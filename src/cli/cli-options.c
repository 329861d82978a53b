/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-options.h"

#include <stdlib.h>
#include <string.h>

int
cli_fail (const char   *what,
          const GError *error)
{
  g_printerr ("tela-cli: %s: %s\n", what, error != NULL ? error->message : "unknown reason");
  return CLI_FAILED;
}

int
cli_usage (const char *usage)
{
  g_printerr ("usage: tela-cli %s\n", usage);
  return CLI_USAGE;
}

gboolean
cli_parse (int                *argc,
           char             ***argv,
           const GOptionEntry *entries,
           const char         *usage,
           int                 n_words,
           gboolean            or_more)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  if (*argc > 1 && strcmp ((*argv)[1], "--help") == 0)
    {
      g_print ("usage: tela-cli %s\n", usage);
      exit (CLI_OK);
    }

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      cli_fail ((*argv)[0], error);
      cli_usage (usage);
      return FALSE;
    }
  /* "--" before words that begin with a dash stays in argv. */
  if (*argc > 1 && strcmp ((*argv)[1], "--") == 0)
    {
      (*argv)[1] = (*argv)[0];
      (*argv)++;
      (*argc)--;
    }
  if (*argc - 1 < n_words || (*argc - 1 > n_words && !or_more))
    {
      cli_usage (usage);
      return FALSE;
    }
  return TRUE;
}
