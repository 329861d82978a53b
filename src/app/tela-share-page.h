/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-workspace.h"

G_BEGIN_DECLS

/* Who is on a board, and for its owner how others come to it: sharing on the network, links, their revocation, and the removal of
 * members. For tela_preferences_dialog_new(). Signals: "copied" when a link is on the clipboard; "left" when this person is no
 * member any more. */
#define TELA_TYPE_SHARE_PAGE (tela_share_page_get_type ())
G_DECLARE_FINAL_TYPE (TelaSharePage, tela_share_page, TELA, SHARE_PAGE, AdwPreferencesPage)

/* @can_invite: the board is this computer's own. Otherwise it says who is there, and offers to leave. */
TelaSharePage *tela_share_page_new (TelaWorkspace *workspace, const char *project_id, gboolean can_invite);

G_END_DECLS
