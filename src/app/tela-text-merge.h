/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One replacement in a text; in characters. */
typedef struct
{
  int   at;
  int   n_removed;
  char *inserted; /* owned */
} TelaTextPatch;

/* What gives @mine also the change that made @theirs out of @base. Where both changed the same words, both stay. */
TelaTextPatch tela_text_merge (const char *base, const char *theirs, const char *mine);

G_END_DECLS
