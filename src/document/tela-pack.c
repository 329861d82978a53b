/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-pack.h"

#include <string.h>

void
tela_pack_put_varint (GByteArray *out,
                      guint64     value)
{
  guint8 bytes[10];
  guint  len = 0;

  for (; value >= 128; value >>= 7)
    bytes[len++] = (guint8) (value | 128);
  bytes[len++] = (guint8) value;
  g_byte_array_append (out, bytes, len);
}

void
tela_pack_put_u64 (GByteArray *out,
                   guint64     value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

void
tela_pack_put_text (GByteArray *out,
                    const char *text,
                    gsize       len)
{
  tela_pack_put_varint (out, len);
  g_byte_array_append (out, (const guint8 *) text, (guint) len);
}

gboolean
tela_pack_take_varint (TelaPackCursor *cursor,
                       guint64        *value)
{
  guint64 result = 0;

  for (guint shift = 0; shift < 63 && cursor->left > 0; shift += 7)
    {
      guint8 byte = *cursor->at++;

      cursor->left--;
      result |= (guint64) (byte & 127) << shift;
      if (byte < 128)
        {
          *value = result;
          return TRUE;
        }
    }

  return FALSE;
}

gboolean
tela_pack_take_u64 (TelaPackCursor *cursor,
                    guint64        *value)
{
  if (cursor->left < sizeof *value)
    return FALSE;

  memcpy (value, cursor->at, sizeof *value);
  *value = GUINT64_FROM_LE (*value);
  cursor->at += sizeof *value;
  cursor->left -= sizeof *value;
  return TRUE;
}

gboolean
tela_pack_take_bytes (TelaPackCursor *cursor,
                      TelaPackCursor *bytes)
{
  guint64 len;

  if (!tela_pack_take_varint (cursor, &len) || len > cursor->left)
    return FALSE;

  *bytes = (TelaPackCursor){ .at = cursor->at, .left = (gsize) len };
  cursor->at += len;
  cursor->left -= (gsize) len;
  return TRUE;
}

gboolean
tela_pack_take_text (TelaPackCursor *cursor,
                     TelaJsonSpan   *text)
{
  TelaPackCursor bytes;

  if (!tela_pack_take_bytes (cursor, &bytes))
    return FALSE;

  *text = (TelaJsonSpan){ .data = (const char *) bytes.at, .len = bytes.left };
  return g_utf8_validate_len (text->data, text->len, NULL);
}
