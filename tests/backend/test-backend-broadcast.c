/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

/* Broadcasts over HTTP (protocol.md 5.4, 5.5). */

#include <string.h>

#include "backend-token.h"

#define BATCH "/realtime/v1/api/broadcast"
#define ONE(topic, event) "/api/broadcast/" topic "/events/" event

static void
send_batch (Fixture    *fixture,
            const char *token,
            const char *messages,
            guint       status,
            const char *part)
{
  g_autofree char *body = g_strdup_printf ("{\"messages\":[%s]}", messages);

  http_expect (fixture, "POST", BATCH "?apikey=x&vsn=2.0.0", token, body, status, part);
}

static void
test_batch (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (Ws) new = ws_open (fixture, NULL);
  g_autoptr (Ws) old = ws_open_version (fixture, NULL, "1.0.0");

  ws_join (new, "1", "r", NULL, "{}");
  ws_send (old, "{\"topic\":\"realtime:r\",\"event\":\"phx_join\",\"payload\":{},\"ref\":\"1\"}");
  ws_pass (old, 1);
  send_batch (fixture, NULL, "{\"topic\":\"r\",\"event\":\"e\",\"payload\":{ \"a\":1}},{\"topic\":\"realtime:r\","
                             "\"event\":\"lost\",\"payload\":{}},{\"topic\":\"r\",\"event\":\"f\",\"payload\":{},"
                             "\"id\":\"00000000-0000-4000-8000-000000000001\"}",
              202, "");
  ws_expect (new, "[null,null,\"realtime:r\",\"broadcast\",{\"event\":\"e\",\"payload\":{ \"a\":1},\"type\":\"broadcast\"}]");
  ws_expect (new, "[null,null,\"realtime:r\",\"broadcast\",{\"event\":\"f\",\"meta\":{\"id\":"
                  "\"00000000-0000-4000-8000-000000000001\"},\"payload\":{},\"type\":\"broadcast\"}]");
  ws_expect (old, "{\"ref\":null,\"event\":\"broadcast\",\"topic\":\"realtime:r\",\"payload\":{\"event\":\"e\","
                  "\"payload\":{ \"a\":1},\"type\":\"broadcast\"}}");
}

static void
test_bad_batches (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "1", "r", NULL, "{}");
  send_batch (fixture, NULL, "", 422, "{\"errors\":{\"messages\":[\"can't be blank\"]}}");
  http_expect (fixture, "POST", BATCH, NULL, "{}", 422, "{\"errors\":{\"messages\":[\"can't be blank\"]}}");
  http_expect (fixture, "POST", BATCH, NULL, "{\"messages\":7}", 422, "can't be blank");
  http_expect (fixture, "POST", BATCH, NULL, "{\"messages\":", 400, "Bad Request");
  http_expect (fixture, "GET", BATCH, NULL, NULL, 404, "Not Found");
  http_expect (fixture, "POST", BATCH "/r", NULL, "{}", 404, "Not Found");
  http_expect (fixture, "POST", BATCH, "nonsense", "{\"messages\":[]}", 401, "{\"message\":\"Unauthorized\"}");
  /* One that is bad refuses all. */
  send_batch (fixture, NULL, "{\"topic\":\"r\",\"event\":\"e\",\"payload\":{}},{\"event\":\"x\",\"payload\":[1]}", 422,
              "{\"errors\":{\"messages\":[{},{\"topic\":[\"can't be blank\"],\"payload\":[\"is invalid\"]}]}}");
  send_batch (fixture, NULL, "{\"topic\":\"r\",\"event\":\"\"}", 422,
              "[{\"event\":[\"can't be blank\"],\"payload\":[\"can't be blank\"]}]");
  send_batch (fixture, NULL, "{\"topic\":7,\"event\":\"e\",\"payload\":null}", 422,
              "[{\"topic\":[\"is invalid\"],\"payload\":[\"can't be blank\"]}]");
  send_batch (fixture, NULL, "5", 422, "\"topic\":[\"can't be blank\"]");
  ws_expect_nothing (ws);
}

/* Who may not write gets 202, and nobody a message; one alone is refused aloud. */
static void
test_rights (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *topic = NULL;
  g_autofree char *message = NULL;
  g_autofree char *path = NULL;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  topic = g_strconcat ("live:", fixture->project, NULL);
  path = g_strdup_printf (ONE ("%s", "e") "?private=true", topic);
  message = g_strdup_printf ("{\"topic\":\"%s\",\"event\":\"e\",\"payload\":{},\"private\":true}", topic);
  ws_join (ws, "1", topic, viewer.token, "{\"private\":true}");
  send_batch (fixture, NULL, message, 202, "");
  send_batch (fixture, viewer.token, message, 202, "");
  http_expect (fixture, "POST", path, viewer.token, "{}", 403, "{\"message\":\"Unauthorized\"}");
  ws_expect_nothing (ws);
  send_batch (fixture, owner.token, message, 202, "");
  ws_expect_part (ws, "\"event\":\"e\"");
  send_batch (fixture, tela_backend_get_service_key (fixture->backend), message, 202, "");
  ws_expect_part (ws, "\"event\":\"e\"");
  http_expect (fixture, "POST", path, owner.token, "{}", 202, "");
  ws_expect_part (ws, "0x04");
}

