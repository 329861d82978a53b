/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element.h"

#include <string.h>

static const char *const values[] = { "0",
                                      "1",
                                      "-2.5",
                                      "1e300",
                                      "true",
                                      "false",
                                      "null",
                                      "\"\"",
                                      "\"a\"",
                                      "\"b\"",
                                      "\"a text of more than thirty-two bytes\"",
                                      "[]",
                                      "[1,2]",
                                      "[1,3]",
                                      "[[0,0],[1,2]]",
                                      "{\"a\":1}",
                                      "{\"b\":[]}",
                                      "{\"$unset\":true}",
                                      "123456789012345678901234567890",
                                      "[\"x\"]" };

/* Few keys, stamps and values, so that they meet. */
static TelaElement *
random_element (GRand *rand)
{
  static const char *const names[] = { "type", "isDeleted", "index", "text", "points",
                                       "customData", "other", "=base", "base", "seed" };
  TelaOpBuilder           *builder = tela_op_builder_new ("e");
  guint                    n = (guint) g_rand_int_range (rand, 0, 8);

  for (guint i = 0; i < n; i++)
    {
      const char *name = names[g_rand_int_range (rand, 0, G_N_ELEMENTS (names))];
      const char *value = values[g_rand_int_range (rand, 0, G_N_ELEMENTS (values))];
      TelaStamp   stamp = { (guint64) g_rand_int_range (rand, 1, 4), (guint64) g_rand_int_range (rand, 0, 3) };

      tela_op_builder_set_at (builder, tela_key_intern (name, strlen (name)), tela_value_json (value, -1), stamp);
    }
  return tela_op_builder_end (builder, (TelaStamp){ 1, 1 });
}

static TelaElement *
merge_and_free (TelaElement       *a,
                const TelaElement *b)
{
  TelaElement *merged = tela_element_merge (a, b, NULL);

  tela_element_unref (a);
  return merged;
}

static void
check_laws (TelaElement *a,
            TelaElement *b,
            TelaElement *c)
{
  gboolean changed;
  g_autoptr (TelaElement) ab = tela_element_merge (a, b, &changed);
  g_autoptr (TelaElement) ba = tela_element_merge (b, a, NULL);
  g_autoptr (TelaElement) ab_c = tela_element_merge (ab, c, NULL);
  g_autoptr (TelaElement) bc = tela_element_merge (b, c, NULL);
  g_autoptr (TelaElement) a_bc = tela_element_merge (a, bc, NULL);
  g_autoptr (TelaElement) again = tela_element_merge (ab, b, NULL);
  g_autoptr (TelaElement) delta = tela_element_difference (a, b);

  g_assert_true (tela_element_equal (ab, ba));
  g_assert_true (tela_element_equal (ab_c, a_bc));
  g_assert_true (again == ab);
  g_assert_cmpint (changed, ==, !tela_element_equal (a, ab));
  g_assert_cmpint (changed, ==, ab != a);
  g_assert_cmpint (changed, ==, delta != NULL);
  if (delta != NULL)
    {
      g_autoptr (TelaElement) by_delta = tela_element_merge (a, delta, NULL);

      g_assert_true (tela_element_equal (by_delta, ab));
    }
}

static void
test_merge_laws (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (TelaElement) a = random_element (rand);
      g_autoptr (TelaElement) b = random_element (rand);
      g_autoptr (TelaElement) c = random_element (rand);

      check_laws (a, b, c);
    }
}

/* Some programs write "3" for 3; it is read as a number and stays as it was. */
static void
test_quoted_number (void)
{
  TelaOpBuilder *builder = tela_op_builder_new ("e");
  g_autoptr (TelaElement) element = NULL;

  tela_op_builder_set_string (builder, TELA_KEY_STROKE_WIDTH, "3");
  tela_op_builder_set_string (builder, TELA_KEY_OPACITY, "much");
  tela_op_builder_set_string (builder, TELA_KEY_ROUGHNESS, "");
  tela_op_builder_set_string (builder, TELA_KEY_FONT_SIZE, "1e300");
  element = tela_op_builder_end (builder, (TelaStamp){ 5, 5 });
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_STROKE_WIDTH, 2), ==, 3);
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_OPACITY, 100), ==, 100);
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_ROUGHNESS, 1), ==, 1);
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_FONT_SIZE, 20), ==, 20);
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_STROKE_WIDTH), ==, "3");
}

