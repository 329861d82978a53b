/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-store.h"

G_BEGIN_DECLS

/* Which board stands for which file; kept in the store. Signal "changed" (const char *project_id). Main thread. */
#define TELA_TYPE_LINKS (tela_links_get_type ())
G_DECLARE_FINAL_TYPE (TelaLinks, tela_links, TELA, LINKS, GObject)

typedef struct
{
  char *path;
  char *sha256;  /* of the file as it was last read or written here */
  char *content; /* tela_document_digest() of the board that the file says */
} TelaLink;

TelaLinks      *tela_links_new (TelaStore *store);
const TelaLink *tela_links_lookup (TelaLinks *self, const char *project_id); /* NULL: the board has no file */
const char     *tela_links_find (TelaLinks *self, const char *path);         /* the board of that file; NULL: none */
/* A file has one board, and a board one file: the latest. */
void tela_links_set (TelaLinks *self, const char *project_id, const char *path, const char *sha256, const char *content);

G_END_DECLS
