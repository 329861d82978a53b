/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"
#include "tela-endpoint.h"

typedef struct
{
  char *dir;
  char *path;
} Data;

static void
data_set_up (Data         *data,
             gconstpointer user_data)
{
  data->dir = g_dir_make_tmp ("tela-host-XXXXXX", NULL);
  data->path = g_build_filename (data->dir, "endpoint.json", NULL);
}

static void
data_tear_down (Data         *data,
                gconstpointer user_data)
{
  remove_tree (data->dir);
  g_free (data->dir);
  g_free (data->path);
}

static void
test_round_trip (Data         *data,
                 gconstpointer user_data)
{
  g_autoptr (TelaEndpoint) written = tela_endpoint_new ("http://127.0.0.1:4000", "key", "{\"user\":{\"id\":\"é\"}}");
  g_autoptr (TelaEndpoint) other = tela_endpoint_new ("http://127.0.0.1:4001", "key", NULL);
  g_autoptr (TelaEndpoint) read = NULL;
  g_autoptr (GError) error = NULL;

  tela_endpoint_write (other, data->path, &error);
  g_assert_no_error (error);
  tela_endpoint_write (written, data->path, &error);
  g_assert_no_error (error);
  read = tela_endpoint_read (data->path, &error);
  g_assert_no_error (error);
  g_assert_true (tela_endpoint_equal (read, written));
  g_assert_false (tela_endpoint_equal (read, other));
  g_assert_false (tela_endpoint_equal (read, NULL));
}

static void
test_bad (Data         *data,
          gconstpointer user_data)
{
  static const char *const texts[] = {
    "",
    "{",
    "[]",
    "{}",
    "{\"url\":\"http://127.0.0.1:1\"}",
    "{\"url\":3,\"anon_key\":\"k\"}",
    "{\"url\":\"no url\",\"anon_key\":\"k\"}",
    "{\"url\":\"http://127.0.0.1:1\",\"anon_key\":\"k\"} x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (data->path, texts[i], -1, NULL));
      g_assert_null (tela_endpoint_read (data->path, &error));
      g_assert_nonnull (error);
    }
}

static void
assert_listen (const char *url,
               const char *expected)
{
  g_autoptr (TelaEndpoint) endpoint = tela_endpoint_new (url, "key", NULL);
  g_autofree char *listen = tela_endpoint_dup_listen (endpoint);

  g_assert_cmpstr (listen, ==, expected);
}

static void
test_listen (Data         *data,
             gconstpointer user_data)
{
  assert_listen ("http://127.0.0.1:4000", "127.0.0.1:4000");
  assert_listen ("http://[::1]:4000", "[::1]:4000");
  assert_listen ("http://192.168.0.7:4000", NULL);
  assert_listen ("http://127.0.0.1", NULL);
  assert_listen ("http://example.org:4000", NULL);
}

#define ADD(path, func) g_test_add (path, Data, NULL, data_set_up, func, data_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/host/endpoint/round-trip", test_round_trip);
  ADD ("/host/endpoint/bad", test_bad);
  ADD ("/host/endpoint/listen", test_listen);

  return g_test_run ();
}
