/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-canvas.h"

G_BEGIN_DECLS

/* Signal "introduced": who one is was said, as it was not known before, or is another now.
 *
 * What this process says of its user to the others on each board: who it is, in how many windows, whether there is anybody, and
 * where the hand of the window that was used last is. */
#define TELA_TYPE_ONESELF (tela_oneself_get_type ())
G_DECLARE_FINAL_TYPE (TelaOneself, tela_oneself, TELA, ONESELF, GObject)

#define TELA_IDLE_MS (60 * 1000)

/* @settings: nullable; @idle_ms: without input for so long is idle. */
TelaOneself *tela_oneself_new (GSettings *settings, guint idle_ms);
void         tela_oneself_set_user (TelaOneself *self, const char *user_id); /* NULL: not known yet */
/* @canvas shows that board from now on; NULL: none, which must be said before the canvas goes. */
void  tela_oneself_set_session (TelaOneself *self, TelaCanvas *canvas, TelaSession *session);
char *tela_oneself_dup_name (TelaOneself *self); /* (transfer full) */
/* What the user is called where nothing else was chosen. (transfer full) */
char *tela_oneself_dup_default_name (void);

G_END_DECLS
