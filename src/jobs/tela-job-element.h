/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-job-picture.h"
#include "tela-job.h"

G_BEGIN_DECLS

/* What a job is on a board, as operations without stamps; all (transfer full).
 *
 * While it is under way: a dashed rectangle, which any program shows, with customData.tela {"job": {"id", "element", "state",
 * "place", "progress", "error"}, "prompt", "model", "seed"}. Then, by one operation, an image in its present place, with
 * customData.tela {"jobId", "prompt", "model", "seed"}. A copy of a placeholder, on whatever board, is not the "element" that it
 * names: it says nothing of the job, and stays the plain rectangle that it is. */

/* @frame_id: nullable. */
TelaElement *tela_job_element_new (const TelaJobRow *row, const char *index, TelaRect box, const char *frame_id);
/* The placeholder of the job @job_id says how @row is, from now on its job; NULL: it does already, or it is no placeholder of
 * that job. */
TelaElement *tela_job_element_tell (const TelaElement *placeholder, const char *job_id, const TelaJobRow *row);
/* Is it the placeholder of that job, and not deleted? */
gboolean tela_job_element_is_placeholder (const TelaElement *element, const char *job_id);
/* The picture, in the place of the placeholder, or beside @box where that is gone; NULL: it is there already. */
TelaElement *tela_job_element_place (TelaBoard *board, const TelaJobRow *row, TelaRect box, const TelaJobPicture *picture);

/* What became of it on that board, as it is shown: the picture, or the placeholder; NULL: neither is there. (transfer none) */
const TelaElement *tela_job_element_find (TelaBoard *board, const TelaJobRow *row);

/* The place that a job was asked for, of its input. */
TelaRect tela_job_get_box (TelaJob *self);
/* Beside @box, where the next picture goes. */
TelaRect tela_job_get_next_box (TelaRect box);
/* The largest box with the picture's proportions in the middle of @box. */
TelaRect tela_job_fit (TelaRect box, int width, int height);

G_END_DECLS
