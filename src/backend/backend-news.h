/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-row.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* What the database has to say of a transaction, told once it is committed and forgotten if it is not. */
TelaNews *tela_news_new (TelaCore *core);
void      tela_news_free (TelaNews *self);
/* As realtime.send does: a private broadcast of an object, which gets an id and is kept for replays. @name: the topic's,
 * without its prefix. */
void tela_news_send (TelaNews *self, const char *name, const char *event, TelaJsonSpan payload);
/* A row that the running transaction writes; taken. */
void tela_news_add_row (TelaNews *self, TelaRow *row);
/* Tells at once what is committed. */
void tela_news_deliver (TelaNews *self);

G_END_DECLS
