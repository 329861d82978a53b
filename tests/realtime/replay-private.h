/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "realtime-changes.h"
#include "realtime-presence.h"
#include "realtime-private.h"
#include "replay.h"

G_BEGIN_DECLS

/* A topic: what the frames so far stand for, and what the client has made of them. */
typedef struct
{
  char                 *topic;        /* as on the wire */
  RealtimeSubscription *subscription; /* owned; NULL: the client does not listen */
  gboolean              is_private;
  gboolean              has_ack;
  guint64               join_ref;     /* of the client's last join */
  char                 *recorded_ref; /* of the last join in the recording, with quotes */
  gboolean              is_recorded;  /* the recorded client is joined */
  gboolean              is_joining;   /* the script is to answer */
  gboolean              is_joined;
  char                 *reply;    /* to the last join in the recording */
  RealtimePresence     *presence; /* owned; nullable */
  GHashTable           *present;  /* of text: "key ref" */
  gboolean              has_list; /* of this join */
  char                 *shown;    /* by the client, of itself */
  guint                 n_shown;
  GPtrArray            *rows;     /* of each filter of its join: replay-rows.c */
  GPtrArray            *expected; /* of text: "event payload" */
  guint                 n_heard;
} ReplayChannel;

/* Calls of presence that ours makes in 30 s. */
#define REPLAY_SHOWN_MAX 4

/* A broadcast of ours. */
typedef struct
{
  guint64  ref;
  gboolean is_answered, is_ok; /* by the script */
  gboolean has_ended, has_worked;
} ReplayCast;

typedef struct
{
  const TranscriptSession *session;
  SoupServer              *server;
  char                    *url;
  SoupWebsocketConnection *socket; /* the client's; owned */
  GPtrArray               *old_sockets;
  RealtimeManager         *manager;
  guint                    n_sockets;
  guint                    n_refused; /* handshakes */
  guint                    at;        /* the line of the session */
  GHashTable              *channels;  /* topic on the wire to ReplayChannel */
  GHashTable              *refs;      /* recorded, with quotes, to the client's, with quotes */
  GPtrArray               *casts;     /* of ReplayCast */
  char                    *token;
  const char              *awaited_topic; /* what the client is about to say; borrowed */
  const char              *awaited_event;
  guint64                  heard_ref; /* of what was awaited */
  ReplayCount             *count;
} Replay;

Replay        *replay_new (const TranscriptSession *session);
void           replay_free (Replay *self);
ReplayChannel *replay_get_channel (Replay *self, const char *topic);
void           replay_send_text (Replay *self, const char *text, gsize len);
void           replay_drop_socket (Replay *self, guint code);

void replay_settle (Replay *self);
void replay_send_line (Replay *self, TranscriptLine *line);

/* Has the client do what the recorded one did, if it ever does such a thing. */
void replay_do_call (Replay *self, const TranscriptLine *line);
void replay_stop_listening (ReplayChannel *channel);

GPtrArray *replay_rows_new (void); /* of a channel */
void       replay_presence_start (Replay *self, ReplayChannel *channel, TelaJsonSpan config);
void       replay_presence_stop (ReplayChannel *channel);
void       replay_presence_note (ReplayChannel *channel, const TranscriptFrame *frame);
gboolean   replay_presence_agrees (ReplayChannel *channel);

void     replay_rows_start (Replay *self, ReplayChannel *channel, const RealtimeChannelOptions *options, TelaJsonSpan config);
void     replay_rows_stop (ReplayChannel *channel);
void     replay_rows_note_reply (ReplayChannel *channel, TelaJsonSpan reply);
void     replay_rows_note (Replay *self, ReplayChannel *channel, const TranscriptFrame *frame);
gboolean replay_rows_agree (ReplayChannel *channel);

G_END_DECLS
