/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-websocket.h"

G_BEGIN_DECLS

#define TELA_WEBSOCKET_MAX_CONTROL 125

struct _TelaWebsocket
{
  GIOStream                *stream;
  GPollableInputStream     *input;  /* borrowed from stream */
  GPollableOutputStream    *output; /* borrowed from stream */
  gboolean                  bare;   /* no TLS between the socket and us */
  TelaPoller               *poller;
  TelaWatch                 watch;
  const TelaWebsocketFuncs *funcs;
  gpointer                  user_data;

  GByteArray *in;
  gboolean    has_more;       /* of in, that was put off */
  GByteArray *message;        /* of fragments so far */
  TelaOpcode  message_opcode; /* CONTINUATION: no message under way */

  GQueue out; /* GBytes */
  gsize  out_offset;
  gsize  queued;
  gsize *queued_by_all; /* borrowed */

  gint64   last_input;
  gint64   stalled_since;
  gint64   closing_since;
  gboolean deaf;   /* a broken or closed input: what still comes is dropped */
  gboolean paused; /* nothing is read */
  gboolean end_after_flush;
  gboolean dead;
};

/* Wraps and queues. */
void tela_websocket_send_data (TelaWebsocket *self, TelaOpcode opcode, const void *data, gsize len);
/* Watches for what can go on: there is something to read or to write, or neither. */
void tela_websocket_watch (TelaWebsocket *self);
/* Of backend-websocket-input.c: the stream may have bytes. */
void tela_websocket_read (TelaWebsocket *self);

G_END_DECLS
