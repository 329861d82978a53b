/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <glib/gstdio.h>

#define HASH_OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static char *
path_of_abc (Fixture *fixture)
{
  return g_build_filename (fixture->dir, "assets", "ba", HASH_OF_ABC, NULL);
}

static void
put_abc (Fixture *fixture)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL;

  hash = tela_store_put_asset (fixture->store, bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hash, ==, HASH_OF_ABC);
}

static void
test_put_and_get (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *path = path_of_abc (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  put_abc (fixture);
  put_abc (fixture);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  bytes = tela_store_get_asset (fixture->store, HASH_OF_ABC, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "abc", 3);
}

static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *path = path_of_abc (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  put_abc (fixture);
  g_assert_true (g_file_set_contents (path, "abd", 3, NULL));
  g_assert_null (tela_store_get_asset (fixture->store, HASH_OF_ABC, &error));
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);

  put_abc (fixture); /* heals it */
  bytes = tela_store_get_asset (fixture->store, HASH_OF_ABC, NULL);
  g_assert_nonnull (bytes);
}

static void
test_not_there (Fixture      *fixture,
                gconstpointer data)
{
  static const char *const names[] = { HASH_OF_ABC, "", "../../etc/passwd",
                                       "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tela_store_get_asset (fixture->store, names[i], &error));
      g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_NOT_FOUND);
    }
}

#define PAINTED "22222222-2222-4222-8222-222222222222"

/* A board has one, known by its hash. */
static void
test_thumbnails (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GBytes) first = g_bytes_new_static ("first", 5);
  g_autoptr (GBytes) second = g_bytes_new_static ("second", 6);
  g_autofree char *old = tela_store_put_thumbnail (fixture->store, PAINTED, first, NULL);
  g_autofree char *new = tela_store_put_thumbnail (fixture->store, PAINTED, second, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tela_store_get_thumbnail (fixture->store, PAINTED, new, NULL);

  g_assert_true (g_bytes_equal (bytes, second));
  g_assert_null (tela_store_get_thumbnail (fixture->store, PAINTED, old, &error));
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  tela_store_drop_thumbnail (fixture->store, PAINTED);
  g_assert_null (tela_store_get_thumbnail (fixture->store, PAINTED, new, &error));
  g_assert_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_NOT_FOUND);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/assets/put", test_put_and_get);
  ADD ("/store/assets/damaged", test_damaged);
  ADD ("/store/assets/missing", test_not_there);
  ADD ("/store/thumbnails", test_thumbnails);

  return g_test_run ();
}
