/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

#include "realtime-codec.h"
#include "realtime-private.h"

G_BEGIN_DECLS

/* A server that speaks the protocol on 127.0.0.1, in the test's own main loop. Answers heartbeats, joins, leaves and
 * broadcasts as the real one does, keeps a list of what it heard, and misbehaves on demand. */
typedef struct
{
  SoupServer *server;
  guint       port;
  char       *url;
  GPtrArray  *sockets; /* of SoupWebsocketConnection, the open ones */
  GPtrArray  *heard;   /* of text: "event topic", in order */
  GPtrArray  *tokens;  /* of text: "event token" of joins and access_token */
  GPtrArray  *said;    /* of text: "event payload", in order */

  RealtimeProtocol protocol; /* of the newest handshake */

  guint    n_handshakes;
  guint    status;      /* answers handshakes with this instead */
  gboolean is_mute;     /* leaves heartbeats unanswered */
  gboolean holds_joins; /* leaves joins unanswered */
  gboolean holds_leaves;
  gboolean holds_replies;      /* leaves broadcasts unanswered */
  char    *refuses_joins;      /* with this reason */
  char    *response;           /* of joins, instead of one without postgres_changes */
  char    *refuses_presence;   /* with this JSON as response */
  char    *refuses_broadcasts; /* with this JSON as response */
  char    *before_reply;       /* a frame that precedes each join's reply; %s is the topic */
  char    *after_reply;        /* the same, after it; %s the topic */
  guint64  last_join_ref;
} StandIn;

StandIn *stand_in_new (guint port);
void     stand_in_free (StandIn *self);
/* To the newest socket. */
void stand_in_send_text (StandIn *self, const char *text);
void stand_in_send_raw (StandIn *self, gboolean is_text, gconstpointer data, gsize len);
/* From the newest socket's server, as its protocol has it; @join_ref 0: none. */
void stand_in_send (StandIn *self, guint64 join_ref, guint64 ref, const char *topic, const char *event, const char *payload);
/* As a kind-4 frame. */
void stand_in_broadcast (StandIn *self, const char *topic, const char *event, const char *payload);
/* As kill -9 does: every connection breaks without a word. */
void  stand_in_cut (StandIn *self);
guint stand_in_count (StandIn *self, const char *what);

/* Iterates the main loop until @condition holds; a generous deadline fails the test. */
#define wait_until(condition)                                        \
  G_STMT_START                                                       \
  {                                                                  \
    gint64 wait_end = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    guint  wait_tick = g_timeout_add (5, wait_tick_cb, NULL);        \
    while (!(condition))                                             \
      {                                                              \
        g_assert_cmpint (g_get_monotonic_time (), <, wait_end);      \
        g_main_context_iteration (NULL, TRUE);                       \
      }                                                              \
    g_source_remove (wait_tick);                                     \
  }                                                                  \
  G_STMT_END
gboolean wait_tick_cb (gpointer data);
/* The last thing said that starts with @event; "" if there is none. */
const char *stand_in_last (StandIn *self, const char *event);
/* Until nothing more happens for @ms. */
void wait_quiet (guint ms);

/* Short ones, so that nothing takes long. */
RealtimeTimings  test_timings (void);
RealtimeManager *test_manager (StandIn *server);
/* Shuts it down and checks that nothing is left of it. (transfer full) */
void test_end (RealtimeManager *manager, StandIn *server);

G_END_DECLS
