/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-job.h"

G_BEGIN_DECLS

/* All jobs of one user, newest first: a list model of TelaJob. Rows and events come in any order, late, and more than once;
 * a job never moves backwards, and one that was removed stays away. No network. Property "n-active" (notify): jobs that are
 * not over. Signal "moved" (TelaJob): it is not as it was; "ended" (TelaJob): a job that was known to be under way is over. */
#define TELA_TYPE_JOB_QUEUE (tela_job_queue_get_type ())
G_DECLARE_FINAL_TYPE (TelaJobQueue, tela_job_queue, TELA, JOB_QUEUE, GObject)

TelaJobQueue *tela_job_queue_new (void);
TelaJob      *tela_job_queue_find (TelaJobQueue *self, const char *id); /* (transfer none); NULL */
guint         tela_job_queue_get_n_active (TelaJobQueue *self);
void          tela_job_queue_clear (TelaJobQueue *self); /* another user */

void tela_job_queue_take_row (TelaJobQueue *self, TelaJobRow *row); /* takes it */
void tela_job_queue_remove (TelaJobQueue *self, const char *id);
/* The payload of a message of the topic: {"operation", "record", "old_record"}. FALSE: it cannot be read. */
gboolean tela_job_queue_take_event (TelaJobQueue *self, const char *data, gsize len, GError **error);

/* Around a fetch of the whole table: what was there at its beginning and is not in @rows at its end was removed meanwhile. */
void tela_job_queue_begin_fetch (TelaJobQueue *self);
/* (element-type TelaJobRow): stolen from. @is_whole: there are no others. */
void tela_job_queue_end_fetch (TelaJobQueue *self, GPtrArray *rows, gboolean is_whole);

G_END_DECLS
