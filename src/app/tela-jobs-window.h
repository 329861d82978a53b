/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-application.h"

G_BEGIN_DECLS

/* All image jobs of the user, on all boards. */
#define TELA_TYPE_JOBS_WINDOW (tela_jobs_window_get_type ())
G_DECLARE_FINAL_TYPE (TelaJobsWindow, tela_jobs_window, TELA, JOBS_WINDOW, AdwWindow)

TelaJobsWindow *tela_jobs_window_new (TelaApplication *app);

typedef enum
{
  TELA_JOBS_ALL,
  TELA_JOBS_ACTIVE,
  TELA_JOBS_DONE,
  TELA_JOBS_OTHERS, /* failed, cancelled, lost */
} TelaJobsFilter;

void        tela_jobs_window_set_filter (TelaJobsWindow *self, TelaJobsFilter filter);
GtkListBox *tela_jobs_window_get_list (TelaJobsWindow *self); /* of TelaJobsRow */
const char *tela_jobs_window_get_page (TelaJobsWindow *self); /* "list", "empty", "none" of the filter, or "setup" */

G_END_DECLS
