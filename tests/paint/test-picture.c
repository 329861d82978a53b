/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "paint-fixture.h"
#include "pdf.h"
#include "tela-board.h"
#include "tela-pages.h"

#define RED_BOX                                                                                                     \
  "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":0,\"y\":0,\"width\":100,\"height\":60,\"roughness\":0,\"fillStyle\":" \
  "\"solid\","                                                                                                      \
  "\"backgroundColor\":\"#ff0000\"}"

/* (transfer full) */
static GdkPixbuf *
paint (GPtrArray                *elements,
       const TelaPictureOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = tela_paint_png ((TelaElement *const *) elements->pdata, elements->len, options, &error);
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();

  g_assert_no_error (error);
  g_assert_true (gdk_pixbuf_loader_write_bytes (loader, png, &error));
  g_assert_true (gdk_pixbuf_loader_close (loader, &error));

  return g_object_ref (gdk_pixbuf_loader_get_pixbuf (loader));
}

static const guchar *
pixel (const GdkPixbuf *pixbuf,
       int              x,
       int              y)
{
  return gdk_pixbuf_read_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) +
         x * gdk_pixbuf_get_n_channels (pixbuf);
}

static GPtrArray *
parse_all (const char *const *json,
           guint              n)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (elements, fixture_parse (json[i]));

  return elements;
}

static void
test_dark (void)
{
  static const char *const box[] = { RED_BOX };
  const TelaPictureOptions options = { .scale = 1, .padding = 10, .background = "#ffffff", .dark = TRUE };
  g_autoptr (GPtrArray) elements = parse_all (box, 1);
  g_autoptr (GdkPixbuf) pixbuf = paint (elements, &options);
  const guchar *corner = pixel (pixbuf, 2, 2);
  const guchar *middle = pixel (pixbuf, 60, 40);

  g_assert_cmpint (corner[0], ==, 18); /* 7 % of white */
  g_assert_cmpint (corner[1], ==, 18);
  g_assert_cmpint (corner[2], ==, 18);
  g_assert_cmpint (middle[0], ==, 255); /* red stays a red */
  g_assert_cmpint (middle[0] - middle[1], >, 90);
  g_assert_cmpstr (tela_element_get_string (elements->pdata[0], TELA_KEY_BACKGROUND_COLOR), ==, "#ff0000");
}

static void
test_transparent (void)
{
  static const char *const box[] = { RED_BOX };
  const TelaPictureOptions options = { .scale = 1, .padding = 10 };
  g_autoptr (GPtrArray) elements = parse_all (box, 1);
  g_autoptr (GdkPixbuf) pixbuf = paint (elements, &options);

  g_assert_true (gdk_pixbuf_get_has_alpha (pixbuf));
  g_assert_cmpint (pixel (pixbuf, 2, 2)[3], ==, 0);
  g_assert_cmpint (pixel (pixbuf, 60, 40)[3], ==, 255);
}

/* The label is written down far away; the picture is no larger than the arrow, which is left out around it. */
static void
test_label_is_on_its_arrow (void)
{
  static const char *const json[] = {
    "{\"id\":\"arrow\",\"type\":\"arrow\",\"x\":0,\"y\":0,\"width\":300,\"height\":0,\"roughness\":0,\"points\":[[0,0],"
    "[300,0]]}",
    "{\"id\":\"label\",\"type\":\"text\",\"x\":900,\"y\":900,\"width\":60,\"height\":25,\"fontSize\":20,\"text\":\"\","
    "\"containerId\":\"arrow\"}",
  };
  const TelaPictureOptions options = { .scale = 1, .background = "#ffffff" };
  g_autoptr (GPtrArray) parsed = parse_all (json, 2);
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (GPtrArray) elements = NULL;
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  int middle;

  tela_board_merge (board, (TelaElement *const *) parsed->pdata, parsed->len);
  elements = tela_board_query (board, NULL);
  pixbuf = paint (elements, &options);
  middle = gdk_pixbuf_get_height (pixbuf) / 2;
  g_assert_cmpint (gdk_pixbuf_get_width (pixbuf), <, 320);
  g_assert_cmpint (pixel (pixbuf, 75, middle)[0], <, 100);
  g_assert_cmpint (pixel (pixbuf, 150, middle)[0], ==, 255);
  g_assert_cmpint (pixel (pixbuf, 225, middle)[0], <, 100);
}

