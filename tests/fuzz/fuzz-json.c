/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "tela-json.h"

/* Reads every scalar with the function of its kind. */
static void
walk (TelaJsonReader *reader)
{
  TelaJsonSpan     name;
  gboolean         boolean;
  double           number;
  g_autofree char *text = NULL;

  switch (tela_json_reader_peek (reader))
    {
    case TELA_JSON_OBJECT:
      if (tela_json_reader_enter_object (reader))
        while (tela_json_reader_next_member (reader, &name))
          walk (reader);
      break;
    case TELA_JSON_ARRAY:
      if (tela_json_reader_enter_array (reader))
        while (tela_json_reader_next_item (reader))
          walk (reader);
      break;
    case TELA_JSON_STRING:
      text = tela_json_reader_string (reader, NULL, NULL);
      g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
      break;
    case TELA_JSON_NUMBER:
      tela_json_reader_number (reader, &number, &boolean);
      break;
    case TELA_JSON_TRUE:
    case TELA_JSON_FALSE:
      tela_json_reader_boolean (reader, &boolean);
      break;
    case TELA_JSON_NULL:
      tela_json_reader_null (reader);
      break;
    case TELA_JSON_INVALID:
    default:
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GString) once = g_string_new (NULL);
  g_autoptr (GString) twice = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  TelaJsonSpan   text = { (const char *) data, size };
  TelaJsonReader reader;
  gboolean       good = tela_json_check (text.data, (gssize) size, &error);

  g_assert_true (good == (error == NULL));
  tela_json_reader_init (&reader, text.data, (gssize) size);
  walk (&reader);
  g_assert_true (tela_json_reader_finish (&reader, NULL) == good);

  g_assert_true (tela_json_canonical (text, once) == good);
  if (good)
    {
      g_assert_true (tela_json_check (once->str, (gssize) once->len, NULL));
      g_assert_true (tela_json_canonical ((TelaJsonSpan){ once->str, once->len }, twice));
      g_assert_true (g_string_equal (once, twice));
    }
  return 0;
}
