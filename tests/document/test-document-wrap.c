/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-wrap.h"

/* Every letter is as wide as half its font size; a mark has no width. */
static double
fake_measure (const char *line,
              gsize       len,
              double      font_size,
              int         font_family,
              gpointer    user_data)
{
  double n = 0;

  for (const char *p = line; p < line + len; p = g_utf8_next_char (p))
    n += g_unichar_iszerowidth (g_utf8_get_char (p)) ? 0 : g_unichar_iswide (g_utf8_get_char (p)) ? 2
                                                                                                  : 1;

  return n * font_size / 2;
}

static const TelaTextFont font = { .measure = fake_measure, .font_size = 20 };

static void
test_table (void)
{
  static const struct
  {
    const char *text;
    double      letters;
    const char *expected;
  } rows[] = {
    { "", 5, "" },
    { "hello", 5, "hello" },
    { "hello world", 11, "hello world" },
    { "hello world", 10, "hello\nworld" },
    { "hello world again", 11, "hello world\nagain" },
    { "hello  world", 6, "hello\nworld" },
    { "one\ntwo three", 5, "one\ntwo\nthree" },
    { "a\n\nb", 3, "a\n\nb" },
    { "abcdefgh", 3, "abc\ndef\ngh" },
    { "abcdefgh ij", 3, "abc\ndef\ngh\nij" },
    { "abcd ef", 3, "abc\nd\nef" },
    { "x abcdefgh", 4, "x\nabcd\nefgh" },
    { "well-known fact", 6, "well-\nknown\nfact" },
    { "1-2 3", 3, "1-2\n3" },
    { "漢字漢字", 4, "漢字\n漢字" },
    { "漢字。漢", 4, "漢\n字。\n漢" },
    { "abc漢字", 5, "abc漢\n字" },
    { "hello ", 5, "hello" },
    { "ab   ", 4, "ab" },
    { "e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301\ne\u0301" },
    { "abc", 0, "a\nb\nc" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *wrapped = tela_wrap_text (rows[i].text, rows[i].letters * 10, &font);

      g_assert_cmpstr (wrapped, ==, rows[i].expected);
    }
}

/* Nothing but white space is ever lost, and no line is too wide unless it is one letter. */
static void
test_random (void)
{
  static const char *const parts[] = { "a", "bc", " ", "  ", "-", "longword", "漢", "é", ".", "\n", "\t", "👍🏽" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint round = 0; round < 500; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      double           letters = g_rand_int_range (rand, 2, 12);
      g_autofree char *wrapped = NULL;
      g_autofree char *again = NULL;
      g_auto (GStrv) a = NULL;
      g_auto (GStrv) b = NULL;
      g_autofree char *left = NULL;
      g_autofree char *right = NULL;

      for (guint i = 0; i < 12; i++)
        g_string_append (text, parts[g_rand_int_range (rand, 0, G_N_ELEMENTS (parts))]);
      wrapped = tela_wrap_text (text->str, letters * 10, &font);
      g_assert_true (g_utf8_validate (wrapped, -1, NULL));
      a = g_strsplit_set (text->str, " \n\t", -1);
      b = g_strsplit_set (wrapped, " \n\t", -1);
      left = g_strjoinv ("", a);
      right = g_strjoinv ("", b);
      g_assert_cmpstr (left, ==, right);
      again = tela_wrap_text (text->str, letters * 10, &font);
      g_assert_cmpstr (wrapped, ==, again);
    }
}

static void
test_measure (void)
{
  guint n;

  g_assert_cmpfloat (tela_wrap_measure ("ab\nabcd\n", &font, &n), ==, 40);
  g_assert_cmpuint (n, ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wrap/table", test_table);
  g_test_add_func ("/wrap/random", test_random);
  g_test_add_func ("/wrap/measure", test_measure);

  return g_test_run ();
}
