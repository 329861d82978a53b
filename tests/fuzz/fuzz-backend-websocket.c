/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <sys/socket.h>
#include <unistd.h>

#include "backend-websocket.h"
#include "fuzz.h"

typedef struct
{
  TelaWebsocket *websocket;
  gsize          delivered;
} Peer;

static void
message_cb (gboolean    binary,
            const char *data,
            gsize       len,
            gpointer    user_data)
{
  Peer *peer = user_data;

  g_assert_true (tela_websocket_is_open (peer->websocket));
  peer->delivered += len;
}

static void
wake_cb (gpointer user_data)
{
}

/* What the server says is frames of its own: whole, not masked, pongs and at most one close, which is the last. */
static void
check_output (const guint8 *at,
              gsize         len)
{
  gboolean closed = FALSE;

  while (len > 0)
    {
      g_assert_false (closed);
      g_assert_cmpuint (len, >=, 2);
      g_assert_true (at[0] == (0x80 | TELA_OPCODE_PONG) || at[0] == (0x80 | TELA_OPCODE_CLOSE));
      g_assert_cmpuint (at[1], <=, 125);
      g_assert_cmpuint (len, >=, 2u + at[1]);
      closed = at[0] == (0x80 | TELA_OPCODE_CLOSE);
      len -= 2u + at[1];
      at += 2u + at[1];
    }
}

/* Says what it still has to say, and hears what there is to hear. */
static void
talk (int           fd,
      const guint8 *data,
      gsize         size,
      gsize        *sent,
      GByteArray   *heard)
{
  guint8 buffer[4096];
  gssize n = *sent < size ? send (fd, data + *sent, size - *sent, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

  *sent += (gsize) MAX (n, 0);
  if (*sent == size)
    shutdown (fd, SHUT_WR);
  while ((n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    g_byte_array_append (heard, buffer, (guint) n);
}

/* Whatever a peer sends after its handshake. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static const TelaWebsocketFuncs funcs = { message_cb, wake_cb };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GByteArray) heard = g_byte_array_new ();
  TelaPoller *poller = tela_poller_new (context);
  GSocket    *socket;
  Peer        peer = { NULL, 0 };
  gsize       sent = 0, queued = 0;
  int         ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  socket = g_socket_new_from_fd (ends[0], NULL);
  peer.websocket = tela_websocket_new (G_IO_STREAM (g_socket_connection_factory_create_connection (socket)), ends[0],
                                       TRUE, poller, &queued, &funcs, &peer);
  g_object_unref (socket);
  while (!tela_websocket_is_dead (peer.websocket))
    {
      talk (ends[1], data, size, &sent, heard);
      g_main_context_iteration (context, TRUE);
      tela_websocket_flush (peer.websocket);
    }
  talk (ends[1], data, sent, &sent, heard);
  g_assert_cmpuint (peer.delivered, <=, size);
  check_output (heard->data, heard->len);
  g_assert_cmpuint (queued, ==, 0);
  tela_websocket_free (peer.websocket);
  tela_poller_free (poller);
  close (ends[1]);
  return 0;
}
