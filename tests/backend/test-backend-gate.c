/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Who is let in, how many, and for how long without a key. */

#include <malloc.h>
#include <string.h>

#include "backend-fixture.h"
#include "backend-gate.h"

static void
set_limits (Fixture *fixture,
            guint    sockets,
            guint    strangers,
            gint64   stranger_ms,
            gint64   idle_ms)
{
  const TelaGateLimits limits = { sockets, 1256, strangers,
                                  stranger_ms * 1000, idle_ms * 1000, 60 * G_USEC_PER_SEC };

  tela_backend_set_gate_limits (fixture->backend, &limits);
}

static GSocketConnection *
knock (Fixture *fixture)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_uri (client, tela_backend_get_url (fixture->backend), 80, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 20);
  return connection;
}

static void
say (GSocketConnection *connection,
     const char        *text)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL,
                             NULL);
}

/* Everything until the end; an end by force is one too. (transfer full) */
static char *
hear (GSocketConnection *connection)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GString      *all = g_string_new (NULL);
  char          buffer[1024];
  gssize        got;

  g_autoptr (GError) error = NULL;

  while ((got = g_input_stream_read (in, buffer, sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (all, buffer, got);
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
  return g_string_free (all, FALSE);
}

static void
expect_metric (Fixture    *fixture,
               const char *line)
{
  http_expect (fixture, "GET", "/metrics", NULL, NULL, 200, line);
}

/* Many who say nothing: so many are let in, the others hear so at once, and after a while all are gone. */
static void
test_half_open (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);

  expect_metric (fixture, "tela_connections "); /* our own connection is known from here on */
  set_limits (fixture, 1000, 64, 4000, 60000);  /* time enough to come, on a busy machine as well */
  for (guint i = 0; i < 64; i++)
    g_ptr_array_add (silent, knock (fixture));
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GSocketConnection) more = knock (fixture);
      g_autofree char *answer = hear (more);

      g_assert_true (answer[0] == '\0' || g_str_has_prefix (answer, "HTTP/1.1 503 "));
    }
  expect_metric (fixture, "tela_strangers 64\n"); /* who is known goes on meanwhile */
  expect_metric (fixture, "tela_connections_refused_total 20\n");
  for (guint i = 0; i < silent->len; i++)
    {
      g_autofree char *answer = hear (silent->pdata[i]);

      g_assert_cmpstr (answer, ==, "");
    }
  expect_metric (fixture, "tela_strangers 0\n");
  expect_metric (fixture, "tela_connections_timed_out_total 64\n");
}

/* They need no key, and so are for no page that a browser of this machine shows. */
static void
test_metrics_alone (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, "GET", "/metrics", NULL);
  g_autoptr (GBytes) answer = soup_session_send_and_read (fixture->session, msg, NULL, NULL);

  g_assert_cmpuint (soup_message_get_status (msg), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (answer), >, 0);
  g_assert_null (soup_message_headers_get_one (soup_message_get_response_headers (msg), "Access-Control-Allow-Origin"));
}

/* Where to connect to from elsewhere. (transfer full) */
static GSocketConnectable *
share (Fixture *fixture)
{
  g_auto (User) owner = user_owner (fixture);
  g_autofree char    *answer = NULL;
  g_autofree char    *at = NULL;
  g_autofree char    *place = NULL;
  GSocketConnectable *address;
  g_autoptr (GError) error = NULL;
  guint status;

  answer = http (fixture, "POST", "/rest/v1/rpc/tela_share", owner.token, "{\"on\":true,\"addresses\":[\"127.0.0.1\"]}",
                 &status);
  g_assert_cmpuint (status, ==, 200);
  at = g_strdup (strstr (answer, "127.0.0.1:"));
  place = g_strndup (at, strcspn (at, "\""));
  address = g_network_address_parse (place, 0, &error);
  g_assert_no_error (error);
  return address;
}

/* Strangers from elsewhere, be they ever so many, shut out nobody of this machine. */
static void
test_shared_strangers (Fixture      *fixture,
                       gconstpointer data)
{
  g_autoptr (GSocketConnectable) address = share (fixture);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketConnection) near = NULL;
  g_autofree char *answer = NULL;

  set_limits (fixture, 1000, 4, 10000, 60000);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 20);
  for (guint i = 0; i < 8; i++)
    g_ptr_array_add (silent, g_socket_client_connect (client, address, NULL, NULL));
  for (guint i = 4; i < 8; i++)
    {
      g_autofree char *nothing = hear (silent->pdata[i]);

      g_assert_cmpstr (nothing, ==, "");
    }
  expect_metric (fixture, "tela_strangers 4\n");
  expect_metric (fixture, "tela_connections_refused_total 4\n");
  near = knock (fixture);
  say (near, "GET /healthcheck HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
  answer = hear (near);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
}

