/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-date.h"

#include <glib/gi18n.h>

char *
tela_date_describe (gint64 when_ms,
                    gint64 now_ms)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (when_ms / 1000);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_ms / 1000);
  g_autoptr (GDateTime) midnight = NULL;
  GTimeSpan ago;

  if (when == NULL || now == NULL || when_ms <= 0)
    return g_strdup ("");

  midnight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                    g_date_time_get_day_of_month (now), 0, 0, 0);
  ago = g_date_time_difference (midnight, when);
  if (ago <= 0)
    /* Translators: a time of today, for strftime */
    return g_date_time_format (when, _ ("Today, %R"));
  if (ago <= G_TIME_SPAN_DAY)
    /* Translators: a time of yesterday, for strftime */
    return g_date_time_format (when, _ ("Yesterday, %R"));
  if (g_date_time_get_year (when) == g_date_time_get_year (now))
    /* Translators: day and month of this year, for strftime */
    return g_date_time_format (when, _ ("%e %B"));

  /* Translators: day, month and year, for strftime */
  return g_date_time_format (when, _ ("%e %B %Y"));
}
