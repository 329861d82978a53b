/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-jobs.h"

G_BEGIN_DECLS

/* What image shall be made: its words, the model and how many. Where nothing is set up it says how to, and no more. Signal
 * "chosen": the order is complete. */
#define TELA_TYPE_GENERATE_DIALOG (tela_generate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TelaGenerateDialog, tela_generate_dialog, TELA, GENERATE_DIALOG, AdwWindow)

/* @model: the last one; "": none. */
TelaGenerateDialog *tela_generate_dialog_new (GtkWindow *parent, TelaJobs *jobs, const char *model);
void                tela_generate_dialog_set_prompt (TelaGenerateDialog *self, const char *prompt);
char               *tela_generate_dialog_dup_prompt (TelaGenerateDialog *self); /* without room around it */
char               *tela_generate_dialog_dup_model (TelaGenerateDialog *self);
guint               tela_generate_dialog_get_count (TelaGenerateDialog *self);
void                tela_generate_dialog_confirm (TelaGenerateDialog *self); /* as its button; nothing without a prompt */

G_END_DECLS
