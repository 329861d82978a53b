/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "stand-in.h"
#include "transcript.h"

/* What was recorded of the real server below and beside its frames: answers to posts, bytes on the socket, large
 * frames. */

/* (transfer full) (element-type utf8): the lines of a recording; NULL if there is none here. */
static char **
read_lines (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "transcripts", name, NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("There are no transcripts of the real server here");
      return NULL;
    }

  return g_strsplit (text, "\n", -1);
}

static char *
member_of (const char *line,
           const char *name)
{
  return transcript_member ((TelaJsonSpan){ line, strlen (line) }, name);
}

static gboolean
is_connected (RealtimeManager *manager)
{
  return realtime_manager_get_connection_state (manager) == REALTIME_CONNECTION_CONNECTED;
}

typedef struct
{
  guint    status; /* that is answered, and with what */
  char    *answer;
  char    *path; /* of the last post */
  char    *body;
  gboolean is_done;
  GError  *error;
} Posts;

static void
post_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  Posts           *posts = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  GUri            *uri = soup_server_message_get_uri (message);

  g_free (posts->path);
  g_free (posts->body);
  posts->path = g_strdup_printf ("%s%s%s", path + strlen ("/realtime/v1"), g_uri_get_query (uri) != NULL ? "?" : "",
                                 g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "");
  posts->body = g_strndup (body->data, (gsize) body->length);
  soup_server_message_set_status (message, posts->status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, posts->answer, strlen (posts->answer));
}

static void
posted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Posts *posts = user_data;

  posts->is_done = TRUE;
  realtime_manager_post_finish (REALTIME_MANAGER (source), result, &posts->error);
}

static void
clear_post (gpointer data)
{
  RealtimePost *post = data;

  g_free ((char *) post->topic);
  g_free ((char *) post->event);
  g_free ((char *) post->payload);
}

static GArray *
new_posts (void)
{
  GArray *posts = g_array_new (FALSE, TRUE, sizeof (RealtimePost));

  g_array_set_clear_func (posts, clear_post);

  return posts;
}

