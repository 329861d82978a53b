/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit codes. */
enum
{
  CLI_OK,
  CLI_FAILED,
  CLI_USAGE,
};

/* "tela-cli: WHAT: WHY" on stderr; returns CLI_FAILED. */
int cli_fail (const char *what, const GError *error);
int cli_usage (const char *usage);
/* Parses the options of a command; exactly @n_words words must be left (or more, if @or_more). FALSE: told already. */
gboolean cli_parse (int *argc, char ***argv, const GOptionEntry *entries, const char *usage, int n_words, gboolean or_more);

G_END_DECLS