static guint
post_bytes (Fixture    *fixture,
            const char *path,
            const char *type,
            const char *data,
            gsize       len)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, "POST", path, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_set_request_body_from_bytes (msg, type, bytes);
  answer = soup_session_send_and_read (fixture->session, msg, NULL, &error);
  g_assert_no_error (error);
  return soup_message_get_status (msg);
}

static void
test_single (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (256, 'e');
  g_autofree char *long_path = g_strconcat (ONE ("a", ""), long_name, NULL);
  g_autoptr (Ws) ws = ws_open (fixture, NULL);

  ws_join (ws, "1", "a", NULL, "{}");
  ws_join (ws, "2", "a/b c", NULL, "{}");
  http_expect (fixture, "POST", ONE ("a", "single"), NULL, "{\"a\":1}", 202, "");
  ws_expect (ws, "0x040a0600017265616c74696d653a6173696e676c657b2261223a317d");
  g_assert_cmpuint (post_bytes (fixture, ONE ("a", "bin"), "application/octet-stream", "\x00\xff\x01\x02", 4), ==, 202);
  ws_expect (ws, "0x040a0300007265616c74696d653a6162696e00ff0102");
  http_expect (fixture, "POST", BATCH "/a%2Fb%20c/events/e", NULL, "{}", 202, "");
  ws_expect_part (ws, "0x040e010001");
  g_assert_cmpuint (post_bytes (fixture, ONE ("a", "e"), "text/plain", "x", 1), ==, 415);
  g_assert_cmpuint (post_bytes (fixture, ONE ("a", "e"), "application/json", "{", 1), ==, 400);
  http_expect (fixture, "POST", long_path, NULL, "{}", 422, "is too long");
  ws_expect_nothing (ws);
}

/* Without other limits too. */
static void
test_large_batch (Fixture      *fixture,
                  gconstpointer data)
{
  static const char message[] = "{\"topic\":\"a\",\"event\":\"e\",\"payload\":{}}";
  g_autoptr (GString) messages = g_string_new (message);

  for (guint i = 1; i < TELA_MAX_BATCH; i++)
    g_string_append_printf (messages, ",%s", message);
  send_batch (fixture, NULL, messages->str, 202, "");
  g_string_append_printf (messages, ",%s", message);
  send_batch (fixture, NULL, messages->str, 429,
              "{\"message\":\"Too many messages to broadcast, please reduce the batch size\"}");
}

static void
test_limits (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *filler = g_strnfill (260000, 'x');
  g_autofree char *large =
      g_strdup_printf ("{\"topic\":\"a\",\"event\":\"e\",\"payload\":{\"x\":\"%s\"}}", filler);
  g_autoptr (GString) many = g_string_new ("{\"topic\":\"a\",\"event\":\"e\",\"payload\":{}}");

  send_batch (fixture, NULL, large, 422, "{\"errors\":{\"messages\":[{\"payload\":[\"Payload size exceeds tenant limit\"]}]}}");
  http_expect (fixture, "POST", ONE ("a", "e"), NULL, large, 422, "Payload size exceeds tenant limit");
  for (guint i = 0; i < 100; i++)
    g_string_append (many, ",{\"topic\":\"a\",\"event\":\"e\",\"payload\":{}}");
  send_batch (fixture, NULL, many->str, 429, "Too many messages to broadcast, please reduce the batch size");
  g_string_truncate (many, 60 * (strlen ("{\"topic\":\"a\",\"event\":\"e\",\"payload\":{}}") + 1) - 1);
  for (guint i = 0; i < 12; i++)
    {
      guint            status;
      g_autofree char *body = g_strdup_printf ("{\"messages\":[%s]}", many->str);
      g_autofree char *got = http (fixture, "POST", BATCH, NULL, body, &status);

      if (status == 429 && strstr (got, "You have exceeded your rate limit") != NULL)
        return;
    }
  g_test_message ("the buckets turned meanwhile");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/broadcast/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("batch", test_batch);
  ADD ("bad-batches", test_bad_batches);
  ADD ("large-batch", test_large_batch);
  ADD ("rights", test_rights);
  ADD ("single", test_single);
  g_test_add ("/backend/broadcast/limits", Fixture, "limits", fixture_set_up, test_limits, fixture_tear_down);
  return g_test_run ();
}