static TelaElement *
with_number (TelaKey   key,
             double    number,
             TelaStamp stamp)
{
  TelaOpBuilder *builder = tela_op_builder_new ("e");

  tela_op_builder_set_number (builder, key, number);
  return tela_op_builder_end (builder, stamp);
}

static void
test_equal_stamps (void)
{
  g_autoptr (TelaElement) nine = with_number (TELA_KEY_X, 9, (TelaStamp){ 5, 5 });
  g_autoptr (TelaElement) ten = with_number (TELA_KEY_X, 10, (TelaStamp){ 5, 5 });
  g_autoptr (TelaElement) merged = tela_element_merge (ten, nine, NULL);

  /* By text, so "9" is above "10". */
  g_assert_cmpfloat (tela_element_get_number (merged, TELA_KEY_X, 0), ==, 9);
}

/* Every property at a stamp of its own, more than the fast path holds, and stamps that nothing bears are dropped. */
static void
test_many_properties (void)
{
  g_autoptr (TelaElement) self = with_number (TELA_KEY_X, 0, (TelaStamp){ 1, 1 });
  g_autoptr (TelaElement) other = NULL;
  g_autoptr (TelaElement) merged = NULL;
  g_autoptr (TelaElement) over = NULL;
  TelaOpBuilder *builder = tela_op_builder_new ("e");
  gboolean       changed;

  for (guint i = 1; i < TELA_MAX_PROPERTIES; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%u", i);

      tela_op_builder_set_at (builder, tela_key_intern (name, strlen (name)), tela_value_number (i),
                              (TelaStamp){ i + 10, 2 });
    }
  other = tela_op_builder_end (builder, (TelaStamp){ 0 });
  self = merge_and_free (g_steal_pointer (&self), other);
  g_assert_cmpuint (tela_element_get_n (self), ==, TELA_MAX_PROPERTIES);
  g_assert_cmpuint (tela_element_get_stamp (self).time, ==, TELA_MAX_PROPERTIES + 9);

  over = with_number (TELA_KEY_Y, 1, (TelaStamp){ 1, 1 });
  merged = tela_element_merge (self, over, &changed);
  g_assert_true (merged == self);
  g_assert_false (changed);
}

static void
test_stamps_do_not_pile_up (void)
{
  g_autoptr (TelaElement) self = with_number (TELA_KEY_X, 0, (TelaStamp){ 1, 1 });
  g_autoptr (GBytes) small = tela_element_pack (self);

  for (guint i = 2; i < 10000; i++)
    {
      g_autoptr (TelaElement) op = with_number (TELA_KEY_X, i, (TelaStamp){ i, 1 });

      self = merge_and_free (g_steal_pointer (&self), op);
    }
  {
    g_autoptr (GBytes) packed = tela_element_pack (self);

    /* The number and the stamp are greater, no more. */
    g_assert_cmpuint (g_bytes_get_size (packed), <, g_bytes_get_size (small) + 8);
  }
}

static void
test_parts (void)
{
  g_autoptr (TelaElement) x = with_number (TELA_KEY_X, 1, (TelaStamp){ 5, 1 });
  g_autoptr (TelaElement) y = with_number (TELA_KEY_Y, 2, (TelaStamp){ 6, 1 });
  g_autoptr (TelaElement) both = tela_element_merge (x, y, NULL);
  g_autoptr (TelaElement) at = tela_element_at_stamp (both, (TelaStamp){ 5, 1 });
  g_autoptr (TelaElement) renamed = tela_element_with_id (both, "other");
  g_autoptr (TelaElement) restamped = tela_element_restamp (both, (TelaStamp){ 9, 9 });

  g_assert_true (tela_element_equal (at, x));
  g_assert_null (tela_element_at_stamp (both, (TelaStamp){ 7, 1 }));
  g_assert_null (tela_element_difference (both, x));
  g_assert_cmpstr (tela_element_get_id (renamed), ==, "other");
  g_assert_cmpfloat (tela_element_get_number (renamed, TELA_KEY_Y, 0), ==, 2);
  g_assert_cmpuint (tela_element_get_base (restamped).time, ==, 9);
  g_assert_cmpuint (tela_element_get_stamp (both).time, ==, 6);
  g_assert_cmpuint (tela_element_get_base (both).time, ==, 5);
}

