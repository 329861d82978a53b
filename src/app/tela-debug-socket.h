/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-application.h"

G_BEGIN_DECLS

/* Where `tela-cli debug` asks: a socket in the replica's directory, for this user alone. Who connects is given the debug
 * information, and that is all. */
#define TELA_DEBUG_SOCKET "debug.sock"

/* (sync) @dir: of the replica, whose lock is held. NULL: it could not be made, and the program goes on without it. The
 * application outlives it. (transfer full) */
GSocketService *tela_debug_socket_new (TelaApplication *app, const char *dir);
void            tela_debug_socket_close (GSocketService *self, const char *dir); /* takes @self */

G_END_DECLS
