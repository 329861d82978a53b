/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-cursor.h"
#include "tela-viewport.h"

G_BEGIN_DECLS

/* What a laser has drawn, fading. @samples: of TelaCursorSample with `at` in monotonic microseconds, oldest first. */
void tela_laser_draw (GtkSnapshot *snapshot, TelaViewport *viewport, GArray *samples, gint64 now, const GdkRGBA *colour);
/* There is something of it to be seen, now or soon. */
gboolean tela_laser_is_lit (GArray *samples, gint64 now);

G_END_DECLS
