/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-job-queue.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

/* Keeps a queue like the backend's table of jobs of the user who is signed in: fetched after each join of the topic
 * fal_jobs:USER, then fed by its messages. Main thread. Property "loaded" (notify): the table has been read. */
#define TELA_TYPE_JOB_MONITOR (tela_job_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TelaJobMonitor, tela_job_monitor, TELA, JOB_MONITOR, GObject)

TelaJobMonitor *tela_job_monitor_new (TelaWorkspace *workspace);
TelaJobQueue   *tela_job_monitor_get_queue (TelaJobMonitor *self);
gboolean        tela_job_monitor_is_loaded (TelaJobMonitor *self);
void            tela_job_monitor_close (TelaJobMonitor *self); /* idempotent */

/* A new job; what the server decides of @row does not matter. (transfer none) result, in the queue. */
void     tela_job_monitor_insert_async (TelaJobMonitor *self, const TelaJobRow *row, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaJob *tela_job_monitor_insert_finish (TelaJobMonitor *self, GAsyncResult *result, GError **error);
/* @changes: a JSON object of columns. Only of a job that is not over, so that none comes to life again: FALSE without an
 * error in *applied if it was. */
void     tela_job_monitor_update_async (TelaJobMonitor *self, const char *id, const char *changes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_job_monitor_update_finish (TelaJobMonitor *self, GAsyncResult *result, gboolean *applied, GError **error);
void     tela_job_monitor_remove_async (TelaJobMonitor *self, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_job_monitor_remove_finish (TelaJobMonitor *self, GAsyncResult *result, GError **error);

G_END_DECLS
