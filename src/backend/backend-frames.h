/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* Messages of protocol 2.0.0 (protocol.md 2.3, 2.4). */
typedef struct
{
  char        *join_ref; /* JSON text as it came; "null" */
  char        *ref;      /* the same */
  char        *topic;
  char        *event;
  TelaJsonSpan payload; /* an object, as it came; borrowed from the input. Of kind 3: the user's payload, whatever it is */
  gboolean     user;    /* kind 3: a broadcast, whose event is the user's own */
  gboolean     json;    /* of kind 3: the payload is JSON */
} TelaFrame;

/* FALSE: malformed, to be dropped. */
gboolean tela_frame_read_text (TelaFrame *self, const char *data, gsize len);
gboolean tela_frame_read_binary (TelaFrame *self, const char *data, gsize len);
void     tela_frame_clear (TelaFrame *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaFrame, tela_frame_clear)

/* Whole WebSocket frames. Refs are JSON texts, NULL for null. (transfer full) */
GBytes *tela_frame_text (const char *join_ref, const char *ref, const char *topic, const char *event, const char *payload, gsize len);
/* Kind 4. @topic, @event and @metadata (may be "") have at most 255 bytes. */
GBytes *tela_frame_broadcast (const char *topic, const char *event, const char *metadata, gboolean json, const char *payload, gsize len);

#define TELA_FRAME_MAX_NAME 255

G_END_DECLS
