/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-export.h"

G_BEGIN_DECLS

/* Asks how a board shall leave. */
#define TELA_TYPE_EXPORT_DIALOG (tela_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TelaExportDialog, tela_export_dialog, TELA, EXPORT_DIALOG, AdwWindow)

/* Signal "chosen": it was confirmed. */
TelaExportDialog *tela_export_dialog_new (GtkWindow *parent, gboolean has_selection, gboolean has_frames);
void              tela_export_dialog_get_options (TelaExportDialog *self, TelaExportOptions *options);

G_END_DECLS
