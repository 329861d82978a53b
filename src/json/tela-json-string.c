/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json-private.h"

#define REPLACEMENT "\357\277\275" /* U+FFFD */

static guint
hex4 (const char *digits)
{
  guint value = 0;

  for (guint i = 0; i < 4; i++)
    value = value << 4 | (guint) (g_ascii_xdigit_value (digits[i]) & 15);
  return value;
}

/* One escape; returns what follows it. At most as many bytes are written as are read. */
static const char *
decode_escape (const char *at,
               const char *end,
               char      **to,
               guint      *replaced)
{
  static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
  const char       *simple;
  guint             code;

  if (at[1] != 'u')
    {
      simple = strchr (from, at[1]);
      *(*to)++ = simple != NULL ? into[simple - from] : at[1];
      return at + 2;
    }
  if (end - at < 6)
    return end;
  code = hex4 (at + 2);
  at += 6;
  if ((code & 0xfc00) == 0xd800 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' && (hex4 (at + 2) & 0xfc00) == 0xdc00)
    {
      code = 0x10000 + ((code & 0x3ff) << 10) + (hex4 (at + 2) & 0x3ff);
      at += 6;
    }
  if (code == 0 || (code & 0xfffff800) == 0xd800)
    {
      memcpy (*to, REPLACEMENT, 3);
      *to += 3;
      if (replaced != NULL)
        ++*replaced;
    }
  else
    *to += g_unichar_to_utf8 (code, *to);
  return at;
}

char *
tela_json_unescape (TelaJsonSpan raw,
                    gsize       *len,
                    guint       *replaced)
{
  const char *at = raw.data, *end = raw.data + raw.len;
  char       *text = g_malloc (raw.len + 1), *to = text;

  while (at < end)
    {
      const char *slash = memchr (at, '\\', (gsize) (end - at));
      const char *until = slash != NULL ? slash : end;

      memcpy (to, at, (gsize) (until - at));
      to += until - at;
      at = until;
      if (end - at >= 2)
        at = decode_escape (at, end, &to, replaced);
      else
        break;
    }
  *to = '\0';
  if (len != NULL)
    *len = (gsize) (to - text);
  return text;
}

void
tela_json_append_string (GString    *out,
                         const char *value,
                         gsize       len)
{
  static const char hex[] = "0123456789abcdef";
  const char       *at = value, *end = value + len;

  g_string_append_c (out, '"');
  while (at < end)
    {
      const char *until = tela_json_plain_run (at, end, 0);
      guchar      c;

      g_string_append_len (out, at, until - at);
      at = until;
      if (at == end)
        break;
      c = (guchar) *at++;
      g_string_append_c (out, '\\');
      if (c == '"' || c == '\\')
        g_string_append_c (out, (char) c);
      else if (c >= 8 && c <= 13 && c != 11)
        g_string_append_c (out, "btn.fr"[c - 8]);
      else
        {
          g_string_append (out, "u00");
          g_string_append_c (out, hex[c >> 4]);
          g_string_append_c (out, hex[c & 15]);
        }
    }
  g_string_append_c (out, '"');
}
