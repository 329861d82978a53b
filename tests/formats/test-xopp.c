/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

#define HEAD "<?xml version=\"1.0\"?><xournal creator=\"test\"><title>t</title><preview>AAAA</preview>"
#define PAGE \
  "<page width=\"600\" height=\"800\"><background type=\"solid\" color=\"#fffff0ff\" style=\"graph\"/><layer>"
#define END "</layer></page></xournal>"

static TelaImport *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import = tela_format_read (text, strlen (text), fixture_stamp, NULL, "Notes", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (import->n_skipped + import->n_aside + import->n_renamed, ==, 0);
  return import;
}

static const TelaElement *
get (TelaImport *import,
     guint       i,
     const char *type)
{
  g_assert_cmpuint (i, <, import->elements->len);
  g_assert_cmpstr (tela_element_get_string (import->elements->pdata[i], TELA_KEY_TYPE), ==, type);
  return import->elements->pdata[i];
}

static double
number (const TelaElement *element,
        TelaKey            key)
{
  return tela_element_get_number (element, key, -1);
}

static void
test_pages (void)
{
  g_autoptr (TelaImport) import = read_good (HEAD PAGE "</layer></page>" PAGE END);
  const TelaElement *paper = get (import, 0, "rectangle"), *second;

  g_assert_cmpstr (tela_element_get_string (paper, TELA_KEY_BACKGROUND_COLOR), ==, "#fffff0");
  g_assert_true (tela_element_get_boolean (paper, TELA_KEY_LOCKED, FALSE));
  g_assert_cmpstr (tela_element_get_string (paper, TELA_KEY_FRAME_ID), ==, "page-1");
  get (import, 1, "image"); /* the lines of the paper */
  g_assert_cmpstr (tela_element_get_string (get (import, 2, "frame"), TELA_KEY_NAME), ==, "Page 1");
  second = get (import, 5, "frame");
  g_assert_cmpstr (tela_element_get_string (second, TELA_KEY_NAME), ==, "Page 2");
  g_assert_cmpfloat (number (second, TELA_KEY_Y), ==, 840);
  g_assert_cmpfloat (number (second, TELA_KEY_HEIGHT), ==, 800);
  g_assert_cmpuint (g_hash_table_size (import->assets), ==, 1); /* both pages are of one paper */
  g_assert_cmpuint (import->report->len, ==, 0);
}

static void
test_strokes (void)
{
  g_autoptr (TelaImport) import =
      read_good (HEAD PAGE "<stroke tool=\"pen\" color=\"#0000ffff\" width=\"2 2 1\">10 20 30 40 50 60</stroke>"
                           "<stroke tool=\"highlighter\" color=\"#00ff007f\" width=\"20\">0 0 1 1</stroke>"
                           "<stroke tool=\"pen\" color=\"red\" width=\"3\" style=\"dot\">0 0 1 1</stroke>"
                           "<stroke tool=\"pen\" color=\"black\" width=\"1\" fill=\"128\">0 0 9 0 9 9</stroke>"
                           "<stroke tool=\"pen\" color=\"black\" width=\"1\" fn=\"\">1 x</stroke>" END);
  const TelaElement *ink = get (import, 2, "freedraw"), *marker = get (import, 3, "line"),
                    *dots = get (import, 4, "line");
  const TelaNumbers *points = tela_element_get_numbers (ink, TELA_KEY_POINTS),
                    *pressures = tela_element_get_numbers (ink, TELA_KEY_PRESSURES);

  g_assert_cmpfloat (number (ink, TELA_KEY_X), ==, 10);
  g_assert_cmpfloat (number (ink, TELA_KEY_WIDTH), ==, 40);
  /* Points that are far apart get others between them, or the way would be smoothed into another one. */
  g_assert_cmpuint (points->n, ==, 11);
  g_assert_cmpuint (pressures->n, ==, 11);
  g_assert_cmpfloat (points->v[10], ==, 20);
  g_assert_cmpfloat_with_epsilon (pressures->v[0], 1, 1e-9);
  g_assert_cmpfloat (pressures->v[5], <, 0.5);
  g_assert_cmpfloat_with_epsilon (number (ink, TELA_KEY_STROKE_WIDTH), 2 / 8.084, 1e-3);
  g_assert_cmpfloat_with_epsilon (number (marker, TELA_KEY_OPACITY), 50, 1);
  g_assert_cmpstr (tela_element_get_string (dots, TELA_KEY_STROKE_COLOR), ==, "#ff0000");
  g_assert_cmpstr (tela_element_get_string (dots, TELA_KEY_STROKE_STYLE), ==, "dotted");
  g_assert_cmpfloat (number (dots, TELA_KEY_STROKE_WIDTH), ==, 3);
  g_assert_cmpstr (tela_element_get_string (get (import, 5, "line"), TELA_KEY_BACKGROUND_COLOR), ==, "#00000080");
  g_assert_cmpuint (tela_element_get_numbers (get (import, 5, "line"), TELA_KEY_POINTS)->n, ==, 4);
  get (import, 6, "line"); /* as with a ruler */
  g_assert_cmpuint (import->report->len, ==, 1);
  g_assert_cmpstr (import->report->pdata[0], ==, "Strokes with less than two points were left out: 1.");
}

