/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-codec-private.h"

#include <string.h>

#include "realtime-private.h"

G_DEFINE_QUARK (realtime - codec - error - quark, realtime_codec_error)

enum
{
  OWNED_TOPIC,
  OWNED_EVENT,
  OWNED_PAYLOAD,
  OWNED_EXTENSION,
};

gboolean
realtime_codec_fail (GError           **error,
                     RealtimeCodecError code,
                     const char        *message)
{
  g_set_error_literal (error, REALTIME_CODEC_ERROR, code, message);

  return FALSE;
}

guint64
realtime_codec_parse_ref (TelaJsonSpan text)
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
          *ref = realtime_codec_parse_ref (span);
          return TRUE;
        }
      *ref = REALTIME_REF_FOREIGN;
      return tela_json_reader_skip (reader);
    case TELA_JSON_NUMBER:
      if (!tela_json_reader_span (reader, &span))
        return FALSE;
      *ref = realtime_codec_parse_ref (span);
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
  if (TELA_JSON_SPAN_IS (event, "presence_diff"))
    return REALTIME_FRAME_PRESENCE_DIFF;
  if (TELA_JSON_SPAN_IS (event, "presence_state"))
    return REALTIME_FRAME_PRESENCE_STATE;
  if (TELA_JSON_SPAN_IS (event, "postgres_changes"))
    return REALTIME_FRAME_CHANGES;

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
      if (TELA_JSON_SPAN_IS (name, "meta") && tela_json_reader_peek (reader) == TELA_JSON_OBJECT)
        return tela_json_reader_span (reader, &frame->meta);
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
      if (TELA_JSON_SPAN_IS (name, "extension") && tela_json_reader_peek (reader) == TELA_JSON_STRING)
        return read_string (reader, &frame->extension, &frame->owned[OWNED_EXTENSION]);
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
    return tela_json_reader_span (reader, &frame->payload);
  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT)
    return FALSE;
  if (frame->kind == REALTIME_FRAME_PRESENCE_STATE || frame->kind == REALTIME_FRAME_PRESENCE_DIFF ||
      frame->kind == REALTIME_FRAME_CHANGES)
    return tela_json_reader_span (reader, &frame->payload);

  if (!tela_json_reader_enter_object (reader))
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

/* Members come in any order, so the payload may stand before what says how to read it. */
static gboolean
read_object (TelaJsonReader *reader,
             RealtimeFrame  *frame)
{
  TelaJsonSpan   name, payload = { NULL, 0 };
  gboolean       has_event = FALSE, is_read = FALSE;
  TelaJsonReader inner;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return FALSE;
  while (tela_json_reader_next_member (reader, &name))
    {
      gboolean ok = TRUE;

      if (TELA_JSON_SPAN_IS (name, "join_ref"))
        ok = read_ref (reader, &frame->join_ref);
      else if (TELA_JSON_SPAN_IS (name, "ref"))
        ok = read_ref (reader, &frame->ref);
      else if (TELA_JSON_SPAN_IS (name, "topic"))
        ok = read_string (reader, &frame->topic, &frame->owned[OWNED_TOPIC]);
      else if (TELA_JSON_SPAN_IS (name, "event") && !has_event)
        {
          ok = has_event = read_string (reader, &frame->event, &frame->owned[OWNED_EVENT]);
          frame->kind = kind_of_event (frame->event);
        }
      else if (TELA_JSON_SPAN_IS (name, "payload") && !is_read && payload.data == NULL)
        ok = has_event ? (is_read = read_payload (reader, frame)) : tela_json_reader_span (reader, &payload);
      if (!ok)
        return FALSE;
    }

  if (!is_read && payload.data != NULL && has_event)
    {
      tela_json_reader_init (&inner, payload.data, (gssize) payload.len);
      is_read = read_payload (&inner, frame);
    }

  return is_read && frame->topic.len > 0;
}

static gboolean
decode_text (RealtimeFrame *frame,
             const char    *data,
             gsize          len,
             gboolean (*read) (TelaJsonReader *, RealtimeFrame *),
             const char *shape,
             GError    **error)
{
  TelaJsonReader reader;
  gboolean       has_shape;

  memset (frame, 0, sizeof *frame);
  frame->is_json = TRUE;
  if (len > REALTIME_FRAME_MAX)
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_TOO_LARGE, "The frame is too large");

  tela_json_reader_init (&reader, data, (gssize) len);
  has_shape = read (&reader, frame);
  if (tela_json_reader_failed (&reader))
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_JSON, "The frame is not JSON");
  if (!has_shape)
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_SHAPE, shape);
  if (!tela_json_reader_finish (&reader, NULL))
    return realtime_codec_fail (error, REALTIME_CODEC_ERROR_JSON, "The frame is not JSON");

  return TRUE;
}

/**
 * realtime_frame_decode_text:
 * @frame: (out caller-allocates): cleared by the caller also after a failure
 *
 * Protocol 2.0.0.
 *
 * Returns: whether @data is a frame; its kind may still be one that nobody wants
 */
gboolean
realtime_frame_decode_text (RealtimeFrame *frame,
                            const char    *data,
                            gsize          len,
                            GError       **error)
{
  return decode_text (frame, data, len, read_array, "The frame is not an array of the five parts", error);
}

/**
 * realtime_frame_decode_object:
 * @frame: (out caller-allocates): cleared by the caller also after a failure
 *
 * Protocol 1.0.0, where the server never says which join it means: join_ref is 0.
 *
 * Returns: whether @data is a frame; its kind may still be one that nobody wants
 */
gboolean
realtime_frame_decode_object (RealtimeFrame *frame,
                              const char    *data,
                              gsize          len,
                              GError       **error)
{
  return decode_text (frame, data, len, read_object, "The frame is not an object with topic, event and payload", error);
}

void
realtime_frame_clear (RealtimeFrame *frame)
{
  for (gsize i = 0; i < G_N_ELEMENTS (frame->owned); i++)
    g_clear_pointer (&frame->owned[i], g_free);
}
