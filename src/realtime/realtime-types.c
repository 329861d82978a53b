/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-types.h"

#include <string.h>

#include "realtime-private.h"

G_DEFINE_QUARK (realtime - error - quark, realtime_error)
G_DEFINE_BOXED_TYPE (RealtimeMessage, realtime_message, realtime_message_ref, realtime_message_unref)

GType
realtime_connection_state_get_type (void)
{
  static gsize            type;
  static const GEnumValue values[] = {
    { REALTIME_CONNECTION_DISCONNECTED, "REALTIME_CONNECTION_DISCONNECTED", "disconnected" },
    { REALTIME_CONNECTION_CONNECTING, "REALTIME_CONNECTION_CONNECTING", "connecting" },
    { REALTIME_CONNECTION_CONNECTED, "REALTIME_CONNECTION_CONNECTED", "connected" },
    { REALTIME_CONNECTION_RECONNECTING, "REALTIME_CONNECTION_RECONNECTING", "reconnecting" },
    { REALTIME_CONNECTION_ERROR, "REALTIME_CONNECTION_ERROR", "error" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("RealtimeConnectionState", values));

  return type;
}

GType
realtime_channel_state_get_type (void)
{
  static gsize            type;
  static const GEnumValue values[] = {
    { REALTIME_CHANNEL_IDLE, "REALTIME_CHANNEL_IDLE", "idle" },
    { REALTIME_CHANNEL_SUBSCRIBING, "REALTIME_CHANNEL_SUBSCRIBING", "subscribing" },
    { REALTIME_CHANNEL_SUBSCRIBED, "REALTIME_CHANNEL_SUBSCRIBED", "subscribed" },
    { REALTIME_CHANNEL_ERROR_STATE, "REALTIME_CHANNEL_ERROR_STATE", "error-state" },
    { REALTIME_CHANNEL_CLOSED, "REALTIME_CHANNEL_CLOSED", "closed" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("RealtimeChannelState", values));

  return type;
}

/**
 * realtime_message_new:
 * @topic: an interned sub-topic
 * @event: what the server called it; copied, since the frame does not terminate it
 * @payload: (nullable): a stretch of @frame, or %NULL where the sender gave none
 * @meta: what the server adds to what came from a database; data may be %NULL
 * @frame: keeps @payload alive
 *
 * Returns: (transfer full): a received broadcast
 */
RealtimeMessage *
realtime_message_new (const char  *topic,
                      TelaJsonSpan event,
                      TelaJsonSpan payload,
                      TelaJsonSpan meta,
                      gboolean     is_json,
                      gint64       received,
                      GBytes      *frame)
{
  g_autofree char *id = meta.data != NULL ? realtime_json_string (meta, "id") : NULL;
  /* One allocation: the names live behind the struct. */
  RealtimeMessage *self = g_malloc (sizeof *self + event.len + 1 + (id != NULL ? strlen (id) + 1 : 0));
  char            *name = (char *) (self + 1);
  TelaJsonSpan     replayed;

  memcpy (name, event.data, event.len);
  name[event.len] = '\0';

  g_atomic_ref_count_init (&self->refs);
  self->topic = topic;
  self->event = name;
  self->payload = payload.data != NULL ? payload.data : "null";
  self->payload_len = payload.data != NULL ? payload.len : strlen ("null");
  self->is_json = is_json;
  self->received = received;
  self->id = id != NULL ? strcpy (name + event.len + 1, id) : NULL;
  self->is_replayed =
      meta.data != NULL && tela_json_find (meta, "replayed", &replayed) && TELA_JSON_SPAN_IS (replayed, "true");
  self->frame = g_bytes_ref (frame);

  return self;
}

/**
 * realtime_message_ref:
 *
 * Returns: (transfer full): @self
 */
RealtimeMessage *
realtime_message_ref (RealtimeMessage *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * realtime_message_unref:
 * @self: (transfer full): a message
 */
void
realtime_message_unref (RealtimeMessage *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_bytes_unref (self->frame);
  g_free (self);
}
