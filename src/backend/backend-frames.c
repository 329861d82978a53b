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
  TelaJsonKind kind;
  TelaJsonSpan span;

  if (!tela_json_reader_next_item (reader))
    return NULL;
  kind = tela_json_reader_peek (reader);
  if ((kind != TELA_JSON_NULL && kind != TELA_JSON_STRING && kind != TELA_JSON_NUMBER) ||
      !tela_json_reader_span (reader, &span) || span.len > MAX_REF)
    return NULL;
  return g_strndup (span.data, span.len);
}

static char *
read_name (TelaJsonReader *reader)
{
  if (!tela_json_reader_next_item (reader) || tela_json_reader_peek (reader) != TELA_JSON_STRING)
    return NULL;
  return tela_json_reader_string (reader, NULL, NULL);
}

gboolean
tela_frame_read_text (TelaFrame  *self,
                      const char *data,
                      gsize       len)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, data, (gssize) len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader) ||
      (self->join_ref = read_ref (&reader)) == NULL || (self->ref = read_ref (&reader)) == NULL ||
      (self->topic = read_name (&reader)) == NULL || (self->event = read_name (&reader)) == NULL ||
      !tela_json_reader_next_item (&reader) || tela_json_reader_peek (&reader) != TELA_JSON_OBJECT ||
      !tela_json_reader_span (&reader, &self->payload))
    return FALSE;
  while (tela_json_reader_next_item (&reader)) /* more than five are allowed */
    tela_json_reader_skip (&reader);
  return tela_json_reader_finish (&reader, NULL);
}

GBytes *
tela_frame_text (const char *join_ref,
                 const char *ref,
                 const char *topic,
                 const char *event,
                 const char *payload,
                 gsize       len)
{
  g_autoptr (GString) out = g_string_sized_new (len + 128);

  g_string_append_printf (out, "[%s,%s,", join_ref != NULL ? join_ref : "null", ref != NULL ? ref : "null");
  tela_json_append_string (out, topic, strlen (topic));
  g_string_append_c (out, ',');
  tela_json_append_string (out, event, strlen (event));
  g_string_append_c (out, ',');
  g_string_append_len (out, payload, (gssize) len);
  g_string_append_c (out, ']');
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

GBytes *
tela_frame_broadcast (const char *topic,
                      const char *event,
                      const char *metadata,
                      gboolean    json,
                      const char *payload,
                      gsize       len)
{
  gsize topic_len = strlen (topic), event_len = strlen (event), metadata_len = strlen (metadata);
  g_autoptr (GByteArray) out = g_byte_array_sized_new ((guint) (5 + topic_len + event_len + metadata_len + len));
  guint8 head[5] = { KIND_USER_BROADCAST, (guint8) topic_len, (guint8) event_len, (guint8) metadata_len, json ? 1 : 0 };

  g_assert (topic_len <= TELA_FRAME_MAX_NAME && event_len <= TELA_FRAME_MAX_NAME &&
            metadata_len <= TELA_FRAME_MAX_NAME);
  g_byte_array_append (out, head, sizeof head);
  g_byte_array_append (out, (const guint8 *) topic, (guint) topic_len);
  g_byte_array_append (out, (const guint8 *) event, (guint) event_len);
  g_byte_array_append (out, (const guint8 *) metadata, (guint) metadata_len);
  g_byte_array_append (out, (const guint8 *) payload, (guint) len);
  return tela_websocket_frame (TELA_OPCODE_BINARY, out->data, out->len);
}
