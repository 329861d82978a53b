/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is written down before a generator is asked for a picture, and until the table of jobs knows the generator's name for the
 * request: a process that ends in between must not order, and pay, a second time. A file for each job, in the directory of the
 * jobs of this machine. */

/* On disk when it finishes. @request_id: NULL: not known yet. */
void     tela_job_intent_write_async (const char *dir, const char *job_id, const char *request_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_job_intent_write_finish (GAsyncResult *result, GError **error);
/* FALSE: nothing was ordered. *request_id: NULL: whether it was ordered nobody knows. (transfer full) */
gboolean tela_job_intent_read (const char *dir, const char *job_id, char **request_id);
void     tela_job_intent_remove (const char *dir, const char *job_id);

G_END_DECLS
