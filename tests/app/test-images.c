/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <glib/gstdio.h>

#include "tela-application-private.h"
#include "tela-formats.h"

static void
arrived_cb (gpointer user_data)
{
  ++*(guint *) user_data;
}

static TelaBoard *
board_naming (const char *hash)
{
  TelaBoard       *board = tela_board_new ("00000000-0000-4000-8000-000000000001");
  TelaOpBuilder   *builder = tela_op_builder_new (TELA_BOARD_ELEMENT_ID);
  g_autofree char *files = g_strdup_printf (
      "{\"f\":{\"entry\":{\"id\":\"f\"},\"head\":\"data:image/png;base64,\",\"sha256\":\"%s\"}}", hash);
  g_autoptr (TelaElement) own = NULL;

  tela_op_builder_set_json (builder, tela_key_intern (TELA_BOARD_FILES, strlen (TELA_BOARD_FILES)), files);
  own = tela_op_builder_end (builder, (TelaStamp){ .time = 1 });
  tela_board_merge (board, &own, 1);

  return board;
}

/* An image that is not on this computer is asked for once, fetched and kept. */
static void
test_fetch (AppFixture   *fixture,
            gconstpointer data)
{
  TelaAssets *assets = tela_workspace_get_assets (tela_application_get_workspace (fixture->app));
  g_autoptr (GBytes) bytes = g_bytes_new_static ("picture", 7);
  g_autofree char *hash = tela_assets_put (assets, bytes, NULL);
  g_autofree char *prefix = g_strndup (hash, 2);
  g_autofree char *path =
      g_build_filename (tela_host_get_replica_dir (fixture->app->host), "assets", prefix, hash, NULL);
  g_autoptr (TelaBoard) board = board_naming (hash);
  g_autoptr (TelaImages) images = tela_images_new (fixture->app->store, board);
  g_autoptr (GBytes) missing = NULL;
  g_autoptr (GBytes) found = NULL;
  guint n_arrived = 0;

  WAIT_UNTIL (tela_assets_is_idle (assets));
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_null (tela_images_get ("f", images));

  tela_images_set_assets (images, assets, arrived_cb, &n_arrived);
  missing = tela_images_get ("f", images);
  g_assert_null (missing);
  g_assert_null (tela_images_get ("f", images));
  WAIT_UNTIL (n_arrived > 0);
  g_assert_cmpuint (n_arrived, ==, 1);
  found = tela_images_get ("f", images);
  g_assert_true (g_bytes_equal (found, bytes));
  tela_images_set_assets (images, NULL, NULL, NULL);
}

/* Nobody is told after it was given up. */
static void
test_given_up (AppFixture   *fixture,
               gconstpointer data)
{
  static const char hash[] = "0123456789012345678901234567890123456789012345678901234567890123";
  TelaAssets       *assets = tela_workspace_get_assets (tela_application_get_workspace (fixture->app));
  g_autoptr (TelaBoard) board = board_naming (hash);
  TelaImages *images = tela_images_new (fixture->app->store, board);
  guint       n_arrived = 0;
  guint       n = 0;

  tela_images_set_assets (images, assets, arrived_cb, &n_arrived);
  g_assert_null (tela_images_get ("f", images));
  g_main_context_iteration (NULL, FALSE);
  tela_images_set_assets (images, NULL, NULL, NULL);
  tela_images_unref (images);
  WAIT_UNTIL (++n > 20);
  g_assert_cmpuint (n_arrived, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

  g_test_add ("/images/fetch", AppFixture, NULL, app_fixture_set_up, test_fetch, app_fixture_tear_down);
  g_test_add ("/images/given-up", AppFixture, NULL, app_fixture_set_up, test_given_up, app_fixture_tear_down);

  return g_test_run ();
}
