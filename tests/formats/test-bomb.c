/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Small files that unpack to far more: a clear error, or a picture without what it says beside, in bounded memory. */

#include <sys/resource.h>
#include <zlib.h>

#include "formats-fixture.h"
#include "tela-formats-private.h"

#define MEGABYTE (1024u * 1024)
#define N_MEGABYTES 300
#define MAX_KILOBYTES (1024l * 1024) /* of memory, ever */
#define HEADER_LENGTH 33             /* of a PNG: its signature and IHDR */

static void
deflate_more (z_stream   *stream,
              GByteArray *out,
              const char *data,
              gsize       len)
{
  guint8 chunk[16 * 1024];

  stream->next_in = (Bytef *) data;
  stream->avail_in = (uInt) len;
  do
    {
      stream->next_out = chunk;
      stream->avail_out = sizeof chunk;
      g_assert_cmpint (deflate (stream, Z_FULL_FLUSH), !=, Z_STREAM_ERROR);
      g_byte_array_append (out, chunk, (guint) (sizeof chunk - stream->avail_out));
    }
  while (stream->avail_out == 0);
}

/* @start and then hundreds of megabytes of blanks, packed. @bits: of zlib's window, and for the header of gzip 16. */
static GByteArray *
make_bomb (const char *start,
           int         bits)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) block = g_byte_array_new ();
  g_autofree char *blanks = g_strnfill (MEGABYTE, ' ');
  z_stream         stream = { 0 };

  g_assert_cmpint (deflateInit2 (&stream, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  deflate_more (&stream, out, start, strlen (start));
  deflate_more (&stream, block, blanks, MEGABYTE); /* refers to nothing before it */
  deflateEnd (&stream);
  for (guint i = 0; i < N_MEGABYTES; i++)
    g_byte_array_append (out, block->data, block->len);
  return out;
}

static void
check_memory (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_assert_cmpint (usage.ru_maxrss, <, MAX_KILOBYTES);
}

static void
assert_too_large (const guint8 *data,
                  gsize         len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = tela_format_read ((const char *) data, len, fixture_stamp, NULL, NULL, &error);

  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE);
  g_assert_true (g_str_has_suffix (error->message, "it unpacks to more than 256 MB"));
  g_assert_null (import);
  check_memory ();
}

static void
test_gzip (gconstpointer start)
{
  g_autoptr (GByteArray) bomb = make_bomb (start, MAX_WBITS + 16);

  g_assert_cmpuint (bomb->len, <, MEGABYTE);
  assert_too_large (bomb->data, bomb->len);
}

static void
append_number (GByteArray *out,
               guint32     value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (out, (const guint8 *) &value, sizeof value);
}

/* tests/data/picture.png with one chunk more, before its pixels: a keyword, flags, and what was packed. */
static GByteArray *
make_png (const char   *type,
          const char   *keyword,
          const guint8 *flags,
          gsize         n_flags,
          const guint8 *packed,
          gsize         len)
{
  g_autofree char *path = fixture_path ("picture.png");
  g_autofree char *picture = NULL;
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  GByteArray *out = g_byte_array_new ();
  gsize       picture_len;

  g_assert_true (g_file_get_contents (path, &picture, &picture_len, NULL));
  g_byte_array_append (chunk, (const guint8 *) type, 4);
  g_byte_array_append (chunk, (const guint8 *) keyword, (guint) strlen (keyword) + 1);
  g_byte_array_append (chunk, flags, (guint) n_flags);
  g_byte_array_append (chunk, packed, (guint) len);

  g_byte_array_append (out, (const guint8 *) picture, HEADER_LENGTH);
  append_number (out, chunk->len - 4);
  g_byte_array_append (out, chunk->data, chunk->len);
  append_number (out, (guint32) crc32 (0, chunk->data, chunk->len));
  g_byte_array_append (out, (const guint8 *) picture + HEADER_LENGTH, (guint) (picture_len - HEADER_LENGTH));
  return out;
}

static void
test_scene (void)
{
  g_autoptr (GByteArray) bomb = make_bomb ("{\"type\":\"excalidraw\",\"elements\":[", MAX_WBITS);
  g_autoptr (GString) envelope = g_string_new ("{\"version\":\"1\",\"encoding\":\"bstring\",\"compressed\":true,\"encoded\":\"");
  g_autoptr (GByteArray) png = NULL;

  for (guint i = 0; i < bomb->len; i++)
    g_string_append_printf (envelope, "\\u%04x", bomb->data[i]);
  g_string_append (envelope, "\"}");
  png = make_png ("tEXt", TELA_CARRIER_TYPE, NULL, 0, (const guint8 *) envelope->str, envelope->len);
  assert_too_large (png->data, png->len);
}

/* Text beside a picture that nobody here asks for is not even unpacked. */
static void
test_text (gconstpointer type)
{
  static const guint8 flags[] = { 1, 0, 0, 0 }; /* of iTXt: packed, with deflate, no language, no translation */
  static const guint8 method[] = { 0 };         /* of zTXt */
  gboolean            is_international = strcmp (type, "iTXt") == 0;
  g_autoptr (GByteArray) bomb = make_bomb ("", MAX_WBITS);
  g_autoptr (GByteArray) png = make_png (type, TELA_CARRIER_TYPE, is_international ? flags : method,
                                         is_international ? sizeof flags : sizeof method, bomb->data, bomb->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = tela_format_read ((const char *) png->data, png->len, fixture_stamp, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (import->assets), ==, 1);
  check_memory ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/formats/bomb/xopp", "<?xml version=\"1.0\"?><xournal>", test_gzip);
  g_test_add_data_func ("/formats/bomb/tela", "{\"type\":\"tela\",", test_gzip);
  g_test_add_func ("/formats/bomb/scene", test_scene);
  g_test_add_data_func ("/formats/bomb/itxt", "iTXt", test_text);
  g_test_add_data_func ("/formats/bomb/ztxt", "zTXt", test_text);
  return g_test_run ();
}
