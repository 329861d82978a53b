/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-redact.h"

/* In a name without case, dashes and underscores. */
static const char *const secret_names[] = {
  "token",
  "secret",
  "password",
  "passwd",
  "passphrase",
  "authorization",
  "credential",
  "cookie",
  "jwt",
  "invite",
};

/* In a text. A signed token begins with the base64 of "{" and a quote; sb_ keys are those of newer servers. */
static const char *const secret_texts[] = {
  "eyJ",
  "sb_secret_",
  "sb_publishable_",
  "Bearer ",
  "tela:",
  "token=",
  "key=",
  "password=",
  "code=",
};

static gboolean
is_secret_name (const char *name)
{
  g_autofree char *plain = g_ascii_strdown (name, -1);
  char            *end = plain;

  for (const char *at = plain; *at != '\0'; at++)
    if (*at != '_' && *at != '-')
      *end++ = *at;
  *end = '\0';

  for (guint i = 0; i < G_N_ELEMENTS (secret_names); i++)
    if (strstr (plain, secret_names[i]) != NULL)
      return TRUE;

  return g_str_has_suffix (plain, "key");
}

static gboolean
is_secret_text (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (secret_texts); i++)
    if (strstr (text, secret_texts[i]) != NULL)
      return TRUE;

  return FALSE;
}

char *
realtime_redact_text (const char *text)
{
  return g_strdup (is_secret_text (text) ? REALTIME_REDACTED : text);
}

static void redact_next (TelaJsonReader *reader, TelaJsonWriter *writer);

static void
redact_object (TelaJsonReader *reader,
               TelaJsonWriter *writer)
{
  TelaJsonSpan raw;

  tela_json_writer_begin_object (writer);
  if (tela_json_reader_enter_object (reader))
    while (tela_json_reader_next_member (reader, &raw))
      {
        g_autofree char *name = tela_json_unescape (raw, NULL, NULL);

        tela_json_writer_name (writer, name);
        if (is_secret_name (name))
          tela_json_writer_string (writer, REALTIME_REDACTED);
        else
          redact_next (reader, writer);
      }
  tela_json_writer_end_object (writer);
}

static void
redact_array (TelaJsonReader *reader,
              TelaJsonWriter *writer)
{
  tela_json_writer_begin_array (writer);
  if (tela_json_reader_enter_array (reader))
    while (tela_json_reader_next_item (reader))
      redact_next (reader, writer);
  tela_json_writer_end_array (writer);
}

static void
redact_next (TelaJsonReader *reader,
             TelaJsonWriter *writer)
{
  g_autofree char *text = NULL;
  TelaJsonSpan     span;

  switch (tela_json_reader_peek (reader))
    {
    case TELA_JSON_OBJECT:
      redact_object (reader, writer);
      break;
    case TELA_JSON_ARRAY:
      redact_array (reader, writer);
      break;
    case TELA_JSON_STRING:
      text = tela_json_reader_string (reader, NULL, NULL);
      tela_json_writer_string (writer, text == NULL || is_secret_text (text) ? REALTIME_REDACTED : text);
      break;
    case TELA_JSON_INVALID:
    case TELA_JSON_NULL:
    case TELA_JSON_FALSE:
    case TELA_JSON_TRUE:
    case TELA_JSON_NUMBER:
    default:
      if (tela_json_reader_span (reader, &span))
        tela_json_writer_raw (writer, span.data, span.len);
      else
        tela_json_writer_null (writer);
      break;
    }
}

void
realtime_redact (TelaJsonSpan    value,
                 TelaJsonWriter *writer)
{
  TelaJsonReader reader;

  if (value.data == NULL || !tela_json_check (value.data, (gssize) value.len, NULL))
    {
      tela_json_writer_null (writer);
      return;
    }

  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  redact_next (&reader, writer);
}
