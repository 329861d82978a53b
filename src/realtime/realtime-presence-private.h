/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-presence-state.h"
#include "realtime-presence.h"
#include "realtime-role.h"

G_BEGIN_DECLS

struct _RealtimePresence
{
  GObject parent_instance;

  RealtimeRole           role;
  RealtimePresenceState *state;
  char                  *wanted;    /* what is to be shown; NULL: nothing */
  char                  *sent;      /* what the server was told in this join; NULL: nothing */
  guint64                track_ref; /* of that call */
  GSource               *timer;     /* until another call is allowed */
  gboolean               is_synced;
};

G_END_DECLS
