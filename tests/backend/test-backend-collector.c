/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Bytes that nobody names any more go; those that somebody names stay, wherever that stands. */

#include <glib/gstdio.h>
#include <string.h>

#include "backend-collector.h"
#include "backend-fixture.h"
#include "tela-element.h"

#define OBJECT "/storage/v1/object/"

/* (transfer full): the hash */
static char *
upload (Fixture    *fixture,
        const char *token,
        const char *bytes)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, bytes, -1);
  g_autofree char *path = g_strconcat (OBJECT "assets/", hash, NULL);

  http_expect (fixture, "POST", path, token, bytes, 200, hash);
  return g_steal_pointer (&hash);
}

static void
push (Fixture    *fixture,
      const User *user,
      guint       counter,
      const char *set)
{
  TelaStamp        at = { ((guint64) tela_now_ms () << 16) | counter, 0xa1b2c3d4e5f60718 };
  char             text[TELA_STAMP_LENGTH + 1];
  g_autofree char *body = NULL;

  tela_stamp_format (at, text);
  body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[{\"id\":\"e%u\",\"at\":\"%s\",\"set\":%s}]}", fixture->project,
                          counter / 2, text, set);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", user->token, body, 200, "\"refused\":[]");
}

static void
push_image (Fixture    *fixture,
            const User *user,
            guint       counter,
            const char *hash)
{
  g_autofree char *set = g_strdup_printf ("{\"type\":\"image\",\"fileId\":\"%s\",\"index\":\"a1\"}", hash);

  push (fixture, user, counter, set);
}

static char *
file_of (Fixture    *fixture,
         const char *hash)
{
  char prefix[3] = { hash[0], hash[1], '\0' };

  return g_build_filename (fixture->dir, "assets", prefix, hash, NULL);
}

static gboolean
is_on_disk (Fixture    *fixture,
            const char *hash)
{
  g_autofree char *path = file_of (fixture, hash);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
wait_until_gone (Fixture    *fixture,
                 const char *hash)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (is_on_disk (fixture, hash))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* Starts again, with that SQL run in between. */
static void
restart (Fixture    *fixture,
         const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  sqlite3         *handle = NULL;

  g_assert_finalize_object (g_steal_pointer (&fixture->backend));
  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);
  fixture_start (fixture, FALSE);
}

static void
delete_project (Fixture    *fixture,
                const User *owner,
                const char *project)
{
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", project, NULL);

  http_expect (fixture, "DELETE", path, owner->token, NULL, 204, "");
}

/* The folder of a board goes with it; its bytes too, unless another board has the same. */
static void
test_folder (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "shared bytes", -1);
  g_autofree char *own_hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "own bytes", -1);
  g_autofree char *first = NULL, *first_own = NULL, *second = NULL, *first_project = NULL;

  http_expect (fixture, "POST", "/storage/v1/bucket", owner.token, "{\"id\":\"pics\",\"name\":\"pics\"}", 200, "pics");
  fixture_make_project (fixture, &owner);
  first_project = g_steal_pointer (&fixture->project);
  fixture_make_project (fixture, &owner);
  first = g_strconcat (OBJECT "pics/", first_project, "/a.txt", NULL);
  first_own = g_strconcat (OBJECT "pics/", first_project, "/b.txt", NULL);
  second = g_strconcat (OBJECT "pics/", fixture->project, "/a.txt", NULL);
  http_expect (fixture, "POST", first, owner.token, "shared bytes", 200, "a.txt");
  http_expect (fixture, "POST", first_own, owner.token, "own bytes", 200, "b.txt");
  http_expect (fixture, "POST", second, owner.token, "shared bytes", 200, "a.txt");

  delete_project (fixture, &owner, first_project);
  http_expect (fixture, "GET", first, owner.token, NULL, 400, "NoSuchKey");
  wait_until_gone (fixture, own_hash);
  g_assert_true (is_on_disk (fixture, hash));
  http_expect (fixture, "GET", second, owner.token, NULL, 200, "shared bytes");
  delete_project (fixture, &owner, fixture->project);
  wait_until_gone (fixture, hash);
}

