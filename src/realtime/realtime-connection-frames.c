/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-connection-private.h"

#include "realtime-change-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static void
count_malformed (RealtimeConnection *self,
                 const GError       *error)
{
  guint bit = 1u << error->code;

  g_mutex_lock (&self->lock);
  self->counters.malformed_frames++;
  g_mutex_unlock (&self->lock);

  if ((self->logged & bit) != 0)
    return;
  self->logged |= bit;
  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_INFO, "MESSAGE", "Dropped a malformed frame: %s", error->message);
}

/* What only generic Phoenix says, or a newer server. */
static void
count_ignored (RealtimeConnection  *self,
               const RealtimeFrame *frame)
{
  g_mutex_lock (&self->lock);
  self->counters.ignored_frames++;
  g_mutex_unlock (&self->lock);

  if (self->has_ignored)
    return;
  self->has_ignored = TRUE;
  g_debug ("ignored event=%.*s", (int) frame->event.len, frame->event.data);
}

/* What nobody takes must not pile up. @event: (transfer full) */
static void
hand_over (RealtimeConnection *self,
           RealtimeEvent      *event)
{
  if (realtime_batcher_push (self->batcher, event) || self->socket == NULL)
    return;

  {
    g_autoptr (GError) error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR,
                                                    _ ("Messages come faster than they can be taken"));

    realtime_connection_lose_socket (self, error);
  }
}

static void
take_message (RealtimeConnection  *self,
              const RealtimeFrame *frame,
              const char          *topic)
{
  RealtimeMessage *message = realtime_message_new (&self->arena, topic, frame->event, frame->payload, frame->meta,
                                                   frame->is_json, g_get_monotonic_time ());
  RealtimeEvent   *event = realtime_event_new_message (&self->arena, self->generation, message);

  event->join_ref = frame->join_ref;
  hand_over (self, event);
}

static void
take_notice (RealtimeConnection  *self,
             const RealtimeFrame *frame,
             TelaJsonSpan         topic)
{
  RealtimeEvent *event = realtime_event_new (REALTIME_EVENT_NOTICE, self->generation);

  event->frame = frame->kind;
  event->join_ref = frame->join_ref;
  event->ref = frame->ref;
  event->ok = frame->ok;
  event->topic = g_strndup (topic.data, topic.len);
  /* A reply of generic Phoenix carries bytes, which say nothing to us. */
  if (frame->payload.data != NULL && frame->is_json)
    event->text = g_strndup (frame->payload.data, frame->payload.len);
  if (frame->extension.data != NULL)
    event->extension = g_strndup (frame->extension.data, frame->extension.len);
  realtime_batcher_push (self->batcher, event);
}

/* Read here, so that the main thread only has to look. */
static void
take_parsed (RealtimeConnection  *self,
             const RealtimeFrame *frame,
             TelaJsonSpan         topic)
{
  RealtimeEvent *event;

  if (realtime_batcher_find_topic (self->batcher, topic) == NULL)
    return;

  event = realtime_event_new (REALTIME_EVENT_NOTICE, self->generation);
  event->frame = frame->kind;
  event->join_ref = frame->join_ref;
  event->topic = g_strndup (topic.data, topic.len);
  if (frame->kind == REALTIME_FRAME_CHANGES)
    event->change = realtime_change_new (frame->payload);
  else
    event->presence = realtime_presence_frame_new (frame->payload, frame->kind == REALTIME_FRAME_PRESENCE_STATE);

  event->size = frame->payload.len;
  if (event->change != NULL || event->presence != NULL)
    {
      hand_over (self, event);
      return;
    }

  {
    g_autoptr (GError) error = g_error_new_literal (REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_SHAPE,
                                                    "A presence or a change has another shape");

    realtime_event_free (event);
    count_malformed (self, error);
  }
}

