/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-library.h"

#include "formats-fixture.h"

#define RECTANGLE "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":900,\"y\":-5,\"width\":10,\"height\":20}"
#define OLD_LINE \
  "{\"id\":\"b\",\"type\":\"draw\",\"x\":0,\"y\":0,\"width\":9,\"height\":9,\"points\":[[0,0],[9,9]],\"seed\":1}"
#define VERSION_1 \
  "{\"type\":\"excalidrawlib\",\"version\":1,\"library\":[[" RECTANGLE "],[" OLD_LINE "," RECTANGLE "]]}"
#define VERSION_2                                                                                                \
  "{\"type\":\"excalidrawlib\",\"version\":2,\"source\":\"x\",\"extra\":[1],\"libraryItems\":["                  \
  "{\"status\":\"published\",\"id\":\"i1\",\"created\":5,\"name\":\"Box\",\"more\":null,\"elements\":[" OLD_LINE \
  "]}]}"

static TelaLibrary *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelaLibrary *library = tela_library_read (text, strlen (text), &error);

  g_assert_no_error (error);
  return library;
}

static void
assert_equal_json (const char *a,
                   const char *b)
{
  g_assert_true (tela_json_equal ((TelaJsonSpan){ a, strlen (a) }, (TelaJsonSpan){ b, strlen (b) }));
}

static void
test_round_trip (gconstpointer text)
{
  g_autoptr (TelaLibrary) library = read_good (text);
  gsize            len;
  g_autofree char *saved = tela_library_write (library, &len);

  g_assert_cmpuint (len, ==, strlen (saved));
  assert_equal_json (text, saved);
}

static void
test_items (void)
{
  g_autoptr (TelaLibrary) library = read_good (VERSION_2);
  const TelaLibraryItem *item = library->items->pdata[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = NULL;

  g_assert_cmpstr (item->id, ==, "i1");
  g_assert_cmpstr (item->name, ==, "Box");
  import = tela_library_item_read (item, fixture_stamp, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tela_element_get_string (import->elements->pdata[0], TELA_KEY_TYPE), ==, "line");
  g_assert_cmpfloat (tela_element_get_number (import->elements->pdata[0], TELA_KEY_SEED, 0), ==, 1);
}

static void
test_add (void)
{
  g_autoptr (TelaLibrary) library = read_good (VERSION_1);
  static const char drawing[] = "{\"elements\":[" RECTANGLE "]}";
  g_autoptr (GError) error = NULL;
  g_autofree char *saved = NULL;
  gsize            len;

  g_assert_true (tela_library_add (library, "new", "Mine", 7, drawing, strlen (drawing), &error));
  g_assert_no_error (error);
  saved = tela_library_write (library, &len);
  assert_equal_json (
      saved,
      "{\"type\":\"excalidrawlib\",\"version\":2,\"libraryItems\":["
      "{\"status\":\"unpublished\",\"elements\":[" RECTANGLE "]},"
      "{\"status\":\"unpublished\",\"elements\":[" OLD_LINE "," RECTANGLE "]},"
      "{\"status\":\"unpublished\",\"id\":\"new\",\"name\":\"Mine\",\"created\":7,\"elements\":[" RECTANGLE "]}]}");
  g_assert_false (tela_library_add (library, "new", NULL, 7, "{}", 2, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
}

/* From another library comes what is not here yet, with all that it says of itself. */
static void
test_take (void)
{
  g_autoptr (TelaLibrary) from = tela_library_read (VERSION_2, strlen (VERSION_2), NULL);
  g_autoptr (TelaLibrary) old = tela_library_read (VERSION_1, strlen (VERSION_1), NULL);
  g_autoptr (TelaLibrary) to = tela_library_new ();
  const TelaLibraryItem *item = from->items->pdata[0];

  g_assert_true (tela_library_take (to, item, "x", 1));
  g_assert_false (tela_library_take (to, item, "y", 1));
  g_assert_cmpstr (((TelaLibraryItem *) to->items->pdata[0])->source, ==, item->source);
  g_assert_true (tela_library_take (to, old->items->pdata[0], "z", 1));
  g_assert_cmpstr (((TelaLibraryItem *) to->items->pdata[1])->id, ==, "z");
  g_assert_cmpuint (to->version, ==, 2);
}

static void
test_as_board (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import =
      tela_format_read (VERSION_1, strlen (VERSION_1), fixture_stamp, NULL, "Shapes", &error);
  g_autoptr (TelaBoard) board = NULL;
  TelaRect extent;

  g_assert_no_error (error);
  board = fixture_board (import);
  g_assert_cmpstr (tela_board_get_name (board), ==, "Shapes");
  g_assert_cmpuint (tela_board_get_n_visible (board), ==, 3);
  g_assert_true (tela_board_get_extent (board, &extent));
  g_assert_cmpfloat_with_epsilon (extent.x, 0, 5);
  g_assert_cmpfloat (tela_element_get_number (tela_board_lookup (board, "a"), TELA_KEY_X, 1), <, 10);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
    { "{\"library\":1}", "libraryItems: missing, or not an array" },
    { "{\"type\":\"excalidrawlib\"}", "libraryItems: missing, or not an array" },
    { "{\"library\":[[],7]}", "item 2: elements: missing, or not an array" },
    { "{\"libraryItems\":[{\"elements\":{}}]}", "item 1: elements: missing, or not an array" },
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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/library/round-trip/1", VERSION_1, test_round_trip);
  g_test_add_data_func ("/library/round-trip/2", VERSION_2, test_round_trip);
  g_test_add_func ("/library/read/items", test_items);
  g_test_add_func ("/library/read/as-board", test_as_board);
  g_test_add_func ("/library/read/bad", test_bad);
  g_test_add_func ("/library/add", test_add);
  g_test_add_func ("/library/take", test_take);
  return g_test_run ();
}