static void
test_take_restamped (void)
{
  g_autoptr (TelaElement) x = with_number (TELA_KEY_X, 1, (TelaStamp){ 5, 1 });
  g_autoptr (TelaElement) y = with_number (TELA_KEY_Y, 2, (TelaStamp){ 6, 1 });
  g_autoptr (TelaElement) both = tela_element_take_restamped (tela_element_merge (x, y, NULL), (TelaStamp){ 9, 9 });
  g_autoptr (TelaElement) shared = NULL;
  TelaElement *alone = both;

  g_assert_cmpuint (tela_element_get_base (both).time, ==, 9);
  g_assert_cmpuint (tela_element_get_n (both), ==, 2);
  both = tela_element_take_restamped (alone, (TelaStamp){ 10, 9 });
  g_assert_true (both == alone);
  g_assert_cmpuint (tela_element_get_base (both).time, ==, 10);
  shared = tela_element_take_restamped (tela_element_ref (both), (TelaStamp){ 11, 9 });
  g_assert_cmpuint (tela_element_get_base (shared).time, ==, 11);
  g_assert_cmpuint (tela_element_get_base (both).time, ==, 10);
}

static void
test_base_is_that_of_the_type (void)
{
  TelaOpBuilder *builder = tela_op_builder_new ("e");
  g_autoptr (TelaElement) self = NULL;

  tela_op_builder_set_at (builder, TELA_KEY_X, tela_value_number (1), (TelaStamp){ 3, 1 });
  tela_op_builder_set_at (builder, TELA_KEY_TYPE, tela_value_string ("line", -1), (TelaStamp){ 7, 1 });
  tela_op_builder_set_at (builder, TELA_KEY_X, tela_value_number (2), (TelaStamp){ 4, 1 });
  self = tela_op_builder_end (builder, (TelaStamp){ 0 });
  g_assert_cmpuint (tela_element_get_base (self).time, ==, 7);
  g_assert_cmpfloat (tela_element_get_number (self, TELA_KEY_X, 0), ==, 2);
  g_assert_true (tela_element_is_visible (self));
}

static void
test_pack (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (TelaElement) self = random_element (rand);
      g_autoptr (GBytes) packed = tela_element_pack (self);
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaElement) copy =
          tela_element_unpack ("e", g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), &error);

      /* Points may be out of range here; that is refused, and nothing else. */
      if (copy == NULL)
        g_assert_false (tela_element_validate (self, NULL));
      else
        g_assert_true (tela_element_equal (self, copy));
    }
}

static void
test_pack_numbers (void)
{
  static const double numbers[] = { 0, 1, -1, 0.1, -0.1, 0.25, 99.99, -1234.56, 1e7, 0.1 + 0.2, 1.0 / 3, 1e300, 5e-324,
                                    281474976710655.0, 281474976710656.0, -281474976710657.0, 28147497671065.5, 1e22 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (TelaElement) self = with_number (TELA_KEY_SEED, numbers[i], (TelaStamp){ 1, 1 });
      g_autoptr (GBytes) packed = tela_element_pack (self);
      g_autoptr (TelaElement) copy =
          tela_element_unpack ("e", g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), NULL);
      double read = tela_element_get_number (copy, TELA_KEY_SEED, 7);

      g_assert_cmpmem (&read, sizeof read, &numbers[i], sizeof read);
    }
}

