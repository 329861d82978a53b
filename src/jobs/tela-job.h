/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-json.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_JOB_QUEUED,
  TELA_JOB_RUNNING,
  TELA_JOB_DONE,
  TELA_JOB_FAILED,
  TELA_JOB_CANCELLED,
  TELA_JOB_UNKNOWN, /* whoever had it knows nothing of it any more: never taken for done */
} TelaJobState;

const char *tela_job_state_get_name (TelaJobState state); /* as in the table */
/* What is no name of a state is unknown. */
TelaJobState tela_job_state_from_name (const char *name);
gboolean     tela_job_state_is_over (TelaJobState state);

/* A row of the table fal_jobs, as the server had it at its sequence. All owned, nullable where it says so. */
typedef struct
{
  char        *id;
  char        *project_id; /* nullable: the board is gone */
  char        *element_id; /* nullable: the placeholder on that board */
  char        *request_id; /* nullable: the generator's name for it */
  char        *model;
  char        *prompt;
  char        *error; /* nullable */
  char        *asset; /* nullable: SHA-256 of the picture */
  char        *input; /* nullable: JSON object, what it was asked with */
  gboolean     has_seed;
  gint64       seed;
  TelaJobState state;
  gint64       sequence;
  int          place;    /* in the generator's queue, from 0; -1: not told */
  double       progress; /* 0 to 1; -1: not told */
  gint64       created_ms;
} TelaJobRow;

TelaJobRow *tela_job_row_parse (TelaJsonSpan object, GError **error);
TelaJobRow *tela_job_row_copy (const TelaJobRow *self);
void        tela_job_row_free (TelaJobRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaJobRow, tela_job_row_free)

/* A job as this process knows it. Signal "changed". */
#define TELA_TYPE_JOB (tela_job_get_type ())
G_DECLARE_FINAL_TYPE (TelaJob, tela_job, TELA, JOB, GObject)

TelaJob          *tela_job_new (TelaJobRow *row); /* takes the row */
const TelaJobRow *tela_job_get_row (TelaJob *self);
const char       *tela_job_get_id (TelaJob *self);
TelaJobState      tela_job_get_state (TelaJob *self);
gboolean          tela_job_is_over (TelaJob *self);
/* Takes a row of the same job if it is a later one; FALSE, and nothing has changed, if not. Frees it either way. */
gboolean tela_job_take_row (TelaJob *self, TelaJobRow *row);
/* A member of the input that is a string; NULL. (transfer full) */
char *tela_job_dup_input (TelaJob *self, const char *name);
/* A number of the input. */
double tela_job_get_input_number (TelaJob *self, const char *name, double fallback);

G_END_DECLS
