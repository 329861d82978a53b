/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json.h"

#include <sys/mman.h>

static const char sample[] = "{\"type\":\"rect\\u0041ngle\", \"n\" : [1, -2.5, 3e2, 0.1, -0],\n "
                             "\"text\":\"h\303\251llo \\\"w\\\" \\ud83d\\ude00\","
                             "\"yes\":true,\"no\":false,\"none\":null,\"deep\":{\"a\":[[],{},[{}]]}}";

typedef struct
{
  const char *text;
  int         code; /* -1: good */
} Case;

static const Case cases[] = {
  { "0", -1 },
  { " [ ] ", -1 },
  { "{}", -1 },
  { "[1,2,{\"a\":[null]}]", -1 },
  { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", -1 },
  { "\"\\ud800\"", -1 },
  { "-0.0e-0", -1 },
  { "1E+2", -1 },
  { "[\"\177\"]", -1 },
  { "\"\364\217\277\277\"", -1 },
  { "{\"a\":1,\"a\":2}", -1 },
  { "", TELA_JSON_ERROR_TRUNCATED },
  { " \n", TELA_JSON_ERROR_TRUNCATED },
  { "[", TELA_JSON_ERROR_TRUNCATED },
  { "[1", TELA_JSON_ERROR_TRUNCATED },
  { "[1,", TELA_JSON_ERROR_TRUNCATED },
  { "{\"a\"", TELA_JSON_ERROR_TRUNCATED },
  { "{\"a\":", TELA_JSON_ERROR_TRUNCATED },
  { "\"a", TELA_JSON_ERROR_TRUNCATED },
  { "\"a\\", TELA_JSON_ERROR_TRUNCATED },
  { "\"a\\u12", TELA_JSON_ERROR_TRUNCATED },
  { "\"\303", TELA_JSON_ERROR_TRUNCATED },
  { "tru", TELA_JSON_ERROR_TRUNCATED },
  { "-", TELA_JSON_ERROR_TRUNCATED },
  { "1.", TELA_JSON_ERROR_TRUNCATED },
  { "1e", TELA_JSON_ERROR_TRUNCATED },
  { "1e+", TELA_JSON_ERROR_TRUNCATED },
  { "]", TELA_JSON_ERROR_SYNTAX },
  { "[1 2]", TELA_JSON_ERROR_SYNTAX },
  { "[1,]", TELA_JSON_ERROR_SYNTAX },
  { "[,1]", TELA_JSON_ERROR_SYNTAX },
  { "[1}", TELA_JSON_ERROR_SYNTAX },
  { "{\"a\":1]", TELA_JSON_ERROR_SYNTAX },
  { "{\"a\":1,}", TELA_JSON_ERROR_SYNTAX },
  { "{\"a\" 1}", TELA_JSON_ERROR_SYNTAX },
  { "{\"a\":}", TELA_JSON_ERROR_SYNTAX },
  { "{\"a\":,}", TELA_JSON_ERROR_SYNTAX },
  { "{a:1}", TELA_JSON_ERROR_SYNTAX },
  { "{1:1}", TELA_JSON_ERROR_SYNTAX },
  { "{'a':1}", TELA_JSON_ERROR_SYNTAX },
  { "01", TELA_JSON_ERROR_SYNTAX },
  { "+1", TELA_JSON_ERROR_SYNTAX },
  { ".5", TELA_JSON_ERROR_SYNTAX },
  { "1.e5", TELA_JSON_ERROR_SYNTAX },
  { "0x10", TELA_JSON_ERROR_SYNTAX },
  { "1..2", TELA_JSON_ERROR_SYNTAX },
  { "1e5.5", TELA_JSON_ERROR_SYNTAX },
  { "--1", TELA_JSON_ERROR_SYNTAX },
  { "NaN", TELA_JSON_ERROR_SYNTAX },
  { "Infinity", TELA_JSON_ERROR_SYNTAX },
  { "truE", TELA_JSON_ERROR_SYNTAX },
  { "nullx", TELA_JSON_ERROR_SYNTAX },
  { "1 1", TELA_JSON_ERROR_SYNTAX },
  { "{} x", TELA_JSON_ERROR_SYNTAX },
  { "// c\n1", TELA_JSON_ERROR_SYNTAX },
  { "\"\\x\"", TELA_JSON_ERROR_SYNTAX },
  { "\"\\u12g4\"", TELA_JSON_ERROR_SYNTAX },
  { "\"a\nb\"", TELA_JSON_ERROR_SYNTAX },
  { "\"\001\"", TELA_JSON_ERROR_SYNTAX },
  { "\"1234567\t\"", TELA_JSON_ERROR_SYNTAX },
  { "\357\273\277{}", TELA_JSON_ERROR_SYNTAX },
  { "\"\200\"", TELA_JSON_ERROR_UTF8 },
  { "\"\300\200\"", TELA_JSON_ERROR_UTF8 },
  { "\"\355\240\200\"", TELA_JSON_ERROR_UTF8 },
  { "\"\340\200\200\"", TELA_JSON_ERROR_UTF8 },
  { "\"\360\200\200\200\"", TELA_JSON_ERROR_UTF8 },
  { "\"\364\220\200\200\"", TELA_JSON_ERROR_UTF8 },
  { "\"\365\200\200\200\"", TELA_JSON_ERROR_UTF8 },
  { "{\"\303\":1}", TELA_JSON_ERROR_UTF8 },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (cases[i].text, NULL);
      gboolean         good = tela_json_check (cases[i].text, -1, &error);

      g_test_message ("%s", shown);
      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, TELA_JSON_ERROR, cases[i].code);
      g_assert_cmpint (good, ==, cases[i].code < 0);
    }
}

