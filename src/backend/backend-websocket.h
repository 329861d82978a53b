/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-poller.h"

G_BEGIN_DECLS

/* The server's end of a WebSocket (RFC 6455, no extensions) over a stream whose handshake is done. It is ours and not
 * libsoup's because frames are made once for all their readers, because what waits for a slow reader must be known and
 * bounded, and because text that is not UTF-8 must not end the connection (protocol.md 2.3). */
typedef struct _TelaWebsocket TelaWebsocket;

typedef enum
{
  TELA_OPCODE_CONTINUATION = 0x0,
  TELA_OPCODE_TEXT = 0x1,
  TELA_OPCODE_BINARY = 0x2,
  TELA_OPCODE_CLOSE = 0x8,
  TELA_OPCODE_PING = 0x9,
  TELA_OPCODE_PONG = 0xa,
} TelaOpcode;

typedef enum
{
  TELA_CLOSE_NORMAL = 1000,
  TELA_CLOSE_GOING_AWAY = 1001,
  TELA_CLOSE_PROTOCOL = 1002,
  TELA_CLOSE_TOO_BIG = 1009,
  TELA_CLOSE_RESTART = 1012,
} TelaCloseCode;

typedef struct
{
  void (*message) (gboolean binary, const char *data, gsize len, gpointer user_data);
  void (*wake) (gpointer user_data); /* call _flush() soon, or free it if it is dead */
} TelaWebsocketFuncs;

#define TELA_WEBSOCKET_MAX_PAYLOAD 5000000

/* Takes @stream, which is that of socket @fd: what it says in the clear if @bare, and over TLS otherwise. @funcs is
 * static. What waits is added to @queued, which counts for many. */
TelaWebsocket *tela_websocket_new (GIOStream *stream, int fd, gboolean bare, TelaPoller *poller, gsize *queued, const TelaWebsocketFuncs *funcs, gpointer user_data);
void           tela_websocket_free (TelaWebsocket *self); /* not from within its callbacks */
/* A whole frame, ready for any number of sockets. */
GBytes *tela_websocket_frame (TelaOpcode opcode, const void *data, gsize len);
void    tela_websocket_send (TelaWebsocket *self, GBytes *frame); /* queued until _flush() */
void    tela_websocket_flush (TelaWebsocket *self);
/* Takes no messages until _resume(): what the peer says waits where it is. */
void tela_websocket_pause (TelaWebsocket *self);
void tela_websocket_resume (TelaWebsocket *self);
/* Sends a close frame; what follows is ignored until the peer goes. */
void     tela_websocket_close (TelaWebsocket *self, guint16 code, const char *reason);
void     tela_websocket_kill (TelaWebsocket *self); /* at once, without a word */
gboolean tela_websocket_is_dead (const TelaWebsocket *self);
gboolean tela_websocket_is_open (const TelaWebsocket *self);    /* neither closing nor dead */
gsize    tela_websocket_get_queued (const TelaWebsocket *self); /* bytes that wait */
/* Monotonic times; 0: nothing waits, not closing. */
gint64 tela_websocket_get_stalled_since (const TelaWebsocket *self);
gint64 tela_websocket_get_closing_since (const TelaWebsocket *self);
gint64 tela_websocket_get_last_input (const TelaWebsocket *self);

G_END_DECLS