static void
test_texts_and_images (void)
{
  g_autoptr (TelaImport) import = read_good (
      HEAD PAGE "<text font=\"DejaVu Sans Mono\" size=\"12\" x=\"5\" y=\"6\" color=\"#112233ff\">one &amp;\ntwo</text>"
                "<text font=\"Times Bold\" size=\"10\" x=\"5\" y=\"6\" color=\"black\" wrap=\"60\" align=\"center\">some "
                "words to be wrapped</text>"
                "</layer><layer name=\"2\">"
                "<image left=\"1\" top=\"2\" right=\"11\" bottom=\"22\">R0lGODlhAQABAAAAADs=</image>"
                "<teximage left=\"1\" top=\"2\" right=\"11\" bottom=\"22\" text=\"x^2\">JVBERi0=</teximage>"
                "<image left=\"1\" top=\"2\" right=\"11\" bottom=\"22\">AAAA</image><blob/>" END);
  const TelaElement *text = get (import, 2, "text"), *wrapped = get (import, 3, "text"),
                    *image = get (import, 4, "image");

  g_assert_cmpstr (tela_element_get_string (text, TELA_KEY_TEXT), ==, "one &\ntwo");
  g_assert_cmpfloat (number (text, TELA_KEY_FONT_FAMILY), ==, 3);
  g_assert_cmpfloat (number (text, TELA_KEY_HEIGHT), ==, 30);
  g_assert_cmpstr (tela_element_get_string (wrapped, TELA_KEY_ORIGINAL_TEXT), ==, "some words to be wrapped");
  g_assert_cmpstr (tela_element_get_string (wrapped, TELA_KEY_TEXT), ==, "some words\nto be\nwrapped");
  g_assert_cmpstr (tela_element_get_string (wrapped, TELA_KEY_TEXT_ALIGN), ==, "center");
  g_assert_cmpfloat (number (image, TELA_KEY_HEIGHT), ==, 20);
  g_assert_cmpstr (tela_element_get_string (get (import, 5, "text"), TELA_KEY_TEXT), ==, "x^2");
  get (import, 6, "frame");
  g_assert_cmpuint (import->report->len, ==, 5);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
    { "<xournal><page>", "*end* unexpectedly*" },
    { "<xournal><page></xournal>", "*line 1*" },
    { "<other><xournal/></other>", "*not a format that is known here" },
    { "<xournal><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>", "*its elements are nested too deep" },
    { "<xournal><page>\377</page></xournal>", "*UTF-8*" },
    { "<xournal><title>X\253+ document</title></xournal>", "*line 1*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TelaImport *import = tela_format_read (cases[i].text, strlen (cases[i].text), fixture_stamp, NULL, NULL, &error);

      g_assert_null (import);
      g_assert_nonnull (error);
      g_assert_cmpint (error->domain, ==, TELA_FORMAT_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      if (!g_pattern_match_simple (cases[i].message, error->message))
        g_error ("%s: %s", cases[i].text, error->message);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xopp/pages", test_pages);
  g_test_add_func ("/xopp/strokes", test_strokes);
  g_test_add_func ("/xopp/texts-and-images", test_texts_and_images);
  g_test_add_func ("/xopp/bad", test_bad);
  return g_test_run ();
}
