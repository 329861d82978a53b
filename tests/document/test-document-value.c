/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-value.h"

#include <string.h>

static void
test_known_keys (void)
{
  g_assert_cmpuint (tela_key_intern ("type", 4), ==, TELA_KEY_TYPE);
  g_assert_cmpuint (tela_key_intern ("updated", 7), ==, TELA_KEY_UPDATED);
  g_assert_cmpstr (tela_key_get_name (TELA_KEY_STROKE_COLOR), ==, "strokeColor");
}

static void
test_other_keys (void)
{
  TelaKey a = tela_key_intern ("somethingElse", 13);
  TelaKey b = tela_key_intern ("something", 9);

  g_assert_cmpuint (a, >=, TELA_KEY_N_KNOWN);
  g_assert_cmpuint (a, !=, b);
  g_assert_cmpuint (tela_key_intern ("somethingElse", 13), ==, a);
  g_assert_cmpuint (tela_key_intern ("somethingElse", 9), ==, b);
  g_assert_cmpstr (tela_key_get_name (a), ==, "somethingElse");
  g_assert_cmpstr (tela_key_get_name (b), ==, "something");
}

static void
test_unfit_keys (void)
{
  g_autofree char *long_name = g_strnfill (256, 'k');

  g_assert_cmpuint (tela_key_intern ("", 0), ==, TELA_KEY_NONE);
  g_assert_cmpuint (tela_key_intern ("id", 2), ==, TELA_KEY_NONE);
  g_assert_cmpuint (tela_key_intern ("a\0b", 3), ==, TELA_KEY_NONE);
  g_assert_cmpuint (tela_key_intern ("\xff", 1), ==, TELA_KEY_NONE);
  g_assert_cmpuint (tela_key_intern (long_name, 256), ==, TELA_KEY_NONE);
  g_assert_cmpuint (tela_key_intern (long_name, 255), !=, TELA_KEY_NONE);
}

#define N_THREADS 4
#define N_NAMES 2000

static gpointer
intern_cb (gpointer data)
{
  TelaKey *keys = data;

  for (guint i = 0; i < N_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("thread-%u", i);

      keys[i] = tela_key_intern (name, strlen (name));
      g_assert_cmpstr (tela_key_get_name (keys[i]), ==, name);
    }
  return NULL;
}

static void
test_keys_from_threads (void)
{
  static TelaKey keys[N_THREADS][N_NAMES];
  GThread       *threads[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("intern", intern_cb, keys[i]);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 1; i < N_THREADS; i++)
    g_assert_cmpmem (keys[0], sizeof keys[0], keys[i], sizeof keys[i]);
}

/* Last, since names never go. */
static void
test_full_table (void)
{
  TelaKey last = TELA_KEY_NONE;

  for (guint i = 0; i < 66000; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "full-%u", i);
      last = tela_key_intern (name, strlen (name));
    }
  g_assert_cmpuint (last, ==, TELA_KEY_NONE);
  g_assert_cmpuint (tela_key_intern ("type", 4), ==, TELA_KEY_TYPE);
  g_assert_cmpuint (tela_key_intern ("full-0", 6), !=, TELA_KEY_NONE);
}

static char *
text_of (TelaValue value)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_value_write (value, &writer);
  return g_string_free (out, FALSE);
}

typedef struct
{
  const char   *json;
  TelaValueKind kind;
  const char   *text; /* NULL: as @json */
} Case;

static const Case cases[] = {
  { "null", TELA_VALUE_NULL, NULL },
  { "true", TELA_VALUE_TRUE, NULL },
  { "false", TELA_VALUE_FALSE, NULL },
  { "0", TELA_VALUE_NUMBER, NULL },
  { "-0", TELA_VALUE_NUMBER, "0" },
  { "1.50", TELA_VALUE_NUMBER, "1.5" },
  { "1e21", TELA_VALUE_NUMBER, "1e+21" },
  { "9007199254740993", TELA_VALUE_JSON, NULL },
  { "\"\"", TELA_VALUE_STRING, NULL },
  { "\"transparent\"", TELA_VALUE_STRING, NULL },
  { "\"a text of more than thirty-two bytes\"", TELA_VALUE_STRING, NULL },
  { "\"\\u0041\\ud800\\u0000\"", TELA_VALUE_STRING, "\"A\357\277\275\357\277\275\"" },
  { "[]", TELA_VALUE_JSON, NULL },
  { "[ ]", TELA_VALUE_JSON, "[]" },
  { "[[]]", TELA_VALUE_JSON, NULL },
  { "[1,-0,2.5]", TELA_VALUE_NUMBERS, "[1,0,2.5]" },
  { "[[1,2],[3,4]]", TELA_VALUE_NUMBERS, NULL },
  { "[[1,2],[3,4,5]]", TELA_VALUE_JSON, NULL },
  { "[[1,2],3]", TELA_VALUE_JSON, NULL },
  { "[1,[2,3]]", TELA_VALUE_JSON, NULL },
  { "[1,\"a\"]", TELA_VALUE_JSON, NULL },
  { "[[1],[2]]", TELA_VALUE_JSON, NULL },
  { "[0.10000000000000000000000001]", TELA_VALUE_NUMBERS, "[0.1]" },
  { "[9007199254740993]", TELA_VALUE_JSON, NULL },
  { "{\"b\":1,\"a\":[2]}", TELA_VALUE_JSON, "{\"a\":[2],\"b\":1}" },
  { "{}", TELA_VALUE_JSON, NULL },
  { "{\"$unset\":true}", TELA_VALUE_UNSET, NULL },
  { " { \"$unset\" : true } ", TELA_VALUE_UNSET, "{\"$unset\":true}" },
  { "{\"$unset\":false}", TELA_VALUE_JSON, NULL },
};

