/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-batcher.h"

G_BEGIN_DECLS

/* What the subscriptions of a topic ask of its join, besides the options. */
typedef struct
{
  gboolean    has_presence;
  const char *presence_key; /* nullable; borrowed */
  GPtrArray  *changes;      /* of RealtimeChangesFilter, borrowed, in the order in which the answer has them */
} RealtimeJoinConfig;

/* What a subscription is for, where it is not broadcasts. Main thread. Whoever calls holds the subscription, not the role. */
typedef struct
{
  /* A join is about to be sent. */
  void (*configure) (gpointer role, RealtimeJoinConfig *config);
  /* The state of the channel, its error or a wish of the application may have changed. */
  void (*update) (gpointer role);
  /* @response: JSON of the join's reply. */
  void (*joined) (gpointer role, const char *response);
  /* REPLY, SYSTEM, PRESENCE_… or CHANGES of the current join, after joined. */
  void (*notice) (gpointer role, const RealtimeEvent *event);
} RealtimeRoleFuncs;

/* What such a subscription is part of. All zero when it is new. */
typedef struct
{
  RealtimeManager      *manager;      /* weak */
  RealtimeSubscription *subscription; /* owned: keeps the topic joined */
  GError               *error;        /* owned: cleared by the owner's finalize */
} RealtimeRole;

G_END_DECLS
