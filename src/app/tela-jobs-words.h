/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-job.h"

G_BEGIN_DECLS

/* How a job is, in words. (transfer full) */
char *tela_jobs_describe (const TelaJobRow *row);
/* What explains how to set something up that makes images. */
GtkWidget *tela_jobs_new_setup_page (void);

G_END_DECLS
