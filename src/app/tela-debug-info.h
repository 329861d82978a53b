/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-application.h"

G_BEGIN_DECLS

/* How the program is doing, as one JSON object on one line: at, version, toolkit, backend, clockOffset (milliseconds; null: not
 * measured), outbox (waiting edits, the open boards, how many closed ones wait), canvas (frames, tiles; as tela --benchmark),
 * process (cpuMs, greatestKib) and realtime, which is realtime_manager_get_debug_info(). No key, no token and nothing of what
 * is on a board is in it. (transfer full) */
char *tela_debug_info_new (TelaApplication *app);
guint tela_debug_info_count_waiting (TelaWorkspace *workspace); /* edits of the open boards that the network has not taken yet */

G_END_DECLS
