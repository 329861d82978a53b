/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When something was, as a person would say it now; both in milliseconds since 1970. (transfer full) */
char *tela_date_describe (gint64 when_ms, gint64 now_ms);

G_END_DECLS
