/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-governor.h"
#include "realtime-manager.h"
#include "tela-live-message.h"
#include "tela-optimistic.h"
#include "tela-outbox.h"
#include "tela-people-private.h"
#include "tela-session.h"
#include "tela-waiters.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_FETCH_CHANGES, /* what came after `last` */
  TELA_FETCH_RESET,   /* all; what is not there is forgotten */
  TELA_FETCH_RESYNC,  /* all; what is not there is pushed */
} TelaFetchMode;

/* The feed lane: what others made durable. */
typedef struct
{
  RealtimeSubscription *subscription;
  char                 *epoch;
  gint64                last;       /* greatest complete revision */
  gint64                head_rev;   /* greatest one heard of */
  gint64                pruned_rev; /* up to where tombstones had gone when all was fetched last */
  gboolean              pruned_unsaved;
  gint64                later_rev;  /* the same, of heads that came while fetching */
  GHashTable           *parts;      /* of revision last + 1 */
  gboolean              caught_up;  /* since the last join */
  gboolean              unsaved;    /* epoch and last moved since the store was told */
  guint                 head_asked; /* serial of the last request for the head */
  guint                 head_told;  /* of the last one answered */
  guint                 head_due;   /* of the one that drains wait for */

  gboolean      fetching;
  gboolean      again;  /* joined anew while fetching */
  GPtrArray    *buffer; /* TelaFeedChange that came while fetching */
  TelaFetchMode mode;
  TelaHead     *head;     /* at the start of the fetch */
  gint64        asked_at; /* `last` when the head was asked for */
  gint64        cursor_rev;
  char         *cursor_id;
  GPtrArray    *fetched; /* TelaElement; of a whole fetch */

  guint attempt;
  guint retry_source;
  guint check_source;
  guint gap_source;
  guint head_source;
} TelaFeed;

/* The live lane: what hands are doing. */
typedef struct
{
  RealtimeSubscription *subscription;
  char                 *topic;
  char                  event[TELA_LIVE_EVENT_LENGTH + 1];
  RealtimeGovernor     *governor;
  guint                 send_source;
  GPtrArray            *gestures; /* borrowed TelaGesture, under way */
  guint                 next_gesture;
  GHashTable           *veils; /* owned key → owned TelaVeil */
  guint                 sweep_source;
} TelaLive;

/* Who is there. */
typedef struct
{
  RealtimeSubscription *subscription;
  char                 *topic;
  RealtimeGovernor     *governor; /* of a viewer's cursor */
  guint                 send_source;
  TelaPeople           *people;
} TelaRoom;

struct _TelaSession
{
  GObject parent_instance;

  char            *project_id;
  char            *role;
  TelaStore       *store;
  TelaRemote      *remote;
  RealtimeManager *realtime;
  gboolean         is_local;
  gboolean         online;   /* there is a server, and it knows the board */
  gboolean         had_role; /* who has none now has lost the board */
  gboolean         closed;
  GCancellable    *cancellable;

  TelaBoard             *board;
  TelaUndo              *undo;
  TelaClock              clock;
  TelaOptimisticUpdates *updates;
  TelaOutbox            *outbox;
  GError                *problem;

  TelaSyncState state;
  guint         n_waiting;
  gint64        unsaved_since; /* 0: all is saved */
  guint         state_source;
  guint         sweep_source;

  GPtrArray *journal;     /* TelaElement merged while a call to the store was under way whose answer replaces elements */
  guint      n_journals;  /* such calls */
  guint      reset_from;  /* what tela_session_journal_begin() said: of a whole fetch */
  guint      outbox_from; /* of the outbox, which makes one such call at a time */
  GPtrArray *drains;      /* tela_waiters_new() */
  GPtrArray *incoming;    /* TelaElement from the feed, for the next flush */
  GPtrArray *unmerged;    /* TelaElement; the store has them, but the board only the first `n_merged` */
  guint      n_merged;
  gboolean   live_waits; /* veils, for the next flush */
  guint      flush_source;

  TelaRivalry *rivalry;
  GPtrArray   *lost; /* TelaOwnEdit, newest last */

  TelaFeed feed;
  TelaLive live;
  TelaRoom room;
};

