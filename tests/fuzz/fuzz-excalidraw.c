/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "tela-formats.h"

static GBytes *
get_file_cb (const char *file_id,
             gpointer    user_data)
{
  GBytes *bytes = g_hash_table_lookup (user_data, file_id);

  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static char *
save (const char *data,
      gsize       size,
      TelaStamp   stamp,
      TelaImport *import)
{
  g_autoptr (TelaBoard) board = tela_board_new ("fuzz");
  gsize len;
  char *text;

  for (guint i = 0; i < import->elements->len; i++)
    g_assert_true (tela_element_validate (import->elements->pdata[i], NULL));
  tela_board_merge (board, (TelaElement *const *) import->elements->pdata, import->elements->len);
  text = tela_excalidraw_write (board, get_file_cb, import->assets, NULL, &len);
  g_assert_true (tela_json_check (text, (gssize) len, NULL));
  return text;
}

/* Whatever is taken can be saved, and what was saved is taken and saved alike. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const TelaStamp stamp = { G_GUINT64_CONSTANT (1700000000000) << 16, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) first = NULL;
  g_autoptr (TelaImport) second = NULL;
  g_autofree char *once = NULL;
  g_autofree char *twice = NULL;

  first = tela_excalidraw_read ((const char *) data, size, stamp, NULL, NULL, &error);
  g_assert_true ((first == NULL) == (error != NULL));
  if (first == NULL)
    return 0;

  once = save ((const char *) data, size, stamp, first);
  second = tela_excalidraw_read (once, strlen (once), stamp, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (second->elements->len, ==, first->elements->len);
  twice = save (once, strlen (once), stamp, second);
  g_assert_cmpuint (strlen (twice), ==, strlen (once));
  return 0;
}
