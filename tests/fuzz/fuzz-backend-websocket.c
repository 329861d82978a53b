/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

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

/* Whatever a peer sends after its handshake. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  static const TelaWebsocketFuncs funcs = { message_cb, wake_cb };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GInputStream) in = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  Peer peer = { NULL, 0 };

  peer.websocket = tela_websocket_new (g_simple_io_stream_new (in, out), context, &funcs, &peer);
  while (!tela_websocket_is_dead (peer.websocket))
    {
      g_main_context_iteration (context, TRUE);
      tela_websocket_flush (peer.websocket);
    }
  g_assert_cmpuint (peer.delivered, <=, size);
  check_output (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (out)),
                g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)));
  tela_websocket_free (peer.websocket);
  return 0;
}
