/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-binding.h"

G_BEGIN_DECLS

/* Who listens to changes of which tables. The rows are caught by triggers of our connection alone, which are there while
 * somebody listens to that table. */
TelaChanges *tela_changes_new (TelaCore *core);
void         tela_changes_free (TelaChanges *self);
/* Takes channel->bindings into account, and tells the channel whether it listens now; and the reverse. */
void tela_changes_subscribe (TelaChanges *self, TelaChannel *channel);
void tela_changes_unsubscribe (TelaChanges *self, TelaChannel *channel);
/* Sends the rows of committed transactions to those who may see them. (element-type TelaRow) */
void tela_changes_tell (TelaChanges *self, GPtrArray *rows);

G_END_DECLS
