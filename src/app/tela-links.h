/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-export.h"

G_BEGIN_DECLS

/* Which board stands for which file. They are kept in the directory of the data, for all processes that share it: paths mean
 * something on this computer only. Signal "changed" (const char *project_id), whichever process did it. Main thread. */
#define TELA_TYPE_LINKS (tela_links_get_type ())
G_DECLARE_FINAL_TYPE (TelaLinks, tela_links, TELA, LINKS, GObject)

typedef struct
{
  char             *path;
  char             *sha256;  /* of the file as it was last read or written here */
  char             *content; /* tela_document_digest() of the board that the file says */
  TelaExportOptions options; /* how it is written */
} TelaLink;

TelaLinks      *tela_links_new (const char *dir);
const TelaLink *tela_links_lookup (TelaLinks *self, const char *project_id); /* NULL: the board has no file */
const char     *tela_links_find (TelaLinks *self, const char *path);         /* the board of that file; NULL: none */
/* A file has one board, and a board one file: the latest. */
void tela_links_set (TelaLinks *self, const char *project_id, const TelaLink *link);
void tela_links_remove (TelaLinks *self, const char *project_id); /* the board goes; its file stays */
/* Waits until all is on disk that was asked for; then nothing more is kept. Idempotent. */
void tela_links_close (TelaLinks *self);

/* A file while its board is being looked for or made: one at a time, among all processes. */
typedef struct _TelaHold TelaHold;

void tela_hold_free (TelaHold *self); /* the next one finds what was set until now */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaHold, tela_hold_free)

/* Waits its turn; then the links are as everybody left them. Fails only if cancelled. */
void      tela_links_hold_async (TelaLinks *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaHold *tela_links_hold_finish (TelaLinks *self, GAsyncResult *result, GError **error);

G_END_DECLS
