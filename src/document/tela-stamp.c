/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-stamp.h"

/* Year 9999, the last that ISO 8601 and GDateTime write with four digits. */
#define GREATEST_ISO_SECONDS G_GINT64_CONSTANT (253402300799)

static gboolean
parse_hex (const char *text,
           guint64    *value)
{
  guint64 result = 0;

  for (guint i = 0; i < 16; i++)
    {
      char c = text[i];

      if (c >= '0' && c <= '9')
        result = result << 4 | (guint64) (c - '0');
      else if (c >= 'a' && c <= 'f')
        result = result << 4 | (guint64) (c - 'a' + 10);
      else
        return FALSE;
    }

  *value = result;
  return TRUE;
}

static void
format_hex (guint64 value,
            char   *out)
{
  for (int i = 15; i >= 0; i--, value >>= 4)
    out[i] = "0123456789abcdef"[value & 15];
}

gboolean
tela_stamp_parse (const char *text,
                  gsize       len,
                  TelaStamp  *stamp)
{
  TelaStamp result;

  if (len != TELA_STAMP_LENGTH || text[16] != '-' || !parse_hex (text, &result.time) ||
      !parse_hex (text + 17, &result.actor))
    return FALSE;

  *stamp = result;
  return TRUE;
}

void
tela_stamp_format (TelaStamp stamp,
                   char      out[TELA_STAMP_LENGTH + 1])
{
  format_hex (stamp.time, out);
  out[16] = '-';
  format_hex (stamp.actor, out + 17);
  out[TELA_STAMP_LENGTH] = '\0';
}

/**
 * tela_stamp_to_iso:
 * @stamp: a stamp
 *
 * Writes the milliseconds of @stamp as a date, for columns that people and SQL read.
 *
 * Returns: (transfer full): such as "2025-04-05T06:07:08.009Z"; times after the year 9999 become its end
 */
char *
tela_stamp_to_iso (TelaStamp stamp)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *seconds = NULL;
  gint64           ms = tela_stamp_get_ms (stamp);

  ms = MIN (ms, GREATEST_ISO_SECONDS * 1000 + 999);
  date = g_date_time_new_from_unix_utc (ms / 1000);
  seconds = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", seconds, (int) (ms % 1000));
}

/**
 * tela_stamp_from_iso:
 * @text: an ISO 8601 date with time and zone; without a zone it counts as UTC
 * @stamp: (out): its milliseconds, actor 0
 *
 * Returns: FALSE if @text is no date or one before 1970
 */
gboolean
tela_stamp_from_iso (const char *text,
                     TelaStamp  *stamp)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (text, utc);
  gint64 ms;

  if (date == NULL)
    return FALSE;

  ms = g_date_time_to_unix (date) * 1000 + g_date_time_get_microsecond (date) / 1000;
  if (ms < 0)
    return FALSE;

  *stamp = (TelaStamp){ .time = (guint64) ms << 16 };
  return TRUE;
}

TelaStamp
tela_clock_next (TelaClock *self,
                 gint64     now_ms)
{
  gint64  ms = MAX (now_ms + self->offset_ms, 0);
  guint64 time = (guint64) ms << 16;

  /* A full counter carries into the milliseconds; the end of time is where the clock stays. */
  if (time <= self->last)
    time = self->last == G_MAXUINT64 ? self->last : self->last + 1;
  self->last = time;

  return (TelaStamp){ .time = time, .actor = self->actor };
}

void
tela_clock_observe (TelaClock *self,
                    TelaStamp  seen)
{
  self->last = MAX (self->last, seen.time);
}
