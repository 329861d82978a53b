/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-frames.h"

G_BEGIN_DECLS

/* What a channel shows of itself to the others of its topic (protocol.md 6). */
typedef struct
{
  gboolean enabled; /* it hears of the others */
  char    *key;
  char    *payload; /* canonical JSON object; NULL: it shows nothing */
  char    *ref;
  char    *previous_ref; /* of the payload before this one, or NULL */
  guint    calls;        /* since ... */
  gint64   calls_since;  /* monotonic */
} TelaPresence;

/* From the "config" of a join. */
void tela_presence_configure (TelaPresence *self, TelaJsonSpan config);
void tela_presence_clear (TelaPresence *self);
/* All that the channel's topic shows, to a channel that has just joined. */
void tela_presence_push_state (TelaChannel *channel);
void tela_presence_handle (TelaChannel *channel, const TelaFrame *frame);
/* The channel shows nothing any more, and the others hear it. */
void tela_presence_withdraw (TelaChannel *channel);

G_END_DECLS
