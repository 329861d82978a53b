/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

static const char drawing[] =
    "{\"type\":\"excalidraw\",\"version\":2,\"elements\":["
    "{\"id\":\"r\",\"type\":\"rectangle\",\"x\":1,\"y\":2,\"width\":3,\"height\":4,\"odd\":{\"a\":[1]}},"
    "{\"id\":\"p\",\"type\":\"image\",\"fileId\":\"pic\",\"x\":0,\"y\":0,\"width\":1,\"height\":1}],"
    "\"files\":{\"pic\":{\"mimeType\":\"image/gif\",\"id\":\"pic\",\"dataURL\":\"data:image/"
    "gif;base64,R0lGODlhAQABAAAAADs=\"}}}";

static TelaElement *
make_op (const char *id,
         TelaKey     key,
         double      value,
         guint64     ms)
{
  TelaOpBuilder *builder = tela_op_builder_new (id);

  if (key == TELA_KEY_IS_DELETED)
    tela_op_builder_set_boolean (builder, key, TRUE);
  else
    tela_op_builder_set_number (builder, key, value);
  return tela_op_builder_end (builder, (TelaStamp){ ms << 16 | 3, 77 });
}

/* A board with a life: writes of several stamps, and a tombstone. */
static TelaBoard *
make_board (TelaImport *import)
{
  TelaBoard *board = fixture_board (import);
  g_autoptr (TelaElement) move = make_op ("r", TELA_KEY_X, 55.5, 1700000000123);
  g_autoptr (TelaElement) gone = make_op ("gone", TELA_KEY_IS_DELETED, 0, 1700000000124);
  TelaElement *ops[] = { move, gone };

  tela_board_merge (board, ops, G_N_ELEMENTS (ops));
  return board;
}

static GBytes *
pack (TelaBoard  *board,
      TelaImport *import)
{
  g_autoptr (GError) error = NULL;
  guint   n_missing = 9;
  GBytes *bytes = tela_tela_write (board, fixture_get_file, import, &n_missing, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_missing, ==, 0);
  return bytes;
}

static TelaImport *
read_onto (GBytes     *bytes,
           TelaBoard  *board,
           const char *name)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import =
      tela_format_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), fixture_stamp, board, name, &error);

  g_assert_no_error (error);
  return import;
}

static void
test_lossless (void)
{
  g_autoptr (TelaImport) import = fixture_read (drawing);
  g_autoptr (TelaBoard) board = make_board (import);
  g_autoptr (GBytes) bytes = pack (board, import);
  g_autoptr (TelaImport) again = read_onto (bytes, NULL, NULL);
  g_autoptr (TelaBoard) other = fixture_board (again);
  g_autoptr (GBytes) twice = pack (other, again);
  g_autofree char *before = tela_board_dump (board, TRUE);
  g_autofree char *after = tela_board_dump (other, TRUE);

  g_assert_cmpstr (before, ==, after);
  g_assert_true (g_bytes_equal (bytes, twice));
  g_assert_true (
      g_bytes_equal (g_hash_table_lookup (import->assets, "pic"), g_hash_table_lookup (again->assets, "pic")));
}

static void
test_name (void)
{
  g_autoptr (TelaImport) import = fixture_read (drawing);
  g_autoptr (TelaBoard) board = make_board (import);
  g_autoptr (GBytes) bytes = pack (board, import);
  g_autoptr (TelaImport) again = read_onto (bytes, NULL, "Named");
  g_autoptr (TelaBoard) other = fixture_board (again);

  g_assert_cmpstr (tela_board_get_name (other), ==, "Named");
}

