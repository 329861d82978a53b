/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-bench.h"

/* A server that costs next to nothing, so that the client is what is measured. It answers joins, leaves and heartbeats
 * of the protocols 1.0.0 and 2.0.0, gives each broadcast back to its sender, and does what the name of a joined topic
 * asks for:
 *   realtime:flood-COUNT         COUNT broadcasts "op" as fast as they are taken, then one "end"
 *   realtime:pace-RATE-SECONDS   RATE broadcasts a second, in steps of a millisecond, then one "end"
 * A broadcast "cut" ends the connection without a word. What comes under a path that ends in /echo is given back as it is. */

#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define MESSAGE                                                                                        \
  "{\"op\":\"set\",\"id\":\"e100000\",\"k\":{\"x\":1234.5,\"y\":-87.25,\"w\":120,\"h\":80,\"rot\":0}," \
  "\"s\":\"#1971c2\",\"f\":\"#a5d8ff\",\"hlc\":\"018f3c2ab4d1-0007\",\"by\":\"c17\",\"pad\":\"\"}"
#define FRAME_MAX 70000
#define FLOOD_BYTES (1024 * 1024)
/* Before a flood, as long as a client may need to take in that it has joined. */
#define FLOOD_DELAY (300 * 1000)

enum
{
  OPCODE_TEXT = 1,
  OPCODE_BINARY = 2,
  OPCODE_CLOSE = 8,
  OPCODE_PING = 9,
  OPCODE_PONG = 10,
};

typedef struct
{
  GInputStream  *in;  /* borrowed */
  GOutputStream *out; /* borrowed */
  gboolean       is_v2;
  gboolean       is_echo;
} Peer;

/* A frame of the client as it says itself. */
typedef struct
{
  TelaJsonSpan join_ref, ref, topic, event, payload;
} Call;

static gboolean
write_all (Peer         *peer,
           gconstpointer data,
           gsize         len)
{
  return g_output_stream_write_all (peer->out, data, len, NULL, NULL, NULL);
}

static void
append_frame (GString      *out,
              guint         opcode,
              gconstpointer data,
              gsize         len)
{
  g_string_append_c (out, (char) (0x80 | opcode));
  if (len < 126)
    {
      g_string_append_c (out, (char) len);
    }
  else
    {
      g_string_append_c (out, 126);
      g_string_append_c (out, (char) (len >> 8));
      g_string_append_c (out, (char) len);
    }
  g_string_append_len (out, data, (gssize) len);
}

static gboolean
send_frame (Peer         *peer,
            guint         opcode,
            gconstpointer data,
            gsize         len)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_frame (out, opcode, data, len);

  return write_all (peer, out->str, out->len);
}

/* @topic: as on the wire, unquoted. */
static void
append_broadcast (GString     *out,
                  Peer        *peer,
                  TelaJsonSpan topic,
                  TelaJsonSpan event,
                  TelaJsonSpan payload)
{
  g_autoptr (GString) frame = g_string_new (NULL);

  if (peer->is_v2)
    {
      const char head[] = { 4, (char) topic.len, (char) event.len, 0, 1 };

      g_string_append_len (frame, head, sizeof head);
      g_string_append_len (frame, topic.data, (gssize) topic.len);
      g_string_append_len (frame, event.data, (gssize) event.len);
      g_string_append_len (frame, payload.data, (gssize) payload.len);
    }
  else
    {
      g_string_append_printf (frame,
                              "{\"ref\":null,\"event\":\"broadcast\",\"payload\":{\"event\":\"%.*s\",\"payload\":%.*s,"
                              "\"type\":\"broadcast\"},\"topic\":\"%.*s\"}",
                              (int) event.len, event.data, (int) payload.len, payload.data, (int) topic.len, topic.data);
    }
  append_frame (out, peer->is_v2 ? OPCODE_BINARY : OPCODE_TEXT, frame->str, frame->len);
}

static TelaJsonSpan
span_of (const char *text)
{
  return (TelaJsonSpan){ text, strlen (text) };
}

static gboolean
send_end (Peer        *peer,
          TelaJsonSpan topic)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_broadcast (out, peer, topic, span_of ("end"), span_of (MESSAGE));

  return write_all (peer, out->str, out->len);
}

static gboolean
flood (Peer        *peer,
       TelaJsonSpan topic,
       guint64      count)
{
  g_autoptr (GString) out = g_string_new (NULL);
  guint64 per_write;
  gsize   size;

  append_broadcast (out, peer, topic, span_of ("op"), span_of (MESSAGE));
  size = out->len;
  per_write = FLOOD_BYTES / size;
  while (out->len < per_write * size)
    g_string_append_len (out, out->str, (gssize) size);

  g_usleep (FLOOD_DELAY);
  while (count > 0)
    {
      guint64 n = MIN (count, per_write);

      if (!write_all (peer, out->str, n * size))
        return FALSE;
      count -= n;
    }

  return send_end (peer, topic);
}

