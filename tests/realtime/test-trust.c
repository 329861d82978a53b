/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who a certificate is believed from: an authority, or, where a fingerprint is known, that fingerprint alone. */

#include <glib/gstdio.h>

#include "../common/gone-client.h"
#include "realtime-trust.h"

#define OTHER "0000000000000000000000000000000000000000000000000000000000000000"

/* Of nobody, for 127.0.0.1, until 2120. */
static const char pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBWzCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlUZWxhIHRl\n"
    "c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM\n"
    "CVRlbGEgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABP3KwZKHdU9OSakj\n"
    "VIKEOGKwC/dV9bH5CAas6MWRapKogf3EhApQ951luVMMR49fh+hrhTCSGThhwFmS\n"
    "J+NbdBOjQzBBMA8GA1UdEQQIMAaHBH8AAAEwDwYDVR0TAQH/BAUwAwEB/zAdBgNV\n"
    "HQ4EFgQUoRNJTAs+uQRHe2qZO/AQgRVwP7swCgYIKoZIzj0EAwIDRwAwRAIgKyyH\n"
    "ZoN9sYsM101BvkaWZcm3fN2KVukpHJ+7LG4LQ6oCICtufxv9OC8mqa3/VL8K0Ro7\n"
    "U3BYBm0iGyrVMk0xhiiz\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMWqS1+Wog3jwOg8n\n"
    "yng2ts0xcgUwhsnuQ/B1VDc5CNOhRANCAAT9ysGSh3VPTkmpI1SChDhisAv3VfWx\n"
    "+QgGrOjFkWqSqIH9xIQKUPedZblTDEePX4foa4Uwkhk4YcBZkifjW3QT\n"
    "-----END PRIVATE KEY-----\n";

typedef struct
{
  SoupServer   *server;
  GTlsDatabase *authority; /* that vouches for the server */
  char         *path;
  char         *url;
  char         *fingerprint;
} Fixture;

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *msg,
           const char        *path,
           GHashTable        *query,
           gpointer           data)
{
  soup_server_message_set_status (msg, 200, NULL);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, &error);
  g_autoptr (GByteArray) der = NULL;
  int     file;
  GSList *uris;

  g_assert_no_error (error);
  gone_client_allow ();
  fixture->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (fixture->server, NULL, handle_cb, NULL, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_object_get (certificate, "certificate", &der, NULL);
  fixture->fingerprint = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  file = g_file_open_tmp ("tela-XXXXXX", &fixture->path, &error);
  g_assert_no_error (error);
  g_close (file, NULL);
  g_file_set_contents (fixture->path, pem, -1, &error);
  g_assert_no_error (error);
  fixture->authority = g_tls_file_database_new (fixture->path, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  realtime_trust_pin (fixture->url, NULL);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_object_unref (fixture->authority);
  g_unlink (fixture->path);
  g_free (fixture->path);
  g_free (fixture->url);
  g_free (fixture->fingerprint);
}

static SoupSession *
new_session (void)
{
  return soup_session_new_with_options ("proxy-resolver", NULL, NULL);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_reached (Fixture     *fixture,
            SoupSession *session)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, fixture->url);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  realtime_trust_watch (session, message);
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (session, result, &error);
  if (body == NULL)
    g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  return body != NULL;
}

static void
test_stranger (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (SoupSession) session = new_session ();

  g_assert_false (is_reached (fixture, session));
}

static void
test_authority (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (SoupSession) session = new_session ();

  soup_session_set_tls_database (session, fixture->authority);
  g_assert_true (is_reached (fixture, session));
}

static void
test_pinned (Fixture      *fixture,
             gconstpointer data)
{
  g_autoptr (SoupSession) session = new_session ();

  realtime_trust_pin (fixture->url, fixture->fingerprint);
  g_assert_true (is_reached (fixture, session));
  realtime_trust_pin (fixture->url, NULL);
  soup_session_abort (session); /* what was trusted before stays open */
  g_assert_false (is_reached (fixture, session));
}

/* Somebody who stands between may well have a certificate that an authority vouches for. */
static void
test_pin_over_authority (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr (SoupSession) session = new_session ();
  g_autoptr (SoupSession) used = new_session ();

  soup_session_set_tls_database (session, fixture->authority);
  soup_session_set_tls_database (used, fixture->authority);
  g_assert_true (is_reached (fixture, used));
  soup_session_abort (used);
  realtime_trust_pin (fixture->url, OTHER);
  g_assert_false (is_reached (fixture, session));
  g_assert_false (is_reached (fixture, used));
  realtime_trust_pin (fixture->url, fixture->fingerprint);
  g_assert_true (is_reached (fixture, session));
}

/* The same with what this system believes, looked up and not. */
static void
test_pin_over_default (Fixture      *fixture,
                       gconstpointer data)
{
  g_autoptr (SoupSession) session = new_session ();

  g_assert_false (is_reached (fixture, session));
  realtime_trust_pin (fixture->url, fixture->fingerprint);
  g_assert_true (is_reached (fixture, session));
  g_assert_null (soup_session_get_tls_database (session));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/trust/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("stranger", test_stranger);
  ADD ("authority", test_authority);
  ADD ("pinned", test_pinned);
  ADD ("pin-over-authority", test_pin_over_authority);
  ADD ("pin-over-default", test_pin_over_default);
  return g_test_run ();
}
