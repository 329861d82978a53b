/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-fal-answer.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "tela-generator.h"

#define MAX_MESSAGE 500 /* bytes of what a server says of itself */

char *
tela_fal_dup_text (TelaJsonSpan object,
                   const char  *name)
{
  TelaJsonSpan   value;
  TelaJsonReader reader;

  if (!tela_json_find (object, name, &value))
    return NULL;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  return tela_json_reader_peek (&reader) == TELA_JSON_STRING ? tela_json_reader_string (&reader, NULL, NULL) : NULL;
}

gboolean
tela_fal_find_int (TelaJsonSpan object,
                   const char  *name,
                   gint64      *number)
{
  TelaJsonSpan   value;
  TelaJsonReader reader;

  if (!tela_json_find (object, name, &value))
    return FALSE;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  return tela_json_reader_peek (&reader) == TELA_JSON_NUMBER && tela_json_reader_int64 (&reader, number);
}

/* The last (or first) object of an array member. */
gboolean
tela_fal_find_item (TelaJsonSpan  object,
                    const char   *name,
                    gboolean      last,
                    TelaJsonSpan *item)
{
  TelaJsonSpan   value, span;
  TelaJsonReader reader;
  gboolean       found = FALSE;

  if (!tela_json_find (object, name, &value))
    return FALSE;
  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &span))
    if (span.data[0] == '{' && (last || !found))
      {
        *item = span;
        found = TRUE;
      }
  return found;
}

/* "detail" is a text, or a list of {"msg"}; there may be an "error" or a "message" instead. */
static char *
dup_reason (GBytes *body)
{
  gsize            len;
  const char      *data = g_bytes_get_data (body, &len);
  TelaJsonSpan     answer = { data, len }, item;
  g_autofree char *reason = NULL;

  if (!tela_json_check (data, (gssize) len, NULL))
    return NULL;
  if (tela_fal_find_item (answer, "detail", FALSE, &item))
    reason = tela_fal_dup_text (item, "msg");
  if (reason == NULL)
    reason = tela_fal_dup_text (answer, "detail");
  if (reason == NULL)
    reason = tela_fal_dup_text (answer, "error");
  if (reason == NULL)
    reason = tela_fal_dup_text (answer, "message");
  if (reason == NULL || strlen (reason) <= MAX_MESSAGE)
    return g_steal_pointer (&reason);
  *g_utf8_find_prev_char (reason, reason + MAX_MESSAGE) = '\0';
  return g_steal_pointer (&reason);
}

GError *
tela_fal_new_error (guint   status,
                    GBytes *body)
{
  g_autofree char   *reason = dup_reason (body);
  const char        *phrase = soup_status_get_phrase (status);
  TelaGeneratorError code = TELA_GENERATOR_ERROR_REFUSED;

  if (status == 404 || status == 410)
    code = TELA_GENERATOR_ERROR_LOST;
  else if (status == 408 || status == 425 || status == 429 || status >= 500 || status < 400)
    code = TELA_GENERATOR_ERROR_BUSY;
  if (status == 401 && reason == NULL)
    reason = g_strdup (_ ("The key was not accepted"));
  return g_error_new (TELA_GENERATOR_ERROR, code, "%s (%u)", reason != NULL ? reason : phrase, status);
}

/* "data:image/png;base64,…": NULL: it is none. */
GBytes *
tela_fal_decode_data_uri (const char *uri)
{
  static const char mark[] = ";base64,";
  const char       *start = strstr (uri, mark);
  guchar           *bytes;
  gsize             len;

  if (!g_str_has_prefix (uri, "data:") || start == NULL)
    return NULL;
  bytes = g_base64_decode (start + sizeof mark - 1, &len);
  return g_bytes_new_take (bytes, len);
}

double
tela_fal_get_progress (TelaJsonSpan answer)
{
  TelaJsonSpan     log;
  g_autofree char *message = tela_fal_find_item (answer, "logs", TRUE, &log) ? tela_fal_dup_text (log, "message") : NULL;

  return message != NULL ? tela_generator_parse_progress (message) : -1;
}
