/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "realtime-codec.h"

/* Every byte of a view must be there, and its names must be text. */
static void
touch (const RealtimeFrame *frame)
{
  const TelaJsonSpan spans[] = { frame->topic, frame->event, frame->payload };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      guint sum = 0;

      for (gsize at = 0; at < spans[i].len; at++)
        sum += (guint8) spans[i].data[at];
      g_assert_cmpuint (sum, <=, spans[i].len * 255);
    }

  g_assert_true (g_utf8_validate (frame->topic.data, (gssize) frame->topic.len, NULL));
  if (frame->kind == REALTIME_FRAME_BROADCAST)
    {
      g_assert_cmpuint (frame->event.len, >, 0);
      g_assert_true (g_utf8_validate (frame->event.data, (gssize) frame->event.len, NULL));
      if (frame->is_json && frame->payload.data != NULL)
        g_assert_true (tela_json_check (frame->payload.data, (gssize) frame->payload.len, NULL));
    }
}

/* What was decoded as a broadcast says the same again after it was encoded. */
static void
again (const RealtimeFrame *frame)
{
  g_autofree char *topic = g_strndup (frame->topic.data, frame->topic.len);
  g_autofree char *event = g_strndup (frame->event.data, frame->event.len);
  g_autoptr (GBytes) bytes = NULL;
  g_auto (RealtimeFrame) other = { 0 };
  gsize       len;
  const char *data;

  if (frame->kind != REALTIME_FRAME_BROADCAST || frame->payload.data == NULL)
    return;
  bytes = realtime_frame_encode_broadcast (1, 2, topic, event, frame->payload.data, frame->payload.len, frame->is_json,
                                           NULL);
  if (bytes == NULL)
    return;

  data = g_bytes_get_data (bytes, &len);
  g_assert_true (realtime_frame_decode_binary (&other, data, len, NULL));
  g_assert_cmpmem (other.topic.data, other.topic.len, frame->topic.data, frame->topic.len);
  g_assert_cmpmem (other.payload.data, other.payload.len, frame->payload.data, frame->payload.len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_auto (RealtimeFrame) text = { 0 };
  g_auto (RealtimeFrame) object = { 0 };
  g_auto (RealtimeFrame) binary = { 0 };

  if (realtime_frame_decode_text (&text, (const char *) data, size, NULL))
    {
      touch (&text);
      again (&text);
    }
  if (realtime_frame_decode_object (&object, (const char *) data, size, NULL))
    {
      touch (&object);
      again (&object);
    }
  if (realtime_frame_decode_binary (&binary, (const char *) data, size, NULL))
    {
      touch (&binary);
      again (&binary);
    }

  return 0;
}
