/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-workspace.h"

G_BEGIN_DECLS

/* Where the edits of a board are: an icon and words, and in its popover why, and what comes next. */
#define TELA_TYPE_SYNC_BUTTON (tela_sync_button_get_type ())
G_DECLARE_FINAL_TYPE (TelaSyncButton, tela_sync_button, TELA, SYNC_BUTTON, GtkWidget)

/* Either may be NULL. @is_local: the board is kept on this computer alone. */
void        tela_sync_button_set_session (TelaSyncButton *self, TelaSession *session, RealtimeManager *realtime, gboolean is_local);
void        tela_sync_button_set_compact (TelaSyncButton *self, gboolean compact); /* the icon alone; the words are its tooltip */
const char *tela_sync_button_get_words (TelaSyncButton *self);

G_END_DECLS
