/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Where the key of the image service is kept: in the keyring of a desktop, or in a file where there is none. */

#include <glib/gstdio.h>

#include "jobs-fixture.h"

#define KEY "Schlüssel 1:2"

/* Ends with the process: libsecret never lets go of it. */
static GTestDBus *bus;

typedef struct
{
  GSubprocess *ring; /* nullable */
  char        *dir;
  char        *path; /* of the file */
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("tela-key-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->dir, "service-key", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_tree (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  if (fixture->ring != NULL)
    {
      g_subprocess_force_exit (fixture->ring);
      g_subprocess_wait (fixture->ring, NULL, NULL);
    }
  g_clear_object (&fixture->ring);
  remove_tree (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->path);
}

static gboolean
has_ring (void)
{
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;
  gboolean owned = FALSE;

  reply = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
                                       g_variant_new ("(s)", "org.freedesktop.secrets"), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                                       NULL, NULL);
  if (reply != NULL)
    g_variant_get (reply, "(b)", &owned);
  return owned;
}

/* A desktop's keyring that nobody else has to do with, open. FALSE: there is no such program. */
static gboolean
start_ring (Fixture *fixture)
{
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                 G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GOutputStream *password;

  if (program == NULL)
    return FALSE;
  for (const char *const *name = (const char *[]){ "HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", NULL }; *name != NULL; name++)
    g_subprocess_launcher_setenv (launcher, *name, fixture->dir, TRUE);
  fixture->ring = g_subprocess_launcher_spawn (launcher, &error, program, "--foreground", "--unlock", "--components=secrets",
                                               NULL);
  g_assert_no_error (error);
  password = g_subprocess_get_stdin_pipe (fixture->ring);
  g_assert_true (g_output_stream_write_all (password, "sesame", 6, NULL, NULL, &error));
  g_assert_true (g_output_stream_close (password, NULL, &error));
  wait_until (has_ring ());
  return TRUE;
}

static TelaJobKeyPlace
save (Fixture    *fixture,
      const char *key)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TelaJobKeyPlace place = TELA_JOB_KEY_NONE;

  tela_job_key_save_async (fixture->dir, TRUE, key, NULL, jobs_done_cb, &result);
  wait_until (result != NULL);
  g_assert_true (tela_job_key_save_finish (result, &place, &error));
  g_assert_no_error (error);
  return place;
}

static void
assert_key (Fixture        *fixture,
            const char     *key,
            TelaJobKeyPlace place)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *loaded = NULL;
  TelaJobKeyPlace  from = TELA_JOB_KEY_NONE;

  tela_job_key_load_async (fixture->dir, TRUE, NULL, jobs_done_cb, &result);
  wait_until (result != NULL);
  loaded = tela_job_key_load_finish (result, &from, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (loaded, ==, key);
  g_assert_cmpint (from, ==, place);
}

static void
test_file (Fixture      *fixture,
           gconstpointer data)
{
  GStatBuf info;

  assert_key (fixture, NULL, TELA_JOB_KEY_NONE);
  g_assert_cmpint (save (fixture, KEY), ==, TELA_JOB_KEY_FILE);
  g_assert_cmpint (g_stat (fixture->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  assert_key (fixture, KEY, TELA_JOB_KEY_FILE);
  save (fixture, NULL);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  assert_key (fixture, NULL, TELA_JOB_KEY_NONE);
}

/* What a file had from a time without a keyring goes with it. */
static void
test_ring (Fixture      *fixture,
           gconstpointer data)
{
  if (!start_ring (fixture))
    {
      g_test_skip ("No gnome-keyring-daemon here");
      return;
    }
  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  assert_key (fixture, "old", TELA_JOB_KEY_FILE);
  g_assert_cmpint (save (fixture, KEY), ==, TELA_JOB_KEY_RING);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  assert_key (fixture, KEY, TELA_JOB_KEY_RING);
  g_assert_cmpint (save (fixture, "another"), ==, TELA_JOB_KEY_RING);
  assert_key (fixture, "another", TELA_JOB_KEY_RING);
  save (fixture, NULL);
  assert_key (fixture, NULL, TELA_JOB_KEY_NONE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_test_add ("/jobs/key/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add ("/jobs/key/ring", Fixture, NULL, set_up, test_ring, tear_down);
  return g_test_run ();
}
