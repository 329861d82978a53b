/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-export.h"

G_BEGIN_DECLS

/* Which board stands for which file. They are kept with the replica: paths mean something on this computer only, and whoever
 * opens the replica next finds them. Signal "changed" (const char *project_id). Main thread. */
#define TELA_TYPE_LINKS (tela_links_get_type ())
G_DECLARE_FINAL_TYPE (TelaLinks, tela_links, TELA, LINKS, GObject)

typedef struct
{
  char             *path;
  char             *sha256;  /* of the file as it was last read or written here */
  char             *content; /* tela_document_digest() of the board that the file says */
  TelaExportOptions options; /* how it is written */
} TelaLink;

TelaLinks      *tela_links_new (TelaStore *store);
const TelaLink *tela_links_lookup (TelaLinks *self, const char *project_id); /* NULL: the board has no file */
const char     *tela_links_find (TelaLinks *self, const char *path);         /* the board of that file; NULL: none */
/* A file has one board, and a board one file: the latest. */
void tela_links_set (TelaLinks *self, const char *project_id, const TelaLink *link);
void tela_links_remove (TelaLinks *self, const char *project_id); /* the board goes; its file stays */

G_END_DECLS
