/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-date.h"

#include <glib/gi18n.h>

/* How many midnights ago it was; -1: that cannot be told. */
static int
count_days (GDateTime *when,
            GDateTime *now)
{
  g_autoptr (GDateTime) midnight = NULL;
  GTimeSpan ago;

  if (when == NULL || now == NULL)
    return -1;
  midnight = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                    g_date_time_get_day_of_month (now), 0, 0, 0);
  ago = g_date_time_difference (midnight, when);

  return ago <= 0 ? 0 : (int) MIN (1 + (ago - 1) / G_TIME_SPAN_DAY, G_MAXINT);
}

static char *
describe_date (GDateTime *when,
               GDateTime *now)
{
  if (g_date_time_get_year (when) == g_date_time_get_year (now))
    /* Translators: day and month of this year, for strftime */
    return g_date_time_format (when, _ ("%e %B"));

  /* Translators: day, month and year, for strftime */
  return g_date_time_format (when, _ ("%e %B %Y"));
}

char *
tela_date_describe (gint64 when_ms,
                    gint64 now_ms)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (when_ms / 1000);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_ms / 1000);
  int days = when_ms <= 0 ? -1 : count_days (when, now);

  if (days < 0)
    return g_strdup ("");
  if (days == 0)
    /* Translators: a time of today, for strftime */
    return g_date_time_format (when, _ ("Today, %R"));
  if (days == 1)
    /* Translators: a time of yesterday, for strftime */
    return g_date_time_format (when, _ ("Yesterday, %R"));

  return describe_date (when, now);
}

char *
tela_date_describe_day (gint64 when_ms,
                        gint64 now_ms)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (when_ms / 1000);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (now_ms / 1000);
  int days = count_days (when, now);

  if (days < 0)
    return g_strdup ("");
  if (days == 0)
    return g_strdup (_ ("Today"));
  if (days == 1)
    return g_strdup (_ ("Yesterday"));

  return g_strchug (describe_date (when, now));
}

char *
tela_date_describe_time (gint64 when_ms)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (when_ms / 1000);

  /* Translators: a time of day, for strftime */
  return when == NULL ? g_strdup ("") : g_date_time_format (when, _ ("%R"));
}

char *
tela_date_describe_in_full (gint64 when_ms,
                            gint64 now_ms)
{
  g_autofree char *day = tela_date_describe_day (when_ms, now_ms);
  g_autofree char *time = tela_date_describe_time (when_ms);

  /* Translators: a day, such as “Today” or “3 May”, and a time of day */
  return g_strdup_printf (_ ("%s, %s"), day, time);
}
