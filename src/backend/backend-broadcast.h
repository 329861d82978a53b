/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-http.h"

G_BEGIN_DECLS

/* Broadcasts over HTTP (protocol.md 5.4, 5.5). @path is what follows "/api/broadcast", decoded. */
void tela_broadcast_handle (TelaCore *core, SoupServerMessage *msg, const char *path);

G_END_DECLS
