/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "realtime-change-private.h"
#include "realtime-codec.h"
#include "realtime-presence-state.h"

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

/* What is read further before anybody sees it: twice the same presence changes nothing. */
static void
deeper (const RealtimeFrame *frame)
{
  g_autoptr (RealtimeChange) change = NULL;
  g_autoptr (RealtimePresenceFrame) presence = NULL;

  if (frame->kind == REALTIME_FRAME_CHANGES)
    change = realtime_change_new (frame->payload);
  if (frame->kind == REALTIME_FRAME_PRESENCE_STATE || frame->kind == REALTIME_FRAME_PRESENCE_DIFF)
    presence = realtime_presence_frame_new (frame->payload, frame->kind == REALTIME_FRAME_PRESENCE_STATE);

  if (change != NULL)
    g_assert_true (change->type != NULL && change->table != NULL);
  if (presence != NULL && presence->is_state)
    {
      RealtimePresenceState *state = realtime_presence_state_new ();
      g_autoptr (GPtrArray) first = realtime_presence_state_take (state, presence);
      g_autoptr (GPtrArray) second = realtime_presence_state_take (state, presence);

      g_assert_cmpuint (first->len, ==, g_hash_table_size (realtime_presence_state_get_members (state)));
      g_assert_cmpuint (second->len, ==, 0);
      realtime_presence_state_free (state);
    }
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
      deeper (&text);
      again (&text);
    }
  if (realtime_frame_decode_object (&object, (const char *) data, size, NULL))
    {
      touch (&object);
      deeper (&object);
      again (&object);
    }
  if (realtime_frame_decode_binary (&binary, (const char *) data, size, NULL))
    {
      touch (&binary);
      again (&binary);
    }

  return 0;
}
