/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-application.h"

G_BEGIN_DECLS

/* How the program is doing, live: connection, channels, rates, latency, frames, outbox, errors. It looks once a second, while
 * it is shown. It is no window of the application's, which ends without regard to it. */
#define TELA_TYPE_DEBUG_WINDOW (tela_debug_window_get_type ())
G_DECLARE_FINAL_TYPE (TelaDebugWindow, tela_debug_window, TELA, DEBUG_WINDOW, AdwWindow)

GtkWidget *tela_debug_window_new (TelaApplication *app);
void       tela_debug_window_look (TelaDebugWindow *self); /* now */

G_END_DECLS
