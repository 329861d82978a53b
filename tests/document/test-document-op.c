/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element.h"

#include <string.h>

#define AT "0000000003e80000-000000000000000a"
#define LATER "0000000007d00000-000000000000000b"

static TelaElement *
read_op (const char *json,
         GError    **error)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, json, -1);
  return tela_op_read (&reader, NULL, error);
}

static char *
write_op (const TelaElement *op)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_op_write (op, &writer);
  return g_string_free (out, FALSE);
}

static void
test_round_trip (void)
{
  static const char json[] =
      "{\"id\":\"e1\",\"at\":\"" AT
      "\",\"set\":{\"angle\":{\"$unset\":true},\"big\":1.2345678901234567890123456789e+29,"
      "\"customData\":{\"a\":[1,{\"b\":null}]},\"groupIds\":[],\"isDeleted\":false,\"link\":null,\"locked\":true,"
      "\"points\":[[0,0],[1.5,-2]],\"pressures\":[0.5,1],\"text\":\"a\\n\\\"b\\\" é\",\"type\":\"text\",\"x\":-0.1}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) op = read_op (json, &error);
  g_autofree char *written = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (tela_element_get_id (op), ==, "e1");
  g_assert_cmpuint (tela_element_get_n (op), ==, 12);
  g_assert_true (tela_element_is_visible (op));
  g_assert_false (tela_element_has (op, TELA_KEY_ANGLE));
  g_assert_cmpuint (tela_element_get_numbers (op, TELA_KEY_POINTS)->n, ==, 2);
  g_assert_cmpuint (tela_element_get_numbers (op, TELA_KEY_PRESSURES)->stride, ==, 1);
  g_assert_cmpfloat (tela_element_get_number (op, TELA_KEY_X, 0), ==, -0.1);
  g_assert_cmpfloat (tela_element_get_number (op, tela_key_intern ("big", 3), 0), ==, 123456789012345678901234567890.0);
  g_assert_true (tela_element_get_boolean (op, TELA_KEY_LOCKED, FALSE));
  written = write_op (op);
  g_assert_cmpstr (written, ==, json);
}

static void
test_several_stamps_are_several_ops (void)
{
  g_autoptr (TelaElement) a = read_op ("{\"id\":\"e\",\"at\":\"" LATER "\",\"set\":{\"x\":1}}", NULL);
  g_autoptr (TelaElement) b = read_op ("{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"type\":\"line\",\"x\":2}}", NULL);
  g_autoptr (TelaElement) both = tela_element_merge (a, b, NULL);
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  tela_op_write (both, &writer);
  tela_json_writer_end_array (&writer);
  g_assert_cmpstr (out->str, ==,
                   "[{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"type\":\"line\"}},{\"id\":\"e\",\"at\":\"" LATER
                   "\",\"set\":{\"x\":1}}]");
  g_string_free (out, TRUE);
}

static void
test_short_forms (void)
{
  static const char json[] = "{\"delete\":true,\"more\":[1],\"id\":\"e\"}";
  TelaStamp         stamp = { .time = 5, .actor = 6 };
  TelaStamp         got;
  TelaJsonReader    reader;
  g_autoptr (TelaElement) op = NULL;

  tela_json_reader_init (&reader, json, -1);
  op = tela_op_read (&reader, &stamp, NULL);
  g_assert_true (tela_element_get_boolean (op, TELA_KEY_IS_DELETED, FALSE));
  g_assert_true (tela_element_get (op, TELA_KEY_IS_DELETED, NULL, &got));
  g_assert_cmpint (tela_stamp_compare (stamp, got), ==, 0);
  g_assert_true (tela_json_reader_finish (&reader, NULL));
}

typedef struct
{
  const char *json;
  const char *message; /* part of it */
} Bad;

