/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-frames.h"
#include "backend-presence.h"
#include "backend-rights.h"

G_BEGIN_DECLS

#define TELA_TOPIC_PREFIX "realtime:"

/* One joined topic on one socket. */
struct _TelaChannel
{
  TelaSocket  *socket;   /* borrowed */
  TelaTopic   *topic;    /* borrowed; NULL until it has joined */
  char        *wire;     /* "realtime:" and the name */
  char        *join_ref; /* JSON text */
  char        *token;
  TelaClaims  *claims;
  GSource     *expiry; /* owned; set when the token ends before the next tick */
  gboolean     is_private;
  gboolean     self; /* hears its own broadcasts */
  gboolean     ack;
  gboolean     over;                                        /* in core->over */
  gint8        allowed[TELA_N_EXTENSIONS][TELA_N_ACCESSES]; /* -1: to be asked at the first use */
  TelaPresence presence;
  GPtrArray   *bindings; /* owned TelaBinding; NULL until it has joined */
  gboolean     listens;  /* to changes: they are served */
};

/* Answers the join; adds the channel to the socket, in place of an older one of that topic. */
void tela_channel_join (TelaSocket *socket, const TelaFrame *frame);
void tela_channel_handle (TelaChannel *self, const TelaFrame *frame);
/* The right is asked for once and then kept until there is another token; public channels have all. */
gboolean tela_channel_may (TelaChannel *self, TelaExtension extension, TelaAccess access);
/* Who is no member any more, or a lesser one, loses at once what he may no longer do; what is given comes with the next
 * token, as with the real server. May shut it. */
void  tela_channel_drop_rights (TelaChannel *self);
void  tela_channel_forget_rights (TelaChannel *self);
char *tela_channel_unauthorized (const char *name); /* (transfer full) */
/* A copy of a broadcast. Over the limit of events, the channel is shut soon afterwards. */
void tela_channel_deliver (TelaChannel *self, GBytes *frame);
/* FALSE: there are too many. */
gboolean tela_channel_count_event (TelaCore *core);
/* "system" for this channel. */
void tela_channel_push_system (TelaChannel *self, const char *extension, const char *status, const char *message);
/* An error for the reason, phx_close, and it is gone. */
void tela_channel_shut (TelaChannel *self, const char *reason);
void tela_channels_shut_over (TelaCore *core);
/* Looks whether its token has expired; FALSE: it was shut. */
gboolean tela_channel_check (TelaChannel *self);
void     tela_channel_push_close (TelaSocket *socket, const char *join_ref, const char *wire);
void     tela_channel_free (TelaChannel *self); /* leaves its topic */

G_END_DECLS