/* (transfer full): of all messages of a recorded body; NULL if ours would not say such a thing. */
static GArray *
read_posts (const char *body)
{
  g_autoptr (GArray) out = new_posts ();
  TelaJsonSpan   messages, item, payload, flag;
  TelaJsonReader reader;

  if (body == NULL || !tela_json_check (body, -1, NULL) ||
      !tela_json_find ((TelaJsonSpan){ body, strlen (body) }, "messages", &messages))
    return NULL;
  tela_json_reader_init (&reader, messages.data, (gssize) messages.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return NULL;
  while (tela_json_reader_next_item (&reader))
    {
      RealtimePost post = { NULL };

      if (!tela_json_reader_span (&reader, &item) || *item.data != '{' || !tela_json_find (item, "payload", &payload))
        return NULL;
      post.topic = transcript_member (item, "topic");
      post.event = transcript_member (item, "event");
      post.payload = g_strndup (payload.data, payload.len);
      post.is_private = tela_json_find (item, "private", &flag) && TELA_JSON_SPAN_IS (flag, "true");
      g_array_append_val (out, post);
      if (post.topic == NULL || post.event == NULL || *payload.data != '{')
        return NULL;
    }

  return out->len > 0 ? g_steal_pointer (&out) : NULL;
}

/* /api/broadcast/TOPIC/events/EVENT?private=… is one message, whose payload is the body. */
static GArray *
read_single (const char *path,
             const char *body)
{
  g_autoptr (GArray) out = new_posts ();
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  g_auto (GStrv) tail = g_strv_length (parts) == 6 ? g_strsplit (parts[5], "?", 2) : NULL;
  RealtimePost post = { NULL };

  if (tail == NULL || body == NULL || !g_str_equal (parts[4], "events") || *body != '{' ||
      !tela_json_check (body, -1, NULL))
    return NULL;
  post.topic = g_uri_unescape_string (parts[3], NULL);
  post.event = g_uri_unescape_string (tail[0], NULL);
  post.payload = g_strdup (body);
  post.is_private = tail[1] != NULL && strstr (tail[1], "private=true") != NULL;
  g_array_append_val (out, post);

  return g_steal_pointer (&out);
}

/* Ours says the same as the recorded client did, and takes the answer for what it is. */
static void
play_post (RealtimeManager *manager,
           Posts           *posts,
           GArray          *what,
           const char      *path,
           const char      *body)
{
  posts->is_done = FALSE;
  g_clear_error (&posts->error);
  realtime_manager_post_async (manager, (const RealtimePost *) what->data, what->len, NULL, posted_cb, posts);
  wait_until (posts->is_done);

  if (strstr (path, "/events/") != NULL && strchr (path, '?') != NULL)
    {
      g_autofree char *raw = g_uri_unescape_string (path, NULL);

      g_assert_cmpstr (posts->path, ==, raw);
      g_assert_true (tela_json_equal ((TelaJsonSpan){ posts->body, strlen (posts->body) },
                                      (TelaJsonSpan){ body, strlen (body) }));
    }
  if (posts->status < 300)
    g_assert_no_error (posts->error);
  else
    g_assert_error (posts->error, REALTIME_ERROR,
                    (int) (posts->status == 401 || posts->status == 403 ? REALTIME_ERROR_AUTHENTICATION_FAILED
                           : posts->status >= 500                       ? REALTIME_ERROR_CONNECTION_FAILED
                                                                        : REALTIME_ERROR_CHANNEL_ERROR));
}

static void
play_answer (RealtimeManager *manager,
             Posts           *posts,
             TelaJsonSpan     call,
             TelaJsonSpan     answer,
             guint           *n_played)
{
  g_autofree char *path = transcript_member (call, "path");
  g_autofree char *body = transcript_member (call, "body");
  GArray          *what = path != NULL && strstr (path, "/events/") != NULL ? read_single (path, body)
                                                                            : read_posts (body);
  TelaJsonSpan     status;

  if (what == NULL)
    return;
  g_assert_true (tela_json_find (answer, "status", &status));
  posts->status = (guint) g_ascii_strtoull (status.data, NULL, 10);
  g_free (posts->answer);
  posts->answer = transcript_member (answer, "body");
  /* 404 has ours try the older call: then it is its answer that counts. */
  if (posts->status != 404)
    {
      play_post (manager, posts, what, path, body);
      (*n_played)++;
    }
  g_array_unref (what);
}

static void
test_posts (gconstpointer name)
{
  g_auto (GStrv) lines = read_lines (name);
  StandIn         *server;
  RealtimeManager *manager;
  Posts            posts = { 0 };
  TelaJsonSpan     call = { NULL, 0 }, data;
  guint            n_played = 0;

  if (lines == NULL)
    return;
  server = stand_in_new (0);
  manager = test_manager (server);
  soup_server_add_handler (server->server, "/realtime/v1/api/broadcast", post_cb, &posts, NULL);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autofree char *opcode = member_of (lines[i], "opcode");
      g_autofree char *dir = member_of (lines[i], "dir");

      if (g_strcmp0 (opcode, "http") != 0 ||
          !tela_json_find ((TelaJsonSpan){ lines[i], strlen (lines[i]) }, "data", &data))
        continue;
      if (g_strcmp0 (dir, "send") == 0)
        call = data;
      else if (call.data != NULL)
        play_answer (manager, &posts, call, data, &n_played);
      if (g_strcmp0 (dir, "send") != 0)
        call = (TelaJsonSpan){ NULL, 0 };
    }
  g_assert_cmpuint (n_played, >=, 8);
  test_end (manager, server);
  g_clear_error (&posts.error);
  g_free (posts.path);
  g_free (posts.body);
  g_free (posts.answer);
}

static void
heard_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          gpointer              user_data)
{
  *(gsize *) user_data = message->payload_len;
}

/* Below the WebSocket: as if the server had written it. */
static void
write_bytes (StandIn      *server,
             gconstpointer data,
             gsize         len)
{
  SoupWebsocketConnection *socket = g_ptr_array_index (server->sockets, server->sockets->len - 1);
  GIOStream               *stream = soup_websocket_connection_get_io_stream (socket);
  GPollableOutputStream   *out = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  gsize                    at = 0;

  while (at < len)
    {
      gssize n = g_pollable_output_stream_write_nonblocking (out, (const char *) data + at, len - at, NULL, NULL);

      at += (gsize) MAX (n, 0);
      g_main_context_iteration (NULL, FALSE);
    }
}

static GByteArray *
bytes_of (const char *hex)
{
  GByteArray *out = g_byte_array_new ();

  for (gsize i = 0; g_ascii_isxdigit (hex[i]) && g_ascii_isxdigit (hex[i + 1]); i += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[i]) << 4 | g_ascii_xdigit_value (hex[i + 1]));

      g_byte_array_append (out, &byte, 1);
    }

  return out;
}

