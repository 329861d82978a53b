/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* By what a graphics processor is known. */

#include <glib/gstdio.h>

#include "tela-gpu.h"

/* Is there one where /dev has @path, a file? */
static gboolean
is_there_with (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dev = g_dir_make_tmp (NULL, &error);
  g_autofree char *dri = g_build_filename (dev, "dri", NULL);
  g_autofree char *file = g_build_filename (dev, path, NULL);
  gboolean         is_there;

  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir (dri, 0700), ==, 0);
  g_file_set_contents (file, "", 0, &error);
  g_assert_no_error (error);
  is_there = tela_gpu_is_there (dev);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_cmpint (g_rmdir (dri), ==, 0);
  g_assert_cmpint (g_rmdir (dev), ==, 0);

  return is_there;
}

static void
test_renders (void)
{
  g_assert_true (is_there_with ("dri/renderD128"));
  g_assert_true (is_there_with ("nvidiactl"));
  g_assert_true (is_there_with ("dxg"));
}

/* A card that only shows, as most of a virtual machine's do, and other devices. */
static void
test_shows (void)
{
  g_assert_false (is_there_with ("dri/card0"));
  g_assert_false (is_there_with ("fb0"));
}

static void
test_no_devices (void)
{
  g_autofree char *none = g_build_filename (g_get_tmp_dir (), "tela-there-is-no-dev", NULL);

  g_assert_false (tela_gpu_is_there (none));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gpu/renders", test_renders);
  g_test_add_func ("/gpu/shows", test_shows);
  g_test_add_func ("/gpu/no-devices", test_no_devices);
  return g_test_run ();
}
