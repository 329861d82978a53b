/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-http.h"

G_BEGIN_DECLS

/* /rest/v1/rpc/tela_backup {} → {"snapshot":PATH}: a whole copy of the database as of now, made beside it while everybody
 * goes on; for the owner of this machine, who removes it after use. What a start finds is removed too. */
void tela_backup_handle (TelaCore *core, SoupServerMessage *msg);
void tela_backup_clean (const char *data_dir);

G_END_DECLS
