/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-application.h"

G_BEGIN_DECLS

/* One job in the list: its picture, its prompt, how it is, and what can be done about it. */
#define TELA_TYPE_JOBS_ROW (tela_jobs_row_get_type ())
G_DECLARE_FINAL_TYPE (TelaJobsRow, tela_jobs_row, TELA, JOBS_ROW, AdwActionRow)

GtkWidget *tela_jobs_row_new (TelaApplication *app, TelaJob *job);
TelaJob   *tela_jobs_row_get_job (TelaJobsRow *self);
/* Actions: cancel, retry, again, copy-prompt, show, remove. */
GActionGroup *tela_jobs_row_get_actions (TelaJobsRow *self);

G_END_DECLS
