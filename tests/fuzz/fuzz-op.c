/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "tela-element.h"

static void
check_element (const TelaElement *element)
{
  g_autoptr (GBytes) packed = tela_element_pack (element);
  g_autoptr (TelaElement) again = NULL;
  gsize         size;
  gconstpointer data = g_bytes_get_data (packed, &size);

  again = tela_element_unpack (tela_element_get_id (element), data, size, NULL);
  g_assert_true (again != NULL && tela_element_equal (element, again));
}

/* An operation, or a row {"props":…,"stamps":…}, or the packed form of an element. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  const TelaStamp stamp = { G_GUINT64_CONSTANT (1700000000000) << 16, 1 };
  TelaJsonSpan    text = { (const char *) data, size }, props, stamps;
  TelaJsonReader  reader;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) op = NULL;
  g_autoptr (TelaElement) row = NULL;
  g_autoptr (TelaElement) unpacked = NULL;

  tela_json_reader_init (&reader, text.data, (gssize) size);
  op = tela_op_read (&reader, &stamp, &error);
  g_assert_true ((op == NULL) == (error != NULL));
  if (op != NULL)
    check_element (op);

  if (tela_json_find (text, "props", &props) && tela_json_find (text, "stamps", &stamps))
    row = tela_element_from_row ("row", props, stamps, NULL);
  if (row != NULL)
    check_element (row);

  unpacked = tela_element_unpack ("e", data, size, NULL);
  if (unpacked != NULL)
    check_element (unpacked);
  return 0;
}
