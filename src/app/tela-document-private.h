/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-document.h"

G_BEGIN_DECLS

/* Copies of files as they were last read or written. (transfer full) */
char *tela_document_base_path (const char *base_dir, const char *sha256);
void  tela_document_keep_base (const char *base_dir, const char *sha256, const char *text, gsize len);
/* Links followed; as it is if there is nothing. (transfer full) */
char *tela_document_real_path (const char *path);
/* How a file that was read is written again; FALSE if it cannot be. A thread: pictures are looked into. */
gboolean tela_document_find_options (const TelaImport *import, const char *data, gsize len, TelaExportOptions *options);
/* Atomic and durable, and the file keeps its mode. One that may not be written is G_IO_ERROR_READ_ONLY. */
gboolean tela_document_replace (const char *path, const char *text, gsize len, GError **error);

G_END_DECLS
