/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-types.h"

G_BEGIN_DECLS

/* One listener of one topic. Dropping the last reference (or realtime_subscription_cancel()) ends it; safe inside its own
 * callback. Properties: topic, event, enabled (rw), is-connected, is-subscribed, error (boxed, nullable).
 * Signals: "message" (RealtimeMessage); "joined" (const char *response): after each successful (re)join, before the first
 * message of that join, with the JSON of the join reply's `response`; "system" (gboolean ok, const char *extension, const
 * char *message; both nullable): what the server says of a joined topic, such as that it will close it. */
#define REALTIME_TYPE_SUBSCRIPTION (realtime_subscription_get_type ())
G_DECLARE_FINAL_TYPE (RealtimeSubscription, realtime_subscription, REALTIME, SUBSCRIPTION, GObject)

const char          *realtime_subscription_get_topic (RealtimeSubscription *self);
gboolean             realtime_subscription_is_subscribed (RealtimeSubscription *self);
const GError        *realtime_subscription_get_error (RealtimeSubscription *self);
RealtimeChannelState realtime_subscription_get_channel_state (RealtimeSubscription *self);
void                 realtime_subscription_set_enabled (RealtimeSubscription *self, gboolean enabled);
void                 realtime_subscription_cancel (RealtimeSubscription *self);

G_END_DECLS
