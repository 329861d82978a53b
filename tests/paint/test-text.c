/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "paint-fixture.h"
#include "tela-line.h"
#include "tela-text.h"

static void
test_measure (void)
{
  double one;
  double two;
  double height;

  tela_paint_measure_text ("word", 20, 5, 1.25, &one, &height);
  g_assert_cmpfloat (one, >, 20);
  g_assert_cmpfloat (height, ==, 25);
  tela_paint_measure_text ("word\nword word\n", 20, 5, 1.25, &two, &height);
  g_assert_cmpfloat (two, >, 2 * one);
  g_assert_cmpfloat (height, ==, 75);
  tela_paint_measure_text ("word", 40, 5, 1.25, &two, &height);
  g_assert_cmpfloat_with_epsilon (two, 2 * one, 1e-6);
}

static void
test_empty (void)
{
  double width;
  double height;

  tela_paint_measure_text ("", 20, 1, 1.25, &width, &height);
  g_assert_cmpfloat (width, ==, 0);
  g_assert_cmpfloat (height, ==, 25);
}

static void
test_monospace (void)
{
  double thin;
  double wide;
  double height;

  tela_paint_measure_text ("iiii", 20, 3, 1.2, &thin, &height);
  tela_paint_measure_text ("MMMM", 20, 3, 1.2, &wide, &height);
  g_assert_cmpfloat_with_epsilon (thin, wide, 1e-6);
}

static void
test_lines_are_kept (void)
{
  const TelaLine *line = tela_line_get ("same", 4, 5);
  guint           i;

  g_assert_true (tela_line_get ("same line", 4, 5) == line);
  g_assert_true (tela_line_get ("same", 4, 2) != line);
  g_assert_cmpuint (line->path->len, >, 10);
  for (i = 0; i < 5000; i++) /* beyond the limit of the cache */
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      g_assert_cmpfloat (tela_line_get (text, strlen (text), 5)->width, >, 0);
    }
}

static TelaTextLook
look_of (const char *width)
{
  g_autofree char *json = g_strdup_printf ("{\"id\":\"t\",\"type\":\"text\",\"text\":\"some words\",\"fontSize\":20,"
                                           "\"width\":%s,\"textAlign\":\"right\"}",
                                           width);
  g_autoptr (TelaElement) text = fixture_parse (json);

  return tela_text_look (text);
}

/* A font that stands in must not run into what is beside the text. */
static void
test_squeeze (void)
{
  double width;
  double height;

  tela_paint_measure_text ("some words", 20, 5, 1.25, &width, &height);
  g_assert_cmpfloat (look_of ("1000").squeeze, ==, 1);
  g_assert_cmpfloat (look_of ("10").squeeze, <, 1);
  g_assert_cmpfloat (look_of ("10").squeeze * width, <=, 12.5 + 1e-6);
  g_assert_cmpfloat (look_of ("10").align, ==, 1);
  g_assert_cmpfloat (look_of ("0").squeeze, ==, 1);
  g_assert_cmpfloat_with_epsilon (look_of ("0").room, width, 1e-6);
}

static void
test_fit_label (void)
{
  g_autofree char *whole = tela_text_fit_label ("Überschrift\nand more", 14, 500);
  g_autofree char *cut = tela_text_fit_label ("ÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜÜ", 14, 60);
  g_autofree char *none = tela_text_fit_label ("name", 14, 1);
  double           width;
  double           height;

  g_assert_cmpstr (whole, ==, "Überschrift");
  g_assert_true (g_str_has_suffix (cut, "Ü…"));
  g_assert_true (g_utf8_validate (cut, -1, NULL));
  tela_paint_measure_text (cut, 14, TELA_LABEL_FAMILY, 1, &width, &height);
  g_assert_cmpfloat (width, <=, 60);
  g_assert_cmpfloat (width, >, 40);
  g_assert_cmpstr (none, ==, "…");
}

/* A file may call an unknown kind by a whole book; to shape that for every size it might fit in takes seconds. */
static void
test_fit_book (void)
{
  g_autofree char *book = g_strnfill (1000000, 'w');
  g_autofree char *shown = tela_text_fit_label (book, 14, 1e9);
  g_autofree char *cut = tela_text_fit_label (book, 14, 60);

  g_assert_cmpuint (strlen (shown), <, 400);
  g_assert_true (g_str_has_suffix (shown, "www…"));
  g_assert_cmpuint (strlen (cut), <, 20);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/measure", test_measure);
  g_test_add_func ("/text/empty", test_empty);
  g_test_add_func ("/text/monospace", test_monospace);
  g_test_add_func ("/text/lines-are-kept", test_lines_are_kept);
  g_test_add_func ("/text/squeeze", test_squeeze);
  g_test_add_func ("/text/fit-label", test_fit_label);
  g_test_add_func ("/text/fit-book", test_fit_book);

  return g_test_run ();
}
