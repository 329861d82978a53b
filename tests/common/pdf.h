/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often @word is in a PDF, which from cairo 1.18 on keeps its objects in deflated streams. */
guint pdf_count (GBytes *pdf, const char *word);

G_END_DECLS
