/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When something was, as a person would say it now; both in milliseconds since 1970. (transfer full) */
char *tela_date_describe (gint64 when_ms, gint64 now_ms);
/* Its parts: the day alone, the time of day alone, and both. (transfer full) */
char *tela_date_describe_day (gint64 when_ms, gint64 now_ms);
char *tela_date_describe_time (gint64 when_ms);
char *tela_date_describe_in_full (gint64 when_ms, gint64 now_ms);

G_END_DECLS
