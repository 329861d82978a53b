/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "pdf.h"

#include <gio/gio.h>
#include <string.h>

#define STREAM "stream\n"

static guint
count (const char *data,
       gsize       len,
       const char *word)
{
  gsize size = strlen (word);
  guint n = 0;

  for (gsize i = 0; i + size <= len; i++)
    n += memcmp (data + i, word, size) == 0;

  return n;
}

/* Nothing for a stream that is not deflated. */
static guint
count_inflated (const char *data,
                gsize       len,
                const char *word)
{
  g_autoptr (GConverter) inflater = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  g_autoptr (GInputStream) deflated = g_memory_input_stream_new_from_data (data, (gssize) len, NULL);
  g_autoptr (GInputStream) plain = g_converter_input_stream_new (deflated, inflater);
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (plain, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (all, buffer, (guint) n);

  return count ((const char *) all->data, all->len, word);
}

guint
pdf_count (GBytes     *pdf,
           const char *word)
{
  gsize       len;
  const char *data = g_bytes_get_data (pdf, &len);
  const char *end = data + len;
  const char *stream = data;
  guint       n = count (data, len, word);

  while ((stream = memmem (stream, (gsize) (end - stream), STREAM, strlen (STREAM))) != NULL)
    {
      stream += strlen (STREAM);
      n += count_inflated (stream, (gsize) (end - stream), word);
    }

  return n;
}
