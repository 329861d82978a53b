/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A row of a database that changed. Immutable, counted, boxed; any thread. Strings are terminated. What the JSON of the
 * columns and records says of types is as the server says it: PostgreSQL type names, values as PostgREST shows them. */
typedef struct
{
  gatomicrefcount refs;
  char           *type; /* INSERT, UPDATE or DELETE */
  char           *schema;
  char           *table;
  char           *commit_timestamp; /* ISO 8601; nullable */
  char           *columns;          /* JSON array of {"name", "type"}; nullable */
  char           *record;           /* JSON object: the row; NULL after a DELETE */
  char           *old_record;       /* JSON object: what identified the row before; NULL after an INSERT */
  char           *errors;           /* JSON array of strings: what is missing, and why; NULL: nothing is */
  guint           n_ids;
  gint64         *ids; /* the server's numbers of the subscriptions that it is for */
} RealtimeChange;

#define REALTIME_TYPE_CHANGE (realtime_change_get_type ())
GType           realtime_change_get_type (void);
RealtimeChange *realtime_change_ref (RealtimeChange *self);
void            realtime_change_unref (RealtimeChange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeChange, realtime_change_unref)

G_END_DECLS