static gboolean
pace (Peer        *peer,
      TelaJsonSpan topic,
      guint64      rate,
      guint64      seconds)
{
  gint64  start;
  guint64 n_sent = 0;

  g_usleep (FLOOD_DELAY);
  start = g_get_monotonic_time ();
  while (n_sent < rate * seconds)
    {
      guint64 due = MIN ((guint64) (g_get_monotonic_time () - start) * rate / G_USEC_PER_SEC, rate * seconds);
      g_autoptr (GString) out = g_string_new (NULL);

      for (; n_sent < due; n_sent++)
        append_broadcast (out, peer, topic, span_of ("op"), span_of (MESSAGE));
      if (!write_all (peer, out->str, out->len))
        return FALSE;
      g_usleep (1000);
    }

  return send_end (peer, topic);
}

static gboolean
take_join (Peer        *peer,
           TelaJsonSpan topic)
{
  g_autofree char *name = g_strndup (topic.data, topic.len);
  g_auto (GStrv) words = g_strsplit (name, "-", -1);
  const guint n_words = g_strv_length (words);

  if (n_words == 2 && strcmp (words[0], "realtime:flood") == 0)
    return flood (peer, topic, g_ascii_strtoull (words[1], NULL, 10));
  if (n_words == 3 && strcmp (words[0], "realtime:pace") == 0)
    return pace (peer, topic, g_ascii_strtoull (words[1], NULL, 10), g_ascii_strtoull (words[2], NULL, 10));

  return TRUE;
}

static gboolean
reply (Peer       *peer,
       const Call *call)
{
  const char      *response = TELA_JSON_SPAN_IS (call->event, "\"phx_join\"") ? "{\"postgres_changes\":[]}" : "{}";
  g_autofree char *text = NULL;

  if (peer->is_v2)
    text = g_strdup_printf ("[%.*s,%.*s,%.*s,\"phx_reply\",{\"status\":\"ok\",\"response\":%s}]",
                            (int) call->join_ref.len, call->join_ref.data, (int) call->ref.len, call->ref.data,
                            (int) call->topic.len, call->topic.data, response);
  else
    text = g_strdup_printf ("{\"ref\":%.*s,\"event\":\"phx_reply\",\"payload\":{\"status\":\"ok\",\"response\":%s},"
                            "\"topic\":%.*s}",
                            (int) call->ref.len, call->ref.data, response, (int) call->topic.len, call->topic.data);

  return send_frame (peer, OPCODE_TEXT, text, strlen (text));
}

static gboolean
give_back (Peer        *peer,
           TelaJsonSpan topic,
           TelaJsonSpan event,
           TelaJsonSpan payload)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (TELA_JSON_SPAN_IS (event, "cut"))
    return FALSE;
  append_broadcast (out, peer, topic, event, payload);

  return write_all (peer, out->str, out->len);
}

static TelaJsonSpan
unquote (TelaJsonSpan text)
{
  return text.len >= 2 ? (TelaJsonSpan){ text.data + 1, text.len - 2 } : text;
}

static void
read_call (Peer        *peer,
           TelaJsonSpan text,
           Call        *call)
{
  TelaJsonSpan  *fields[] = { &call->join_ref, &call->ref, &call->topic, &call->event, &call->payload };
  TelaJsonReader reader;
  guint          i = 0;

  for (guint at = 0; at < G_N_ELEMENTS (fields); at++)
    *fields[at] = span_of ("null");
  if (!peer->is_v2)
    {
      tela_json_find (text, "join_ref", &call->join_ref);
      tela_json_find (text, "ref", &call->ref);
      tela_json_find (text, "topic", &call->topic);
      tela_json_find (text, "event", &call->event);
      tela_json_find (text, "payload", &call->payload);
      return;
    }

  tela_json_reader_init (&reader, text.data, (gssize) text.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader))
      if (i < G_N_ELEMENTS (fields) && !tela_json_reader_span (&reader, fields[i++]))
        return;
}

static gboolean
take_text (Peer        *peer,
           TelaJsonSpan text)
{
  Call         call;
  TelaJsonSpan event = span_of ("\"\""), payload = span_of ("null");

  read_call (peer, text, &call);
  if (TELA_JSON_SPAN_IS (call.event, "\"broadcast\""))
    {
      tela_json_find (call.payload, "event", &event);
      tela_json_find (call.payload, "payload", &payload);
      return give_back (peer, unquote (call.topic), unquote (event), payload);
    }
  if (TELA_JSON_SPAN_IS (call.event, "\"access_token\""))
    return TRUE;

  return reply (peer, &call) &&
         (!TELA_JSON_SPAN_IS (call.event, "\"phx_join\"") || take_join (peer, unquote (call.topic)));
}

