/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-host.h"

G_BEGIN_DECLS

/* tela-host-replicas.c: directories DATA/replica-N, each with a lock of its own. */

/* Takes the lowest free one. *fd: its lock. (transfer full) its path; NULL on error */
char *tela_replica_dir_take (const char *data_dir, int *fd, GError **error);
/* Takes every free one, but @own, that holds edits which nobody has sent; their locks are appended to @locks (int). */
GPtrArray *tela_replica_dir_claim (const char *data_dir, const char *own, GArray *locks);

G_END_DECLS
