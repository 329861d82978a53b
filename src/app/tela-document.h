/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-export.h"
#include "tela-formats.h"

G_BEGIN_DECLS

/* Files as documents: reading, writing and merging them, each in a thread of its own. */
typedef struct
{
  char             *path;    /* real: no links on the way */
  char             *sha256;  /* of the file's bytes; NULL until sealed */
  char             *content; /* tela_document_digest() of what the file says; NULL until sealed */
  gboolean          can_write;
  TelaExportOptions options; /* how it is written, if it can be */
  TelaImport       *import;  /* after reading; NULL: the file is the one that was known */
  GPtrArray        *assets;  /* after reading: SHA-256 of the images, which are in the store already */
  GBytes           *text;    /* after reading, until sealed: the file's bytes */
} TelaDocument;

void tela_document_free (TelaDocument *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaDocument, tela_document_free)

char *tela_document_dup_name (const char *path);       /* as it is shown: one line */
char *tela_document_dup_quotable (const char *path);   /* the same for the middle of a sentence, whichever way that runs */
char *tela_document_dup_board_name (const char *path); /* a board is named after its file, without the ending */

/* The elements of the board as they are now, for a thread. (transfer full)(element-type TelaElement) */
GPtrArray *tela_document_snapshot (TelaBoard *board);
/* Says whether two boards would make the same file; stamps do not count. Any thread. (transfer full) */
char *tela_document_digest (GPtrArray *elements);
void  tela_document_digest_async (GPtrArray *elements, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *tela_document_digest_finish (GAsyncResult *result, GError **error);

/* A file with the SHA-256 @known (nullable) is not looked into: it is sealed and has nothing else. */
void          tela_document_read_async (GFile *file, TelaStore *store, const char *known, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaDocument *tela_document_read_finish (GAsyncResult *result, GError **error);
/* What nobody waits for who wants to see the file: its digests, and a copy of it as it was last read or written in
 * @base_dir, so that a merge knows who changed what. Nobody else may write to @self meanwhile, nor free it. */
void tela_document_seal_async (TelaDocument *self, const char *base_dir, GAsyncReadyCallback callback, gpointer user_data);

/* Atomic and durable. @expected: the SHA-256 that the file must have (or it is gone), else G_IO_ERROR_WRONG_ETAG and nothing
 * is written; NULL: whatever it has. */
void          tela_document_write_async (GPtrArray *elements, TelaImages *images, const char *path, const TelaExportOptions *options, const char *expected, const char *base_dir, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaDocument *tela_document_write_finish (GAsyncResult *result, GError **error);

/* What others changed in the file since it was @before, as operations: property by property, and what they took away. Without
 * the copy of @before everything in which the file differs from @elements. (transfer full)(element-type TelaElement) */
void       tela_document_merge_async (TelaDocument *theirs /* takes it */, const char *before, GPtrArray *elements, const char *base_dir, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_document_merge_finish (GAsyncResult *result, GError **error);

G_END_DECLS
