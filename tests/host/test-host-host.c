/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-fixture.h"

#define NOBODY 65534

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

static TelaHost *
start (Data *data)
{
  g_autoptr (GError) error = NULL;
  TelaHost *host;

  host = tela_host_new (data->dir, NULL, NULL, &error);
  g_assert_no_error (error);

  return host;
}

static void
finish (TelaHost *host)
{
  tela_host_close (host);
  tela_host_close (host);
  g_assert_finalize_object (host);
}

static void
test_hosts (Data         *data,
            gconstpointer user_data)
{
  TelaHost        *host = start (data);
  g_autofree char *session = tela_host_dup_session (host);
  gboolean         is_hosting;

  g_object_get (host, "is-hosting", &is_hosting, NULL);
  g_assert_true (is_hosting);
  g_assert_false (tela_host_is_remote (host));
  g_assert_true (g_str_has_prefix (tela_host_get_url (host), "http://127.0.0.1:"));
  g_assert_nonnull (tela_host_get_key (host));
  g_assert_nonnull (tela_host_get_service_key (host));
  g_assert_nonnull (strstr (session, "access_token"));
  g_assert_true (g_file_test (tela_host_get_replica_dir (host), G_FILE_TEST_IS_DIR));
  finish (host);
}

/* A --url is taken as it is: nothing is hosted, yet the edits need a place. */
static void
test_remote (Data         *data,
             gconstpointer user_data)
{
  g_autofree char *server = g_build_filename (data->dir, "server", NULL);
  g_autoptr (GError) error = NULL;
  TelaHost *host;

  host = tela_host_new (data->dir, "https://example.org", "anon", &error);
  g_assert_no_error (error);
  g_assert_true (tela_host_is_remote (host));
  g_assert_false (tela_host_is_hosting (host));
  g_assert_cmpstr (tela_host_get_url (host), ==, "https://example.org");
  g_assert_cmpstr (tela_host_get_key (host), ==, "anon");
  g_assert_null (tela_host_get_service_key (host));
  g_assert_null (tela_host_dup_session (host));
  g_assert_null (tela_host_dup_endpoint_path (host));
  tela_host_check (host);
  g_assert_false (g_file_test (server, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (tela_host_get_replica_dir (host), G_FILE_TEST_IS_DIR));
  finish (host);
}

static void
test_serve_alone (Data         *data,
                  gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  TelaHost        *server, *client;

  server = tela_host_serve (data->dir, "127.0.0.1:0", TRUE, &error);
  g_assert_no_error (error);
  g_assert_null (tela_host_get_replica_dir (server));
  path = tela_host_dup_endpoint_path (server);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));

  client = start (data);
  g_assert_false (tela_host_is_hosting (client));
  g_assert_cmpstr (tela_host_get_url (client), ==, tela_host_get_url (server));
  g_assert_null (tela_host_serve (data->dir, NULL, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);

  finish (client);
  finish (server);
}

static void
changed_cb (TelaHost *host,
            guint    *n)
{
  *n += 1;
}

static gboolean
too_late_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* The connection broke for a moment, but the host is there: nothing changes. */
static void
test_check_for_nothing (Data         *data,
                        gconstpointer user_data)
{
  TelaHost *server = start (data), *client = start (data);
  gboolean  is_over = FALSE;
  guint     n = 0;

  g_signal_connect (client, "endpoint-changed", G_CALLBACK (changed_cb), &n);
  tela_host_check (client);
  tela_host_check (client);
  g_timeout_add (500, too_late_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (tela_host_is_hosting (client));

  finish (client);
  finish (server);
}

/* Going while it still looks for a host. */
static void
test_closed_while_looking (Data         *data,
                           gconstpointer user_data)
{
  TelaHost *server = start (data), *client = start (data);

  tela_host_close (server);
  g_object_unref (server);
  tela_host_check (client);
  tela_host_close (client);
  tela_host_check (client); /* too late */
  finish (client);
}

static void
leave_edit (const char *dir,
            gboolean    as_draft)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) ops = elements_of (make_op ("a", "x", 1, 100, 1), NULL);
  g_autoptr (TelaStore) store = tela_store_open (dir, &error);

  g_assert_no_error (error);
  if (as_draft)
    tela_store_put_draft (store, BOARD, "stroke", ops);
  else
    commit_one (store, tela_element_ref (g_ptr_array_index (ops, 0)));
  tela_store_close (store);
}

/* What others left unsent is the host's to send, drafts too; what somebody uses or what is empty is left alone. */
static void
test_idle_replicas (Data         *data,
                    gconstpointer user_data)
{
  TelaHost        *host = start (data), *client = start (data), *third = start (data), *fourth = start (data);
  g_autofree char *of_client = g_strdup (tela_host_get_replica_dir (client));
  g_autofree char *of_third = g_strdup (tela_host_get_replica_dir (third));
  g_autofree char *of_fourth = g_strdup (tela_host_get_replica_dir (fourth));
  g_autoptr (GPtrArray) of_nobody = tela_host_claim_idle_replicas (client);
  g_autoptr (GPtrArray) claimed = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error G_GNUC_UNUSED = NULL;

  leave_edit (of_client, FALSE);
  leave_edit (of_third, TRUE);
  leave_edit (of_fourth, FALSE);
  g_assert_cmpuint (of_nobody->len, ==, 0); /* not the host */

  finish (client);
  finish (third);
  claimed = tela_host_claim_idle_replicas (host);
  g_assert_cmpuint (claimed->len, ==, 2);
  g_assert_true (g_ptr_array_find_with_equal_func (claimed, of_client, g_str_equal, NULL));
  g_assert_true (g_ptr_array_find_with_equal_func (claimed, of_third, g_str_equal, NULL));
  again = tela_host_claim_idle_replicas (host);
  g_assert_cmpuint (again->len, ==, 0);

  client = start (data); /* the claimed ones are in use */
  g_assert_cmpstr (tela_host_get_replica_dir (client), !=, of_client);
  finish (client);
  finish (fourth);
  finish (host);
}

static void
test_read_only (Data         *data,
                gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (chmod (data->dir, 0555), ==, 0);
  if (geteuid () != 0 || seteuid (NOBODY) == 0)
    {
      g_assert_null (tela_host_new (data->dir, NULL, NULL, &error));
      g_assert_cmpint (seteuid (getuid ()), ==, 0);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      g_assert_nonnull (strstr (error->message, data->dir));
    }
  else
    g_test_skip ("cannot act as an ordinary user here");
  g_assert_cmpint (chmod (data->dir, 0700), ==, 0);
}

static void
test_not_a_directory (Data         *data,
                      gconstpointer user_data)
{
  g_autofree char *file = g_build_filename (data->dir, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (tela_host_new (file, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
}

#define ADD(path, func) g_test_add (path, Data, NULL, data_set_up, func, data_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/host/new/hosts", test_hosts);
  ADD ("/host/new/remote", test_remote);
  ADD ("/host/new/read-only", test_read_only);
  ADD ("/host/new/not-a-directory", test_not_a_directory);
  ADD ("/host/serve/alone", test_serve_alone);
  ADD ("/host/check/nothing", test_check_for_nothing);
  ADD ("/host/check/closed", test_closed_while_looking);
  ADD ("/host/replicas/idle", test_idle_replicas);

  return g_test_run ();
}
