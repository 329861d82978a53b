/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-db.h"

G_BEGIN_DECLS

/* Makes the tables in a new database, and the epoch; another one where answered commits may be missing. */
gboolean tela_schema_apply (TelaDb *self, GError **error);
void     tela_schema_close (TelaDb *self); /* all is about to be on the disk */
/* Drops tombstones, and elements that never got a type, whose last write is older than 90 days. */
gboolean tela_schema_prune (TelaDb *self, gint64 now_ms, GError **error);

G_END_DECLS
