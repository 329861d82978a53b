/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-pick.h"

G_BEGIN_DECLS

/* Small readings of checked JSON texts and of strings. */
gboolean tela_int_member (TelaJsonSpan object, const char *name, gint64 *value);
/* Booleans, and "true" or "false" as text in any case. */
gboolean tela_flag_member (TelaJsonSpan object, const char *name, gboolean fallback);
gboolean tela_object_member (TelaJsonSpan object, const char *name, TelaJsonSpan *value); /* FALSE: absent or no object */
gboolean tela_span_is_object (TelaJsonSpan span);
gboolean tela_is_uuid (const char *text); /* lower case, with hyphens */
gboolean tela_is_hex (const char *text, gsize len);
char    *tela_iso_from_ms (gint64 ms); /* (transfer full) UTC with milliseconds */

G_END_DECLS
