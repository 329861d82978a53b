/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

static const TelaStamp later = { (G_GUINT64_CONSTANT (1700000000000) + 777) << 16, 9 };

static char *
load (const char *name)
{
  g_autofree char *path = fixture_path (name);
  char            *text;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static gboolean
is_same (TelaJsonSpan value,
         const char  *expected)
{
  return tela_json_equal (value, (TelaJsonSpan){ expected, strlen (expected) });
}

static void
edit (TelaBoard  *board,
      const char *json,
      TelaStamp   stamp)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) op = NULL;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, json, -1);
  op = tela_op_read (&reader, &stamp, &error);
  g_assert_no_error (error);
  tela_board_merge (board, &op, 1);
}

static void
test_odd (void)
{
  g_autofree char *text = load ("odd.excalidraw");
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autofree char *saved = fixture_write (board, import);

  g_assert_cmpuint (import->n_renamed, ==, 3);
  g_assert_cmpuint (import->n_aside, ==, 5);
  g_assert_cmpuint (tela_board_get_n_visible (board), ==, 4);
  g_assert_cmpuint (g_hash_table_size (import->assets), ==, 1);
  fixture_assert_same (text, saved);
}

/* What was written is read alike: nothing creeps in from saving twice. */
static void
test_again (void)
{
  g_autofree char *text = load ("odd.excalidraw");
  g_autoptr (TelaImport) first = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (first);
  g_autofree char *once = fixture_write (board, first);
  g_autoptr (TelaImport) second = fixture_read (once);
  g_autoptr (TelaBoard) other = fixture_board (second);
  g_autofree char *twice = fixture_write (other, second);

  fixture_assert_same (text, twice);
  g_assert_cmpstr (once, ==, twice);
}

static void
test_legacy_order (void)
{
  g_autofree char *text = load ("legacy.excalidraw");
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autofree char *saved = fixture_write (board, import);
  g_autofree char *moved = NULL;
  g_autofree char *id = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  g_autofree char *top = tela_board_top_index (board);
  g_autofree char *op = g_strdup_printf ("{\"id\":\"c\",\"set\":{\"index\":\"%s\"}}", top);

  fixture_assert_same (text, saved);

  edit (board, op, later);
  moved = fixture_write (board, import);
  id = fixture_field (moved, 2, "id");
  g_assert_cmpstr (id, ==, "\"c\"");
  first = fixture_field (moved, 0, "index");
  last = fixture_field (moved, 2, "index");
  g_assert_cmpstr (first, ==, "\"a1\"");
  g_assert_cmpstr (last, ==, "\"a3\"");
}

static void
test_versions (void)
{
  g_autofree char *text = load ("legacy.excalidraw");
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  const TelaStamp  latest = { later.time + 65536, 9 };
  g_autofree char *saved = NULL;
  g_autofree char *version = NULL;
  g_autofree char *nonce = NULL;
  g_autofree char *updated = NULL;
  g_autofree char *untouched = NULL;
  g_autofree char *index = NULL;

  edit (board, "{\"id\":\"c\",\"set\":{\"x\":50,\"y\":60}}", later);
  edit (board, "{\"id\":\"c\",\"set\":{\"y\":70}}", latest);
  saved = fixture_write (board, import);
  version = fixture_field (saved, 0, "version");
  nonce = fixture_field (saved, 0, "versionNonce");
  updated = fixture_field (saved, 0, "updated");
  untouched = fixture_field (saved, 1, "versionNonce");
  index = fixture_field (saved, 0, "index");
  g_assert_cmpstr (version, ==, "9");
  g_assert_cmpstr (nonce, !=, "99");
  g_assert_cmpstr (updated, ==, "1700000000778");
  g_assert_cmpstr (untouched, ==, "11");
  g_assert_null (index);
}

/* What was deleted here is gone; what came deleted stays as it came. */
static void
test_deleted (void)
{
  static const char text[] =
      "{\"elements\":[{\"id\":\"a\",\"type\":\"x\",\"isDeleted\":true},{\"id\":\"b\",\"type\":\"x\"}]}";
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autofree char *saved = NULL;
  TelaJsonSpan     elements;

  edit (board, "{\"id\":\"b\",\"delete\":true}", later);
  saved = fixture_write (board, import);
  g_assert_true (tela_json_find ((TelaJsonSpan){ saved, strlen (saved) }, "elements", &elements));
  g_assert_true (is_same (elements, "[{\"id\":\"a\",\"type\":\"x\",\"isDeleted\":true}]"));
}

static void
test_duplicate_ids (void)
{
  static const char text[] =
      "{\"elements\":[{\"id\":\"a\",\"type\":\"x\",\"n\":1},{\"id\":\"a\",\"type\":\"x\",\"n\":2},"
      "{\"id\":\"t\",\"type\":\"text\",\"containerId\":\"a\"}]}";
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autofree char *saved = fixture_write (board, import);
  g_autofree char *first = fixture_field (saved, 0, "id");
  g_autofree char *second = fixture_field (saved, 1, "id");
  g_autofree char *container = fixture_field (saved, 2, "containerId");
  g_autofree char *n = fixture_field (saved, 1, "n");

  g_assert_cmpstr (first, ==, "\"a\"");
  g_assert_cmpstr (second, !=, "\"a\"");
  g_assert_cmpstr (n, ==, "2");
  g_assert_cmpstr (container, ==, "\"a\"");
}

