/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One presence of somebody: what one of their channels tracked. */
typedef struct
{
  const char *ref;     /* the server's, opaque; changes with each update */
  const char *payload; /* the JSON object that was tracked, with the server's phx_ref in it; terminated */
} RealtimeMeta;

/* Everything that is present under one key: a user with two windows has two metas, in no order that means anything.
 * Immutable, counted, boxed; any thread. */
typedef struct
{
  gatomicrefcount refs;
  const char     *key;
  guint           n_metas; /* at least 1 */
  RealtimeMeta   *metas;
} RealtimeMember;

#define REALTIME_TYPE_MEMBER (realtime_member_get_type ())
GType           realtime_member_get_type (void);
RealtimeMember *realtime_member_ref (RealtimeMember *self);
void            realtime_member_unref (RealtimeMember *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeMember, realtime_member_unref)

G_END_DECLS
