/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* May a graphics processor draw for us? Asks for its device alone, which costs nothing: to ask the driver means to load it, and
 * with it all that draws in its place where there is none. @dev: "/dev", but in tests. Any thread. */
gboolean tela_gpu_is_there (const char *dev);

G_END_DECLS
