/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-types.h"

G_DEFINE_QUARK (realtime - error - quark, realtime_error)

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
