/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-jobs.h"

G_BEGIN_DECLS

/* What makes images: a service with its key, or a program. */
void tela_preferences_add_images (AdwPreferencesPage *page, GSettings *settings, TelaJobs *jobs);

G_END_DECLS
