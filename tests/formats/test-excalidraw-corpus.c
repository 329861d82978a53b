/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Real files from elsewhere, where they are at hand. */

#include "formats-fixture.h"

static void
test_file (gconstpointer user_data)
{
  const char *path = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = NULL;
  g_autoptr (TelaBoard) board = NULL;
  g_autofree char *text = NULL;
  g_autofree char *saved = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  import = tela_format_read_file (path, fixture_stamp, NULL, NULL, &error);
  if (strstr (path, "invalid") != NULL)
    {
      g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, path));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (import->n_renamed + import->n_skipped + import->n_aside, ==, 0);
  board = fixture_board (import);
  saved = fixture_write (board, import);
  fixture_assert_same (text, saved);
}

static void
test_absent (void)
{
  g_test_skip ("there is no ../shared/corpus/excalidraw beside the source");
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *corpus = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_test_init (&argc, &argv, NULL);
  corpus = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "..", "shared", "corpus", "excalidraw", NULL);
  dir = g_dir_open (corpus, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *test = g_strconcat ("/excalidraw/corpus/", name, NULL);
      char            *path = g_build_filename (corpus, name, NULL);

      g_ptr_array_add (paths, path);
      g_test_add_data_func (test, path, test_file);
    }
  if (dir == NULL)
    g_test_add_func ("/excalidraw/corpus", test_absent);
  return g_test_run ();
}
