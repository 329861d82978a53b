/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-jobs.h"

G_BEGIN_DECLS

/* For tela_dialog_present(). What is chosen there holds at once. */
GtkWidget *tela_preferences_new (GSettings *settings, TelaJobs *jobs); /* @jobs: nullable */

G_END_DECLS
