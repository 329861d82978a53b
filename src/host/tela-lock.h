/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Holds @path, which is made if need be, against all other processes until tela_lock_release() or the end of this one, however it comes.
 * -1: G_IO_ERROR_BUSY if somebody else holds it. */
int  tela_lock_take (const char *path, GError **error);
void tela_lock_release (int *fd); /* -1: nothing to do */
/* mkdir -p, 0700. */
gboolean tela_lock_make_dir (const char *dir, GError **error);

G_END_DECLS
