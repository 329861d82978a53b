/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-private.h"

#include <string.h>

/* The middle part of a JWT, decoded. (transfer full) (nullable) */
static char *
decode_claims (const char *token,
               gsize      *len)
{
  g_auto (GStrv) parts = g_strsplit (token, ".", 4);
  GString *text;

  if (g_strv_length (parts) != 3 || *parts[1] == '\0')
    return NULL;

  text = g_string_new (g_strdelimit (g_strdelimit (parts[1], "-", '+'), "_", '/'));
  while (text->len % 4 != 0)
    g_string_append_c (text, '=');

  return (char *) g_base64_decode_inplace (g_string_free (text, FALSE), len);
}

/**
 * realtime_token_get_life:
 *
 * Returns: how many seconds are left; negative: it has ended
 */
gint64
realtime_token_get_life (const char *token,
                         gint64      now)
{
  gsize            len;
  g_autofree char *claims = decode_claims (token, &len);
  TelaJsonSpan     value;
  TelaJsonReader   reader;
  double           exp;

  if (claims == NULL || !tela_json_check (claims, (gssize) len, NULL) ||
      !tela_json_find ((TelaJsonSpan){ claims, len }, "exp", &value))
    return G_MAXINT64;

  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_NUMBER || !tela_json_reader_number (&reader, &exp, NULL) ||
      exp < 0.0 || exp > 1e15)
    return G_MAXINT64;

  return (gint64) exp - now;
}
