/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes a tar file (POSIX ustar), which any system unpacks. (sync) */
typedef struct _CliTar CliTar;

CliTar *cli_tar_new (const char *path, GError **error); /* appears under that name with _close() */
/* The file @from, under the name @name (≤ 255 bytes, with a slash where it has more than 100), readable by the owner alone. */
gboolean cli_tar_add (CliTar *self, const char *name, const char *from, GError **error);
gboolean cli_tar_close (CliTar *self, GError **error);
void     cli_tar_free (CliTar *self); /* not closed: nothing is left */
guint    cli_tar_count (CliTar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliTar, cli_tar_free)

G_END_DECLS
