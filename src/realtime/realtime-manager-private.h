/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "realtime-connection.h"
#include "realtime-private.h"
#include "realtime-retry.h"
#include "realtime-role.h"
#include "realtime-wake.h"

G_BEGIN_DECLS

typedef struct _RealtimeChannel RealtimeChannel;

/* The connection's one state; the public one follows from it. */
typedef enum
{
  REALTIME_LINK_IDLE,    /* not started */
  REALTIME_LINK_TOKEN,   /* waits for the token provider */
  REALTIME_LINK_OPENING, /* waits for the socket */
  REALTIME_LINK_PROVING, /* open, no reply heard yet */
  REALTIME_LINK_OPEN,
  REALTIME_LINK_WAITING, /* for the next attempt */
  REALTIME_LINK_STOPPED, /* until a token, the endpoint or the application says so */
  REALTIME_LINK_RESTING, /* until something is listened to */
  REALTIME_LINK_DOWN,    /* shut down */
} RealtimeLink;

/* A broadcast that nobody has answered for yet. */
typedef struct
{
  GTask           *task;  /* owned */
  char            *topic; /* owned */
  gboolean         has_ack;
  gint64           sent_at;
  GSource         *timer;     /* owned */
  GSource         *cancelled; /* owned; nullable */
  guint64          ref;
  RealtimeManager *manager; /* borrowed */
} RealtimePending;

struct _RealtimeManager
{
  GObject parent_instance;

  GMainContext       *context; /* the owner's */
  GThread            *owner;   /* the only one that may call */
  RealtimeTimings     timings;
  RealtimeBatcher    *batcher;
  RealtimeConnection *connection; /* NULL before the first attempt */
  RealtimeWake       *wake;       /* the same */
  GSource            *pump;       /* what the application asked for is done from here, never inside its call */

  char             *url;
  char             *api_key;
  RealtimeProtocol  protocol;
  RealtimeEndpoint *endpoint; /* NULL before realtime_manager_set_endpoint() */

  RealtimeLink            link;
  RealtimeConnectionState state;
  char                   *cause;
  GError                 *last_error;
  gint64                  retry_at;
  gint64                  since;
  GSource                *link_timer;
  guint                   generation;
  guint                   failures;
  guint                   limits;
  gint64                  opened_at; /* of this socket; 0 when there is none */
  gboolean                has_connected;
  gboolean                wants_now; /* the application asked for an attempt */
  gboolean                has_moved; /* it gave another endpoint */

  RealtimeTokenFunc     provider;
  gpointer              provider_data;
  GDestroyNotify        provider_destroy;
  GHashTable           *requests; /* of RealtimeTokenRequest, all that are not answered */
  RealtimeTokenRequest *request;  /* the one that we wait for; borrowed */
  char                 *token;

  GHashTable      *channels; /* sub-topic to RealtimeChannel */
  GQueue           dirty;    /* of RealtimeChannel: to be looked at by the pump */
  GQueue           joins;    /* of RealtimeChannel: to be joined, one at a time */
  RealtimeChannel *joining;
  gint64           joins_until; /* what the joins so far have used of the allowance */
  GSource         *join_timer;  /* until there is some again */
  GSource         *idle_timer;
  guint64          next_ref;
  GHashTable      *pending; /* ref to RealtimePending */

  SoupSession *rest; /* for posts; NULL before the first */

  RealtimeRecorder *recorder; /* owned; NULL: frames are not recorded */

  GTask *shutdown;

  guint   n_joined;
  guint   n_admitted; /* channels that may be joined: the server takes so many */
  guint   n_subscriptions;
  guint64 reconnection_count;
  gint64  reconnection_us; /* the sum */
  gint64  lost_at;         /* of the connection that is being replaced; 0: none */
  guint   http_status;     /* that the last attempt was answered with; 0: none */
  guint64 error_count;
  guint64 errors_by_type[REALTIME_N_ERRORS];
  GQueue  errors;  /* of RealtimeErrorRecord, newest first */
  GQueue  history; /* of RealtimeStateRecord, newest first */
};

