/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json.h"

static TelaJsonSpan
span (const char *text)
{
  return (TelaJsonSpan){ text, strlen (text) };
}

static void
test_table (void)
{
  static const char *const cases[][2] = {
    { " { } ", "{}" },
    { "[ 1 , 2 ]", "[1,2]" },
    { "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
    { "{\"a\":1,\"b\":2,\"a\":{\"z\":0,\"y\":1}}", "{\"a\":{\"y\":1,\"z\":0},\"b\":2}" },
    { "{\"a\":1,\"\\u0061\":2}", "{\"a\":2}" },
    { "{\"aa\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"aa\":1}" },
    { "{\"a\\nb\":1,\"a\\\"\":2,\"a!\":3}", "{\"a\\nb\":1,\"a!\":3,\"a\\\"\":2}" },
    { "{\"\303\251\":1,\"z\":2}", "{\"z\":2,\"\303\251\":1}" },
    { "\"\\u00e9\\/\\u001f\\ud83d\\ude00\"", "\"\303\251/\\u001f\360\237\230\200\"" },
    { "\"\\ud800\"", "\"\357\277\275\"" },
    { "[1.0,1e2,0.10,-0,1e400,12345678901234567890,-1e-400]",
      "[1,100,0.1,0,1e+400,12345678901234567890,-1e-400]" },
    { "12345678901234567890.1250", "12345678901234567890.125" },
    { "0.0001234567890123456789e-3", "1.234567890123456789e-7" },
    { "1e999999999999999999999", "1e999999999999999999999" },
    { "[true,false,null]", "[true,false,null]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) out = g_string_new ("x");

      g_assert_true (tela_json_canonical (span (cases[i][0]), out));
      g_assert_cmpstr (out->str + 1, ==, cases[i][1]);
      g_assert_true (tela_json_equal (span (cases[i][0]), span (cases[i][1])));
    }
}

static void
test_invalid (void)
{
  static const char *const bad[] = { "", "{", "[1,{\"a\":[}]", "{\"b\":1,\"a\":2", "1 1", "{\"a\\u\":1}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GString) out = g_string_new ("kept");

      g_assert_false (tela_json_canonical (span (bad[i]), out));
      g_assert_cmpstr (out->str, ==, "kept");
      g_assert_false (tela_json_equal (span (bad[i]), span (bad[i])));
    }
}

static void
test_equal (void)
{
  g_assert_true (tela_json_equal (span ("{\"a\":1.0,\"b\":[]}"), span ("{\"b\":[ ],\"a\":10e-1}")));
  g_assert_false (tela_json_equal (span ("[1,2]"), span ("[2,1]")));
  g_assert_false (tela_json_equal (span ("12345678901234567890"), span ("12345678901234567891")));
  g_assert_false (tela_json_equal (span ("{}"), span ("[]")));
}

/* Many members in the worst order, nested: the work must not explode. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("{");
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 50000; i > 0; i--)
    g_string_append_printf (text, "\"%06u\":%u,", i, i);
  g_string_append (text, "\"000001\":0}");
  g_assert_true (tela_json_canonical (span (text->str), out));
  g_assert_true (g_str_has_prefix (out->str, "{\"000001\":0,\"000002\":2,"));
  g_assert_true (g_str_has_suffix (out->str, ",\"050000\":50000}"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/canonical/table", test_table);
  g_test_add_func ("/json/canonical/invalid", test_invalid);
  g_test_add_func ("/json/canonical/equal", test_equal);
  g_test_add_func ("/json/canonical/many", test_many);
  return g_test_run ();
}
