/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-workspace.h"

G_BEGIN_DECLS

/* A board that was just made, or just opened, may not be on the server yet, which then takes no job for it. */

gboolean tela_job_wait_is_needed (TelaWorkspace *workspace, TelaSession *session);
/* Until it is there; until there is no connection; or for half a minute. What then holds the server says best. */
void     tela_job_wait_async (TelaWorkspace *workspace, TelaSession *session, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_job_wait_finish (GAsyncResult *result, GError **error); /* FALSE: cancelled */

G_END_DECLS