static void
test_onto_another (void)
{
  g_autoptr (TelaImport) import = fixture_read (drawing);
  g_autoptr (TelaBoard) board = make_board (import);
  g_autoptr (GBytes) bytes = pack (board, import);
  g_autoptr (TelaImport) again = read_onto (bytes, board, NULL);

  g_assert_cmpuint (again->n_renamed, ==, 2);
  tela_board_merge (board, (TelaElement *const *) again->elements->pdata, again->elements->len);
  g_assert_cmpuint (tela_board_get_n_visible (board), ==, 4);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
    { "{\"type\":\"tela\"}", "version: this program reads version 1 only" },
    { "{\"type\":\"tela\",\"version\":2,\"elements\":[]}", "version: this program reads version 1 only" },
    { "{\"type\":\"tela\",\"version\":1}", "elements: missing, or not an array" },
    { "{\"type\":\"tela\",\"version\":1,\"elements\":[],\"assets\":[]}", "assets: not an object" },
    { "{\"type\":\"tela\",\"version\":1,\"elements\":[{}]}", "element 1: id: missing or not fit" },
    { "{\"type\":\"tela\",\"version\":1,\"elements\":[{\"id\":\"a\"}]}", "element 1: props or stamps: missing" },
    { "{\"type\":\"tela\",\"version\":1,\"elements\":[],\"assets\":{\"aa\":{\"base64\":\"AAAA\"}}}",
      "assets: aa is damaged" },
    { "\037\213\010", "the packed data ends at byte 3, too soon" },
    { "\037\213abc", "the packed data is damaged at byte 4" },
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

/* Under one stamp nobody can tell what was deleted or moved since it came; it must not come back as what came so. */
static void
test_flatten (void)
{
  static const struct
  {
    const char *id, *index;
  } kept[] = { { "\"c\"", "\"a0\"" }, { "\"a\"", "\"a1\"" }, { "\"d\"", "\"a4\"" } };
  g_autoptr (TelaImport) import =
      fixture_read ("{\"type\":\"excalidraw\",\"version\":2,\"elements\":[{\"id\":\"a\",\"type\":\"diamond\",\"index\":\"a1\"},"
                    "{\"id\":\"b\",\"type\":\"text\",\"index\":\"a2\"},"
                    "{\"id\":\"c\",\"type\":\"line\",\"index\":\"a3\"},"
                    "{\"id\":\"d\",\"type\":\"arrow\",\"index\":\"a4\",\"isDeleted\":true}]}");
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autoptr (TelaElement) gone = make_op ("b", TELA_KEY_IS_DELETED, 0, 1700000000124);
  TelaOpBuilder *builder = tela_op_builder_new ("c");
  g_autoptr (TelaElement) moved = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (TelaImport) again = NULL;
  g_autoptr (TelaBoard) other = tela_board_new ("other");
  g_autofree char *saved = NULL;

  tela_op_builder_set_string (builder, TELA_KEY_INDEX, "a0");
  moved = tela_op_builder_end (builder, (TelaStamp){ 1700000000125 << 16, 77 });
  tela_board_merge (board, &gone, 1);
  tela_board_merge (board, &moved, 1);
  bytes = pack (board, import);
  again = read_onto (bytes, NULL, "Named");
  tela_import_flatten (again, fixture_stamp);
  for (guint i = 0; i < again->elements->len; i++)
    {
      g_autoptr (TelaElement) op = tela_element_restamp (again->elements->pdata[i], fixture_stamp);

      tela_board_merge (other, &op, 1);
    }
  g_assert_cmpstr (tela_board_get_name (other), ==, "Named");
  saved = fixture_write (other, again);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autofree char *id = fixture_field (saved, i, "id");
      g_autofree char *index = fixture_field (saved, i, "index");

      g_assert_cmpstr (id, ==, kept[i].id);
      g_assert_cmpstr (index, ==, kept[i].index);
    }
  g_assert_null (strstr (saved, "\"id\":\"b\""));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tela/write/lossless", test_lossless);
  g_test_add_func ("/tela/read/name", test_name);
  g_test_add_func ("/tela/read/onto-another", test_onto_another);
  g_test_add_func ("/tela/read/flatten", test_flatten);
  g_test_add_func ("/tela/read/bad", test_bad);
  return g_test_run ();
}
