/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A board has been opened or closed: what that needed for a moment goes back to the system, in a while and in a thread. */
void tela_trim_soon (void);

G_END_DECLS
