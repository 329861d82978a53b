/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who one is at a server: a session in a file (0600), for all processes of this user. Whoever renews it holds it meanwhile,
 * since a server takes a token for renewal once. */
char *tela_sign_in_path (const char *dir, const char *scope);  /* DIR/sessions/…, of the server named @scope. (transfer full) */
char *tela_sign_in_read (const char *path);                    /* NULL: none. (transfer full) */
void  tela_sign_in_write (const char *path, const char *json); /* "": none any more */
/* FALSE: somebody else does. TRUE with -1: nobody can, for there cannot be such a file; whoever asks goes on without. */
gboolean tela_sign_in_hold (const char *path, int *held);
void     tela_sign_in_let_go (int *held); /* -1: nothing to do */

G_END_DECLS
