/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-text.h"

#include <string.h>

gboolean
tela_int_member (TelaJsonSpan object,
                 const char  *name,
                 gint64      *value)
{
  TelaJsonReader reader;
  TelaJsonSpan   span;
  double         number;

  if (!tela_json_find (object, name, &span))
    return FALSE;
  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_NUMBER || !tela_json_reader_number (&reader, &number, NULL))
    return FALSE;
  if (!(number > -9e15 && number < 9e15))
    return FALSE;
  *value = (gint64) number;
  return TRUE;
}

gboolean
tela_flag_member (TelaJsonSpan object,
                  const char  *name,
                  gboolean     fallback)
{
  g_autofree char *text = NULL;
  TelaJsonSpan     value;

  if (!tela_json_find (object, name, &value))
    return fallback;
  if (TELA_JSON_SPAN_IS (value, "true"))
    return TRUE;
  if (TELA_JSON_SPAN_IS (value, "false"))
    return FALSE;
  text = tela_pick_text (object, name);
  if (text != NULL && g_ascii_strcasecmp (text, "true") == 0)
    return TRUE;
  if (text != NULL && g_ascii_strcasecmp (text, "false") == 0)
    return FALSE;
  return fallback;
}

gboolean
tela_span_is_object (TelaJsonSpan span)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  return tela_json_reader_peek (&reader) == TELA_JSON_OBJECT;
}

gboolean
tela_object_member (TelaJsonSpan  object,
                    const char   *name,
                    TelaJsonSpan *value)
{
  return tela_json_find (object, name, value) && tela_span_is_object (*value);
}

gboolean
tela_is_hex (const char *text,
             gsize       len)
{
  for (gsize i = 0; i < len; i++)
    if (!((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
      return FALSE;
  return TRUE;
}

gboolean
tela_is_uuid (const char *text)
{
  return strlen (text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' &&
         tela_is_hex (text, 8) && tela_is_hex (text + 9, 4) && tela_is_hex (text + 14, 4) &&
         tela_is_hex (text + 19, 4) && tela_is_hex (text + 24, 12);
}

char *
tela_iso_from_ms (gint64 ms)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (ms / 1000);
  g_autofree char *seconds = NULL;

  if (when == NULL)
    return g_strdup ("1970-01-01T00:00:00.000Z");
  seconds = g_date_time_format (when, "%Y-%m-%dT%H:%M:%S");
  return g_strdup_printf ("%s.%03dZ", seconds, (int) (ms % 1000));
}
