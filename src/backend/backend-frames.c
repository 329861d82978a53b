/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-frames.h"

#include <string.h>

#include "backend-text.h"
#include "backend-websocket.h"

#define KIND_PUSH 0
#define KIND_USER_PUSH 3
#define KIND_USER_BROADCAST 4
#define MAX_REF 255

void
tela_frame_clear (TelaFrame *self)
{
  g_clear_pointer (&self->join_ref, g_free);
  g_clear_pointer (&self->ref, g_free);
  g_clear_pointer (&self->topic, g_free);
  g_clear_pointer (&self->event, g_free);
}

/* ---- Text ---- */

static char *
read_ref (TelaJsonReader *reader)
{
  TelaJsonKind kind = tela_json_reader_peek (reader);
  TelaJsonSpan span;

  if ((kind != TELA_JSON_NULL && kind != TELA_JSON_STRING && kind != TELA_JSON_NUMBER) ||
      !tela_json_reader_span (reader, &span) || span.len > MAX_REF)
    return NULL;
  return g_strndup (span.data, span.len);
}

/* A string, or null as NULL. */
static gboolean
read_name (TelaJsonReader *reader,
           char          **name)
{
  if (tela_json_reader_peek (reader) == TELA_JSON_NULL)
    return tela_json_reader_null (reader);
  if (tela_json_reader_peek (reader) != TELA_JSON_STRING)
    return FALSE;
  *name = tela_json_reader_string (reader, NULL, NULL);
  return *name != NULL;
}

/* [join_ref, ref, topic, event, payload]; more are allowed. */
static gboolean
read_array (TelaFrame      *self,
            TelaJsonReader *reader)
{
  if (tela_json_reader_peek (reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (reader) ||
      !tela_json_reader_next_item (reader) || (self->join_ref = read_ref (reader)) == NULL ||
      !tela_json_reader_next_item (reader) || (self->ref = read_ref (reader)) == NULL ||
      !tela_json_reader_next_item (reader) || !read_name (reader, &self->topic) ||
      !tela_json_reader_next_item (reader) || !read_name (reader, &self->event) ||
      !tela_json_reader_next_item (reader) || !tela_json_reader_span (reader, &self->payload))
    return FALSE;
  while (tela_json_reader_next_item (reader))
    tela_json_reader_skip (reader);
  return TRUE;
}

/* The last of two members of one name holds. */
static void
set_text (char **place,
          char  *text)
{
  g_free (*place);
  *place = text;
}

static gboolean
read_member (TelaFrame      *self,
             TelaJsonReader *reader,
             TelaJsonSpan    name)
{
  if (TELA_JSON_SPAN_IS (name, "join_ref"))
    set_text (&self->join_ref, read_ref (reader));
  else if (TELA_JSON_SPAN_IS (name, "ref"))
    set_text (&self->ref, read_ref (reader));
  else if (TELA_JSON_SPAN_IS (name, "payload"))
    return tela_json_reader_span (reader, &self->payload);
  else if (TELA_JSON_SPAN_IS (name, "topic") || TELA_JSON_SPAN_IS (name, "event"))
    {
      char **place = TELA_JSON_SPAN_IS (name, "topic") ? &self->topic : &self->event;

      set_text (place, NULL);
      return read_name (reader, place);
    }
  else
    return tela_json_reader_skip (reader);
  return TRUE;
}

/* {"topic", "event", "payload", "ref", "join_ref"}, of which the last may be missing. */
static gboolean
read_object (TelaFrame      *self,
             TelaJsonReader *reader)
{
  TelaJsonSpan name;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return FALSE;
  while (tela_json_reader_next_member (reader, &name))
    if (!read_member (self, reader, name))
      return FALSE;
  if (self->join_ref == NULL)
    self->join_ref = g_strdup ("null");
  return self->ref != NULL && self->topic != NULL && self->event != NULL && self->payload.data != NULL;
}

gboolean
tela_frame_read_text (TelaFrame   *self,
                      TelaProtocol protocol,
                      const char  *data,
                      gsize        len)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, data, (gssize) len);
  if (!(protocol == TELA_PROTOCOL_1 ? read_object (self, &reader) : read_array (self, &reader)) ||
      !tela_json_reader_finish (&reader, NULL))
    return FALSE;
  if (self->event == NULL)
    self->event = g_strdup ("");
  return TRUE;
}

static void
append_name (GString    *out,
             const char *name)
{
  if (name != NULL)
    tela_json_append_string (out, name, strlen (name));
  else
    g_string_append (out, "null");
}

GBytes *
tela_frame_text (TelaProtocol protocol,
                 const char  *join_ref,
                 const char  *ref,
                 const char  *topic,
                 const char  *event,
                 const char  *payload,
                 gsize        len)
{
  g_autoptr (GString) out = g_string_sized_new (len + 128);

  if (ref == NULL)
    ref = "null";
  if (protocol == TELA_PROTOCOL_1)
    {
      g_string_append_printf (out, "{\"ref\":%s,\"event\":", ref);
      append_name (out, event);
      g_string_append (out, ",\"topic\":");
      append_name (out, topic);
      g_string_append (out, ",\"payload\":");
    }
  else
    {
      g_string_append_printf (out, "[%s,%s,", join_ref != NULL ? join_ref : "null", ref);
      append_name (out, topic);
      g_string_append_c (out, ',');
      append_name (out, event);
      g_string_append_c (out, ',');
    }
  g_string_append_len (out, payload, (gssize) len);
  g_string_append_c (out, protocol == TELA_PROTOCOL_1 ? '}' : ']');
  return tela_websocket_frame (TELA_OPCODE_TEXT, out->str, out->len);
}

