/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "transcript.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_sends;    /* that the recorded client made */
  guint n_ours;     /* and ours could be brought to make */
  guint n_messages; /* delivered */
} ReplayCount;

/* Plays the server's part of @session, byte for byte but for the refs, and has our client do what the recorded one did. The
 * test fails where the client is not in the state, or has not heard the messages, that the frames so far stand for; or
 * where it says something that the real server would refuse. */
void replay_session (const TranscriptSession *session, ReplayCount *count);

G_END_DECLS
