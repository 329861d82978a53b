/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-member.h"

G_BEGIN_DECLS

/* @metas: of RealtimeMeta, copied. NULL if it is empty. (transfer full) */
RealtimeMember *realtime_member_new (const char *key, GArray *metas);
RealtimeMember *realtime_member_add (const RealtimeMember *self, const RealtimeMember *joined);
RealtimeMember *realtime_member_remove (const RealtimeMember *self, const RealtimeMember *left);
gboolean        realtime_member_has (const RealtimeMember *self, const char *ref);
gboolean        realtime_member_same (const RealtimeMember *self, const RealtimeMember *other);

G_END_DECLS
