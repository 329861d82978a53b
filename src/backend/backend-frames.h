/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* How a socket writes its messages (protocol.md 2.2 to 2.4). */
typedef enum
{
  TELA_PROTOCOL_1, /* 1.0.0: objects, text alone */
  TELA_PROTOCOL_2, /* 2.0.0: arrays, and binary frames */
  TELA_N_PROTOCOLS,
} TelaProtocol;

typedef struct
{
  char        *join_ref; /* JSON text as it came; "null" */
  char        *ref;      /* the same */
  char        *topic;    /* NULL: null */
  char        *event;    /* "": null */
  TelaJsonSpan payload;  /* any value, as it came; borrowed from the input. Of kind 3: the user's payload */
  gboolean     user;     /* kind 3: a broadcast, whose event is the user's own */
  gboolean     json;     /* of kind 3: the payload is JSON */
} TelaFrame;

/* FALSE: malformed, to be dropped. */
gboolean tela_frame_read_text (TelaFrame *self, TelaProtocol protocol, const char *data, gsize len);
gboolean tela_frame_read_binary (TelaFrame *self, const char *data, gsize len);
void     tela_frame_clear (TelaFrame *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaFrame, tela_frame_clear)

/* A broadcast on its way to many. All borrowed. */
typedef struct
{
  const char  *topic;    /* on the wire */
  const char  *event;    /* the user's own; NULL: the payload is the message's, with all that it holds */
  const char  *metadata; /* JSON, or NULL */
  gboolean     json;     /* the payload is JSON */
  TelaJsonSpan payload;
} TelaBroadcast;

/* Whole WebSocket frames. Refs are JSON texts, NULL for null. (transfer full) */
GBytes *tela_frame_text (TelaProtocol protocol, const char *join_ref, const char *ref, const char *topic, const char *event, const char *payload, gsize len);
/* NULL: that protocol cannot carry it. */
GBytes *tela_frame_broadcast (TelaProtocol protocol, const TelaBroadcast *broadcast);
/* The message's payload as text: what 1.0.0 and replays carry. (transfer full) */
GString *tela_broadcast_to_payload (const TelaBroadcast *broadcast);

/* Of the topic, the event and the metadata, in bytes. */
#define TELA_FRAME_MAX_NAME 255

G_END_DECLS
