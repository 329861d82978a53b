/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "formats-fixture.h"

#include <glib/gstdio.h>

#define N_BIG 4100u

static void
test_bad_table (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
    { "", "line 1, column 1: the text ends where a value is expected" },
    { "[]", "line 1, column 1: an object is expected" },
    { "{", "line 1, column 2: the text ends within an object or array" },
    { "{\"elements\":\n [,]}", "line 2, column 3: a value is expected" },
    { "{\"type\":\"excalidraw\"}", "elements: missing" },
    { "{\"elements\":{}}", "elements: not an array" },
    { "{\"elements\":[]} x", "line 1, column 17: more text follows the value" },
    { "{\"elements\":[{\"id\":\"a\200\"}]}", "line 1, column 22: the text is not UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tela_excalidraw_read (cases[i].text, strlen (cases[i].text), fixture_stamp, NULL, NULL, &error));
      g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_truncated (void)
{
  g_autofree char *path = fixture_path ("odd.excalidraw");
  g_autofree char *text = NULL;
  gsize            len;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  g_strchomp (text);
  for (gsize n = strlen (text) - 1; n > 0; n--)
    {
      g_autofree char *part = g_memdup2 (text, n);
      g_autoptr (GError) error = NULL;

      g_assert_null (tela_excalidraw_read (part, n, fixture_stamp, NULL, NULL, &error));
      g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
    }
}

static void
test_deep (void)
{
  g_autoptr (GString) text = g_string_new ("{\"elements\":[{\"type\":\"x\",\"y\":");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (text, '[');
  g_assert_null (tela_excalidraw_read (text->str, text->len, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
}

/* Deeper than a value may be on a board, though not than a file. */
static void
test_rather_deep (void)
{
  g_autoptr (GString) text = g_string_new ("{\"elements\":[{\"id\":\"a\",\"type\":\"x\",\"y\":");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 110; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < 110; i++)
    g_string_append_c (text, ']');
  g_string_append (text, "}]}");
  g_assert_null (tela_excalidraw_read (text->str, text->len, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "element 1 (a): y: nested too deeply");
}

/* One so big that several threads read it. @bad: the number of the first one of two that cannot be on a board. */
static TelaImport *
read_big (guint    bad,
          GError **error)
{
  g_autofree char *deep = g_strnfill (110, '[');
  g_autofree char *close = g_strnfill (110, ']');
  g_autoptr (GString) text = g_string_new ("{\"elements\":[");

  for (guint i = 0; i < N_BIG; i++)
    {
      gboolean is_bad = i == bad || i == N_BIG - 1;

      g_string_append_printf (text, "%s{\"x\":%u,\"type\":\"x\",\"index\":5,\"text\":\"\\ud800\",\"id\":\"e%u\"",
                              i > 0 ? "," : "", i, i);
      if (bad < N_BIG && is_bad)
        g_string_append_printf (text, ",\"y\":%s%s", deep, close);
      g_string_append_c (text, '}');
    }
  g_string_append (text, "]}");
  return tela_excalidraw_read (text->str, text->len, fixture_stamp, NULL, NULL, error);
}

static void
test_big (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = read_big (N_BIG, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (import->elements->len, ==, N_BIG + 1);
  g_assert_cmpuint (import->n_replaced, ==, N_BIG);
  for (guint i = 0; i < N_BIG; i++)
    {
      g_autofree char *id = g_strdup_printf ("e%u", i);

      g_assert_cmpstr (tela_element_get_id (import->elements->pdata[i]), ==, id);
      g_assert_cmpfloat (tela_element_get_number (import->elements->pdata[i], TELA_KEY_X, -1), ==, i);
    }
}

/* The first that is bad is told, whichever thread finds one first. */
static void
test_big_bad (void)
{
  static const guint bad[] = { 1, N_BIG / 2, N_BIG - 2 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = g_strdup_printf ("element %u (e%u): y: nested too deeply", bad[i] + 1, bad[i]);

      g_assert_null (read_big (bad[i], &error));
      g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, message);
    }
}

static void
test_large_text (void)
{
  g_autofree char *letters = g_strnfill (TELA_MAX_TEXT_BYTES + 1, 'a');
  g_autofree char *text = g_strdup_printf (
      "{\"elements\":[{\"id\":\"a\",\"type\":\"x\"},{\"id\":\"b\",\"type\":\"text\",\"text\":\"%s\"}]}", letters);
  g_autofree char *root = g_strdup_printf ("{\"elements\":[],\"other\":\"%s\"}", letters);
  g_autoptr (GError) error = NULL;

  g_assert_null (tela_excalidraw_read (text, strlen (text), fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "element 2 (b): text: the text is over 1 MB");
  g_clear_error (&error);

  g_assert_null (tela_excalidraw_read (root, strlen (root), fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "root keys: file: the text is over 1 MB");
}

static void
test_file_errors (void)
{
  g_autofree char *dir = g_dir_make_tmp ("tela-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "b\303\244d.excalidraw", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (tela_format_read_file (path, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, dir));
  g_clear_error (&error);

  g_assert_null (tela_format_read_file (dir, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_null (tela_format_read_file (path, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
  g_assert_true (g_str_has_suffix (error->message, ": the file is empty"));
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, "\177ELF something", -1, NULL));
  g_assert_null (tela_format_read_file (path, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_UNKNOWN);
  g_clear_error (&error);

  /* Sparse: over the limit, but nothing on disk, and nothing may be read. */
  g_assert_cmpint (truncate (path, (off_t) TELA_JSON_MAX_BYTES + 1), ==, 0);
  g_assert_null (tela_format_read_file (path, fixture_stamp, NULL, NULL, &error));
  g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_unlink (path);
  g_rmdir (dir);
}

static void
test_counts (void)
{
  g_autoptr (TelaImport) import =
      fixture_read ("\357\273\277{\"elements\":[null,5,{\"id\":\"a\",\"type\":\"text\",\"text\":\"\\ud800\"},{\"type\":"
                    "\"x\"},{\"id\":\"a\",\"type\":\"y\"}]}");

  g_assert_cmpuint (import->elements->len, ==, 4);
  g_assert_cmpuint (import->n_skipped, ==, 2);
  g_assert_cmpuint (import->n_replaced, ==, 1);
  g_assert_cmpuint (import->n_renamed, ==, 2);
  g_assert_cmpuint (import->n_aside, ==, 0);
  for (guint i = 0; i < import->elements->len; i++)
    {
      TelaElement *element = import->elements->pdata[i];

      g_assert_true (tela_element_validate (element, NULL));
      g_assert_cmpint (tela_stamp_compare (tela_element_get_stamp (element), fixture_stamp), ==, 0);
      g_assert_cmpint (tela_stamp_compare (tela_element_get_base (element), fixture_stamp), ==, 0);
    }
}

static void
test_board_element (void)
{
  static const char text[] = "{\"type\":\"excalidraw\",\"name\":\"other\",\"elements\":[],\"appState\":{\"a\":1}}";
  g_autoptr (TelaImport) import = tela_excalidraw_read (text, strlen (text), fixture_stamp, NULL, "Mine", NULL);
  g_autoptr (TelaBoard) board = fixture_board (import);
  const TelaElement *own = tela_board_lookup (board, TELA_BOARD_ELEMENT_ID);
  TelaValue          value;

  g_assert_cmpstr (tela_board_get_name (board), ==, "Mine");
  g_assert_cmpuint (tela_board_get_n_visible (board), ==, 0);
  g_assert_cmpstr (tela_element_get_string (own, TELA_KEY_TYPE), ==, TELA_BOARD_ELEMENT_TYPE);
  g_assert_true (tela_element_get (own, tela_key_intern ("appState", 8), &value, NULL));
  g_assert_cmpstr (value.as.string, ==, "{\"a\":1}");
  g_assert_true (tela_element_get (own, tela_key_intern ("file", 4), &value, NULL));
  g_assert_cmpstr (value.as.string, ==, "{\"root\":{\"name\":\"other\",\"type\":\"excalidraw\"}}");
}

/* A second file on the same board: nothing of the board is touched, everything of the file lies above it. */
static void
test_onto_board (void)
{
  static const char text[] =
      "{\"elements\":[{\"id\":\"a\",\"type\":\"rectangle\",\"index\":\"a0\",\"boundElements\":[{\"id\":\"b\",\"type\":"
      "\"arrow\"}]},"
      "{\"id\":\"b\",\"type\":\"arrow\",\"index\":\"a1\",\"startBinding\":{\"elementId\":\"a\"}},"
      "{\"id\":\"c\",\"type\":\"image\",\"index\":\"a2\",\"fileId\":\"f\"}],\"appState\":{\"n\":1},"
      "\"files\":{\"f\":{\"dataURL\":\"data:;base64,MQ==\"}}}";
  static const char again[] =
      "{\"elements\":[{\"id\":\"a\",\"type\":\"rectangle\",\"index\":\"a0\"},"
      "{\"id\":\"d\",\"type\":\"arrow\",\"index\":\"a1\",\"startBinding\":{\"elementId\":\"a\"}},"
      "{\"id\":\"e\",\"type\":\"image\",\"index\":\"a2\",\"fileId\":\"f\"}],\"appState\":{\"n\":2},"
      "\"files\":{\"f\":{\"dataURL\":\"data:;base64,Mg==\"}}}";
  const TelaStamp later = { fixture_stamp.time + 65536, 6 };
  g_autoptr (TelaImport) first = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (first);
  g_autoptr (TelaImport) second = tela_excalidraw_read (again, strlen (again), later, board, NULL, NULL);
  g_autoptr (GPtrArray) shown = NULL;
  g_autoptr (GHashTable) files = NULL;
  g_autofree char *expected = NULL;
  const char      *fresh;
  TelaValue        value;

  g_assert_cmpuint (second->n_renamed, ==, 1);
  tela_board_merge (board, (TelaElement *const *) second->elements->pdata, second->elements->len);
  shown = tela_board_query (board, NULL);
  g_assert_cmpuint (shown->len, ==, 6);
  g_assert_cmpstr (tela_element_get_id (shown->pdata[0]), ==, "a");
  g_assert_cmpstr (tela_element_get_id (shown->pdata[4]), ==, "d");
  fresh = tela_element_get_id (shown->pdata[3]);
  g_assert_cmpstr (fresh, !=, "a");
  expected = g_strdup_printf ("{\"elementId\":\"%s\"}", fresh);
  g_assert_true (tela_element_get (shown->pdata[4], TELA_KEY_START_BINDING, &value, NULL));
  g_assert_cmpstr (value.as.string, ==, expected);

  g_assert_true (tela_element_get (tela_board_lookup (board, TELA_BOARD_ELEMENT_ID), tela_key_intern ("appState", 8),
                                   &value, NULL));
  g_assert_cmpstr (value.as.string, ==, "{\"n\":1}");

  /* The same file id for other bytes is another one now. */
  files = tela_excalidraw_list_files (board);
  g_assert_cmpuint (g_hash_table_size (files), ==, 2);
  g_assert_cmpstr (tela_element_get_string (shown->pdata[2], TELA_KEY_FILE_ID), ==, "f");
  fresh = tela_element_get_string (shown->pdata[5], TELA_KEY_FILE_ID);
  g_assert_cmpstr (fresh, !=, "f");
  g_assert_nonnull (g_hash_table_lookup (second->assets, fresh));
  g_assert_cmpstr (g_hash_table_lookup (files, fresh), ==,
                   "d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35");
}

static void
test_order (void)
{
  g_autoptr (TelaImport) import =
      fixture_read ("{\"elements\":[{\"id\":\"z\",\"type\":\"x\",\"index\":\"a7\"},{\"id\":\"y\",\"type\":\"x\","
                    "\"index\":\"a3\"},{\"id\":\"x\",\"type\":\"x\"}]}");
  g_autoptr (TelaBoard) board = fixture_board (import);
  g_autoptr (GPtrArray) shown = tela_board_query (board, NULL);

  g_assert_cmpstr (tela_element_get_id (shown->pdata[0]), ==, "z");
  g_assert_cmpstr (tela_element_get_id (shown->pdata[1]), ==, "y");
  g_assert_cmpstr (tela_element_get_id (shown->pdata[2]), ==, "x");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/excalidraw/read/bad-table", test_bad_table);
  g_test_add_func ("/excalidraw/read/truncated", test_truncated);
  g_test_add_func ("/excalidraw/read/deep", test_deep);
  g_test_add_func ("/excalidraw/read/rather-deep", test_rather_deep);
  g_test_add_func ("/excalidraw/read/large-text", test_large_text);
  g_test_add_func ("/excalidraw/read/big", test_big);
  g_test_add_func ("/excalidraw/read/big-bad", test_big_bad);
  g_test_add_func ("/excalidraw/read/file-errors", test_file_errors);
  g_test_add_func ("/excalidraw/read/counts", test_counts);
  g_test_add_func ("/excalidraw/read/board-element", test_board_element);
  g_test_add_func ("/excalidraw/read/onto-board", test_onto_board);
  g_test_add_func ("/excalidraw/read/order", test_order);
  return g_test_run ();
}
