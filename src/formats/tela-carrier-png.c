/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>
#include <zlib.h>

#define SIGNATURE "\211PNG\r\n\032\n"
#define SIGNATURE_LEN 8
#define FRAME_LEN 12 /* length, type and checksum of a chunk */

typedef struct
{
  const guchar *start; /* its length field */
  const char   *type;  /* 4 characters */
  const char   *data;
  gsize         len;
} Chunk;

/* The chunk at *at, which is moved behind it. FALSE with an error, or without at the end. */
static gboolean
next_chunk (gconstpointer png,
            gsize         len,
            gsize        *at,
            Chunk        *chunk,
            GError      **error)
{
  const guchar *p = (const guchar *) png + *at;
  gsize         left = len - *at, size;

  if (left == 0)
    return FALSE;
  size = left >= FRAME_LEN ? (gsize) p[0] << 24 | (gsize) p[1] << 16 | (gsize) p[2] << 8 | p[3] : G_MAXUINT32;
  if (left < FRAME_LEN || size > left - FRAME_LEN)
    {
      g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID,
                   _ ("PNG: the chunk at byte %lu is cut short"), (gulong) *at);
      return FALSE;
    }
  *chunk = (Chunk){ p, (const char *) p + 4, (const char *) p + 8, size };
  *at += size + FRAME_LEN;
  return TRUE;
}

static gboolean
is_payload (const Chunk *chunk)
{
  return memcmp (chunk->type, "tEXt", 4) == 0 &&
         chunk->len >= sizeof TELA_CARRIER_TYPE &&
         memcmp (chunk->data, TELA_CARRIER_TYPE, sizeof TELA_CARRIER_TYPE) == 0;
}

gboolean
tela_png_is (gconstpointer data,
             gsize         len)
{
  return len >= SIGNATURE_LEN && memcmp (data, SIGNATURE, SIGNATURE_LEN) == 0;
}

char *
tela_png_find_scene (gconstpointer       png,
                     gsize               len,
                     gsize              *scene_len,
                     TelaCarrierVersion *version,
                     GError            **error)
{
  gsize at = SIGNATURE_LEN;
  Chunk chunk;

  g_return_val_if_fail (tela_png_is (png, len), NULL);

  while (next_chunk (png, len, &at, &chunk, error))
    {
      if (is_payload (&chunk))
        return tela_carrier_decode (chunk.data + sizeof TELA_CARRIER_TYPE, chunk.len - sizeof TELA_CARRIER_TYPE, TRUE,
                                    scene_len, version, error);
      if (memcmp (chunk.type, "IEND", 4) == 0)
        return NULL; /* what follows is no part of the picture */
    }
  return NULL;
}

static void
append_number (GByteArray *out,
               gsize       value)
{
  guint32 number = GUINT32_TO_BE ((guint32) value);

  g_byte_array_append (out, (const guint8 *) &number, 4);
}

static void
append_payload (GByteArray    *out,
                const GString *payload)
{
  guint start;

  append_number (out, sizeof TELA_CARRIER_TYPE + payload->len);
  start = out->len;
  g_byte_array_append (out, (const guint8 *) "tEXt" TELA_CARRIER_TYPE, 4 + sizeof TELA_CARRIER_TYPE);
  g_byte_array_append (out, (const guint8 *) payload->str, (guint) payload->len);
  append_number (out, crc32 (0, out->data + start, out->len - start));
}

GBytes *
tela_png_embed_scene (GBytes            *png,
                      const char        *scene,
                      gsize              scene_len,
                      TelaCarrierVersion version,
                      GError           **error)
{
  gsize         len, at = SIGNATURE_LEN;
  gconstpointer data = g_bytes_get_data (png, &len);
  g_autoptr (GString) payload = tela_carrier_encode (scene, scene_len, version);
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) (len + payload->len + 128));
  g_autoptr (GError) problem = NULL;
  gboolean ended = FALSE;
  Chunk    chunk;

  g_return_val_if_fail (tela_png_is (data, len), NULL);

  g_byte_array_append (out, data, SIGNATURE_LEN);
  while (!ended && next_chunk (data, len, &at, &chunk, &problem))
    {
      ended = memcmp (chunk.type, "IEND", 4) == 0;
      if (ended)
        append_payload (out, payload);
      if (!is_payload (&chunk))
        g_byte_array_append (out, chunk.start, (guint) (chunk.len + FRAME_LEN));
    }
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (!ended)
    g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("PNG: it has no end"));
  return ended ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}
