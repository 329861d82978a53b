/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"

G_BEGIN_DECLS

/* Takes away the bytes that nobody names any more: when a board is gone for good, at the start, and once a day. In the
 * bucket of assets that is what no element, former push, kept version or job names any more, or yet, a month after its
 * upload; on the disk, what is no object's. */
#define TELA_COLLECTOR_GRACE_MS (G_GINT64_CONSTANT (30) * 24 * 3600 * 1000)

TelaCollector *tela_collector_new (TelaCore *core);
void           tela_collector_free (TelaCollector *self); /* stopped, and the core's jobs are done */
void           tela_collector_ask (TelaCollector *self);  /* something is gone */
void           tela_collector_stop (TelaCollector *self);
/* What is named in there is wanted, though the worker may have read what it is for already. */
void tela_collector_note (TelaCollector *self, const char *data, gsize len);

G_END_DECLS
