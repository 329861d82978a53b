/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "fal-stand-in.h"
#include "sync-fixture.h"
#include "tela-jobs.h"

G_BEGIN_DECLS

/* A backend, a board, a stand-in for the service, and the jobs of one process. */
typedef struct
{
  Server    server;
  Peer     *peer;
  Fal      *fal;
  char     *board;
  char     *dir; /* of the machine */
  TelaJobs *jobs;
} JobsFixture;

/* Where a picture of 320 × 240 comes to lie in the place that jobs_submit() asks for. */
#define FITTED ((TelaRect){ 100, 250, 400, 300 })

void jobs_set_up (JobsFixture *fixture, gconstpointer data);
void jobs_tear_down (JobsFixture *fixture, gconstpointer data);
/* Those of another process, so to speak. */
void jobs_start (JobsFixture *fixture);
void jobs_stop (JobsFixture *fixture);
void jobs_remove_flat (const char *path);

void     jobs_done_cb (GObject *source, GAsyncResult *result, gpointer user_data);               /* keeps the result in *user_data */
TelaJob *jobs_try_submit (JobsFixture *fixture, const char *model, guint count, GError **error); /* (transfer none) */
TelaJob *jobs_submit (JobsFixture *fixture);
TelaJob *jobs_repeat (JobsFixture *fixture, TelaJob *job, gboolean new_seed);

const TelaElement *jobs_element_of (JobsFixture *fixture, TelaJob *job);
char              *jobs_custom_of (const TelaElement *element);
void               jobs_assert_image (const TelaElement *element, TelaJob *job, TelaRect box);

G_END_DECLS