static guint
count (GBytes     *bytes,
       const char *word)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);
  gsize       size = strlen (word);
  guint       n = 0;

  for (gsize i = 0; i + size <= len; i++)
    n += memcmp (data + i, word, size) == 0;

  return n;
}

static void
test_pdf (void)
{
  static const char *const json[] = {
    RED_BOX,
    "{\"id\":\"f\",\"type\":\"frame\",\"x\":-10,\"y\":-10,\"width\":200,\"height\":100,\"name\":\"One\"}",
    "{\"id\":\"g\",\"type\":\"frame\",\"x\":500,\"y\":-10,\"width\":200,\"height\":100,\"name\":\"Two\"}",
  };
  TelaPictureOptions options = { .scale = 1, .padding = 10, .background = "#ffffff" };
  g_autoptr (GPtrArray) elements = parse_all (json, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = tela_paint_pdf ((TelaElement *const *) elements->pdata, elements->len, &options, &error);
  g_autoptr (GBytes) paged = NULL;
  g_autoptr (GBytes) empty = NULL;

  g_assert_no_error (error);
  options.page_per_frame = TRUE;
  paged = tela_paint_pdf ((TelaElement *const *) elements->pdata, elements->len, &options, &error);
  g_assert_no_error (error);
  empty = tela_paint_pdf (NULL, 0, &options, &error);
  g_assert_no_error (error);

  g_assert_cmpint (memcmp (g_bytes_get_data (whole, NULL), "%PDF-", 5), ==, 0);
  g_assert_cmpuint (pdf_count (whole, "/Type /Page %"), ==, 1);
  g_assert_cmpuint (pdf_count (paged, "/Type /Page %"), ==, 2);
  g_assert_cmpuint (pdf_count (paged, "/MediaBox [ 0 0 150 75 ]"), ==, 2);
  g_assert_cmpuint (pdf_count (empty, "/Type /Page %"), ==, 1);
}

/* Frames are pages as one reads them, whatever their order on the board. */
static void
test_pages (void)
{
  static const char *const json[] = {
    "{\"id\":\"f2\",\"type\":\"frame\",\"x\":300,\"y\":10,\"width\":200,\"height\":100}",
    "{\"id\":\"f1\",\"type\":\"frame\",\"x\":0,\"y\":20,\"width\":200,\"height\":100}",
    "{\"id\":\"f0\",\"type\":\"frame\",\"x\":900,\"y\":-300,\"width\":200,\"height\":100}",
    RED_BOX,
  };
  TelaPictureOptions options = { .scale = 1, .padding = 10 };
  g_autoptr (GPtrArray) elements = parse_all (json, 4);
  g_autoptr (TelaPages) whole = tela_pages_new ((TelaElement *const *) elements->pdata, elements->len, &options);
  g_autoptr (TelaPages) frames = NULL;
  g_autoptr (TelaPages) empty = NULL;

  options.page_per_frame = TRUE;
  frames = tela_pages_new ((TelaElement *const *) elements->pdata, elements->len, &options);
  empty = tela_pages_new (NULL, 0, &options);
  g_assert_cmpuint (tela_pages_get_n (whole), ==, 1);
  g_assert_cmpfloat (tela_pages_get_area (whole, 0).width, >, 1100);
  g_assert_cmpuint (tela_pages_get_n (frames), ==, 3);
  g_assert_cmpfloat (tela_pages_get_area (frames, 0).x, ==, 900);
  g_assert_cmpfloat (tela_pages_get_area (frames, 1).x, ==, 0);
  g_assert_cmpfloat (tela_pages_get_area (frames, 2).x, ==, 300);
  g_assert_cmpuint (tela_pages_get_n (empty), ==, 1);
}

static void
test_svg (void)
{
  static const char *const json[] = {
    RED_BOX,
    "{\"id\":\"t\",\"type\":\"text\",\"x\":5,\"y\":5,\"width\":80,\"height\":50,\"fontSize\":20,\"fontFamily\":6,"
    "\"text\":\"a < b\\n& \\\"c\\\"\",\"textAlign\":\"center\",\"angle\":1}",
    "{\"id\":\"f\",\"type\":\"frame\",\"x\":-10,\"y\":-10,\"width\":200,\"height\":100,\"name\":\"One\"}",
    "{\"id\":\"i\",\"type\":\"image\",\"x\":0,\"y\":0,\"width\":40,\"height\":40,\"fileId\":\"here\",\"frameId\":\"f\","
    "\"scale\":[-1,1]}",
  };
  const TelaPictureOptions options = { .scale = 1, .padding = 10, .background = "#ffffff", .asset = fixture_asset };
  g_autoptr (GPtrArray) elements = parse_all (json, 4);
  g_autoptr (GBytes) svg = tela_paint_svg ((TelaElement *const *) elements->pdata, elements->len, &options);
  g_autoptr (GBytes) again = tela_paint_svg ((TelaElement *const *) elements->pdata, elements->len, &options);
  g_autoptr (GError) error = NULL;
  GMarkupParser        parser = { NULL };
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, NULL, NULL);

  g_assert_true (
      g_markup_parse_context_parse (context, g_bytes_get_data (svg, NULL), (gssize) g_bytes_get_size (svg), &error));
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
  g_markup_parse_context_free (context);
  g_assert_true (g_bytes_equal (svg, again));
  g_assert_cmpuint (count (svg, "a &lt; b</text>"), ==, 1);
  g_assert_cmpuint (count (svg, "&amp; &quot;c&quot;</text>"), ==, 1);
  g_assert_cmpuint (count (svg, "font-family=\"Nunito,"), ==, 2);
  g_assert_cmpuint (count (svg, "rotate(57.3 45 30)"), ==, 1);
  g_assert_cmpuint (count (svg, "fill=\"#ff0000\""), ==, 1);
  g_assert_cmpuint (count (svg, "href=\"data:image/png;base64,"), ==, 1);
  g_assert_cmpuint (count (svg, "clip-path=\"url(#frame-2)\""), ==, 1);
}

