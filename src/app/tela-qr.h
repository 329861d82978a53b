/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* A picture of @text for the camera of a telephone, no wider than @max_width. NULL: it is too long, or the program was built
 * without what makes it. (transfer full) */
GdkTexture *tela_qr_new (const char *text, int max_width);
gboolean    tela_qr_is_available (void);

G_END_DECLS
