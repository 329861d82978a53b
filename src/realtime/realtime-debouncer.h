/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Waits until nothing new has come for a while, then hands over the latest: for what is dear to do and worth doing once,
 * such as fetching again. Plain and not counted; for the thread that made it, in whose default context it runs. */
typedef struct _RealtimeDebouncer RealtimeDebouncer;
/* @payload: (transfer none): of the last push. It may free the debouncer. */
typedef void (*RealtimeDebounceFunc) (gpointer payload, gpointer user_data);

/* @interval_ms: of quiet; 100 is usual. @payload_free: nullable. */
RealtimeDebouncer *realtime_debouncer_new (guint interval_ms, RealtimeDebounceFunc func, gpointer user_data, GDestroyNotify payload_free);
void               realtime_debouncer_free (RealtimeDebouncer *self); /* without calling what waits */
/* @payload: (transfer full): takes the place of one that waits. */
void realtime_debouncer_push (RealtimeDebouncer *self, gpointer payload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeDebouncer, realtime_debouncer_free)

G_END_DECLS