/* ---- Binary ---- */

/* The next @len bytes as text; NULL: not UTF-8, or U+0000 among them. */
static char *
take_text (const char **at,
           gsize        len)
{
  const char *text = *at;

  *at += len;
  return g_utf8_validate (text, (gssize) len, NULL) ? g_strndup (text, len) : NULL;
}

static char *
take_ref (const char **at,
          gsize        len)
{
  g_autofree char *text = take_text (at, len);
  GString         *out;

  if (text == NULL)
    return NULL;
  out = g_string_new (NULL);
  tela_json_append_string (out, text, strlen (text));
  return g_string_free (out, FALSE);
}

/* Both kinds of push: @sizes of the refs, the topic and the event, then @skip bytes of metadata. */
static gboolean
read_push (TelaFrame    *self,
           const char   *at,
           const char   *end,
           const guint8 *sizes,
           gsize         skip)
{
  if ((gsize) (end - at) < (gsize) sizes[0] + sizes[1] + sizes[2] + sizes[3] + skip)
    return FALSE;
  if ((self->join_ref = take_ref (&at, sizes[0])) == NULL || (self->ref = take_ref (&at, sizes[1])) == NULL ||
      (self->topic = take_text (&at, sizes[2])) == NULL || (self->event = take_text (&at, sizes[3])) == NULL)
    return FALSE;
  at += skip;
  self->payload = (TelaJsonSpan){ at, (gsize) (end - at) };
  return TRUE;
}

gboolean
tela_frame_read_binary (TelaFrame  *self,
                        const char *data,
                        gsize       len)
{
  const guint8 *bytes = (const guint8 *) data;

  if (len >= 5 && bytes[0] == KIND_PUSH)
    {
      if (!read_push (self, data + 5, data + len, bytes + 1, 0))
        return FALSE;
      /* Ours would be the only peer to read anything else: JavaScript's throws on what it would be passed on as. */
      return tela_json_check (self->payload.data, (gssize) self->payload.len, NULL) &&
             tela_span_is_object (self->payload);
    }
  if (len >= 7 && bytes[0] == KIND_USER_PUSH)
    {
      self->user = TRUE;
      self->json = bytes[6] != 0;
      if (!read_push (self, data + 7, data + len, bytes + 1, bytes[5]))
        return FALSE;
      return !self->json || tela_json_check (self->payload.data, (gssize) self->payload.len, NULL);
    }
  return FALSE;
}

static GBytes *
binary_broadcast (const TelaBroadcast *broadcast)
{
  const char *metadata = broadcast->metadata != NULL ? broadcast->metadata : "";
  gsize       topic_len = strlen (broadcast->topic), event_len = strlen (broadcast->event);
  gsize       metadata_len = strlen (metadata);
  guint8      head[5] = { KIND_USER_BROADCAST, (guint8) topic_len, (guint8) event_len, (guint8) metadata_len,
                     broadcast->json ? 1 : 0 };
  g_autoptr (GByteArray) out = NULL;

  g_assert (topic_len <= TELA_FRAME_MAX_NAME && event_len <= TELA_FRAME_MAX_NAME &&
            metadata_len <= TELA_FRAME_MAX_NAME);
  out = g_byte_array_sized_new (
      (guint) (sizeof head + topic_len + event_len + metadata_len + broadcast->payload.len));
  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, (const guint8 *) broadcast->topic, (guint) topic_len);
  g_byte_array_append (out, (const guint8 *) broadcast->event, (guint) event_len);
  g_byte_array_append (out, (const guint8 *) metadata, (guint) metadata_len);
  g_byte_array_append (out, (const guint8 *) broadcast->payload.data, (guint) broadcast->payload.len);
  return tela_websocket_frame (TELA_OPCODE_BINARY, out->data, out->len);
}

GString *
tela_broadcast_to_payload (const TelaBroadcast *broadcast)
{
  GString *out = g_string_sized_new (broadcast->payload.len + 128);

  if (broadcast->event == NULL)
    return g_string_append_len (out, broadcast->payload.data, (gssize) broadcast->payload.len);
  g_string_append (out, "{\"event\":");
  tela_json_append_string (out, broadcast->event, strlen (broadcast->event));
  if (broadcast->metadata != NULL)
    g_string_append_printf (out, ",\"meta\":%s", broadcast->metadata);
  g_string_append (out, ",\"payload\":");
  g_string_append_len (out, broadcast->payload.data, (gssize) broadcast->payload.len);
  return g_string_append (out, ",\"type\":\"broadcast\"}");
}

GBytes *
tela_frame_broadcast (TelaProtocol         protocol,
                      const TelaBroadcast *broadcast)
{
  g_autoptr (GString) payload = NULL;

  if (protocol == TELA_PROTOCOL_2 && broadcast->event != NULL)
    return binary_broadcast (broadcast);
  if (!broadcast->json)
    return NULL;
  payload = tela_broadcast_to_payload (broadcast);
  return tela_frame_text (protocol, NULL, NULL, broadcast->topic, "broadcast", payload->str, payload->len);
}
