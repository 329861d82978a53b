/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>

/* Real ones are below 20 MB; several forms of it are in memory at once. */
#define MAX_PAYLOAD (64u * 1024 * 1024)

/* What was read as Latin-1, as UTF-8. (transfer full) */
static char *
latin1_to_utf8 (const char *data,
                gsize       len)
{
  GString *out = g_string_sized_new (len + 16);

  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) data[i];

      if (c >= 0x80)
        {
          g_string_append_c (out, (char) (0xc0 | c >> 6));
          c = 0x80 | (c & 0x3f);
        }
      g_string_append_c (out, (char) c);
    }
  return g_string_free (out, FALSE);
}

/* The character after a backslash, or of \uXXXX; *at is moved behind it. */
static guint
read_escape (const char **at)
{
  static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
  const char       *name;
  guint             value = 0;
  char              c = *(*at)++;

  if (c != 'u')
    {
      name = strchr (names, c);
      return name != NULL ? (guchar) values[name - names] : (guchar) c;
    }
  for (int i = 0; i < 4; i++)
    value = value << 4 | (guint) g_ascii_xdigit_value (*(*at)++);
  return value;
}

/* A checked JSON string whose characters are bytes; FALSE if one is not. */
static GByteArray *
read_byte_string (TelaJsonSpan value)
{
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) value.len);
  const char *at = value.data + 1, *end = value.data + value.len - 1;

  while (at < end)
    {
      gunichar c;
      guint8   byte;

      if (*at == '\\')
        {
          at++;
          c = read_escape (&at);
        }
      else
        {
          c = g_utf8_get_char (at);
          at = g_utf8_next_char (at);
        }
      if (c > 0xff)
        return NULL;
      byte = (guint8) c;
      g_byte_array_append (out, &byte, 1);
    }
  return g_steal_pointer (&out);
}

static gboolean
has_true (TelaJsonSpan object,
          const char  *name)
{
  TelaJsonSpan value;

  return tela_json_find (object, name, &value) && TELA_JSON_SPAN_IS (value, "true");
}

static char *
open_envelope (TelaJsonSpan envelope,
               TelaJsonSpan encoded,
               gsize       *scene_len,
               GError     **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  TelaJsonSpan encoding;

  if (encoded.data[0] != '"' ||
      (tela_json_find (envelope, "encoding", &encoding) && !TELA_JSON_SPAN_IS (encoding, "\"bstring\"")))
    bytes = NULL;
  else
    bytes = read_byte_string (encoded);
  if (bytes == NULL)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("encoded: not a string of bytes"));
      return NULL;
    }
  if (has_true (envelope, "compressed"))
    return tela_zlib_inflate (bytes->data, bytes->len, scene_len, error);
  *scene_len = bytes->len;
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&bytes), FALSE);
}

char *
tela_carrier_decode (const char         *data,
                     gsize               len,
                     gboolean            latin1,
                     gsize              *scene_len,
                     TelaCarrierVersion *version,
                     GError            **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;
  g_autofree char *scene = NULL;
  TelaJsonSpan     envelope, encoded;

  if (len > MAX_PAYLOAD)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                           _ ("embedded drawing: it is larger than 64 MB"));
      return NULL;
    }
  text = latin1 ? latin1_to_utf8 (data, len) : g_strndup (data, len);
  envelope = (TelaJsonSpan){ text, strlen (text) };
  if (version != NULL)
    *version = TELA_CARRIER_COMPRESSED;
  if (!tela_json_check (text, (gssize) envelope.len, &problem))
    scene = NULL;
  else if (tela_json_find (envelope, "encoded", &encoded))
    scene = open_envelope (envelope, encoded, scene_len, &problem);
  else
    {
      *scene_len = envelope.len;
      scene = g_steal_pointer (&text);
      if (version != NULL)
        *version = TELA_CARRIER_PLAIN;
    }
  if (scene == NULL)
    /* Translators: %s says what is wrong with the drawing inside a picture */
    g_set_error (error, TELA_FORMAT_ERROR,
                 problem->domain == TELA_FORMAT_ERROR ? problem->code : TELA_FORMAT_ERROR_INVALID,
                 _ ("embedded drawing: %s"), problem->message);
  return g_steal_pointer (&scene);
}

/* Latin-1 text of JSON, in bytes. */
static GString *
write_envelope (const char *scene,
                gsize       len)
{
  g_autoptr (GByteArray) packed = tela_zlib_deflate (scene, len, FALSE);
  GString *out = g_string_sized_new (packed->len + packed->len / 4 + 128);

  g_string_append (out, "{\"version\":\"1\",\"encoding\":\"bstring\",\"compressed\":true,\"encoded\":\"");
  for (guint i = 0; i < packed->len; i++)
    {
      guint8 c = packed->data[i];

      if (c < 0x20)
        g_string_append_printf (out, "\\u%04x", c);
      else
        {
          if (c == '"' || c == '\\')
            g_string_append_c (out, '\\');
          g_string_append_c (out, (char) c);
        }
    }
  g_string_append (out, "\"}");
  return out;
}

/* JSON has characters beyond ASCII in strings only, so an escape says the same everywhere. */
static GString *
write_ascii (const char *scene,
             gsize       len)
{
  GString *out = g_string_sized_new (len + 64);

  for (const char *at = scene; at < scene + len; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c < 0x80)
        g_string_append_c (out, (char) c);
      else if (c < 0x10000)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  return out;
}

GString *
tela_carrier_encode (const char        *scene,
                     gsize              len,
                     TelaCarrierVersion version)
{
  return version == TELA_CARRIER_PLAIN ? write_ascii (scene, len) : write_envelope (scene, len);
}