/* A byte now and then is no greeting. */
static void
test_slow_handshake (Fixture      *fixture,
                     gconstpointer data)
{
  static const char request[] = "GET /realtime/v1/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: here\r\nX-A: ";
  g_autoptr (GSocketConnection) slow = NULL;
  g_autofree char *answer = NULL;
  gint64           before;

  set_limits (fixture, 1000, 64, 600, 60000);
  slow = knock (fixture);
  before = g_get_monotonic_time ();
  say (slow, request);
  while (g_socket_condition_timed_wait (g_socket_connection_get_socket (slow), G_IO_IN | G_IO_HUP, 50000, NULL, NULL) ==
         FALSE)
    {
      say (slow, "a");
      g_assert_cmpint (g_get_monotonic_time () - before, <, 60 * G_USEC_PER_SEC);
    }
  answer = hear (slow);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 600 * 1000);
}

/* Asking without a key, again and again, makes nobody known. */
static void
test_stranger_stays_one (Fixture      *fixture,
                         gconstpointer data)
{
  g_autoptr (GSocketConnection) stranger = NULL;
  g_autofree char *answer = NULL;

  set_limits (fixture, 1000, 64, 2000, 60000);
  stranger = knock (fixture);
  for (guint i = 0; i < 3; i++)
    say (stranger, "GET /rest/v1/projects HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer nothing\r\n\r\n");
  answer = hear (stranger);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 401 "));
}

static guint
count_connections (Fixture *fixture)
{
  guint            status;
  g_autofree char *text = http (fixture, "GET", "/metrics", NULL, NULL, &status);
  const char      *at = strstr (text, "\ntela_connections ");

  g_assert_nonnull (at);
  return (guint) g_ascii_strtoull (at + strlen ("\ntela_connections "), NULL, 10);
}

static void
wait_for_connections (Fixture *fixture,
                      guint    n)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (count_connections (fixture) != n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* One who is known may keep a connection, but not for ever. */
static void
test_idle (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *request = NULL;
  g_autofree char *answer = NULL;
  gint64           before = g_get_monotonic_time ();

  set_limits (fixture, 1000, 64, 10000, 1200);
  connection = knock (fixture);
  request = g_strdup_printf ("GET /auth/v1/health HTTP/1.1\r\nHost: here\r\napikey: %s\r\n\r\n",
                             tela_backend_get_anon_key (fixture->backend));
  say (connection, request);
  answer = hear (connection);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 "));
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 1200 * 1000);
  wait_for_connections (fixture, 1); /* our own */
}

/* Asks once, and waits for the answer; the connection would be good for more. */
static void
ask (Fixture           *fixture,
     GSocketConnection *connection)
{
  GInputStream    *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autofree char *request = NULL;
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  request = g_strdup_printf ("GET /auth/v1/health HTTP/1.1\r\nHost: here\r\napikey: %s\r\n\r\n",
                             tela_backend_get_anon_key (fixture->backend));
  say (connection, request);
  while (!g_str_has_suffix (answer->str, "}"))
    {
      char   buffer[1024];
      gssize got = g_input_stream_read (in, buffer, sizeof buffer, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (got, >, 0);
      g_string_append_len (answer, buffer, got);
    }
  g_assert_true (g_str_has_prefix (answer->str, "HTTP/1.1 200 "));
}

static GSocketClient *
tls_client (void)
{
  GSocketClient *client = g_socket_client_new ();

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 20);
  g_socket_client_set_tls (client, TRUE);
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  g_socket_client_set_tls_validation_flags (client, 0);
  G_GNUC_END_IGNORE_DEPRECATIONS
  return client;
}

/* Who goes between two requests leaves nothing behind, be it by a door of this machine or by a shared one. */
static void
test_go_between (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GSocketConnectable) address = share (fixture);
  g_autoptr (GSocketClient) client = tls_client ();
  guint n = count_connections (fixture);

  set_limits (fixture, 1000, 64, 60000, 60000); /* hands are shaken slowly on a busy machine */
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GSocketConnection) near = knock (fixture);
      g_autoptr (GSocketConnection) far = g_socket_client_connect (client, address, NULL, NULL);

      g_assert_nonnull (far);
      ask (fixture, near);
      ask (fixture, near);
      ask (fixture, far);
      g_assert_cmpuint (count_connections (fixture), ==, n + 2);
      g_io_stream_close (G_IO_STREAM (near), NULL, NULL);
      g_socket_close (g_socket_connection_get_socket (far), NULL); /* without a goodbye */
      wait_for_connections (fixture, n);
    }
}

