/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-codec.h"

#include <string.h>

#include "realtime-private.h"

G_DEFINE_QUARK (realtime - codec - error - quark, realtime_codec_error)

enum
{
  OWNED_TOPIC,
  OWNED_EVENT,
  OWNED_PAYLOAD,
};

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
fail (GError           **error,
      RealtimeCodecError code,
      const char        *message)
{
  g_set_error_literal (error, REALTIME_CODEC_ERROR, code, message);

  return FALSE;
}

static guint64
parse_ref (TelaJsonSpan text)
{
  guint64 value = 0;

  if (text.len == 0)
    return 0;
  /* 18 digits cannot overflow, and no counter of ours gets there. */
  if (text.len > 18)
    return REALTIME_REF_FOREIGN;
  for (gsize i = 0; i < text.len; i++)
    {
      if (!g_ascii_isdigit (text.data[i]))
        return REALTIME_REF_FOREIGN;
      value = value * 10 + (guint64) (text.data[i] - '0');
    }

  return value > 0 ? value : REALTIME_REF_FOREIGN;
}

/* The server echoes the JSON type that it was given, so a number is accepted as well. */
static gboolean
read_ref (TelaJsonReader *reader,
          guint64        *ref)
{
  TelaJsonSpan span;

  *ref = 0;
  switch (tela_json_reader_peek (reader))
    {
    case TELA_JSON_NULL:
      return tela_json_reader_skip (reader);
    case TELA_JSON_STRING:
      if (tela_json_reader_plain_string (reader, &span))
        {
          *ref = parse_ref (span);
          return TRUE;
        }
      *ref = REALTIME_REF_FOREIGN;
      return tela_json_reader_skip (reader);
    case TELA_JSON_NUMBER:
      if (!tela_json_reader_span (reader, &span))
        return FALSE;
      *ref = parse_ref (span);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
read_string (TelaJsonReader *reader,
             TelaJsonSpan   *span,
             char          **owned)
{
  if (tela_json_reader_peek (reader) != TELA_JSON_STRING)
    return FALSE;
  if (tela_json_reader_plain_string (reader, span))
    return TRUE;

  g_free (*owned);
  *owned = tela_json_reader_string (reader, &span->len, NULL);
  span->data = *owned;

  return *owned != NULL;
}

static RealtimeFrameKind
kind_of_event (TelaJsonSpan event)
{
  if (TELA_JSON_SPAN_IS (event, "broadcast"))
    return REALTIME_FRAME_BROADCAST;
  if (TELA_JSON_SPAN_IS (event, "phx_reply"))
    return REALTIME_FRAME_REPLY;
  if (TELA_JSON_SPAN_IS (event, "phx_close"))
    return REALTIME_FRAME_CLOSE;
  if (TELA_JSON_SPAN_IS (event, "phx_error"))
    return REALTIME_FRAME_ERROR;
  if (TELA_JSON_SPAN_IS (event, "system"))
    return REALTIME_FRAME_SYSTEM;

  return REALTIME_FRAME_OTHER;
}

static gboolean
read_status (TelaJsonReader *reader,
             gboolean       *ok)
{
  TelaJsonSpan     status;
  g_autofree char *owned = NULL;

  if (!read_string (reader, &status, &owned))
    return FALSE;
  *ok = TELA_JSON_SPAN_IS (status, "ok");

  return TRUE;
}

/* Reads what we need of one member of the payload; the reader skips the rest. */
static gboolean
read_member (TelaJsonReader *reader,
             RealtimeFrame  *frame,
             TelaJsonSpan    name)
{
  switch (frame->kind)
    {
    case REALTIME_FRAME_BROADCAST:
      if (TELA_JSON_SPAN_IS (name, "event"))
        return read_string (reader, &frame->event, &frame->owned[OWNED_EVENT]);
      if (TELA_JSON_SPAN_IS (name, "payload"))
        return tela_json_reader_span (reader, &frame->payload);
      return TRUE;
    case REALTIME_FRAME_REPLY:
      if (TELA_JSON_SPAN_IS (name, "status"))
        return read_status (reader, &frame->ok);
      if (TELA_JSON_SPAN_IS (name, "response"))
        return tela_json_reader_span (reader, &frame->payload);
      return TRUE;
    case REALTIME_FRAME_SYSTEM:
      if (TELA_JSON_SPAN_IS (name, "status"))
        return read_status (reader, &frame->ok);
      if (TELA_JSON_SPAN_IS (name, "message") && tela_json_reader_peek (reader) == TELA_JSON_STRING)
        return read_string (reader, &frame->payload, &frame->owned[OWNED_PAYLOAD]);
      return TRUE;
    default:
      return TRUE;
    }
}

static gboolean
read_payload (TelaJsonReader *reader,
              RealtimeFrame  *frame)
{
  TelaJsonSpan name;

  if (frame->kind == REALTIME_FRAME_OTHER || frame->kind == REALTIME_FRAME_CLOSE || frame->kind == REALTIME_FRAME_ERROR)
    return tela_json_reader_skip (reader);
  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return FALSE;

  if (frame->kind == REALTIME_FRAME_BROADCAST)
    frame->event = (TelaJsonSpan){ NULL, 0 };
  while (tela_json_reader_next_member (reader, &name))
    if (!read_member (reader, frame, name))
      return FALSE;

  return frame->kind != REALTIME_FRAME_BROADCAST || frame->event.len > 0;
}

static gboolean
read_array (TelaJsonReader *reader,
            RealtimeFrame  *frame)
{
  if (tela_json_reader_peek (reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (reader))
    return FALSE;
  if (!tela_json_reader_next_item (reader) || !read_ref (reader, &frame->join_ref))
    return FALSE;
  if (!tela_json_reader_next_item (reader) || !read_ref (reader, &frame->ref))
    return FALSE;
  if (!tela_json_reader_next_item (reader) || !read_string (reader, &frame->topic, &frame->owned[OWNED_TOPIC]))
    return FALSE;
  if (!tela_json_reader_next_item (reader) || !read_string (reader, &frame->event, &frame->owned[OWNED_EVENT]))
    return FALSE;

  frame->kind = kind_of_event (frame->event);
  if (!tela_json_reader_next_item (reader) || !read_payload (reader, frame))
    return FALSE;

  /* Extra trailing elements are allowed. */
  while (tela_json_reader_next_item (reader))
    ;

  return frame->topic.len > 0;
}

/**
 * realtime_frame_decode_text:
 * @frame: (out caller-allocates): cleared by the caller also after a failure
 *
 * Returns: whether @data is a frame; its kind may still be one that nobody wants
 */
gboolean
realtime_frame_decode_text (RealtimeFrame *frame,
                            const char    *data,
                            gsize          len,
                            GError       **error)
{
  TelaJsonReader reader;
  gboolean       has_shape;

  memset (frame, 0, sizeof *frame);
  frame->is_json = TRUE;
  if (len > REALTIME_FRAME_MAX)
    return fail (error, REALTIME_CODEC_ERROR_TOO_LARGE, "The frame is too large");

  tela_json_reader_init (&reader, data, (gssize) len);
  has_shape = read_array (&reader, frame);
  if (tela_json_reader_failed (&reader))
    return fail (error, REALTIME_CODEC_ERROR_JSON, "The frame is not JSON");
  if (!has_shape)
    return fail (error, REALTIME_CODEC_ERROR_SHAPE, "The frame is not an array of the five parts");
  if (!tela_json_reader_finish (&reader, NULL))
    return fail (error, REALTIME_CODEC_ERROR_JSON, "The frame is not JSON");

  return TRUE;
}

static gboolean
check_binary (RealtimeFrame      *frame,
              const TelaJsonSpan *fields,
              GError            **error)
{
  for (guint i = FIELD_TOPIC; i <= FIELD_EVENT; i++)
    if (fields[i].len == 0 || !g_utf8_validate (fields[i].data, (gssize) fields[i].len, NULL))
      return fail (error, REALTIME_CODEC_ERROR_NAME, "A topic or event of a binary frame is not text");

  if (frame->is_json && !tela_json_check (frame->payload.data, (gssize) frame->payload.len, NULL))
    return fail (error, REALTIME_CODEC_ERROR_JSON, "The payload of a binary frame is not JSON");

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
    return fail (error, REALTIME_CODEC_ERROR_TOO_LARGE, "The frame is too large");
  if (len == 0)
    return fail (error, REALTIME_CODEC_ERROR_TRUNCATED, "A binary frame is empty");
  if ((guint8) data[0] >= G_N_ELEMENTS (layouts))
    return fail (error, REALTIME_CODEC_ERROR_KIND, "A binary frame is of an unknown kind");

  layout = &layouts[(guint8) data[0]];
  at = 1 + layout->n_fields + (layout->has_encoding ? 1 : 0);
  if (at > len)
    return fail (error, REALTIME_CODEC_ERROR_TRUNCATED, "A binary frame is cut short");
  for (guint i = 0; i < layout->n_fields; i++)
    {
      gsize size = (guint8) data[1 + i];

      if (size > len - at)
        return fail (error, REALTIME_CODEC_ERROR_TRUNCATED, "A binary frame is cut short");
      fields[layout->fields[i]] = (TelaJsonSpan){ data + at, size };
      at += size;
    }

  frame->kind = layout->kind;
  frame->join_ref = parse_ref (fields[FIELD_JOIN_REF]);
  frame->ref = parse_ref (fields[FIELD_REF]);
  frame->topic = fields[FIELD_TOPIC];
  frame->event = fields[FIELD_EVENT];
  frame->payload = (TelaJsonSpan){ data + at, len - at };
  frame->is_json = layout->has_encoding && data[1 + layout->n_fields] != 0;
  frame->ok = TELA_JSON_SPAN_IS (frame->event, "ok");

  return check_binary (frame, fields, error);
}

void
realtime_frame_clear (RealtimeFrame *frame)
{
  for (gsize i = 0; i < G_N_ELEMENTS (frame->owned); i++)
    g_clear_pointer (&frame->owned[i], g_free);
}
