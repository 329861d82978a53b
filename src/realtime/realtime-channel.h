/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-manager-private.h"
#include "realtime-role.h"

G_BEGIN_DECLS

typedef enum
{
  REALTIME_PHASE_IDLE,    /* to be joined as soon as there is a socket */
  REALTIME_PHASE_QUEUED,  /* behind other joins */
  REALTIME_PHASE_TOKEN,   /* the next to join; waits for its token */
  REALTIME_PHASE_JOINING, /* phx_join is not answered */
  REALTIME_PHASE_JOINED,
  REALTIME_PHASE_LEAVING, /* phx_leave is not answered */
  REALTIME_PHASE_WAITING, /* for another try */
  REALTIME_PHASE_PARKED,  /* until a token, the endpoint or the application says so */
} RealtimePhase;

/* One topic on the wire, for all its subscriptions. The manager owns it; it goes with its last subscription, once the
 * server knows. */
struct _RealtimeChannel
{
  RealtimeManager       *manager; /* borrowed */
  const char            *topic;   /* interned */
  GQuark                 quark;   /* of it */
  char                  *wire_topic;
  RealtimeChannelOptions options;
  GPtrArray             *subscriptions; /* of RealtimeSubscription, borrowed: each takes itself out */
  guint                  n_subscriptions;
  guint                  n_roles; /* of them, for something else than broadcasts */
  guint                  n_walks; /* through the array under way: what is taken out leaves NULL */

  RealtimePhase phase;
  GSource      *timer;    /* of the phase */
  guint64       join_ref; /* of the last join; 0 when there is none on this socket */
  guint64       leave_ref;
  gint64        joined_at;
  guint         failures; /* in a row */
  guint         limits;
  guint         refusals;  /* of tokens, in a row */
  char         *response;  /* of the join */
  char         *token;     /* that the server last had from us */
  char         *system;    /* the last error that it said of this join, */
  gint64        system_at; /* and when */
  GError       *error;
  gint64        heard_at;     /* wall clock milliseconds of the last broadcast; 0: none */
  GQueue        heard_ids;    /* of the last ones from a database, newest first, where they may come again */
  gint64        last_message; /* monotonic; 0: none */
  gint64        presence_calls[REALTIME_PRESENCE_CALLS];
  guint         next_presence_call;
  gboolean      is_admitted;     /* among those that the server has room for */
  gboolean      has_asked_twice; /* for a token that lives longer */
  gboolean      is_surplus;      /* parked until one of those goes */
  gboolean      is_signed_out;   /* to be parked once it is left */
  gboolean      is_outdated;     /* the join asked for less than the subscriptions do */
  gboolean      skips_replay;
  gboolean      has_large_meta; /* the server closed it because of what was shown */
  gboolean      is_dirty;
  gboolean      is_gone;
};

RealtimeChannel *realtime_channel_new (RealtimeManager *manager, const char *topic);
/* Detaches the subscriptions that are left. */
void realtime_channel_free (RealtimeChannel *self);

void realtime_channel_attach (RealtimeChannel *self, RealtimeSubscription *subscription);
void realtime_channel_detach (RealtimeChannel *self, RealtimeSubscription *subscription);
/* The pump is to look at it. */
void realtime_channel_mark (RealtimeChannel *self);
/* Does what there is to do; may free it. */
void     realtime_channel_step (RealtimeChannel *self);
void     realtime_channel_join (RealtimeChannel *self);
void     realtime_channel_leave (RealtimeChannel *self);
void     realtime_channel_push_token (RealtimeChannel *self);
void     realtime_channel_set_phase (RealtimeChannel *self, RealtimePhase phase);
void     realtime_channel_start_timer (RealtimeChannel *self, guint interval, GSourceFunc func);
void     realtime_channel_token (RealtimeChannel *self, const char *token, const GError *error);
void     realtime_channel_notice (RealtimeChannel *self, const RealtimeEvent *event);
gboolean realtime_channel_deliver (RealtimeChannel *self, const RealtimeEvent *event);
void     realtime_channel_socket_lost (RealtimeChannel *self);
/* The server does not know of our join. */
void realtime_channel_lost (RealtimeChannel *self);
/* Out of a phase that waits for something else than the server. */
void                 realtime_channel_sign_out (RealtimeChannel *self);
void                 realtime_channel_unpark (RealtimeChannel *self);
RealtimeChannelState realtime_channel_get_state (RealtimeChannel *self);

/* FALSE: the server has no room for another one; its error says so. */
gboolean realtime_channel_admit (RealtimeChannel *self);
/* It makes room. */
void realtime_channel_dismiss (RealtimeChannel *self);

/* Joining: realtime-channel-join.c, realtime-channel-config.c */
char *realtime_channel_join_payload (RealtimeChannel *self);
void  realtime_channel_set_error (RealtimeChannel *self, RealtimeRetry retry, const GError *error);
void  realtime_channel_refused (RealtimeChannel *self, RealtimeRetry retry, const GError *error);
void  realtime_channel_left (RealtimeChannel *self);
void  realtime_channel_forgive_if_settled (RealtimeChannel *self);
/* Of what the server said of the current join. May free it. */
void realtime_channel_tell (RealtimeChannel *self, const RealtimeEvent *event);
/* 0: a presence call is allowed, and counted; else the microseconds until one is. */
gint64 realtime_channel_take_presence_call (RealtimeChannel *self);

/* What a channel tells its subscriptions: realtime-subscription.c */
RealtimeSubscription         *realtime_subscription_new (RealtimeManager *manager, const char *topic, const char *event, const RealtimeChannelOptions *options, RealtimePolicy policy);
void                          realtime_subscription_set_channel (RealtimeSubscription *self, RealtimeChannel *channel);
void                          realtime_subscription_set_role (RealtimeSubscription *self, const RealtimeRoleFuncs *funcs, gpointer role);
gpointer                      realtime_subscription_get_role (RealtimeSubscription *self, const RealtimeRoleFuncs *funcs);
void                          realtime_subscription_configure (RealtimeSubscription *self, RealtimeJoinConfig *config);
RealtimeChannel              *realtime_subscription_get_channel (RealtimeSubscription *self);
gint64                        realtime_subscription_get_added_at (RealtimeSubscription *self);
const char                   *realtime_subscription_get_event (RealtimeSubscription *self);
const RealtimeChannelOptions *realtime_subscription_get_options (RealtimeSubscription *self);
RealtimePolicy                realtime_subscription_get_policy (RealtimeSubscription *self);
/* Notifies of what changed; says "joined" once for each join. */
void realtime_subscription_update (RealtimeSubscription *self);
void realtime_subscription_notice (RealtimeSubscription *self, const RealtimeEvent *event);
void realtime_subscription_deliver (RealtimeSubscription *self, RealtimeMessage *message);

gboolean         realtime_role_start (RealtimeRole *self, RealtimeManager *manager, const char *topic, const RealtimeChannelOptions *options, const RealtimeRoleFuncs *funcs, gpointer owner);
void             realtime_role_end (RealtimeRole *self);
gboolean         realtime_role_set_error (RealtimeRole *self, const GError *error);
void             realtime_role_note_error (RealtimeRole *self, const GError *error);
RealtimeChannel *realtime_role_get_channel (RealtimeRole *self);

G_END_DECLS
