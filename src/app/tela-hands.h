/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

/* The hands of the others, over a canvas: pointers with names, what they have selected, what they write in, their lasers. It takes
 * no input, and asks for frames only while something moves. */
#define TELA_TYPE_HANDS (tela_hands_get_type ())
G_DECLARE_FINAL_TYPE (TelaHands, tela_hands, TELA, HANDS, GtkWidget)

void     tela_hands_set_canvas (TelaHands *self, TelaCanvas *canvas);                              /* once; it must outlive */
void     tela_hands_set_session (TelaHands *self, TelaSession *session, TelaWorkspace *workspace); /* nullable */
void     tela_hands_set_hidden (TelaHands *self, gboolean hidden);                                 /* pointers and selections */
void     tela_hands_set_followed (TelaHands *self, TelaPerson *person);                            /* a frame in their colour; nullable */
gboolean tela_hands_is_moving (TelaHands *self);                                                   /* asks for frames */
/* "You", or the name. (transfer full) */
char *tela_hands_dup_name (TelaPerson *person, TelaWorkspace *workspace);

G_END_DECLS