/* Frames of the server that answer what no client of ours ever says: it goes on, or comes back. */
static void
test_bytes (void)
{
  g_auto (GStrv) lines = read_lines ("21_websocket_protocol.jsonl");
  StandIn         *server;
  RealtimeManager *manager;
  g_autoptr (RealtimeSubscription) subscription = NULL;
  guint n_closed = 0, n_borne = 0;
  gsize heard;

  if (lines == NULL)
    return;
  server = stand_in_new (0);
  manager = test_manager (server);
  subscription = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (heard_cb), &heard);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autofree char *opcode = member_of (lines[i], "opcode");
      g_autofree char *dir = member_of (lines[i], "dir");
      g_autofree char *text = member_of (lines[i], "data");
      g_autoptr (GByteArray) bytes = NULL;
      guint n_handshakes;

      if (g_strcmp0 (opcode, "hex") != 0 || g_strcmp0 (dir, "recv") != 0 || text == NULL)
        continue;
      bytes = bytes_of (text);
      wait_until (is_connected (manager) && realtime_subscription_is_subscribed (subscription));
      n_handshakes = server->n_handshakes;
      write_bytes (server, bytes->data, bytes->len);
      if (bytes->data[0] == 0x88)
        {
          wait_until (server->n_handshakes > n_handshakes);
          n_closed++;
          continue;
        }
      heard = 0;
      stand_in_broadcast (server, "a", "op", "{}");
      wait_until (heard == 2);
      g_assert_cmpuint (server->n_handshakes, ==, n_handshakes);
      n_borne++;
    }
  g_assert_cmpuint (n_closed, >=, 10);
  g_assert_cmpuint (n_borne, >=, 8);
  g_clear_object (&subscription);
  test_end (manager, server);
}

/* Only the heads of the frames were kept: what follows is made up, as long as they say. */
static void
play_large (StandIn    *server,
            GByteArray *head,
            gsize       len,
            gsize      *heard)
{
  const gsize      n_head = (head->data[1] & 127) == 127 ? 10 : (head->data[1] & 127) == 126 ? 4
                                                                                             : 2;
  const char      *start = "[null,null,\"realtime:a\",\"broadcast\",{\"event\":\"op\",\"payload\":{\"p\":\"";
  const char      *end = "\"},\"type\":\"broadcast\"}]";
  const gsize      n_pad = len - strlen (start) - strlen (end);
  g_autofree char *pad = g_strnfill (n_pad, 'x');
  g_autoptr (GString) frame = g_string_new_len ((const char *) head->data, (gssize) n_head);

  g_string_append (frame, start);
  g_string_append (frame, pad);
  g_string_append (frame, end);
  *heard = 0;
  write_bytes (server, frame->str, frame->len);
  wait_until (*heard == n_pad + strlen ("{\"p\":\"\"}"));
}

static void
test_large (void)
{
  g_auto (GStrv) lines = read_lines ("27_large_frames.jsonl");
  StandIn         *server;
  RealtimeManager *manager;
  g_autoptr (RealtimeSubscription) subscription = NULL;
  guint n_played = 0;
  gsize heard = 0;

  if (lines == NULL)
    return;
  server = stand_in_new (0);
  manager = test_manager (server);
  subscription = realtime_manager_subscribe (manager, "a", "*", NULL, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (heard_cb), &heard);
  wait_until (realtime_subscription_is_subscribed (subscription));
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_autofree char *text = member_of (lines[i], "data");
      const char      *size = text != NULL ? strstr (text, "(frame of ") : NULL;
      g_autoptr (GByteArray) head = NULL;

      /* The broadcasts: the replies say nothing to a client that did not ask. */
      if (size == NULL || strstr (text, "5b6e756c") == NULL)
        continue;
      head = bytes_of (text);
      play_large (server, head, (gsize) g_ascii_strtoull (size + strlen ("(frame of "), NULL, 10), &heard);
      n_played++;
    }
  g_assert_cmpuint (n_played, ==, 4);
  g_assert_cmpuint (server->n_handshakes, ==, 1);
  g_clear_object (&subscription);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/recorded/posts/1", "10_http_broadcast_v1.jsonl", test_posts);
  g_test_add_data_func ("/recorded/posts/2", "10_http_broadcast_v2.jsonl", test_posts);
  g_test_add_func ("/recorded/bytes", test_bytes);
  g_test_add_func ("/recorded/large", test_large);

  return g_test_run ();
}
