/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>
#include <zlib.h>

#define CHUNK (64 * 1024)
#define ANY_HEADER (15 + 32) /* of zlib or of gzip */
#define GZIP_HEADER (15 + 16)

/* Like GString, but more than half of it is never asked for in vain: what is inflated may be large. */
static void
make_room (char **out,
           gsize *room,
           gsize  len)
{
  if (*room - len > CHUNK)
    return;
  *room = MIN (*room * 2, (gsize) TELA_JSON_MAX_BYTES + 2 * CHUNK + 1);
  *out = g_realloc (*out, *room);
}

char *
tela_zlib_inflate (gconstpointer data,
                   gsize         len,
                   gsize        *out_len,
                   GError      **error)
{
  gsize            n = 0, room = 4 * CHUNK;
  g_autofree char *out = g_malloc (room);
  z_stream         stream = { .next_in = (Bytef *) data, .avail_in = (uInt) len };
  int              status = len <= TELA_JSON_MAX_BYTES ? inflateInit2 (&stream, ANY_HEADER) : Z_DATA_ERROR;

  while (status == Z_OK && n <= TELA_JSON_MAX_BYTES)
    {
      make_room (&out, &room, n);
      stream.next_out = (Bytef *) out + n;
      stream.avail_out = CHUNK;
      status = inflate (&stream, Z_NO_FLUSH);
      n += CHUNK - stream.avail_out;
    }
  inflateEnd (&stream);

  if (n > TELA_JSON_MAX_BYTES)
    g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE, _ ("it unpacks to more than 256 MB"));
  else if (status == Z_BUF_ERROR)
    g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID,
                 _ ("the packed data ends at byte %lu, too soon"), (gulong) len);
  else if (status != Z_STREAM_END)
    g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("the packed data is damaged at byte %lu"),
                 stream.total_in);
  if (n > TELA_JSON_MAX_BYTES || status != Z_STREAM_END)
    return NULL;

  out[n] = '\0';
  *out_len = n;
  return g_steal_pointer (&out);
}

GByteArray *
tela_zlib_deflate (gconstpointer data,
                   gsize         len,
                   gboolean      gzip)
{
  GByteArray *out = g_byte_array_new ();
  guint8      chunk[16 * 1024];
  z_stream    stream = { .next_in = (Bytef *) data, .avail_in = (uInt) len };
  int         status;

  if (deflateInit2 (&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip ? GZIP_HEADER : MAX_WBITS, 8,
                    Z_DEFAULT_STRATEGY) != Z_OK)
    g_error ("deflateInit2: out of memory"); /* as g_malloc() does */
  do
    {
      stream.next_out = chunk;
      stream.avail_out = sizeof chunk;
      status = deflate (&stream, Z_FINISH);
      g_byte_array_append (out, chunk, (guint) (sizeof chunk - stream.avail_out));
    }
  while (status == Z_OK);
  deflateEnd (&stream);
  return out;
}
