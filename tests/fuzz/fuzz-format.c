/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "tela-formats.h"

/* Whatever is taken, of any kind, may enter a board; whatever is not, says why. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const TelaStamp stamp = { G_GUINT64_CONSTANT (1700000000000) << 16, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = NULL;
  g_autoptr (TelaBoard) board = NULL;
  g_autofree char *text = NULL;
  gsize            len;

  import = tela_format_read ((const char *) data, size, stamp, NULL, "fuzz", &error);
  g_assert_true ((import == NULL) == (error != NULL));
  if (import == NULL)
    return 0;

  for (guint i = 0; i < import->elements->len; i++)
    g_assert_true (tela_element_validate (import->elements->pdata[i], NULL));
  board = tela_board_new ("fuzz");
  tela_board_merge (board, (TelaElement *const *) import->elements->pdata, import->elements->len);
  text = tela_excalidraw_write (board, NULL, NULL, NULL, &len);
  g_assert_true (tela_json_check (text, (gssize) len, NULL));
  return 0;
}
