/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Somebody in the list of who is on the board. (transfer floating) */
GtkWidget *tela_person_row_new (TelaPerson *person, TelaWorkspace *workspace, gint64 stale_since, gboolean is_followed);
/* What can be told of somebody: "Idle for 3 minutes". @stale_since: as of TelaPeople. (transfer full) */
char *tela_person_row_describe (TelaPerson *person, gint64 stale_since, gint64 now);

G_END_DECLS
