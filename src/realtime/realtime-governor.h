/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often to broadcast what the next message makes worthless, such as cursors: a server counts each message once for
 * each of those who hear it, and refuses what is too much. Each sender takes its share of half of that, and a refusal
 * halves the share, which then creeps back. At most one message a frame, and 20 a second.
 *
 * It has no clock and no source of its own: times are monotonic microseconds of the caller's. For one thread. */
typedef struct _RealtimeGovernor RealtimeGovernor;

/* What it is like before anything is known of the server: messages a second. */
#define REALTIME_GOVERNOR_QUOTA 100.0

RealtimeGovernor *realtime_governor_new (void);
void              realtime_governor_free (RealtimeGovernor *self);
/* @per_second: what the server lets through for all of a topic; 0: no limit. */
void realtime_governor_set_quota (RealtimeGovernor *self, double per_second);
/* Who listens on the topic, oneself included, as presence counts them; 0: unknown. Nothing is sent to oneself alone. */
void realtime_governor_set_present (RealtimeGovernor *self, guint n);
/* Somebody else, whom the caller knows by @sender, has sent something. */
void realtime_governor_heard (RealtimeGovernor *self, guint64 sender, gint64 now);
/* We have. */
void realtime_governor_sent (RealtimeGovernor *self, gint64 now);
/* The server has refused something. */
void realtime_governor_refused (RealtimeGovernor *self);
/* Microseconds until the next message may be sent; -1: there is no room, so be silent. */
gint64 realtime_governor_get_wait (RealtimeGovernor *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeGovernor, realtime_governor_free)

G_END_DECLS
