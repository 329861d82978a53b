/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* Members of small answers that were checked as JSON; absent, or of another kind: NULL, 0, FALSE. */
char    *tela_pick_text (TelaJsonSpan object, const char *name);  /* (transfer full) */
GStrv    tela_pick_texts (TelaJsonSpan object, const char *name); /* (transfer full); NULL: no array */
gint64   tela_pick_number (TelaJsonSpan object, const char *name);
gboolean tela_pick_flag (TelaJsonSpan object, const char *name);
/* The whole answer, if it is an object. */
gboolean tela_pick_object (GBytes *body, TelaJsonSpan *object);

G_END_DECLS