/* Kind 3, a broadcast of a client: five sizes and an encoding stand before the fields. */
static gboolean
take_binary (Peer        *peer,
             TelaJsonSpan frame)
{
  const guint8 *head = (const guint8 *) frame.data;
  gsize         topic, event, payload;

  if (frame.len < 7 || head[0] != 3)
    return TRUE;
  topic = 7u + head[1] + head[2];
  event = topic + head[3];
  payload = event + head[4] + head[5];
  if (payload > frame.len)
    return TRUE;

  return give_back (peer, (TelaJsonSpan){ frame.data + topic, head[3] }, (TelaJsonSpan){ frame.data + event, head[4] },
                    (TelaJsonSpan){ frame.data + payload, frame.len - payload });
}

static gboolean
read_all (Peer    *peer,
          gpointer data,
          gsize    len)
{
  gsize n_read;

  return g_input_stream_read_all (peer->in, data, len, &n_read, NULL, NULL) && n_read == len;
}

/* Returns: whether the connection goes on. */
static gboolean
take_frame (Peer *peer)
{
  guint8           head[2], more[8], mask[4];
  gsize            len;
  g_autofree char *data = NULL;
  TelaJsonSpan     frame;
  guint            opcode;

  if (!read_all (peer, head, sizeof head))
    return FALSE;
  opcode = head[0] & 15;
  len = head[1] & 127;
  if (len == 126)
    {
      if (!read_all (peer, more, 2))
        return FALSE;
      len = (gsize) more[0] << 8 | more[1];
    }
  if (len == 127 || len > FRAME_MAX || !read_all (peer, mask, sizeof mask))
    return FALSE;
  data = g_malloc (len + 1);
  if (!read_all (peer, data, len))
    return FALSE;
  for (gsize i = 0; i < len; i++)
    data[i] = (char) (data[i] ^ mask[i & 3]);

  frame = (TelaJsonSpan){ data, len };
  if (opcode == OPCODE_CLOSE)
    {
      send_frame (peer, OPCODE_CLOSE, data, MIN (len, 2));
      return FALSE;
    }
  if (opcode == OPCODE_PING)
    return send_frame (peer, OPCODE_PONG, data, len);
  if (peer->is_echo)
    return send_frame (peer, opcode, data, len);

  return opcode == OPCODE_TEXT ? take_text (peer, frame) : take_binary (peer, frame);
}

static gboolean
shake_hands (Peer *peer)
{
  g_autoptr (GString) request = g_string_new (NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_auto (GStrv) lines = NULL;
  g_autofree char *accept = NULL;
  g_autofree char *answer = NULL;
  guint8           digest[20];
  gsize            digest_len = sizeof digest;
  char             next;

  while (!g_str_has_suffix (request->str, "\r\n\r\n"))
    {
      if (request->len > FRAME_MAX || !read_all (peer, &next, 1))
        return FALSE;
      g_string_append_c (request, next);
    }
  lines = g_strsplit (request->str, "\r\n", -1);
  peer->is_v2 = strstr (lines[0], "vsn=2") != NULL;
  peer->is_echo = strstr (lines[0], "/echo") != NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], "sec-websocket-key:", 18) == 0)
      g_checksum_update (sum, (const guchar *) g_strstrip (lines[i] + 18), -1);
  g_checksum_update (sum, (const guchar *) WEBSOCKET_GUID, -1);
  g_checksum_get_digest (sum, digest, &digest_len);
  accept = g_base64_encode (digest, digest_len);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n",
                            accept);

  return write_all (peer, answer, strlen (answer));
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *connection,
        GObject                *source,
        gpointer                user_data)
{
  g_autoptr (GInputStream) in = g_buffered_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  Peer peer = { .in = in, .out = g_io_stream_get_output_stream (G_IO_STREAM (connection)) };

  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (shake_hands (&peer))
    while (take_frame (&peer))
      ;

  return TRUE;
}

/* Its parent holds the other end of our standard input: when that ends, so do we. */
static gpointer
watch_parent (gpointer data)
{
  while (getchar () != EOF)
    ;
  exit (EXIT_SUCCESS);
}

/**
 * cli_bench_server:
 *
 * Prints the port, and serves until its standard input ends.
 */
int
cli_bench_server (void)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (64);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GInetAddress) host = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (host, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error))
    return cli_fail ("realtime", error);
  g_signal_connect (service, "run", G_CALLBACK (run_cb), NULL);
  g_thread_unref (g_thread_new ("watch", watch_parent, NULL));
  g_print ("%u\n", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  fflush (stdout);
  g_main_loop_run (loop);

  return CLI_OK;
}
