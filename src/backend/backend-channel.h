/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-frames.h"

G_BEGIN_DECLS

#define TELA_TOPIC_PREFIX "realtime:"
#define TELA_TOO_MANY_MESSAGES "Too many messages per second"

/* One joined topic on one socket. */
struct _TelaChannel
{
  TelaSocket *socket;   /* borrowed */
  TelaTopic  *topic;    /* borrowed */
  char       *wire;     /* "realtime:" and the name */
  char       *join_ref; /* JSON text */
  char       *token;
  TelaClaims *claims;
  gboolean    is_private;
  gboolean    self; /* hears its own broadcasts */
  gboolean    ack;
  int         may_write; /* -1: to be asked at the first write */
};

/* Answers the join; adds the channel to the socket, in place of an older one of that topic. */
void tela_channel_join (TelaSocket *socket, const TelaFrame *frame);
void tela_channel_handle (TelaChannel *self, const TelaFrame *frame);
/* FALSE: over the limit of events; it is to be shut. */
gboolean tela_channel_deliver (TelaChannel *self, GBytes *frame);
/* An error for the reason, phx_close, and it is gone. */
void tela_channel_shut (TelaChannel *self, const char *reason);
/* Looks whether its token has expired; FALSE: it was shut. */
gboolean tela_channel_check (TelaChannel *self, gint64 now_s);
void     tela_channel_free (TelaChannel *self); /* leaves its topic */

G_END_DECLS
