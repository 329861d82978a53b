/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-hands.h"

G_BEGIN_DECLS

/* Looks over somebody's shoulder: the view glides after theirs until the hand here does anything by itself. Is the notice that says
 * so, shown meanwhile. Who asks everybody to come is gone to once, with a way back. Signal "changed": who is followed. */
#define TELA_TYPE_FOLLOW (tela_follow_get_type ())
G_DECLARE_FINAL_TYPE (TelaFollow, tela_follow, TELA, FOLLOW, GtkWidget)

void        tela_follow_set_parts (TelaFollow *self, TelaCanvas *canvas, TelaHands *hands);             /* once; they must outlive */
void        tela_follow_set_session (TelaFollow *self, TelaSession *session, TelaWorkspace *workspace); /* nullable */
void        tela_follow_start (TelaFollow *self, TelaPerson *person);
void        tela_follow_stop (TelaFollow *self);
TelaPerson *tela_follow_get_person (TelaFollow *self); /* NULL: nobody is followed */
void        tela_follow_bring (TelaFollow *self);      /* asks the others to come */
void        tela_follow_back (TelaFollow *self);       /* where the view was when somebody brought it elsewhere */

G_END_DECLS