/* The status of the answer to a handshake over @connection, which stays open. */
static guint
upgrade (Fixture           *fixture,
         GSocketConnection *connection)
{
  g_autofree char *request = NULL;
  char             answer[1024];
  gssize           got;

  request = g_strdup_printf ("GET /realtime/v1/websocket?vsn=2.0.0&apikey=%s HTTP/1.1\r\nHost: here\r\n"
                             "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                             tela_backend_get_anon_key (fixture->backend));
  say (connection, request);
  got = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), answer, sizeof answer - 1, NULL,
                             NULL);
  g_assert_cmpint (got, >, 12);
  answer[got] = '\0';
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 "));
  return (guint) g_ascii_strtoull (answer + strlen ("HTTP/1.1 "), NULL, 10);
}

/* What is large needs many turns of reading and writing, and TLS keeps some of it to itself; what is small comes in one. */
static void
test_over_tls (Fixture      *fixture,
               gconstpointer data)
{
  g_autoptr (GSocketConnectable) address = share (fixture);
  g_autoptr (GSocketClient) client = tls_client ();
  g_autoptr (GSocketConnection) far = NULL;
  g_autoptr (GUri) uri = g_uri_parse ("ws://here/", G_URI_FLAGS_NONE, NULL);
  g_autofree char *large = g_strnfill (3000000, 'x');
  g_autofree char *back = NULL;
  g_autoptr (Ws) ws = NULL;

  set_limits (fixture, 1000, 64, 60000, 60000); /* hands are shaken slowly on a busy machine */
  far = g_socket_client_connect (client, address, NULL, NULL);
  g_assert_cmpuint (upgrade (fixture, far), ==, 101);
  ws = ws_new (soup_websocket_connection_new (G_IO_STREAM (far), uri, SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL,
                                              NULL));
  ws_join (ws, "1", "a", NULL, "{\"broadcast\":{\"self\":true}}");
  for (guint i = 0; i < 3; i++)
    ws_send (ws, "[\"1\",\"2\",\"realtime:a\",\"broadcast\",{\"event\":\"%u\",\"payload\":\"%s\"}]", i, large);
  for (guint i = 0; i < 500; i++)
    ws_send (ws, "[\"1\",\"2\",\"realtime:a\",\"broadcast\",{\"event\":\"small %u\"}]", i);
  for (guint i = 0; i < 3; i++)
    {
      back = (g_free (back), ws_next (ws));
      g_assert_cmpuint (strlen (back), >, strlen (large));
    }
  for (guint i = 0; i < 500; i++)
    ws_expect (ws, "[null,null,\"realtime:a\",\"broadcast\",{\"event\":\"small %u\"}]", i);
}

/* Guests fill what is for guests; whoever is at this machine finds a place then. */
static void
test_kept_places (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (GSocketConnectable) address = share (fixture);
  g_autoptr (GSocketClient) client = tls_client ();
  g_autoptr (GPtrArray) far = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (Ws) first = NULL;
  g_autoptr (Ws) second = NULL;
  g_autofree char *query = g_strconcat ("vsn=2.0.0&apikey=", tela_backend_get_anon_key (fixture->backend), NULL);

  set_limits (fixture, 4, 64, 20000, 20000);
  for (guint i = 0; i < 3; i++)
    {
      g_ptr_array_add (far, g_socket_client_connect (client, address, NULL, NULL));
      g_assert_nonnull (far->pdata[i]);
      g_assert_cmpuint (upgrade (fixture, far->pdata[i]), ==, i < 2 ? 101 : 503);
    }
  first = ws_open (fixture, NULL);
  second = ws_open (fixture, NULL);
  g_assert_cmpuint (ws_refused (fixture, query), ==, 503);
  ws_join (first, "1", "a", NULL, "{}");
  ws_join (second, "1", "a", NULL, "{}");
}

/* Open sockets outlive the times of the door, and one too many is refused. */
static void
test_sockets (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (Ws) first = NULL;
  g_autoptr (Ws) second = NULL;
  g_autofree char *query = g_strconcat ("vsn=2.0.0&apikey=", tela_backend_get_anon_key (fixture->backend), NULL);
  g_autoptr (GSocketConnection) silent = NULL;
  g_autofree char *nothing = NULL;

  set_limits (fixture, 2, 64, 2000, 2000);
  first = ws_open (fixture, NULL);
  second = ws_open (fixture, NULL);
  g_assert_cmpuint (ws_refused (fixture, query), ==, 503);
  silent = knock (fixture);
  nothing = hear (silent); /* by now those times are over */
  ws_join (first, "1", "a", NULL, "{}");
  ws_join (second, "1", "a", NULL, "{}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/backend/gate/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("half-open", test_half_open);
  ADD ("metrics-alone", test_metrics_alone);
  ADD ("shared-strangers", test_shared_strangers);
  ADD ("slow-handshake", test_slow_handshake);
  ADD ("stranger-stays-one", test_stranger_stays_one);
  ADD ("idle", test_idle);
  ADD ("go-between", test_go_between);
  ADD ("sockets", test_sockets);
  ADD ("kept-places", test_kept_places);
  ADD ("over-tls", test_over_tls);
  return g_test_run ();
}