/* Versions that write another form have been about: what they wrote is read. */
static void
test_unpack_old (void)
{
  static const guint8 old[] = "\1\2"
                              "\0\0\1\0\0\0\0\0"
                              "\1\0\0\0\0\0\0\0"
                              "\0\0\2\0\0\0\0\0"
                              "\2\0\0\0\0\0\0\0"
                              "\3"
                              "\1\5\4line"
                              "\4\x0c\0\0\0\0\0\0\xf8\x3f"
                              "\0\5other\3";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) self = tela_element_unpack ("e", old, sizeof old - 1, &error);
  TelaStamp stamp;

  g_assert_no_error (error);
  g_assert_cmpstr (tela_element_get_string (self, TELA_KEY_TYPE), ==, "line");
  g_assert_cmpfloat (tela_element_get_number (self, TELA_KEY_X, 0), ==, 1.5);
  g_assert_true (tela_element_get_boolean (self, tela_key_intern ("other", 5), FALSE));
  g_assert_true (tela_element_get (self, TELA_KEY_X, NULL, &stamp));
  g_assert_cmpuint (stamp.time, ==, 2 << 16);
  g_assert_cmpuint (stamp.actor, ==, 2);
  for (gsize i = 0; i + 1 < sizeof old; i++)
    {
      g_autofree guint8 *part = g_memdup2 (old, i);

      g_assert_null (tela_element_unpack ("e", part, i, NULL));
    }
}

/* The numbers of shared texts are on disks. */
static void
test_pack_texts (void)
{
  static const guint8 texts[][2] = { { 0, 'r' }, { 10, '#' }, { 21, 's' }, { 27, '[' }, { 51, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const guint8 packed[] = { 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1, 1 << 5 | 9, texts[i][0] };
      g_autoptr (TelaElement) self = tela_element_unpack ("e", packed, sizeof packed, NULL);

      g_assert_cmpint (tela_element_get_string (self, TELA_KEY_TYPE)[0], ==, texts[i][1]);
    }
}

static TelaElement *
full_element (void)
{
  TelaOpBuilder *builder = tela_op_builder_new ("e");

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *name = g_strdup_printf ("p%u", i);

      tela_op_builder_set_at (builder, tela_key_intern (name, strlen (name)), tela_value_json (values[i], -1),
                              (TelaStamp){ i % 3 + 1, 1 });
    }
  tela_op_builder_set_string (builder, TELA_KEY_TYPE, "line");
  return tela_op_builder_end (builder, (TelaStamp){ 2, 1 });
}

static void
test_pack_truncated (void)
{
  g_autoptr (TelaElement) self = full_element ();
  g_autoptr (GBytes) packed = tela_element_pack (self);
  gsize len = g_bytes_get_size (packed);

  for (gsize i = 0; i < len; i++)
    {
      /* In memory of exactly that size, so that the sanitizer sees a byte too far. */
      g_autofree guint8 *part = g_memdup2 (g_bytes_get_data (packed, NULL), i);
      g_autoptr (GError) error = NULL;

      g_assert_null (tela_element_unpack ("e", part, i, &error));
      g_assert_error (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID);
    }
}

static void
test_pack_corrupted (void)
{
  g_autoptr (TelaElement) self = full_element ();
  g_autoptr (GBytes) packed = tela_element_pack (self);
  gsize len = g_bytes_get_size (packed);

  for (gsize i = 0; i < len; i++)
    for (guint bit = 0; bit < 9; bit++)
      {
        g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (packed, NULL), len);
        g_autoptr (GError) error = NULL;
        g_autoptr (TelaElement) read = NULL;

        copy[i] ^= bit < 8 ? 1u << bit : 0xffu;
        read = tela_element_unpack ("e", copy, len, &error);
        g_assert_true ((read == NULL) == (error != NULL));
      }
}

static TelaElement *
through_row (const TelaElement *self,
             GError           **error)
{
  g_autoptr (GString) props = g_string_new (NULL);
  g_autoptr (GString) stamps = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, props, 0);
  tela_element_write_props (self, &writer);
  tela_json_writer_init (&writer, stamps, 0);
  tela_element_write_stamps (self, &writer);
  return tela_element_from_row (tela_element_get_id (self), (TelaJsonSpan){ props->str, props->len },
                                (TelaJsonSpan){ stamps->str, stamps->len }, error);
}

static void
test_row (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (TelaElement) self = random_element (rand);
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaElement) copy = through_row (self, &error);

      if (copy == NULL)
        g_assert_false (tela_element_validate (self, NULL));
      else
        g_assert_true (tela_element_equal (self, copy));
    }
}

