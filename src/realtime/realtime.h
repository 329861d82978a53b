/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

/* A client of Supabase Realtime: one WebSocket for a process, shared by all that listen.
 *
 *   RealtimeManager       the connection: where to, with which token, how it is doing
 *   RealtimeSubscription  broadcasts of a topic
 *   RealtimePresence      who else is on a topic
 *   RealtimeChanges       rows of a database
 *   RealtimeRetryPolicy, RealtimeDebouncer   for calls that are made once, or once things have settled
 *
 * All of it belongs to the thread that made the manager, usually that of the main loop; a call from another one is a
 * critical. Only the counted, immutable RealtimeMessage, RealtimeMember and RealtimeChange may go elsewhere. No signal and
 * no callback comes from inside the call that caused it, and each may drop what it was called for. Errors are GErrors of
 * REALTIME_ERROR; what is wrong with a connection or a topic is tried again by itself and told by properties. Needs GLib,
 * GIO, libsoup 3 and the JSON reader of ../json. */

#include "realtime-changes.h"
#include "realtime-debouncer.h"
#include "realtime-governor.h"
#include "realtime-manager.h"
#include "realtime-policy.h"
#include "realtime-presence.h"
#include "realtime-subscription.h"
#include "realtime-types.h"
