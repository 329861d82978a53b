/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"

G_BEGIN_DECLS

/* The bytes of all requests that are under way. Who has a key may send a large one, and a thousand may do so at once:
 * those for which there is no room any more are refused. */
#define TELA_BODIES_SMALL (64 * 1024) /* are not counted */

TelaBodies *tela_bodies_new (void);
void        tela_bodies_free (TelaBodies *self);
gsize       tela_bodies_get (const TelaBodies *self);
/* Counts @msg, of which the headers have been read. */
void tela_bodies_watch (TelaCore *core, SoupServerMessage *msg);
/* What still comes is not kept; the connection ends with the answer. */
void tela_bodies_drop (SoupServerMessage *msg);

G_END_DECLS
