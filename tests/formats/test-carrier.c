/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

static char *
load (const char *name,
      gsize      *len)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (GError) error = NULL;
  char *data = NULL;

  g_file_get_contents (path, &data, len, &error);
  g_assert_no_error (error);
  return data;
}

static char *
find (const char *data,
      gsize       len)
{
  g_autoptr (GError) error = NULL;
  gsize scene_len = 0;
  char *scene = tela_png_is (data, len) ? tela_png_find_scene (data, len, &scene_len, NULL, &error)
                                        : tela_svg_find_scene (data, len, &scene_len, NULL, &error);

  g_assert_no_error (error);
  if (scene != NULL)
    g_assert_cmpuint (scene_len, ==, strlen (scene));
  return scene;
}

static void
test_find (gconstpointer name)
{
  gsize            len;
  g_autofree char *data = load (name, &len);
  g_autofree char *scene = find (data, len);
  g_autofree char *expected = load ("scene.excalidraw", &len);

  fixture_assert_same (expected, scene);
}

static void
test_embed_png (gconstpointer user_data)
{
  TelaCarrierVersion version = GPOINTER_TO_INT (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GBytes) made = NULL;
  g_autofree char *scene = NULL;
  g_autofree char *found = NULL;
  gsize            len, scene_len;
  char            *data = load ("packed.png", &len);

  png = g_bytes_new_take (data, len);
  scene = load ("scene.excalidraw", &scene_len);
  made = tela_png_embed_scene (png, scene, scene_len, version, &error);
  g_assert_no_error (error);
  found = find (g_bytes_get_data (made, NULL), g_bytes_get_size (made));
  fixture_assert_same (scene, found);
  /* The picture itself is as it was, and the one there was is gone. */
  g_assert_cmpmem (g_bytes_get_data (made, NULL), 60, data, 60);
  if (version == TELA_CARRIER_PLAIN)
    {
      gsize                  plain_len;
      g_autofree char *plain G_GNUC_UNUSED = load ("plain.png", &plain_len);

      g_assert_cmpuint (g_bytes_get_size (made), <, plain_len + 100);
    }
}

static void
test_embed_svg (gconstpointer user_data)
{
  TelaCarrierVersion version = GPOINTER_TO_INT (user_data);
  static const char  svg[] = "<!-- <svg> --><svg viewBox='0 0 1 1' class='a>b'><g/></svg>";
  g_autoptr (GError) error = NULL;
  g_autofree char *made = NULL;
  g_autofree char *again = NULL;
  g_autofree char *scene = NULL;
  g_autofree char *found = NULL;
  gsize            len, scene_len;

  scene = load ("scene.excalidraw", &scene_len);
  made = tela_svg_embed_scene (svg + 14, sizeof svg - 15, scene, scene_len, version, &len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (len, ==, strlen (made));
  g_assert_true (g_str_has_prefix (made, "<svg viewBox='0 0 1 1' class='a>b'>\n"));
  g_assert_true (g_str_has_suffix (made, "<g/></svg>"));
  found = find (made, len);
  fixture_assert_same (scene, found);
  again = tela_svg_embed_scene (made, len, scene, scene_len, version, &len, &error);
  g_assert_null (again);
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
}

static void
test_no_scene (void)
{
  gsize            len;
  g_autofree char *png = load ("picture.png", &len);
  g_autofree char *in_png = find (png, len);
  g_autofree char *svg = load ("picture.svg", &len);
  g_autofree char *in_svg = find (svg, len);

  g_assert_null (in_png);
  g_assert_null (in_svg);
}

static void
test_bad (gconstpointer user_data)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
    { "<svg><!-- payload-start -->e30=", "SVG: the embedded drawing at byte 27 is cut short" },
    { "<svg><!-- payload-start -->{}<!-- payload-end --></svg>", "SVG: the embedded drawing at byte 27 is not base64" },
    { "<svg><!-- payload-start --><!-- payload-end --></svg>", "SVG: the embedded drawing at byte 27 is not base64" },
    /* {"encoded":1} */
    { "<svg><!-- payload-start -->eyJlbmNvZGVkIjoxfQ==<!-- payload-end --></svg>",
      "embedded drawing: encoded: not a string of bytes" },
    /* {"encoded":"x","compressed":true} */
    { "<svg><!-- payload-start -->eyJlbmNvZGVkIjoieCIsImNvbXByZXNzZWQiOnRydWV9<!-- payload-end --></svg>",
      "embedded drawing: the packed data ends at byte 1, too soon" },
    /* {} */
    { "<svg><!-- payload-start -->e30=<!-- payload-end --></svg>", "elements: missing" },
    { "<svg width='0'/>", "the picture's head does not say its size" },
    { "\211PNG\r\n\032\nabc", "PNG: the chunk at byte 8 is cut short" },
    { "GIF89", "not a format that is known here" },
    { "GIF89a", "the picture's head does not say its size" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TelaImport *import = tela_format_read (cases[i].text, strlen (cases[i].text), fixture_stamp, NULL, NULL, &error);

      g_assert_null (import);
      g_assert_nonnull (error);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
check_picture (const char *name,
               double      width,
               double      height)
{
  g_autofree char *path = fixture_path (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = tela_format_read_file (path, fixture_stamp, NULL, "Picture", &error);
  g_autoptr (TelaBoard) board = NULL;
  g_autoptr (GPtrArray) all = NULL;

  g_assert_no_error (error);
  board = fixture_board (import);
  all = tela_board_query (board, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpstr (tela_element_get_string (all->pdata[0], TELA_KEY_TYPE), ==, "image");
  g_assert_cmpfloat (tela_element_get_number (all->pdata[0], TELA_KEY_WIDTH, 0), ==, width);
  g_assert_cmpfloat (tela_element_get_number (all->pdata[0], TELA_KEY_HEIGHT, 0), ==, height);
  g_assert_nonnull (g_hash_table_lookup (import->assets, tela_element_get_string (all->pdata[0], TELA_KEY_FILE_ID)));
  g_assert_cmpuint (import->report->len, ==, 0);
}

static void
test_pictures (void)
{
  check_picture ("picture.png", 2000, 1);
  check_picture ("picture.gif", 7, 5);
  check_picture ("picture.jpg", 12, 9);
  check_picture ("picture.webp", 640, 480);
  check_picture ("turned.jpg", 9, 12);
  check_picture ("picture.svg", 300, 150);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/carrier/find/png/plain", "plain.png", test_find);
  g_test_add_data_func ("/carrier/find/png/packed", "packed.png", test_find);
  g_test_add_data_func ("/carrier/find/svg/plain", "plain.svg", test_find);
  g_test_add_data_func ("/carrier/find/svg/packed", "packed.svg", test_find);
  g_test_add_data_func ("/carrier/embed/png/plain", GINT_TO_POINTER (TELA_CARRIER_PLAIN), test_embed_png);
  g_test_add_data_func ("/carrier/embed/png/packed", GINT_TO_POINTER (TELA_CARRIER_COMPRESSED), test_embed_png);
  g_test_add_data_func ("/carrier/embed/svg/plain", GINT_TO_POINTER (TELA_CARRIER_PLAIN), test_embed_svg);
  g_test_add_data_func ("/carrier/embed/svg/packed", GINT_TO_POINTER (TELA_CARRIER_COMPRESSED), test_embed_svg);
  g_test_add_func ("/carrier/find/nothing", test_no_scene);
  g_test_add_data_func ("/carrier/read/bad", NULL, test_bad);
  g_test_add_func ("/carrier/read/pictures", test_pictures);
  return g_test_run ();
}
