/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-types.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* Protocols 2.0.0 (arrays and binary frames) and 1.0.0 (objects), pure: bytes to a view of them or an error, and back. */

#define REALTIME_CODEC_ERROR (realtime_codec_error_quark ())
GQuark realtime_codec_error_quark (void);

typedef enum
{
  REALTIME_CODEC_ERROR_JSON,      /* not valid JSON, or not UTF-8 */
  REALTIME_CODEC_ERROR_SHAPE,     /* not an array of five or not an object, or of other types */
  REALTIME_CODEC_ERROR_TRUNCATED, /* a binary frame shorter than it says */
  REALTIME_CODEC_ERROR_KIND,      /* an unknown binary kind */
  REALTIME_CODEC_ERROR_NAME,      /* a topic or event that is empty, not ASCII or too long */
  REALTIME_CODEC_ERROR_TOO_LARGE,
} RealtimeCodecError;

typedef enum
{
  REALTIME_FRAME_OTHER, /* an event that we do not know: ignored */
  REALTIME_FRAME_REPLY,
  REALTIME_FRAME_CLOSE,
  REALTIME_FRAME_ERROR,
  REALTIME_FRAME_SYSTEM,
  REALTIME_FRAME_PRESENCE_STATE,
  REALTIME_FRAME_PRESENCE_DIFF,
  REALTIME_FRAME_CHANGES, /* of a database */
  REALTIME_FRAME_BROADCAST,
  REALTIME_FRAME_PUSH, /* binary kind 3: what a client sends */
} RealtimeFrameKind;

/* Refs are ours, so they are numbers: 0 is null, REALTIME_REF_FOREIGN anything that we cannot have sent. */
#define REALTIME_REF_FOREIGN G_MAXUINT64

/* A view: valid as long as the bytes and until realtime_frame_clear(). */
typedef struct
{
  RealtimeFrameKind kind;
  guint64           join_ref;
  guint64           ref;
  TelaJsonSpan      topic;   /* as on the wire */
  TelaJsonSpan      event;   /* BROADCAST, PUSH: the sender's own; else that of the wire */
  TelaJsonSpan      payload; /* BROADCAST, PUSH: the sender's; REPLY: the response; SYSTEM: the message, unquoted; else the
                                value. data may be NULL */
  TelaJsonSpan meta;         /* BROADCAST: an object of the server's; data may be NULL */
  TelaJsonSpan extension;    /* SYSTEM: what it is about, unquoted; data may be NULL */
  gboolean     is_json;      /* the payload is */
  gboolean     ok;           /* REPLY, SYSTEM: status */
  char        *owned[4];
} RealtimeFrame;

gboolean realtime_frame_decode_text (RealtimeFrame *frame, const char *data, gsize len, GError **error);
gboolean realtime_frame_decode_object (RealtimeFrame *frame, const char *data, gsize len, GError **error);
gboolean realtime_frame_decode_binary (RealtimeFrame *frame, const char *data, gsize len, GError **error);
void     realtime_frame_clear (RealtimeFrame *frame);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RealtimeFrame, realtime_frame_clear)

/* @payload: valid JSON. 0 as a ref writes null. */
GBytes *realtime_frame_encode_text (guint64 join_ref, guint64 ref, const char *topic, const char *event, const char *payload);
GBytes *realtime_frame_encode_object (guint64 join_ref, guint64 ref, const char *topic, const char *event, const char *payload);
GBytes *realtime_frame_encode (RealtimeProtocol protocol, guint64 join_ref, guint64 ref, const char *topic, const char *event, const char *payload);
/* Kind 3. @topic: as on the wire. */
GBytes *realtime_frame_encode_broadcast (guint64 join_ref, guint64 ref, const char *topic, const char *event, const char *payload, gsize payload_len, gboolean is_json, GError **error);
/* A topic or event must fit a binary frame and survive every client: ASCII, 1 to 255 bytes. */
gboolean realtime_codec_check_name (const char *name, GError **error);

G_END_DECLS
