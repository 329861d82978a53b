/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-member.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* Who is present on one channel, pure: frames in, what changed out. */

/* What one frame says. Immutable, counted. */
typedef struct
{
  gatomicrefcount refs;
  gboolean        is_state; /* everybody; else only what changed */
  GPtrArray      *joins;    /* of RealtimeMember: with the metas that came; a state has only these */
  GPtrArray      *leaves;   /* the same, with those that went */
} RealtimePresenceFrame;

/* @payload: the object of a presence_state or presence_diff. NULL if it has another shape. */
RealtimePresenceFrame *realtime_presence_frame_new (TelaJsonSpan payload, gboolean is_state);
RealtimePresenceFrame *realtime_presence_frame_ref (RealtimePresenceFrame *self);
void                   realtime_presence_frame_unref (RealtimePresenceFrame *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimePresenceFrame, realtime_presence_frame_unref)

/* Of a key, between before a frame and after it. One of the two may be NULL. */
typedef struct
{
  RealtimeMember *before; /* owned */
  RealtimeMember *after;  /* owned */
} RealtimePresenceChange;

typedef struct _RealtimePresenceState RealtimePresenceState;

RealtimePresenceState *realtime_presence_state_new (void);
void                   realtime_presence_state_free (RealtimePresenceState *self);
/* A new join: the next state decides, and changes that come before it wait. Who was there stays meanwhile. */
void     realtime_presence_state_restart (RealtimePresenceState *self);
gboolean realtime_presence_state_is_synced (RealtimePresenceState *self);
/* (transfer full): of RealtimePresenceChange, those that came before those that went; NULL if the frame must wait. */
GPtrArray *realtime_presence_state_take (RealtimePresenceState *self, RealtimePresenceFrame *frame);
/* Key to RealtimeMember. (transfer none) */
GHashTable *realtime_presence_state_get_members (RealtimePresenceState *self);

G_END_DECLS