/* What went wrong, and what is done about it. */
typedef struct
{
  gint64        at; /* monotonic */
  GError       *error;
  char         *topic; /* NULL: the connection */
  RealtimeRetry retry;
  guint         http_status;
  gint64        retry_at; /* monotonic; 0: not known, or never */
} RealtimeErrorRecord;
void realtime_error_record_free (RealtimeErrorRecord *record);

typedef struct
{
  gint64                  at; /* monotonic */
  RealtimeConnectionState state;
  char                   *cause;
} RealtimeStateRecord;
void realtime_state_record_free (RealtimeStateRecord *record);

struct _RealtimeTokenRequest
{
  RealtimeChannel *channel;  /* borrowed: a join waits for it; NULL: the connection does, a post, or nobody any more */
  GTask           *post;     /* owned: the post that waits for it; nullable */
  GSource         *timer;    /* owned: of that */
  gboolean         is_asked; /* for a post: the provider has been */
  gboolean         is_answered;
  char            *token;
  GError          *error;
};

void realtime_manager_pump (RealtimeManager *self);
/* (transfer none) (nullable) */
gpointer realtime_manager_find_role (RealtimeManager *self, const char *topic, const RealtimeRoleFuncs *funcs);
/* Counts it and keeps it for a while. @topic: NULL for the connection. */
void     realtime_manager_note_state (RealtimeManager *self);
void     realtime_manager_note_error (RealtimeManager *self, const char *topic, RealtimeRetry retry, const GError *error);
void     realtime_manager_attach (RealtimeManager *self, RealtimeSubscription *subscription);
gboolean realtime_manager_is_open (RealtimeManager *self);
guint64  realtime_manager_send_text (RealtimeManager *self, guint64 join_ref, guint64 ref, const char *topic, const char *event, const char *payload);

void realtime_manager_event_cb (const RealtimeEvent *event, gpointer user_data);
void realtime_manager_emit_message (RealtimeManager *self, GQuark topic, RealtimeMessage *message);
void realtime_manager_stopped (RealtimeManager *self);

void realtime_manager_unpark (RealtimeManager *self);

/* The connection: realtime-manager-link.c */
void realtime_manager_step_link (RealtimeManager *self);
void realtime_manager_link_event (RealtimeManager *self, const RealtimeEvent *event);
void realtime_manager_link_token (RealtimeManager *self, const char *token, const GError *error);
/* @error: of an endpoint that is none. */
void realtime_manager_move_link (RealtimeManager *self, const GError *error);
void realtime_manager_rest (RealtimeManager *self);
void realtime_manager_close_link (RealtimeManager *self);

/* Tokens: realtime-manager-token.c */
void realtime_manager_request_token (RealtimeManager *self, RealtimeChannel *channel);
void realtime_manager_forget_request (RealtimeManager *self, RealtimeChannel *channel);
void realtime_manager_take_answer (RealtimeManager *self);
void realtime_token_request_free (RealtimeTokenRequest *request);
/* @post: (transfer full): realtime_manager_post_token() is called for it, from the pump. */
void realtime_manager_request_post_token (RealtimeManager *self, GTask *post);
void realtime_manager_fail_posts (RealtimeManager *self, const GError *error);
/* @post: (transfer full) */
void realtime_manager_post_token (RealtimeManager *self, GTask *post, const char *token, const GError *error);

/* Broadcasts: realtime-manager-broadcast.c */
/* @task: (transfer full) */
void realtime_manager_add_pending (RealtimeManager *self, GTask *task, const char *topic, guint64 ref, gboolean has_ack);
void realtime_manager_reply (RealtimeManager *self, const RealtimeEvent *event);
void realtime_manager_sent (RealtimeManager *self, guint64 ref);
/* @topic: NULL for all. */
void     realtime_manager_fail_pending (RealtimeManager *self, const char *topic, const GError *error);
gboolean realtime_check_object (const char *payload, GError **error);
void     realtime_pending_free (RealtimePending *pending);

G_END_DECLS