/* A value that was kept aside gives way to one that somebody has set since. */
static void
test_aside_replaced (void)
{
  static const char text[] = "{\"elements\":[{\"id\":\"a\",\"type\":\"x\",\"x\":1e9,\"y\":-2e8}]}";
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autofree char *saved = NULL;
  g_autofree char *x = NULL;
  g_autofree char *y = NULL;

  g_assert_cmpuint (import->n_aside, ==, 2);
  edit (board, "{\"id\":\"a\",\"set\":{\"x\":7}}", later);
  saved = fixture_write (board, import);
  x = fixture_field (saved, 0, "x");
  y = fixture_field (saved, 0, "y");
  g_assert_cmpstr (x, ==, "7");
  g_assert_cmpstr (y, ==, "-200000000");
}

/* More ink than an operation may carry: kept for the file, though not drawn. */
static void
test_many_points (void)
{
  g_autoptr (GString) text = g_string_new (
      "{\"type\":\"excalidraw\",\"version\":2,\"elements\":[{\"id\":\"a\",\"type\":\"freedraw\",\"points\":[");
  g_autoptr (TelaImport) import = NULL;
  g_autoptr (TelaBoard) board = NULL;
  g_autofree char *saved = NULL;

  for (guint i = 0; i <= TELA_MAX_POINTS; i++)
    g_string_append_printf (text, "%s[%u.5,%u]", i > 0 ? "," : "", i, i % 100);
  g_string_append (text, "]}]}");
  import = fixture_read (text->str);
  board = fixture_board (import);
  saved = fixture_write (board, import);
  g_assert_cmpuint (import->n_aside, ==, 1);
  fixture_assert_same (text->str, saved);
}

static void
test_bindings (void)
{
  static const char text[] = "{\"type\":\"excalidraw\",\"version\":2,\"elements\":[{\"id\":\"\303\251\",\"type\":"
                             "\"rectangle\",\"boundElements\":null},"
                             "{\"id\":\"old\",\"type\":\"arrow\",\"endBinding\":{\"elementId\":\"\303\251\"}}]}";
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autofree char *box = g_strdup (tela_element_get_id (import->elements->pdata[0]));
  g_autofree char *op = g_strdup_printf (
      "{\"id\":\"new\",\"set\":{\"type\":\"arrow\",\"index\":\"a9\",\"startBinding\":{\"elementId\":\"%s\"}}}", box);
  g_autofree char *saved = fixture_write (board, import);
  g_autofree char *after = NULL;
  g_autofree char *bound = NULL;
  g_autofree char *binding = NULL;

  fixture_assert_same (text, saved);
  edit (board, op, later);
  after = fixture_write (board, import);
  bound = fixture_field (after, 0, "boundElements");
  binding = fixture_field (after, 2, "startBinding");
  g_assert_cmpstr (bound, ==, "[{\"id\":\"new\",\"type\":\"arrow\"}]");
  g_assert_true (is_same ((TelaJsonSpan){ binding, strlen (binding) }, "{\"elementId\":\"\303\251\"}"));
}

/* A board that never was a file. */
static GBytes *
get_picture_cb (const char *file_id,
                gpointer    user_data)
{
  return strcmp (file_id, "here") == 0 ? g_bytes_new_static ("\211PNG\r\n\032\n", 8) : NULL;
}

static void
test_own (void)
{
  static const char expected[] = "{\"here\":{\"id\":\"here\",\"mimeType\":\"image/png\",\"created\":1700000000000,"
                                 "\"dataURL\":\"data:image/png;base64,iVBORw0KGgo=\"}}";
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autofree char *saved = NULL;
  guint            n_missing;
  gsize            len;
  TelaJsonSpan     files;

  edit (board, "{\"id\":\"i\",\"set\":{\"type\":\"image\",\"fileId\":\"here\",\"index\":\"a0\"}}", fixture_stamp);
  edit (board, "{\"id\":\"j\",\"set\":{\"type\":\"image\",\"fileId\":\"away\",\"index\":\"a1\"}}", fixture_stamp);
  saved = tela_excalidraw_write (board, get_picture_cb, NULL, &n_missing, &len);
  g_assert_cmpuint (n_missing, ==, 1);
  g_assert_true (
      g_str_has_prefix (saved, "{\n  \"type\": \"excalidraw\",\n  \"version\": 2,\n  \"source\": \"tela\",\n"));
  g_assert_true (tela_json_find ((TelaJsonSpan){ saved, len }, "files", &files));
  g_assert_true (is_same (files, expected));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/excalidraw/write/odd", test_odd);
  g_test_add_func ("/excalidraw/write/again", test_again);
  g_test_add_func ("/excalidraw/write/legacy-order", test_legacy_order);
  g_test_add_func ("/excalidraw/write/versions", test_versions);
  g_test_add_func ("/excalidraw/write/deleted", test_deleted);
  g_test_add_func ("/excalidraw/write/duplicate-ids", test_duplicate_ids);
  g_test_add_func ("/excalidraw/write/aside-replaced", test_aside_replaced);
  g_test_add_func ("/excalidraw/write/many-points", test_many_points);
  g_test_add_func ("/excalidraw/write/bindings", test_bindings);
  g_test_add_func ("/excalidraw/write/own", test_own);
  return g_test_run ();
}