/* tela-session-open.c. @callback gets the session when the board is there. */
void         tela_session_load_async (TelaStore *store, TelaRemote *remote, TelaAssets *assets, RealtimeManager *realtime, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaSession *tela_session_load_finish (GAsyncResult *result, GError **error);
void         tela_session_set_server (TelaSession *self, gboolean online, gboolean is_local);
void         tela_session_set_role (TelaSession *self, const char *role); /* NULL: no member (any more) */
void         tela_session_reconnected (TelaSession *self);                /* the network is back: try now */
void         tela_session_close (TelaSession *self);                      /* idempotent */
/* tela-session-state.c */
gboolean tela_session_is_empty (TelaSession *self); /* nothing waits to be pushed */
void     tela_session_update_state (TelaSession *self);
/* tela-session.c */
void tela_session_fail (TelaSession *self, const GError *error); /* editing pauses */
void tela_session_want_flush (TelaSession *self);
void tela_session_notify_live (TelaSession *self);
void tela_session_tell_edited (TelaSession *self);
void tela_session_tell_refused (TelaSession *self, const char *message);
void tela_session_project_changed (TelaSession *self); /* the feed said so: the workspace hears */

/* tela-session-edit.c */
/* Settles @gesture (NULL: none) with @ops in one change, keeps them, sends them. */
void                          tela_session_commit (TelaSession *self, const char *gesture, GPtrArray *ops, TelaEditKind kind, TelaUndoEntry *entry, const char *draft, GTask *task);
guint                         tela_session_journal_begin (TelaSession *self);
void                          tela_session_journal_end (TelaSession *self, guint from, GPtrArray *elements); /* with the answer, for the board; NULL: none */
void                          tela_session_journal_add (TelaSession *self, TelaElement *const *ops, gsize n);
extern const TelaOutboxEvents tela_session_outbox_events;

/* tela-session-edits.c */
gint64 tela_session_get_server_ms (TelaSession *self); /* the server's clock, as far as we know it */
void   tela_session_edits_init (TelaSession *self);
void   tela_session_edits_clear (TelaSession *self);
void   tela_session_edits_changed (TelaSession *self);
void   tela_session_edits_check (TelaSession *self, GPtrArray *ops); /* before what others wrote is merged */

/* tela-session-feed.c */
void     tela_session_feed_start (TelaSession *self);
void     tela_session_feed_stop (TelaSession *self);
void     tela_session_feed_clear (TelaSession *self);
void     tela_session_feed_head (TelaSession *self, const TelaHead *head);
void     tela_session_feed_ask_head (TelaSession *self);
void     tela_session_feed_watch_gap (TelaSession *self); /* fetches if what was heard of does not come by itself */
void     tela_session_feed_drain (TelaSession *self);
gboolean tela_session_feed_is_drained (TelaSession *self); /* caught up with what was there at the last feed_drain() */
void     tela_session_feed_flush (TelaSession *self, gboolean all);
void     tela_session_flush_all (TelaSession *self);
/* tela-session-fetch.c */
void tela_session_catch_up (TelaSession *self);
void tela_session_fetch_init (TelaSession *self); /* once the board is there */
/* An answer of before the board was last fetched as a whole: what it says was taken may be gone again. */
gboolean tela_session_feed_is_past (TelaSession *self, const TelaHead *head);
void     tela_session_feed_take (TelaSession *self, TelaFeedChange *change); /* tela-session-feed.c */

/* tela-session-live.c */
void tela_session_live_init (TelaSession *self);
void tela_session_live_start (TelaSession *self);
void tela_session_live_stop (TelaSession *self);
void tela_session_live_clear (TelaSession *self);
void tela_session_live_touch (TelaSession *self);                                          /* a gesture has something to say */
void tela_session_live_end (TelaSession *self, TelaGesture *gesture, const TelaStamp *at); /* the last message; @at NULL: cancelled */
void tela_session_live_watch (TelaSession *self);                                          /* gestures or veils are there */
/* tela-session-room.c */
void  tela_session_room_init (TelaSession *self);
void  tela_session_room_start (TelaSession *self);
void  tela_session_room_stop (TelaSession *self);
void  tela_session_room_clear (TelaSession *self);
char *tela_session_room_take_message (TelaSession *self); /* with nothing but the cursor in it; (transfer full) */
/* tela-session-veil.c */
void tela_session_veils_heard (TelaSession *self, guint64 actor, TelaLiveMessage *message);
void tela_session_veils_merge (TelaSession *self, GPtrArray *ops); /* merges, and drops the veils that @ops settle in the same change */
void tela_session_veils_flush (TelaSession *self);
void tela_session_veils_sweep (TelaSession *self, gint64 now);
void tela_veil_free (gpointer veil);

/* tela-session-gesture.c */
struct _TelaGesture
{
  TelaSession *session;
  char        *id;
  GHashTable  *ops;   /* id → TelaElement: all it has said */
  GPtrArray   *order; /* borrowed ids, as they came */
  gboolean     inert; /* begun while the session could not be edited */
  char        *draft; /* NULL: none is kept */
  gint64       draft_at;
  guint        draft_source;

  guint        n;      /* messages sent */
  gboolean     dirty;  /* something to say */
  gboolean     silent; /* too large to be sent */
  gint64       sent_at;
  char        *ink_id;   /* the stroke that is sent as it grows */
  TelaNumbers *ink_sent; /* its points, as the others have them */
};
GPtrArray *tela_gesture_get_ops (TelaGesture *gesture); /* (transfer full) */

G_END_DECLS
