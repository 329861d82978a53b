/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-change.h"
#include "realtime-codec.h"
#include "realtime-message-private.h"
#include "realtime-presence-state.h"
#include "realtime-types.h"

G_BEGIN_DECLS

typedef enum
{
  REALTIME_EVENT_OPENED,  /* the socket is open */
  REALTIME_EVENT_PROVEN,  /* and the server has answered */
  REALTIME_EVENT_CLOSED,  /* the attempt or the socket ended: error, http_status */
  REALTIME_EVENT_NOTICE,  /* a frame about a channel */
  REALTIME_EVENT_MESSAGE, /* a broadcast */
  REALTIME_EVENT_SENT,    /* the frame with this ref was handed to the socket */
  REALTIME_EVENT_STOPPED, /* the thread ends: the last event */
} RealtimeEventKind;

/* What crosses from the connection's thread; immutable once pushed. */
typedef struct
{
  GList             link; /* of the batcher's: it saves an allocation per message */
  RealtimeEventKind kind;
  guint             generation;  /* of the attempt */
  gint64            at;          /* monotonic microseconds */
  RealtimeMessage  *message;     /* MESSAGE */
  guint64           join_ref;    /* MESSAGE, NOTICE */
  guint64           ref;         /* NOTICE, SENT */
  RealtimeFrameKind frame;       /* NOTICE */
  gboolean          ok;          /* NOTICE */
  char             *topic;       /* NOTICE: sub-topic; owned */
  char             *text;        /* NOTICE: JSON of a response, or a system message; nullable; owned */
  char             *extension;   /* NOTICE of a system message: what it is about; nullable; owned */
  GError           *error;       /* CLOSED; owned */
  guint             http_status; /* CLOSED: what a handshake was answered with; 0 if it was not */

  gsize                  size;     /* of the next two, about */
  RealtimePresenceFrame *presence; /* NOTICE of a presence; owned */
  RealtimeChange        *change;   /* NOTICE of a row; owned */
  RealtimeBlock         *block;    /* MESSAGE: whose memory this is */
} RealtimeEvent;

RealtimeEvent *realtime_event_new (RealtimeEventKind kind, guint generation);
/* @message: (transfer full): it has the time of the event. */
RealtimeEvent *realtime_event_new_message (RealtimeArena *arena, guint generation, RealtimeMessage *message);
void           realtime_event_free (RealtimeEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeEvent, realtime_event_free)

/* The queue between the two threads. The owner's context wakes up at most once an interval: after an interval of quiet
 * the first event is handed over at once, then whatever has come is handed over together. What is not a message and not
 * its being sent does not wait, and takes along what does. */
typedef struct _RealtimeBatcher RealtimeBatcher;
/* @event: (transfer none). In the owner's context. */
typedef void (*RealtimeBatchFunc) (const RealtimeEvent *event, gpointer user_data);

RealtimeBatcher *realtime_batcher_new (GMainContext *context, guint interval_ms, RealtimeBatchFunc func, gpointer user_data);
void             realtime_batcher_free (RealtimeBatcher *self); /* the other thread has ended; drops what waits */

/* Who listens to what (owner's thread): messages of a topic without a listener are dropped where they arrive, and those
 * that every listener wants latest are merged while they wait. @event: "*" for all. */
void realtime_batcher_add_listener (RealtimeBatcher *self, const char *topic, const char *event, RealtimePolicy policy);
void realtime_batcher_remove_listener (RealtimeBatcher *self, const char *topic, const char *event, RealtimePolicy policy);

/* Any thread. Returns the interned topic, or NULL if nobody listens. */
const char *realtime_batcher_find_topic (RealtimeBatcher *self, TelaJsonSpan topic);
typedef struct
{
  guint64 batches, events; /* handed over so far */
  guint64 largest;         /* of the batches */
} RealtimeBatchCounts;
void realtime_batcher_get_counts (RealtimeBatcher *self, RealtimeBatchCounts *counts);
/* @event: (transfer full). Any thread. FALSE: more waits than the owner can be expected to catch up with. */
gboolean realtime_batcher_push (RealtimeBatcher *self, RealtimeEvent *event);

G_END_DECLS
