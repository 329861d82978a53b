/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "allocations.h"
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

/* Of @n different words, a new line after every @every of them. (transfer full) */
static TelaElement *
make_book (guint n,
           guint every)
{
  GString         *json = g_string_new ("{\"id\":\"t\",\"type\":\"text\",\"width\":1e6,\"height\":25,\"text\":\"");
  g_autofree char *text = NULL;

  for (guint i = 1; i <= n; i++)
    g_string_append_printf (json, "w%u%s", i, i % every == 0 ? "\\n" : " ");
  g_string_append (json, "\"}");
  text = g_string_free (json, FALSE);

  return fixture_parse (text);
}

static void
paint_at (const TelaElement *text,
          double             x,
          double             y,
          double             scale,
          int                width,
          cairo_surface_t  **painted)
{
  const TelaColour black = { 0, 0, 0, 1 };
  cairo_t         *cr;

  *painted = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, 64);
  cr = cairo_create (*painted);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -x, -y);
  tela_text_paint (cr, text, black, scale);
  cairo_destroy (cr);
  cairo_surface_flush (*painted);
}

static gboolean
has_ink (cairo_surface_t *surface)
{
  const guint8 *data = cairo_image_surface_get_data (surface);
  const int     size = cairo_image_surface_get_stride (surface) * cairo_image_surface_get_height (surface);

  for (int i = 0; i < size; i++)
    if (data[i] != 0)
      return TRUE;

  return FALSE;
}

/* A text as long as a book, in lines or in one: what a look at a few of its words takes is what these words take. */
static void
test_book (gconstpointer data)
{
  g_autoptr (TelaElement) book = make_book (16000, GPOINTER_TO_UINT (data));
  const double     scales[] = { 1, 4, 0.1 };
  cairo_surface_t *surface;
  guint            n;
  gsize            before, after;

  if (!allocations_count (&n, &before))
    return;
  paint_at (book, 0, 0, 1, 64, &surface); /* how wide it is, is found out once */
  cairo_surface_destroy (surface);
  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      double y = GPOINTER_TO_UINT (data) == G_MAXUINT ? 0 : 5000;

      allocations_count (&n, &before);
      paint_at (book, 40, y, scales[i], 64, &surface);
      allocations_count (&n, &after);
      g_assert_true (has_ink (surface));
      g_assert_cmpuint (after - before, <, 16 * 1024 * 1024);
      cairo_surface_destroy (surface);
    }
}

/* Wherever a tile begins, the words of a long line are in the same place. */
static void
test_long_line (void)
{
  g_autoptr (TelaElement) book = make_book (4000, G_MAXUINT);
  cairo_surface_t *whole;
  cairo_surface_t *part;

  paint_at (book, 9000, 0, 1, 2048, &whole);
  for (int x = 0; x < 2048; x += 64)
    {
      paint_at (book, 9000 + x, 0, 1, 64, &part);
      for (int y = 0; y < 64; y++)
        {
          const guint8 *own = cairo_image_surface_get_data (part) + y * cairo_image_surface_get_stride (part);
          const guint8 *all = cairo_image_surface_get_data (whole) + y * cairo_image_surface_get_stride (whole) + 4 * x;

          for (int k = 0; k < 64 * 4; k++)
            g_assert_cmpint (ABS (own[k] - all[k]), <=, 8); /* rounded; a word elsewhere differs by much more */
        }
      cairo_surface_destroy (part);
    }
  cairo_surface_destroy (whole);
}

/* A long line is cut between words, else between characters. */
static void
test_pieces (void)
{
  g_autofree char *words = g_strnfill (3000, 'w');
  g_autofree char *greek = g_strnfill (3000, 'w');
  const char      *last;

  words[1000] = ' ';
  g_assert_cmpuint (tela_line_get_piece (words, 500), ==, 500);
  g_assert_cmpuint (tela_line_get_piece (words, 3000), ==, 1001);
  g_assert_cmpuint (tela_line_get_piece (words + 1001, 1999), ==, TELA_LINE_LONGEST);
  for (guint i = 1; i + 1 < 3000; i += 2)
    memcpy (greek + i, "α", 2);
  last = greek + tela_line_get_piece (greek, 2999);
  g_assert_true (last <= greek + TELA_LINE_LONGEST);
  g_assert_true (g_utf8_validate (greek, last - greek, NULL));
  g_assert_cmpfloat_with_epsilon (tela_line_measure ("word word", 9, 5).width, tela_line_get ("word word", 9, 5)->width, 1e-6);
  g_assert_true (tela_line_measure ("שלום", strlen ("שלום"), 5).is_backwards);
  g_assert_false (tela_line_measure ("word", 4, 5).is_backwards);
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
  g_test_add_data_func ("/text/book/lines", GUINT_TO_POINTER (20), test_book);
  g_test_add_data_func ("/text/book/one-line", GUINT_TO_POINTER (G_MAXUINT), test_book);
  g_test_add_func ("/text/long-line", test_long_line);
  g_test_add_func ("/text/pieces", test_pieces);

  return g_test_run ();
}