/* The same widths as in a PNG, and opacity of each layer. */
static void
test_svg_like_png (void)
{
  static const char *const json[] = {
    "{\"id\":\"t\",\"type\":\"text\",\"width\":20,\"height\":25,\"fontSize\":20,\"text\":\"much too long\",\"opacity\":30}",
    "{\"id\":\"r\",\"type\":\"rectangle\",\"x\":90,\"width\":40,\"height\":40,\"backgroundColor\":\"#ff0000\",\"opacity\":40}",
    "{\"id\":\"m\",\"type\":\"magicframe\",\"y\":90,\"width\":40,\"height\":40}",
    "{\"id\":\"e\",\"type\":\"embeddable\",\"x\":90,\"y\":90,\"width\":200,\"height\":90,\"link\":\"https://a.example\"}",
  };
  TelaPictureOptions options = { .scale = 1, .padding = 10 };
  g_autoptr (GPtrArray) elements = parse_all (json, 4);
  g_autoptr (GBytes) light = tela_paint_svg ((TelaElement *const *) elements->pdata, elements->len, &options);
  g_autoptr (GBytes) dark = NULL;

  options.dark = TRUE;
  dark = tela_paint_svg ((TelaElement *const *) elements->pdata, elements->len, &options);
  g_assert_cmpuint (count (light, "lengthAdjust=\"spacingAndGlyphs\""), ==, 1);
  g_assert_cmpuint (count (light, " opacity=\"0.3\""), ==, 1);
  g_assert_cmpuint (count (light, "fill-opacity=\"0.4\""), ==, 1);
  g_assert_cmpuint (count (light, "stroke-opacity=\"0.4\""), ==, 1);
  g_assert_cmpuint (count (light, "https://a.example</text>"), ==, 1);
  g_assert_cmpuint (count (light, "#7affd7"), ==, 1);
  g_assert_cmpuint (count (dark, "#7affd7"), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/dark", test_dark);
  g_test_add_func ("/picture/transparent", test_transparent);
  g_test_add_func ("/picture/label-is-on-its-arrow", test_label_is_on_its_arrow);
  g_test_add_func ("/picture/pdf", test_pdf);
  g_test_add_func ("/picture/pages", test_pages);

  g_test_add_func ("/picture/svg", test_svg);
  g_test_add_func ("/picture/svg/like-png", test_svg_like_png);

  return g_test_run ();
}
