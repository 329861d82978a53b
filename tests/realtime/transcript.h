/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-types.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* What was recorded between a client and the real server: a JSON object a line, {"dir","opcode","conn","data"}. One session
 * is one handshake and what followed on that socket. */
typedef enum
{
  TRANSCRIPT_TEXT,
  TRANSCRIPT_BINARY,
  TRANSCRIPT_CLOSE,
} TranscriptKind;

typedef struct
{
  gboolean       is_send; /* by the client */
  TranscriptKind kind;
  char          *data;
  gsize          len;
  guint          code;      /* CLOSE */
  gboolean       is_played; /* before its turn */
} TranscriptLine;

typedef struct
{
  char            *conn;
  RealtimeProtocol protocol;
  guint            status; /* of the handshake */
  char            *body;   /* the same; nullable */
  GPtrArray       *lines;  /* of TranscriptLine */
} TranscriptSession;

/* (transfer full) (element-type TranscriptSession): of a file. */
GPtrArray *transcript_load (const char *path);

/* The parts of a frame, whatever the protocol; cleared by transcript_frame_clear(). */
typedef struct
{
  TelaJsonSpan join_ref, ref; /* as on the wire, with quotes */
  char        *topic;
  char        *event;
  TelaJsonSpan payload;
  gboolean     is_push;  /* binary kinds 3 and 4: the event is the sender's, the payload too */
  gboolean     is_bytes; /* the same: not JSON */
} TranscriptFrame;

gboolean transcript_frame_parse (TranscriptFrame *frame, RealtimeProtocol protocol, const TranscriptLine *line);
void     transcript_frame_clear (TranscriptFrame *frame);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TranscriptFrame, transcript_frame_clear)

/* (transfer full) (nullable): a string member of an object. */
char *transcript_member (TelaJsonSpan object, const char *name);

G_END_DECLS