static void
test_truncated (void)
{
  for (gsize len = 0; len < sizeof sample - 1; len++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *copy = g_memdup2 (sample, len); /* so that a read past the end shows */

      g_assert_false (tela_json_check (copy != NULL ? copy : "", (gssize) len, &error));
      g_assert_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TRUNCATED);
    }
  g_assert_true (tela_json_check (sample, sizeof sample - 1, NULL));
}

static void
test_depth (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < TELA_JSON_MAX_DEPTH / 2; i++)
    g_string_append (deep, "[{\"a\":");
  g_string_append_c (deep, '1');
  for (guint i = 0; i < TELA_JSON_MAX_DEPTH / 2; i++)
    g_string_append (deep, "}]");
  g_assert_true (tela_json_check (deep->str, -1, &error));
  g_assert_true (tela_json_canonical ((TelaJsonSpan){ deep->str, deep->len }, out));
  g_assert_cmpstr (out->str, ==, deep->str);

  g_string_set_size (deep, 100000);
  memset (deep->str, '[', deep->len);
  g_assert_false (tela_json_check (deep->str, (gssize) deep->len, &error));
  g_assert_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_DEPTH);
  g_assert_false (tela_json_canonical ((TelaJsonSpan){ deep->str, deep->len }, out));
}

static void
test_too_large (void)
{
  gsize    size = (gsize) TELA_JSON_MAX_BYTES + 1;
  gpointer region = mmap (NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autoptr (GError) error = NULL;

  /* Nothing of it may be read, so it needs no memory. */
  g_assert_true (region != MAP_FAILED);
  g_assert_false (tela_json_check (region, (gssize) size, &error));
  g_assert_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TOO_LARGE);
  munmap (region, size);
}

static void
test_place (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tela_json_check ("{\n  \"\303\251\": x\n}", -1, &error));
  g_assert_cmpstr (error->message, ==, "line 2, column 8: a value is expected");
}

static void
test_walk (void)
{
  TelaJsonReader   reader;
  TelaJsonSpan     name, span;
  g_autofree char *text = NULL;
  g_autofree char *type = NULL;
  double           sum = 0, number;
  gboolean         yes = FALSE;
  guint            replaced = 0;
  gsize            len;

  tela_json_reader_init (&reader, sample, -1);
  g_assert_cmpint (tela_json_reader_peek (&reader), ==, TELA_JSON_OBJECT);
  g_assert_true (tela_json_reader_enter_object (&reader));
  while (tela_json_reader_next_member (&reader, &name))
    {
      if (TELA_JSON_SPAN_IS (name, "type"))
        {
          g_assert_false (tela_json_reader_plain_string (&reader, &span));
          type = tela_json_reader_string (&reader, NULL, &replaced);
        }
      else if (TELA_JSON_SPAN_IS (name, "text"))
        text = tela_json_reader_string (&reader, &len, &replaced);
      else if (TELA_JSON_SPAN_IS (name, "yes"))
        g_assert_true (tela_json_reader_boolean (&reader, &yes));
      else if (TELA_JSON_SPAN_IS (name, "none"))
        g_assert_true (tela_json_reader_null (&reader));
      else if (TELA_JSON_SPAN_IS (name, "n") && tela_json_reader_enter_array (&reader))
        while (tela_json_reader_next_item (&reader))
          sum += tela_json_reader_number (&reader, &number, NULL) ? number : 0;
    }
  g_assert_true (tela_json_reader_finish (&reader, NULL));
  g_assert_cmpstr (type, ==, "rectAngle");
  g_assert_cmpstr (text, ==, "h\303\251llo \"w\" \360\237\230\200");
  g_assert_cmpuint (len, ==, strlen (text));
  g_assert_cmpuint (replaced, ==, 0);
  g_assert_true (yes);
  g_assert_cmpfloat_with_epsilon (sum, 298.6, 1e-9);
}

