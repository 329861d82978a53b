/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Drawings as they are met in the wild come back with every field and root key. */

#include "../common/test-long.h"
#include "formats-fixture.h"
#include "tela-library.h"
#include "wild.h"

#define N_DRAWINGS 60
#define N_LIBRARIES 10

static TelaImport *
read_good (const char *text,
           guint       seed)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import = tela_format_read (text, strlen (text), fixture_stamp, NULL, NULL, &error);

  if (import == NULL)
    g_error ("seed %u: %s", seed, error->message);
  return import;
}

/* Of some images nobody has the bytes. (transfer full) */
static char *
write_board (TelaBoard  *board,
             TelaImport *import)
{
  gsize len;
  guint n_missing;
  char *text = tela_excalidraw_write (board, fixture_get_file, import, &n_missing, &len);

  g_assert_true (tela_json_check (text, (gssize) len, NULL));
  return text;
}

static void
test_drawings (void)
{
  for (guint seed = 0; seed < test_times (N_DRAWINGS); seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *text = wild_drawing (rand);
      g_autoptr (TelaImport) import = read_good (text, seed);
      g_autoptr (TelaBoard) board = fixture_board (import);
      g_autofree char *saved = write_board (board, import);
      g_autoptr (TelaImport) again = read_good (saved, seed);
      g_autoptr (TelaBoard) other = fixture_board (again);
      g_autofree char *twice = write_board (other, again);

      g_test_message ("seed %u", seed);
      fixture_assert_same (text, saved);
      fixture_assert_same (text, twice);
    }
}

/* Into a picture and a package and out of them again. */
static void
test_carriers (void)
{
  for (guint seed = 0; seed < test_times (N_LIBRARIES); seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *text = wild_drawing (rand);
      g_autoptr (TelaImport) import = read_good (text, seed);
      g_autoptr (TelaBoard) board = fixture_board (import);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) packed = tela_tela_write (board, fixture_get_file, import, NULL, &error);
      g_autoptr (TelaImport) again = NULL;
      g_autoptr (TelaBoard) other = NULL;
      g_autofree char *before = tela_board_dump (board, TRUE);
      g_autofree char *after = NULL;
      g_autofree char *saved = NULL;

      g_assert_no_error (error);
      again = tela_format_read (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), (TelaStamp){ 0 }, NULL, NULL, &error);
      g_assert_no_error (error);
      other = fixture_board (again);
      after = tela_board_dump (other, TRUE);
      g_assert_true (strcmp (before, after) == 0); /* stamps too */
      saved = write_board (other, again);
      fixture_assert_same (text, saved);
    }
}

static void
test_libraries (void)
{
  for (guint seed = 0; seed < test_times (N_LIBRARIES); seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *text = wild_library (rand);
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaLibrary) library = tela_library_read (text, strlen (text), &error);
      g_autoptr (TelaImport) board = NULL;
      g_autofree char *saved = NULL;
      gsize            len;

      g_assert_no_error (error);
      saved = tela_library_write (library, &len);
      g_test_message ("seed %u", seed);
      g_assert_true (tela_json_equal ((TelaJsonSpan){ text, strlen (text) }, (TelaJsonSpan){ saved, len }));
      board = read_good (text, seed);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/wild/drawings", test_drawings);
  g_test_add_func ("/formats/wild/tela", test_carriers);
  g_test_add_func ("/formats/wild/libraries", test_libraries);
  return g_test_run ();
}
