/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "tela-library.h"

/* Whatever is taken is written as it came, and each item of it may enter a board or says why not. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const TelaStamp stamp = { G_GUINT64_CONSTANT (1700000000000) << 16, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaLibrary) library = tela_library_read ((const char *) data, size, &error);
  g_autoptr (TelaLibrary) again = NULL;
  g_autofree char *text = NULL;
  gsize            len;

  g_assert_true ((library == NULL) == (error != NULL));
  if (library == NULL)
    return 0;

  text = tela_library_write (library, &len);
  again = tela_library_read (text, len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->items->len, ==, library->items->len);
  for (guint i = 0; i < library->items->len; i++)
    {
      g_autoptr (GError) why = NULL;
      g_autoptr (TelaImport) import = tela_library_item_read (library->items->pdata[i], stamp, NULL, &why);

      g_assert_true ((import == NULL) == (why != NULL));
      for (guint k = 0; import != NULL && k < import->elements->len; k++)
        g_assert_true (tela_element_validate (import->elements->pdata[k], NULL));
    }
  return 0;
}
