/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Which boards of which other computers one has been let in to. */

#include <glib/gstdio.h>
#include <string.h>

#include "store-fixture.h"
#include "tela-joined.h"

#define A "11111111-1111-4111-8111-111111111111"
#define B "22222222-2222-4222-8222-222222222222"

static const TelaJoined a = { .host_id = (char *) A,
                              .url = (char *) "https://192.0.2.1:4000",
                              .key = (char *) "key",
                              .fingerprint = (char *) "00ff",
                              .session = (char *) "{\"refresh_token\":\"r\"}" };
static const TelaJoined b = { .host_id = (char *) B,
                              .url = (char *) "https://192.0.2.2:4000",
                              .key = (char *) "key",
                              .session = (char *) "{}" };

typedef struct
{
  char *dir;
} Data;

static void
data_set_up (Data         *data,
             gconstpointer user_data)
{
  data->dir = g_dir_make_tmp ("tela-host-XXXXXX", NULL);
}

static void
data_tear_down (Data         *data,
                gconstpointer user_data)
{
  remove_tree (data->dir);
  g_free (data->dir);
}

static void
add (Data             *data,
     const TelaJoined *host,
     const char       *board,
     const char       *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tela_joined_add (data->dir, host, board, name, &error));
  g_assert_no_error (error);
}

/* "id=name" of each. */
static void
assert_boards (Data       *data,
               const char *host,
               const char *expected)
{
  g_autoptr (TelaJoined) joined = tela_joined_find (data->dir, host);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_nonnull (joined);
  for (guint i = 0; i < joined->boards->len; i++)
    {
      const TelaJoinedBoard *board = joined->boards->pdata[i];

      g_string_append_printf (found, "%s=%s ", board->id, board->name != NULL ? board->name : "");
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_all_kept (Data         *data,
               gconstpointer user_data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (TelaJoined) joined = NULL;

  g_assert_null (tela_joined_find (data->dir, A));
  add (data, &b, "p9", "Nine");
  add (data, &a, "p1", "One");
  add (data, &a, "p2", NULL);
  add (data, &a, "p3", "Drei \"“é”\"");
  add (data, &a, "p1", "One, renamed");
  assert_boards (data, a.url, "p1=One, renamed p3=Drei \"“é”\" p2= ");
  assert_boards (data, B, "p9=Nine ");

  all = tela_joined_list (data->dir);
  g_assert_cmpuint (all->len, ==, 2);
  g_assert_cmpstr (((TelaJoined *) all->pdata[0])->host_id, ==, A);
  joined = tela_joined_find (data->dir, A);
  g_assert_cmpstr (joined->url, ==, a.url);
  g_assert_cmpstr (joined->key, ==, a.key);
  g_assert_cmpstr (joined->fingerprint, ==, a.fingerprint);
  g_assert_cmpstr (joined->session, ==, a.session);
}

/* A host that moved is the same host. */
static void
test_moved (Data         *data,
            gconstpointer user_data)
{
  TelaJoined moved = a;

  add (data, &a, "p1", "One");
  moved.url = (char *) "https://192.0.2.3:4000";
  add (data, &moved, "p2", "Two");
  assert_boards (data, moved.url, "p2=Two p1=One ");
  g_assert_null (tela_joined_find (data->dir, a.url));
}

static void
test_leave (Data         *data,
            gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  add (data, &a, "p1", "One");
  add (data, &a, "p2", "Two");
  g_assert_true (tela_joined_leave (data->dir, a.url, "p1", &error));
  assert_boards (data, A, "p2=Two ");
  g_assert_true (tela_joined_leave (data->dir, A, "p2", &error));
  assert_boards (data, A, ""); /* who one is there stays known */
  g_assert_true (tela_joined_leave (data->dir, B, "p2", &error));
  g_assert_no_error (error);
}

/* What cannot be read is as if it were not there. */
static void
test_damaged (Data         *data,
              gconstpointer user_data)
{
  static const char *const texts[] = { "", "[]", "{\"host_id\":\"x\"}", "{" };
  g_autofree char         *dir = g_build_filename (data->dir, "joined", NULL);
  g_autofree char         *path = g_build_filename (dir, "x.json", NULL);
  g_autoptr (GError) error = NULL;

  add (data, &a, "p1", "One");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) all = NULL;

      g_file_set_contents (path, texts[i], -1, &error);
      g_assert_no_error (error);
      all = tela_joined_list (data->dir);
      g_assert_cmpuint (all->len, ==, 1);
    }
  g_file_set_contents (path,
                       "{\"host_id\":\"x\",\"url\":\"u\",\"anon_key\":\"k\",\"session\":{},"
                       "\"boards\":[3,{\"name\":\"n\"},{\"id\":\"i\"}]}",
                       -1, &error);
  g_assert_no_error (error);
  assert_boards (data, "u", "i= ");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/host/joined/" name, Data, NULL, data_set_up, func, data_tear_down)
  ADD ("all-kept", test_all_kept);
  ADD ("moved", test_moved);
  ADD ("leave", test_leave);
  ADD ("damaged", test_damaged);
  return g_test_run ();
}
