/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-json.h"

G_BEGIN_DECLS

/* Reading what the queue of fal.ai answers. Pure; @object is checked JSON. */

char    *tela_fal_dup_text (TelaJsonSpan object, const char *name); /* (transfer full); NULL: no string */
gboolean tela_fal_find_int (TelaJsonSpan object, const char *name, gint64 *number);
/* The first, or the last, object of an array. */
gboolean tela_fal_find_item (TelaJsonSpan object, const char *name, gboolean last, TelaJsonSpan *item);
double   tela_fal_get_progress (TelaJsonSpan answer); /* as the last line of its log says; -1: it does not */
GBytes  *tela_fal_decode_data_uri (const char *uri);  /* NULL: it is none */
/* What a status of 400 and above means, in the server's words. (transfer full) */
GError *tela_fal_new_error (guint status, GBytes *body);

G_END_DECLS