static void
test_skip (void)
{
  TelaJsonReader reader;
  TelaJsonSpan   span;
  guint          n = 0;

  tela_json_reader_init (&reader, "[ {\"a\":[1,{\"b\":2}]} ,[[3]],\"x\",4]", -1);
  g_assert_true (tela_json_reader_enter_array (&reader));
  while (tela_json_reader_next_item (&reader))
    if (n++ == 0)
      {
        g_assert_true (tela_json_reader_span (&reader, &span));
        g_assert_cmpmem (span.data, span.len, "{\"a\":[1,{\"b\":2}]}", 17);
      }
  g_assert_cmpuint (n, ==, 4);
  g_assert_true (tela_json_reader_finish (&reader, NULL));
}

static void
test_wrong_kind (void)
{
  g_autoptr (GError) error = NULL;
  TelaJsonReader reader;
  double         number;

  tela_json_reader_init (&reader, "[\"1\",2]", -1);
  g_assert_true (tela_json_reader_enter_array (&reader));
  g_assert_true (tela_json_reader_next_item (&reader));
  g_assert_false (tela_json_reader_number (&reader, &number, NULL));
  g_assert_true (tela_json_reader_failed (&reader));
  g_assert_false (tela_json_reader_next_item (&reader));
  g_assert_null (tela_json_reader_string (&reader, NULL, NULL));
  g_assert_cmpint (tela_json_reader_peek (&reader), ==, TELA_JSON_INVALID);
  g_assert_false (tela_json_reader_finish (&reader, &error));
  g_assert_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TYPE);
  g_assert_cmpstr (error->message, ==, "line 1, column 2: a number is expected");
}

static void
test_own_failure (void)
{
  g_autoptr (GError) error = NULL;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, "5", -1);
  tela_json_reader_fail (&reader, TELA_JSON_ERROR_TOO_LARGE, "no room");
  tela_json_reader_fail (&reader, TELA_JSON_ERROR_SYNTAX, "later");
  g_assert_false (tela_json_reader_finish (&reader, &error));
  g_assert_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TOO_LARGE);
}

static void
test_no_second_value (void)
{
  TelaJsonReader reader;
  gint64         number;

  tela_json_reader_init (&reader, "1 2", -1);
  g_assert_true (tela_json_reader_int64 (&reader, &number));
  g_assert_false (tela_json_reader_int64 (&reader, &number));
}

static void
test_replaced (void)
{
  static const char *const bad[] = { "\"\\ud800\"", "\"\\udc00\"", "\"\\u0000\"", "\"\\ud800\\u0041\"",
                                     "\"\\ud800\\ud83d\\ude00\"" };
  static const char *const good[] = { "\357\277\275", "\357\277\275", "\357\277\275", "\357\277\275A",
                                      "\357\277\275\360\237\230\200" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      TelaJsonReader   reader;
      guint            replaced = 0;
      g_autofree char *text = NULL;

      tela_json_reader_init (&reader, bad[i], -1);
      text = tela_json_reader_string (&reader, NULL, &replaced);
      g_assert_cmpstr (text, ==, good[i]);
      g_assert_cmpuint (replaced, ==, 1);
    }
}

static void
test_find (void)
{
  static const char text[] = "{\"a\":{\"b\":1},\"b\":2,\"\\u0062\":[3]}";
  TelaJsonSpan      object = { text, sizeof text - 1 }, value;

  g_assert_true (tela_json_find (object, "b", &value));
  g_assert_cmpmem (value.data, value.len, "[3]", 3);
  g_assert_false (tela_json_find (object, "c", &value));
  g_assert_false (tela_json_find ((TelaJsonSpan){ "[1]", 3 }, "b", &value));
  g_assert_false (tela_json_find ((TelaJsonSpan){ text, 10 }, "a", &value));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/reader/table", test_table);
  g_test_add_func ("/json/reader/truncated", test_truncated);
  g_test_add_func ("/json/reader/depth", test_depth);
  g_test_add_func ("/json/reader/too-large", test_too_large);
  g_test_add_func ("/json/reader/place", test_place);
  g_test_add_func ("/json/reader/walk", test_walk);
  g_test_add_func ("/json/reader/skip", test_skip);
  g_test_add_func ("/json/reader/wrong-kind", test_wrong_kind);
  g_test_add_func ("/json/reader/own-failure", test_own_failure);
  g_test_add_func ("/json/reader/no-second-value", test_no_second_value);
  g_test_add_func ("/json/reader/replaced", test_replaced);
  g_test_add_func ("/json/reader/find", test_find);
  return g_test_run ();
}
