/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* Broadcasts of the database that came before a join (protocol.md 5.7). */
#define TELA_REPLAY_MAX 25

typedef struct
{
  gboolean wanted;
  gboolean valid;
  gint64   since; /* milliseconds */
  gint64   limit;
} TelaReplay;

/* From "broadcast" in the "config" of a join. */
TelaReplay tela_replay_parse (TelaJsonSpan broadcast);
/* The newest of them, the oldest first. */
void tela_replay_push (TelaChannel *channel, const TelaReplay *replay);

G_END_DECLS
