/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-manager.h"
#include "realtime-member.h"

G_BEGIN_DECLS

/* Who else is on a topic, and what one shows of oneself there. One object a topic: asking again gives the same one.
 * Dropping the last reference ends it, also inside one of its own signals. Main thread only; no signal comes from inside
 * a call.
 *
 * Properties: synced (the list is that of the server; FALSE while the connection is away, when it is the last one known),
 * error (boxed, nullable: why it is not synced, or why what one shows was refused).
 *
 * Signals, all after the whole of what one frame said was applied, so that a change of what somebody shows is an
 * "update" and never a leave and a join:
 *   "join" (RealtimeMember), "leave" (RealtimeMember: what was last known),
 *   "update" (RealtimeMember now, RealtimeMember before), then "sync" when the list may have changed. */
#define REALTIME_TYPE_PRESENCE (realtime_presence_get_type ())
G_DECLARE_FINAL_TYPE (RealtimePresence, realtime_presence, REALTIME, PRESENCE, GObject)

/* @options: presence_key is who one is, best the stable id of the user; without it the server makes one up for each join.
 * A topic that was joined without presence is joined again. (transfer full) */
RealtimePresence *realtime_manager_get_presence (RealtimeManager *self, const char *topic, const RealtimeChannelOptions *options);

/* @payload: a JSON object. Shown as soon as the topic is joined, and again after each join. The server takes five calls in
 * 30 s, so four are made, and what came last is shown when there is room again. */
void realtime_presence_track (RealtimePresence *self, const char *payload);
void realtime_presence_untrack (RealtimePresence *self);

const char     *realtime_presence_get_topic (RealtimePresence *self);
gboolean        realtime_presence_is_synced (RealtimePresence *self);
const GError   *realtime_presence_get_error (RealtimePresence *self);
guint           realtime_presence_get_n_members (RealtimePresence *self);
RealtimeMember *realtime_presence_lookup (RealtimePresence *self, const char *key); /* (transfer none) (nullable) */
GPtrArray      *realtime_presence_list (RealtimePresence *self);                    /* (transfer full): of RealtimeMember, by key */

G_END_DECLS
