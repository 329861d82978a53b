/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CSS families for the font number of a text, the same in the same order as the painter tries. */
const char *tela_font_get_families (int font_family);

G_END_DECLS
