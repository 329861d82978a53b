/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json.h"

static void
write_sample (TelaJsonWriter *writer)
{
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "a\"b");
  tela_json_writer_string (writer, "x\ny\\\001\303\251/");
  tela_json_writer_name (writer, "list");
  tela_json_writer_begin_array (writer);
  tela_json_writer_int (writer, G_MININT64);
  tela_json_writer_number (writer, 0.5);
  tela_json_writer_boolean (writer, TRUE);
  tela_json_writer_string (writer, NULL);
  tela_json_writer_end_array (writer);
  tela_json_writer_name (writer, "empty");
  tela_json_writer_begin_object (writer);
  tela_json_writer_end_object (writer);
  tela_json_writer_name (writer, "raw");
  tela_json_writer_raw (writer, "[1]", 3);
  tela_json_writer_end_object (writer);
}

static void
test_line (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  write_sample (&writer);
  g_assert_cmpstr (out->str, ==,
                   "{\"a\\\"b\":\"x\\ny\\\\\\u0001\303\251/\",\"list\":[-9223372036854775808,0.5,true,null],"
                   "\"empty\":{},\"raw\":[1]}");
  g_assert_true (tela_json_check (out->str, (gssize) out->len, NULL));
}

static void
test_members (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "a", "b");
  tela_json_writer_put_string (&writer, "none", NULL);
  tela_json_writer_put_int (&writer, "n", -1);
  tela_json_writer_put_boolean (&writer, "is", FALSE);
  tela_json_writer_end_object (&writer);
  g_assert_cmpstr (out->str, ==, "{\"a\":\"b\",\"none\":null,\"n\":-1,\"is\":false}");
}

static void
test_indented (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 2);
  write_sample (&writer);
  g_assert_cmpstr (
      out->str, ==,
      "{\n  \"a\\\"b\": \"x\\ny\\\\\\u0001\303\251/\",\n  \"list\": [\n    -9223372036854775808,\n    0.5,\n"
      "    true,\n    null\n  ],\n  \"empty\": {},\n  \"raw\": [1]\n}");
}

/* Every character that may stand in a string comes back. */
static void
test_strings (void)
{
  for (gunichar c = 1; c <= 0x10ffff; c += c < 0x900 ? 1 : 0x3fd)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *back = NULL;
      TelaJsonReader   reader;
      char             text[16] = "1234567";
      guint            replaced = 0;

      if (!g_unichar_validate (c))
        continue;
      g_unichar_to_utf8 (c, text + c % 8);
      tela_json_append_string (out, text, strlen (text));
      tela_json_reader_init (&reader, out->str, (gssize) out->len);
      back = tela_json_reader_string (&reader, NULL, &replaced);
      g_assert_cmpstr (back, ==, text);
      g_assert_cmpuint (replaced, ==, 0);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/writer/line", test_line);
  g_test_add_func ("/json/writer/members", test_members);
  g_test_add_func ("/json/writer/indented", test_indented);
  g_test_add_func ("/json/writer/strings", test_strings);
  return g_test_run ();
}
