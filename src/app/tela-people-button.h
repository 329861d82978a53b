/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-follow.h"

G_BEGIN_DECLS

/* Who else is on the board: faces in the header bar, with a list. Not there while one is alone. */
#define TELA_TYPE_PEOPLE_BUTTON (tela_people_button_get_type ())
G_DECLARE_FINAL_TYPE (TelaPeopleButton, tela_people_button, TELA, PEOPLE_BUTTON, GtkWidget)

/* Once; they must outlive. Adds follow, stop-following, bring-everyone and hide-cursors to @actions. */
void tela_people_button_set_parts (TelaPeopleButton *self, TelaCanvas *canvas, TelaHands *hands, TelaFollow *follow, GActionMap *actions);
void tela_people_button_set_session (TelaPeopleButton *self, TelaSession *session, TelaWorkspace *workspace); /* nullable */
void tela_people_button_set_compact (TelaPeopleButton *self, gboolean compact);                               /* a number instead of faces */

G_END_DECLS
