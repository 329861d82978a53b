/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): colours, styles, names of kinds and the like repeat across thousands of elements, so short texts are
 * shared. */
GRefString *tela_string_make (const char *text, gsize len);
/* One of the few that nearly every element has: it is never freed, so whoever keeps it need not count. */
gboolean tela_string_is_eternal (const GRefString *string);
/* Those few have numbers, which packed elements hold. FALSE: it is none of them. */
gboolean    tela_string_get_nth (const GRefString *string, guint *nth);
GRefString *tela_string_nth (guint64 nth); /* (transfer none); NULL: there are not so many */

G_END_DECLS
