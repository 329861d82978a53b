/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Real files from elsewhere, where they are at hand. */

#include "formats-fixture.h"
#include "tela-library.h"

static TelaImport *
read_good (const char *path)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import = tela_format_read_file (path, fixture_stamp, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (import->n_skipped + import->n_aside, ==, 0);
  return import;
}

/* The drawing that the file is or carries, as text. NULL if it does neither. */
static char *
load_drawing (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  char            *scene = NULL;
  gsize            len, scene_len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  if (g_str_has_suffix (path, ".excalidraw"))
    return g_steal_pointer (&data);
  if (tela_png_is (data, len))
    scene = tela_png_find_scene (data, len, &scene_len, NULL, &error);
  else if (tela_svg_is (data, len))
    scene = tela_svg_find_scene (data, len, &scene_len, NULL, &error);
  g_assert_no_error (error);
  return scene;
}

/* Put into the same picture again, both ways, the drawing comes out of it as it is. */
static void
check_carrier (const char *path,
               const char *saved)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize            len, scene_len = 0;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  for (int version = TELA_CARRIER_PLAIN; version <= TELA_CARRIER_COMPRESSED && tela_png_is (data, len); version++)
    {
      g_autoptr (GBytes) png = g_bytes_new (data, len);
      g_autoptr (GBytes) made = tela_png_embed_scene (png, saved, strlen (saved), (TelaCarrierVersion) version, &error);
      g_autofree char *again = NULL;

      g_assert_no_error (error);
      again = tela_png_find_scene (g_bytes_get_data (made, NULL), g_bytes_get_size (made), &scene_len, NULL, &error);
      g_assert_no_error (error);
      fixture_assert_same (saved, again);
    }
}

static void
check_tela (TelaBoard  *board,
            TelaImport *import)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) packed = tela_tela_write (board, fixture_get_file, import, NULL, &error);
  g_autoptr (TelaImport) again = NULL;
  g_autoptr (TelaBoard) other = NULL;
  g_autofree char *before = tela_board_dump (board, TRUE);
  g_autofree char *after = NULL;

  g_assert_no_error (error);
  again =
      tela_format_read (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), fixture_stamp, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (again->assets), ==, g_hash_table_size (import->assets));
  other = fixture_board (again);
  after = tela_board_dump (other, TRUE);
  g_assert_true (strcmp (before, after) == 0);
}

static void
check_library (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaLibrary) library = NULL;
  g_autofree char *data = NULL;
  g_autofree char *saved = NULL;
  gsize            len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  library = tela_library_read (data, len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (library->items->len, >, 0);
  saved = tela_library_write (library, &len);
  g_assert_true (tela_json_equal ((TelaJsonSpan){ data, strlen (data) }, (TelaJsonSpan){ saved, len }));
}

/* Opens, and is the same after saving and opening again, as a drawing and with all stamps. */
static void
test_file (gconstpointer user_data)
{
  const char *path = user_data;
  g_autoptr (TelaImport) import = NULL;
  g_autoptr (TelaBoard) board = NULL;
  g_autofree char *text = NULL;
  g_autofree char *saved = NULL;

  if (strstr (path, "invalid") != NULL)
    {
      g_autoptr (GError) error = NULL;

      import = tela_format_read_file (path, fixture_stamp, NULL, NULL, &error);
      g_assert_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, path));
      return;
    }
  import = read_good (path);
  board = fixture_board (import);
  g_assert_cmpuint (tela_board_get_n_visible (board), >, 0);
  saved = fixture_write (board, import);
  text = load_drawing (path);
  if (text != NULL)
    fixture_assert_same (text, saved);
  check_carrier (path, saved);
  check_tela (board, import);
  if (g_str_has_suffix (path, ".excalidrawlib"))
    check_library (path);
}

static void
test_absent (void)
{
  g_test_skip ("there is no ../shared/corpus beside the source");
}

static void
add_folder (const char *corpus,
            const char *folder,
            GPtrArray  *paths)
{
  g_autofree char *path = g_build_filename (corpus, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *test = g_strdup_printf ("/formats/corpus/%s/%s", folder, name);
      char            *file = g_build_filename (path, name, NULL);

      g_ptr_array_add (paths, file);
      g_test_add_data_func (test, file, test_file);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const char *const folders[] = { "excalidraw", "embedded", "library", "other" };
  g_autofree char         *corpus = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  corpus = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "..", "shared", "corpus", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    add_folder (corpus, folders[i], paths);
  if (paths->len == 0)
    g_test_add_func ("/formats/corpus", test_absent);
  return g_test_run ();
}
