/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-channel.h"
#include "realtime-subscription.h"

G_BEGIN_DECLS

struct _RealtimeSubscription
{
  GObject parent_instance;

  RealtimeManager *manager; /* weak */
  RealtimeChannel *channel; /* borrowed; NULL when it listens to nothing */
  const char      *topic;   /* interned */
  char            *event;
  RealtimePolicy   policy;
  gboolean         is_cancelled;

  RealtimeChannelOptions   options;
  const RealtimeRoleFuncs *role_funcs; /* NULL: broadcasts */
  gpointer                 role;       /* borrowed: it owns us */
  gint64                   added_at;

  /* What its listeners were told last. */
  gboolean             is_connected;
  gboolean             is_subscribed;
  RealtimeChannelState state;
  GError              *error;
  guint64              greeted; /* the join_ref of the last "joined" */
};

G_END_DECLS