static void
test_kinds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TelaValue        value = tela_value_json (cases[i].json, -1);
      TelaValue        copy = tela_value_copy (value);
      g_autofree char *text = text_of (value);

      g_test_message ("%s", cases[i].json);
      g_assert_cmpint (value.kind, ==, cases[i].kind);
      g_assert_cmpstr (text, ==, cases[i].text != NULL ? cases[i].text : cases[i].json);
      g_assert_true (tela_value_equal (value, copy));
      tela_value_clear (&value);
      tela_value_clear (&copy);
      g_assert_cmpint (value.kind, ==, TELA_VALUE_UNSET);
    }
}

static void
test_compare_is_that_of_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (cases); j++)
      {
        TelaValue        a = tela_value_json (cases[i].json, -1);
        TelaValue        b = tela_value_json (cases[j].json, -1);
        g_autofree char *text_a = text_of (a);
        g_autofree char *text_b = text_of (b);
        int              order = strcmp (text_a, text_b);

        g_assert_cmpint (CLAMP (tela_value_compare (a, b), -1, 1), ==, CLAMP (order, -1, 1));
        g_assert_cmpint (tela_value_equal (a, b), ==, order == 0);
        tela_value_clear (&a);
        tela_value_clear (&b);
      }
}

static void
test_invalid_json (void)
{
  static const char *const bad[] = {
    "", "{", "[1,", "[1,]", "tru", "\"a", "1 2", "[[1,2],[3,", "{\"a\":}", "\"\xff\""
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      TelaValue value = tela_value_json (bad[i], -1);

      g_test_message ("case %u", i);
      g_assert_cmpint (value.kind, ==, TELA_VALUE_NULL);
    }
}

static void
test_short_strings_are_shared (void)
{
  TelaValue a = tela_value_string ("#1e1e1e", -1);
  TelaValue b = tela_value_string ("#1e1e1e, and more", 7);

  g_assert_true (a.as.string == b.as.string);
  tela_value_clear (&a);
  tela_value_clear (&b);
}

static void
test_replaced_characters_are_counted (void)
{
  static const char json[] = "\"\\ud800 \\u0000\"";
  TelaJsonReader    reader;
  TelaValue         value;
  guint             replaced = 1;

  tela_json_reader_init (&reader, json, -1);
  g_assert_true (tela_value_read (&reader, &value, &replaced));
  g_assert_cmpuint (replaced, ==, 3);
  tela_value_clear (&value);
}

static gpointer
share_texts_cb (gpointer data)
{
  for (guint i = 0; i < 200000; i++)
    {
      char      text[8];
      TelaValue value;

      g_snprintf (text, sizeof text, "t%u", i % 7);
      value = tela_value_string (text, -1);
      g_assert_cmpstr (value.as.string, ==, text);
      tela_value_clear (&value);
    }
  return NULL;
}

/* Threads make and give up the same short texts. */
static void
test_shared_texts (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("share", share_texts_cb, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/key/known", test_known_keys);
  g_test_add_func ("/key/other", test_other_keys);
  g_test_add_func ("/key/unfit", test_unfit_keys);
  g_test_add_func ("/key/threads", test_keys_from_threads);
  g_test_add_func ("/value/kinds", test_kinds);
  g_test_add_func ("/value/compare-is-that-of-text", test_compare_is_that_of_text);
  g_test_add_func ("/value/invalid-json", test_invalid_json);
  g_test_add_func ("/value/short-strings-are-shared", test_short_strings_are_shared);
  g_test_add_func ("/value/replaced-characters-are-counted", test_replaced_characters_are_counted);
  g_test_add_func ("/key/full-table", test_full_table);
  g_test_add_func ("/value/shared-texts", test_shared_texts);

  return g_test_run ();
}