static void
test_bad (void)
{
  static const Bad bad[] = {
    { "{", "" },
    { "[]", "not an operation" },
    { "{\"at\":\"" AT "\",\"set\":{\"x\":1}}", "id" },
    { "{\"id\":7,\"at\":\"" AT "\",\"set\":{\"x\":1}}", "id" },
    { "{\"id\":\"\",\"at\":\"" AT "\",\"set\":{\"x\":1}}", "id" },
    { "{\"id\":\"\\u00e9\",\"at\":\"" AT "\",\"set\":{\"x\":1}}", "id" },
    { "{\"id\":\"12345678901234567890123456789012345678901234567890123456789012345\",\"at\":\"" AT
      "\",\"set\":{\"x\":1}}",
      "id" },
    { "{\"id\":\"e\",\"set\":{\"x\":1}}", "at" },
    { "{\"id\":\"e\",\"at\":5,\"set\":{\"x\":1}}", "stamp" },
    { "{\"id\":\"e\",\"at\":\"soon\",\"set\":{\"x\":1}}", "stamp" },
    { "{\"id\":\"e\",\"at\":\"" AT "\"}", "set" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{}}", "set" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":[1]}", "set" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"id\":\"f\"}}", "id" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"\":1}}", "" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"delete\":1}", "delete" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"x\":10000001}}", "x:" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"y\":-1e8}}", "y:" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"height\":1e999}}", "height:" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"points\":[[0,0],[1,2e7]]}}", "points:" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"x\":1", "" },
    { "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"x\":}}", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i].json);
      g_assert_null (read_op (bad[i].json, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, bad[i].message));
    }
}

/* One bad operation of a push is refused, the rest stays. */
static void
test_refused_is_passed_over (void)
{
  static const char json[] =
      "[{\"id\":\"\",\"at\":\"" AT "\",\"set\":{\"x\":1}},{\"set\":{\"x\":1e9},\"id\":\"e\",\"at\":\"" AT "\"},"
      "{\"at\":[[]],\"id\":\"e\"},{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"x\":1}}]";
  TelaJsonReader reader;
  guint          n = 0;

  tela_json_reader_init (&reader, json, -1);
  g_assert_true (tela_json_reader_enter_array (&reader));
  while (tela_json_reader_next_item (&reader))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaElement) op = tela_op_read (&reader, NULL, &error);

      g_assert_cmpint (op != NULL, ==, ++n == 4);
      g_assert_cmpint (error != NULL, ==, n != 4);
    }
  g_assert_true (tela_json_reader_finish (&reader, NULL));
  g_assert_cmpuint (n, ==, 4);
}

static void
test_limits (void)
{
  g_autofree char *text = g_strnfill (TELA_MAX_TEXT_BYTES, 'a');
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  struct
  {
    TelaKey   key;
    TelaValue value;
    gboolean  fits;
  } cases[] = {
    { TELA_KEY_TEXT, tela_value_string (text, -1), TRUE },
    { TELA_KEY_POINTS, tela_value_numbers (tela_numbers_new (TELA_MAX_POINTS, 2, NULL)), TRUE },
    { TELA_KEY_POINTS, tela_value_numbers (tela_numbers_new (TELA_MAX_POINTS + 1, 2, NULL)), FALSE },
    { TELA_KEY_X, tela_value_number (TELA_MAX_COORDINATE), TRUE },
    { TELA_KEY_X, tela_value_number (1.0 / 0.0), FALSE },
    { TELA_KEY_X, tela_value_number (0.0 / 0.0), FALSE },
    { TELA_KEY_SEED, tela_value_number (1968410350), TRUE },
    { TELA_KEY_VERSION_NONCE, tela_value_number (4e9), TRUE },
    { TELA_KEY_X, tela_value_json ("0.1000000000000000000000000000001", -1), TRUE },
    { TELA_KEY_X, tela_value_json ("1000000000000000000000000000001", -1), FALSE },
    { TELA_KEY_CUSTOM_DATA, tela_value_json ("{\"x\":1e300,\"y\":\"[[[\"}", -1), TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TelaOpBuilder *builder = tela_op_builder_new ("e");
      g_autoptr (TelaElement) op = NULL;

      tela_op_builder_set (builder, cases[i].key, cases[i].value);
      op = tela_op_builder_end (builder, (TelaStamp){ 1, 1 });
      g_assert_cmpint (tela_element_validate (op, NULL), ==, cases[i].fits);
    }

  for (guint i = 0; i < 97; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < 97; i++)
    g_string_append_c (deep, ']');
  g_string_prepend (deep, "{\"id\":\"e\",\"at\":\"" AT "\",\"set\":{\"more\":");
  g_string_append (deep, "}}");
  g_assert_null (read_op (deep->str, &error));
  g_assert_error (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/op/round-trip", test_round_trip);
  g_test_add_func ("/op/several-stamps-are-several-ops", test_several_stamps_are_several_ops);
  g_test_add_func ("/op/short-forms", test_short_forms);
  g_test_add_func ("/op/bad", test_bad);
  g_test_add_func ("/op/refused-is-passed-over", test_refused_is_passed_over);
  g_test_add_func ("/op/limits", test_limits);

  return g_test_run ();
}
