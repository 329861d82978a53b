/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-codec-private.h"

#include <string.h>

#include "realtime-private.h"

enum
{
  FIELD_JOIN_REF,
  FIELD_REF,
  FIELD_TOPIC,
  FIELD_EVENT,
  FIELD_METADATA,
  N_FIELDS,
};

/* The layout of each binary kind: which fields have a size byte, in order; then perhaps the encoding. */
typedef struct
{
  RealtimeFrameKind kind;
  guint             n_fields;
  guint8            fields[N_FIELDS];
  gboolean          has_encoding;
} Layout;

static const Layout layouts[] = {
  { REALTIME_FRAME_OTHER, 3, { FIELD_JOIN_REF, FIELD_TOPIC, FIELD_EVENT }, FALSE },
  { REALTIME_FRAME_REPLY, 4, { FIELD_JOIN_REF, FIELD_REF, FIELD_TOPIC, FIELD_EVENT }, FALSE },
  { REALTIME_FRAME_OTHER, 2, { FIELD_TOPIC, FIELD_EVENT }, FALSE },
  { REALTIME_FRAME_PUSH, 5, { FIELD_JOIN_REF, FIELD_REF, FIELD_TOPIC, FIELD_EVENT, FIELD_METADATA }, TRUE },
  { REALTIME_FRAME_BROADCAST, 3, { FIELD_TOPIC, FIELD_EVENT, FIELD_METADATA }, TRUE },
};

static gboolean
check_binary (RealtimeFrame      *frame,
              const TelaJsonSpan *fields,
              GError            **error)
{
  for (guint i = FIELD_TOPIC; i <= FIELD_EVENT; i++)
    if (fields[i].len == 0 || !g_utf8_validate (fields[i].data, (gssize) fields[i].len, NULL))
      return realtime_codec_fail (error, REALTIME_CODEC_ERROR_NAME, "A topic or event of a binary frame is not text");

  if (frame->is_json && !tela_json_check (frame->payload.data, (gssize) frame->payload.len, NULL))
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_JSON, "The payload of a binary frame is not JSON");

  return TRUE;
}

/**
 * realtime_frame_decode_binary:
 * @frame: (out caller-allocates): cleared by the caller also after a failure
 *
 * The kinds 0 to 2 are generic Phoenix and carry raw bytes; nobody sends them to us.
 */
gboolean
realtime_frame_decode_binary (RealtimeFrame *frame,
                              const char    *data,
                              gsize          len,
                              GError       **error)
{
  TelaJsonSpan  fields[N_FIELDS] = { 0 };
  const Layout *layout;
  gsize         at;

  memset (frame, 0, sizeof *frame);
  if (len > REALTIME_FRAME_MAX)
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_TOO_LARGE, "The frame is too large");
  if (len == 0)
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_TRUNCATED, "A binary frame is empty");
  if ((guint8) data[0] >= G_N_ELEMENTS (layouts))
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_KIND, "A binary frame is of an unknown kind");

  layout = &layouts[(guint8) data[0]];
  at = 1 + layout->n_fields + (layout->has_encoding ? 1 : 0);
  if (at > len)
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_TRUNCATED, "A binary frame is cut short");
  for (guint i = 0; i < layout->n_fields; i++)
    {
      gsize size = (guint8) data[1 + i];

      if (size > len - at)
        return realtime_codec_fail (error, REALTIME_CODEC_ERROR_TRUNCATED, "A binary frame is cut short");
      fields[layout->fields[i]] = (TelaJsonSpan){ data + at, size };
      at += size;
    }

  frame->kind = layout->kind;
  frame->join_ref = realtime_codec_parse_ref (fields[FIELD_JOIN_REF]);
  frame->ref = realtime_codec_parse_ref (fields[FIELD_REF]);
  frame->topic = fields[FIELD_TOPIC];
  frame->event = fields[FIELD_EVENT];
  frame->payload = (TelaJsonSpan){ data + at, len - at };
  frame->is_json = layout->has_encoding && data[1 + layout->n_fields] != 0;
  frame->ok = TELA_JSON_SPAN_IS (frame->event, "ok");
  /* Worth less than the message: one that cannot be read is as good as none. */
  if (fields[FIELD_METADATA].len > 0 &&
      tela_json_check (fields[FIELD_METADATA].data, (gssize) fields[FIELD_METADATA].len, NULL))
    frame->meta = fields[FIELD_METADATA];

  return check_binary (frame, fields, error);
}
