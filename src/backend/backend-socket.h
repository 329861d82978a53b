/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-frames.h"
#include "backend-websocket.h"

G_BEGIN_DECLS

struct _TelaSocket
{
  TelaCore      *core;
  TelaWebsocket *websocket;
  TelaProtocol   protocol;
  TelaClaims    *claims;       /* of the API key */
  char          *token;        /* the API key */
  GHashTable    *channels;     /* topic on the wire → owned TelaChannel */
  gboolean       dirty;        /* in core->dirty */
  gint64         lonely_since; /* monotonic: the last time that it was seen with a channel */
  GSource       *frozen;       /* set while it is */
  guint16        close_code;   /* afterwards */
  gboolean       shared;       /* came from the network, by a shared door */
};

/* Takes @stream, which is that of socket @fd, over TLS if @shared. It is in core->sockets, which owns it. */
TelaSocket *tela_socket_new (TelaCore *core, GIOStream *stream, int fd, gboolean shared, TelaProtocol protocol, TelaClaims *claims, const char *token);
/* With limits, after a join that failed: as on the real server, nothing is read or sent for a while. Then it is closed, if
 * @code is not 0. */
void tela_socket_freeze (TelaSocket *self, guint16 code);
void tela_socket_send (TelaSocket *self, GBytes *frame);
void tela_socket_push (TelaSocket *self, const char *join_ref, const char *ref, const char *topic, const char *event, const char *payload);
/* phx_reply to @frame with that status; @join_ref: the channel's, NULL for none. */
void tela_socket_reply (TelaSocket *self, const char *join_ref, const TelaFrame *frame, const char *status, const char *response);
/* Every channel hears that the server goes, then 1012. */
void tela_socket_say_goodbye (TelaSocket *self);
/* Silence, slowness, expired tokens. */
void tela_socket_check (TelaSocket *self, gint64 now_us);
void tela_socket_free (TelaSocket *self);

/* Writes what the sockets have to say and frees the dead ones: once after each round of the loop. */
void tela_sockets_flush (TelaCore *core);

G_END_DECLS
