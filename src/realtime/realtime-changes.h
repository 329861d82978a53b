/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-change.h"
#include "realtime-manager.h"

G_BEGIN_DECLS

/* Which rows. All of it is copied; NULL leaves a part out. */
typedef struct
{
  const char        *event;  /* "INSERT", "UPDATE", "DELETE", or "*" for all */
  const char        *schema; /* alone: all its tables */
  const char        *table;
  const char        *filter; /* "column=op.value", with commas for "and"; needs both of the above */
  const char *const *select; /* names of columns, the key comes anyway; NULL-terminated */
} RealtimeChangesFilter;

/* One subscription to rows of a database. Dropping the last reference ends it, also inside one of its own signals. Main
 * thread only; no signal comes from inside a call.
 *
 * Properties: joined (the server knows of it), ready (and has said that changes flow: what was written before that is
 * missed, so fetch after it), error (boxed, nullable; a filter that the server refuses leaves the topic joined).
 * Signal: "change" (RealtimeChange). At most once each; changes are skipped without a word where the server is over its
 * limits. */
#define REALTIME_TYPE_CHANGES (realtime_changes_get_type ())
G_DECLARE_FINAL_TYPE (RealtimeChanges, realtime_changes, REALTIME, CHANGES, GObject)

/* A topic that is joined already is joined again. (transfer full) */
RealtimeChanges *realtime_manager_subscribe_changes (RealtimeManager *self, const char *topic, const RealtimeChangesFilter *filter, const RealtimeChannelOptions *options);

gboolean      realtime_changes_is_joined (RealtimeChanges *self);
gboolean      realtime_changes_is_ready (RealtimeChanges *self);
const GError *realtime_changes_get_error (RealtimeChanges *self);

G_END_DECLS
