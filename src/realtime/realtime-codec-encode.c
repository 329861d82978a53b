/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-codec.h"

#include <string.h>

#include "realtime-private.h"

/**
 * realtime_codec_check_name:
 * @name: a topic as on the wire, or an event
 *
 * Returns: whether it fits a binary frame and survives every client
 */
gboolean
realtime_codec_check_name (const char *name,
                           GError    **error)
{
  gsize len = strlen (name);

  if (len == 0 || len > REALTIME_NAME_MAX)
    g_set_error_literal (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_NAME,
                         "A topic or event must have 1 to 255 characters");
  else if (!g_str_is_ascii (name))
    g_set_error_literal (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_NAME, "A topic or event must be ASCII");
  else
    return TRUE;

  return FALSE;
}

static void
append_ref (GString *out,
            guint64  ref)
{
  if (ref == 0)
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "\"%" G_GUINT64_FORMAT "\"", ref);
}

/**
 * realtime_frame_encode_text:
 *
 * Returns: (transfer full): the frame
 */
GBytes *
realtime_frame_encode_text (guint64     join_ref,
                            guint64     ref,
                            const char *topic,
                            const char *event,
                            const char *payload)
{
  GString *out = g_string_new ("[");

  append_ref (out, join_ref);
  g_string_append_c (out, ',');
  append_ref (out, ref);
  g_string_append_c (out, ',');
  tela_json_append_string (out, topic, strlen (topic));
  g_string_append_c (out, ',');
  tela_json_append_string (out, event, strlen (event));
  g_string_append_c (out, ',');
  g_string_append (out, payload);
  g_string_append_c (out, ']');

  return g_string_free_to_bytes (out);
}

/**
 * realtime_frame_encode_object:
 *
 * Returns: (transfer full): the frame as 1.0.0 has it
 */
GBytes *
realtime_frame_encode_object (guint64     join_ref,
                              guint64     ref,
                              const char *topic,
                              const char *event,
                              const char *payload)
{
  GString *out = g_string_new ("{\"topic\":");

  tela_json_append_string (out, topic, strlen (topic));
  g_string_append (out, ",\"event\":");
  tela_json_append_string (out, event, strlen (event));
  g_string_append (out, ",\"payload\":");
  g_string_append (out, payload);
  g_string_append (out, ",\"ref\":");
  append_ref (out, ref);
  g_string_append (out, ",\"join_ref\":");
  append_ref (out, join_ref);
  g_string_append_c (out, '}');

  return g_string_free_to_bytes (out);
}

/**
 * realtime_frame_encode:
 *
 * Returns: (transfer full): a text frame of @protocol
 */
GBytes *
realtime_frame_encode (RealtimeProtocol protocol,
                       guint64          join_ref,
                       guint64          ref,
                       const char      *topic,
                       const char      *event,
                       const char      *payload)
{
  if (protocol == REALTIME_PROTOCOL_1_0_0)
    return realtime_frame_encode_object (join_ref, ref, topic, event, payload);

  return realtime_frame_encode_text (join_ref, ref, topic, event, payload);
}

/**
 * realtime_frame_encode_broadcast:
 *
 * Returns: (transfer full) (nullable): the frame, or %NULL if it cannot be said in one
 */
GBytes *
realtime_frame_encode_broadcast (guint64     join_ref,
                                 guint64     ref,
                                 const char *topic,
                                 const char *event,
                                 const char *payload,
                                 gsize       payload_len,
                                 gboolean    is_json,
                                 GError    **error)
{
  char        refs[2][24];
  GByteArray *out;

  if (!realtime_codec_check_name (topic, error) || !realtime_codec_check_name (event, error))
    return NULL;
  if (payload_len > REALTIME_FRAME_MAX - 1024)
    {
      g_set_error_literal (error, REALTIME_CODEC_ERROR, REALTIME_CODEC_ERROR_TOO_LARGE, "The message is too large");
      return NULL;
    }

  g_snprintf (refs[0], sizeof refs[0], "%" G_GUINT64_FORMAT, join_ref);
  g_snprintf (refs[1], sizeof refs[1], "%" G_GUINT64_FORMAT, ref);
  {
    const guint8 head[] = { 3, (guint8) strlen (refs[0]), (guint8) strlen (refs[1]), (guint8) strlen (topic),
                            (guint8) strlen (event), 0, is_json ? 1 : 0 };

    out = g_byte_array_sized_new ((guint) (sizeof head + sizeof refs + strlen (topic) + strlen (event) + payload_len));
    g_byte_array_append (out, head, sizeof head);
  }
  g_byte_array_append (out, (const guint8 *) refs[0], (guint) strlen (refs[0]));
  g_byte_array_append (out, (const guint8 *) refs[1], (guint) strlen (refs[1]));
  g_byte_array_append (out, (const guint8 *) topic, (guint) strlen (topic));
  g_byte_array_append (out, (const guint8 *) event, (guint) strlen (event));
  g_byte_array_append (out, (const guint8 *) payload, (guint) payload_len);

  return g_byte_array_free_to_bytes (out);
}
