/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-session.h"

G_BEGIN_DECLS

/* Edits of one's own that others do not see: those that wait, those that were refused, and those that somebody has
 * written over unseen. Signal "copy" (gpointer TelaOwnEdit): a refused one is wanted on a new board. */
#define TELA_TYPE_CHANGES_DIALOG (tela_changes_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TelaChangesDialog, tela_changes_dialog, TELA, CHANGES_DIALOG, AdwWindow)

TelaChangesDialog *tela_changes_dialog_new (GtkWindow *parent, TelaSession *session);

G_END_DECLS