/* An image stays while an element, what was pushed once, a kept version or a job names it, and a month until one does. */
static void
test_assets (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *named = upload (fixture, owner.token, "named");
  g_autofree char *former = upload (fixture, owner.token, "former");
  g_autofree char *of_job = upload (fixture, owner.token, "of a job");
  g_autofree char *of_version = upload (fixture, owner.token, "of a version");
  g_autofree char *forgotten = upload (fixture, owner.token, "forgotten");
  g_autofree char *fresh = upload (fixture, owner.token, "fresh");
  g_autofree char *job = g_strdup_printf ("{\"asset\":\"%s\"}", of_job);
  g_autofree char *version = NULL, *sql = NULL;

  fixture_make_project (fixture, &owner);
  push_image (fixture, &owner, 2, named);
  push_image (fixture, &owner, 4, former);
  push_image (fixture, &owner, 6, of_version);
  version = g_strdup_printf ("{\"project\":\"%s\",\"name\":\"First\"}", fixture->project);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_version_name", owner.token, version, 200, "");
  push (fixture, &owner, 5, "{\"fileId\":null}");
  push (fixture, &owner, 7, "{\"fileId\":null}");
  http_expect (fixture, "POST", "/rest/v1/fal_jobs", owner.token, job, 201, "");

  sql = g_strdup_printf ("UPDATE objects SET updated_at = 0 WHERE hash <> '%s';"
                         "DELETE FROM history WHERE ops LIKE '%%%s%%'",
                         fresh, of_version);
  restart (fixture, sql);
  wait_until_gone (fixture, forgotten);
  g_assert_true (is_on_disk (fixture, named));
  g_assert_true (is_on_disk (fixture, former));
  g_assert_true (is_on_disk (fixture, of_job));
  g_assert_true (is_on_disk (fixture, of_version));
  g_assert_true (is_on_disk (fixture, fresh));
}

/* The board is gone, and so are its images, but for one that is on another as well. */
static void
test_board (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char *both = upload (fixture, owner.token, "on both boards");
  g_autofree char *one = upload (fixture, owner.token, "on the first board");
  g_autofree char *again = upload (fixture, owner.token, "uploaded once more");
  g_autofree char *first = NULL, *path = NULL;

  fixture_make_project (fixture, &owner);
  push_image (fixture, &owner, 2, both);
  push_image (fixture, &owner, 4, one);
  push_image (fixture, &owner, 6, again);
  first = g_steal_pointer (&fixture->project);
  fixture_make_project (fixture, &owner);
  push_image (fixture, &owner, 2, both);
  g_free (upload (fixture, owner.token, "uploaded once more"));
  delete_project (fixture, &owner, first);
  wait_until_gone (fixture, one);
  g_assert_true (is_on_disk (fixture, both));
  g_assert_true (is_on_disk (fixture, again));
  path = g_strconcat (OBJECT "assets/", one, NULL);
  http_expect (fixture, "GET", path, owner.token, NULL, 400, "NoSuchKey");
}

static void
put_file (Fixture    *fixture,
          const char *name)
{
  g_autofree char *path = file_of (fixture, name);
  g_autofree char *dir = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
}

/* What an end in the middle of something left. Other files are nobody's business here, and beside a damaged database
 * none goes. */
static void
test_files (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *lost = g_compute_checksum_for_string (G_CHECKSUM_SHA256, "lost", -1);
  g_autofree char *half = g_strconcat (lost, ".AB12CD", NULL);
  g_autofree char *other = g_strdup_printf ("%.2s-notes", lost);
  g_autofree char *damaged = g_build_filename (fixture->dir, "backend.db.damaged-1", NULL);

  put_file (fixture, lost);
  put_file (fixture, half);
  put_file (fixture, other);
  g_assert_true (g_file_set_contents (damaged, "x", 1, NULL));
  restart (fixture, "");
  restart (fixture, ""); /* waits for what the first one does */
  g_assert_true (is_on_disk (fixture, lost));
  g_assert_cmpint (g_unlink (damaged), ==, 0);
  restart (fixture, "");
  wait_until_gone (fixture, lost);
  wait_until_gone (fixture, half);
  g_assert_true (is_on_disk (fixture, other));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/collector/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("folder", test_folder);
  ADD ("assets", test_assets);
  ADD ("board", test_board);
  ADD ("files", test_files);
  return g_test_run ();
}
