/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-arena.h"
#include "realtime-types.h"
#include "tela-json.h"

G_BEGIN_DECLS

RealtimeMessage *realtime_message_new (RealtimeArena *arena,
                                       const char    *topic,
                                       TelaJsonSpan   event,
                                       TelaJsonSpan   payload,
                                       TelaJsonSpan   meta,
                                       gboolean       is_json,
                                       gint64         received);

G_END_DECLS