static void
test_bad_rows (void)
{
#define STAMP "\"0000000003e80000-000000000000000a\""
  static const char *const bad[][3] = {
    { "", "{}", "{}" },
    { "e", "[]", "{\"base\":" STAMP "}" },
    { "e", "{\"x\":1}", "{}" },
    { "e", "{\"x\":1}", "{\"y\":" STAMP "}" },
    { "e", "{\"x\":1}", "{\"base\":" STAMP ",\"y\":" STAMP "}" },
    { "e", "{\"x\":1}", "{\"base\":7}" },
    { "e", "{\"x\":1}", "{\"base\":\"x\"}" },
    { "e", "{\"x\":1", "{\"base\":" STAMP "}" },
    { "e", "{\"x\":1}", "{\"base\":" STAMP "" },
    { "e", "{\"x\":1} 2", "{\"base\":" STAMP "}" },
    { "e", "{\"x\":1e8}", "{\"base\":" STAMP "}" },
    { "e", "{\"id\":\"e\"}", "{\"base\":" STAMP "}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s %s", bad[i][1], bad[i][2]);
      g_assert_null (tela_element_from_row (bad[i][0], (TelaJsonSpan){ bad[i][1], strlen (bad[i][1]) },
                                            (TelaJsonSpan){ bad[i][2], strlen (bad[i][2]) }, &error));
      g_assert_nonnull (error);
    }
}

static TelaElement *
read_plain (const char *json,
            const char *id,
            GError    **error)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, json, -1);
  return tela_element_read_plain (&reader, id, (TelaStamp){ 4, 2 }, NULL, error);
}

static void
test_plain (void)
{
  static const char json[] = "{\"angle\":0,\"id\":\"own\",\"type\":\"line\",\"x\":1}";
  g_autoptr (TelaElement) own = read_plain (json, NULL, NULL);
  g_autoptr (TelaElement) given = read_plain (json, "given", NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  g_assert_cmpstr (tela_element_get_id (given), ==, "given");
  g_assert_cmpuint (tela_element_get_n (own), ==, 3);
  g_assert_cmpuint (tela_element_get_stamp (own).time, ==, 4);
  tela_json_writer_init (&writer, out, 0);
  tela_element_write_plain (own, &writer);
  g_assert_cmpstr (out->str, ==, json);
}

static void
test_bad_plain (void)
{
  static const char *const bad[] = { "{\"type\":\"line\"}", "{\"id\":5}", "{\"id\":\"\"}", "7",
                                     "{\"id\":\"e\",\"\":1}", "{\"id\":\"e\",\"x\":", "{\"id\":\"e\",\"x\":1e9}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (read_plain (bad[i], NULL, &error));
      g_assert_nonnull (error);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/element/merge/laws", test_merge_laws);
  g_test_add_func ("/element/merge/equal-stamps", test_equal_stamps);
  g_test_add_func ("/element/quoted-number", test_quoted_number);
  g_test_add_func ("/element/merge/many-properties", test_many_properties);
  g_test_add_func ("/element/merge/stamps-do-not-pile-up", test_stamps_do_not_pile_up);
  g_test_add_func ("/element/parts", test_parts);
  g_test_add_func ("/element/take-restamped", test_take_restamped);
  g_test_add_func ("/element/base-is-that-of-the-type", test_base_is_that_of_the_type);
  g_test_add_func ("/element/pack", test_pack);
  g_test_add_func ("/element/pack/numbers", test_pack_numbers);
  g_test_add_func ("/element/pack/texts", test_pack_texts);
  g_test_add_func ("/element/unpack/old", test_unpack_old);
  g_test_add_func ("/element/pack/truncated", test_pack_truncated);
  g_test_add_func ("/element/pack/corrupted", test_pack_corrupted);
  g_test_add_func ("/element/row", test_row);
  g_test_add_func ("/element/row/bad", test_bad_rows);
  g_test_add_func ("/element/plain", test_plain);
  g_test_add_func ("/element/plain/bad", test_bad_plain);

  return g_test_run ();
}