static void
take_reply (RealtimeConnection  *self,
            const RealtimeFrame *frame)
{
  gint64 latency;

  if (!self->is_proven)
    {
      self->is_proven = TRUE;
      realtime_connection_push (self, REALTIME_EVENT_PROVEN, 0);
    }
  if (realtime_socket_heartbeat_answered (self->socket, frame->ref, &latency) && latency >= 0)
    realtime_connection_add_latency (self, latency);
}

static void
take_frame (RealtimeConnection  *self,
            const RealtimeFrame *frame)
{
  TelaJsonSpan topic = frame->topic;
  const gsize  prefix = strlen (REALTIME_TOPIC_PREFIX);
  const char  *known;

  if (frame->kind == REALTIME_FRAME_REPLY)
    take_reply (self, frame);
  if (topic.len <= prefix || memcmp (topic.data, REALTIME_TOPIC_PREFIX, prefix) != 0)
    return;
  topic.data += prefix;
  topic.len -= prefix;

  switch (frame->kind)
    {
    case REALTIME_FRAME_REPLY:
    case REALTIME_FRAME_CLOSE:
    case REALTIME_FRAME_ERROR:
    case REALTIME_FRAME_SYSTEM:
      take_notice (self, frame, topic);
      break;
    case REALTIME_FRAME_PRESENCE_STATE:
    case REALTIME_FRAME_PRESENCE_DIFF:
    case REALTIME_FRAME_CHANGES:
      take_parsed (self, frame, topic);
      break;
    case REALTIME_FRAME_BROADCAST:
      known = realtime_batcher_find_topic (self->batcher, topic);
      if (known != NULL)
        take_message (self, frame, known);
      break;
    case REALTIME_FRAME_PUSH:
    case REALTIME_FRAME_OTHER:
    default:
      count_ignored (self, frame);
      break;
    }
}

static gboolean
decode (RealtimeConnection *self,
        gboolean            is_text,
        GBytes             *bytes,
        RealtimeFrame      *frame,
        GError            **error)
{
  gsize       len;
  const char *data = g_bytes_get_data (bytes, &len);

  if (is_text && self->protocol == REALTIME_PROTOCOL_1_0_0)
    return realtime_frame_decode_object (frame, data, len, error);
  if (is_text)
    return realtime_frame_decode_text (frame, data, len, error);

  return realtime_frame_decode_binary (frame, data, len, error);
}

/* Most of the time nobody records, and then this costs a lock that is free. */
void
realtime_connection_record_sent (RealtimeConnection *self,
                                 gboolean            is_text,
                                 GBytes             *bytes)
{
  g_autoptr (RealtimeRecorder) recorder = NULL;
  g_auto (RealtimeFrame) frame = { 0 };

  g_mutex_lock (&self->lock);
  if (self->recorder != NULL)
    recorder = realtime_recorder_ref (self->recorder);
  g_mutex_unlock (&self->lock);

  if (recorder != NULL && decode (self, is_text, bytes, &frame, NULL))
    realtime_recorder_add (recorder, TRUE, &frame, g_bytes_get_size (bytes));
}

/* What the server sends is not trusted: a frame that cannot be read is counted and dropped, and the socket lives. */
void
realtime_connection_take (RealtimeConnection *self,
                          gboolean            is_text,
                          GBytes             *bytes)
{
  const gsize len = g_bytes_get_size (bytes);
  g_auto (RealtimeFrame) frame = { 0 };
  g_autoptr (RealtimeRecorder) recorder = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&self->lock);
  self->counters.messages_received++;
  self->counters.bytes_received += len;
  if (self->recorder != NULL)
    recorder = realtime_recorder_ref (self->recorder);
  g_mutex_unlock (&self->lock);

  if (decode (self, is_text, bytes, &frame, &error))
    {
      if (recorder != NULL)
        realtime_recorder_add (recorder, FALSE, &frame, len);
      take_frame (self, &frame);
      return;
    }

  if (recorder != NULL)
    realtime_recorder_add_malformed (recorder, error, len);
  count_malformed (self, error);
}
