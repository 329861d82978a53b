/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "transcript.h"

static TelaJsonSpan
span_of (const char *text)
{
  return (TelaJsonSpan){ text, strlen (text) };
}

static char *
string_of (TelaJsonSpan value)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_STRING)
    return NULL;

  return tela_json_reader_string (&reader, NULL, NULL);
}

char *
transcript_member (TelaJsonSpan object,
                   const char  *name)
{
  TelaJsonSpan value;

  return tela_json_find (object, name, &value) ? string_of (value) : NULL;
}

static guint
number_member (TelaJsonSpan object,
               const char  *name)
{
  TelaJsonSpan value;

  return tela_json_find (object, name, &value) ? (guint) g_ascii_strtoull (value.data, NULL, 10) : 0;
}

static void
line_free (gpointer data)
{
  TranscriptLine *line = data;

  g_free (line->data);
  g_free (line);
}

static void
session_free (gpointer data)
{
  TranscriptSession *session = data;

  g_ptr_array_unref (session->lines);
  g_free (session->conn);
  g_free (session->body);
  g_free (session);
}

static TranscriptSession *
find_session (GPtrArray  *sessions,
              const char *conn)
{
  for (guint i = sessions->len; i > 0; i--)
    {
      TranscriptSession *session = g_ptr_array_index (sessions, i - 1);

      if (g_str_equal (session->conn, conn))
        return session;
    }

  return NULL;
}

static void
take_http (GPtrArray   *sessions,
           const char  *conn,
           gboolean     is_send,
           TelaJsonSpan data)
{
  g_autofree char   *url = transcript_member (data, "url");
  TranscriptSession *session = find_session (sessions, conn);

  if (!is_send)
    {
      if (session != NULL && session->status == 0 && session->lines->len == 0)
        {
          session->status = number_member (data, "status");
          session->body = transcript_member (data, "body");
        }
      return;
    }
  if (url == NULL || !g_str_has_prefix (url, "ws"))
    return;

  session = g_new0 (TranscriptSession, 1);
  session->conn = g_strdup (conn);
  session->protocol = strstr (url, "vsn=2") != NULL ? REALTIME_PROTOCOL_2_0_0 : REALTIME_PROTOCOL_1_0_0;
  session->lines = g_ptr_array_new_with_free_func (line_free);
  g_ptr_array_add (sessions, session);
}

static char *
bytes_of (const char *hex,
          gsize      *len)
{
  char *bytes = g_malloc (strlen (hex) / 2 + 1);

  *len = strlen (hex) / 2;
  for (gsize i = 0; i < *len; i++)
    bytes[i] = (char) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));

  return bytes;
}

static void
take_frame (TranscriptSession *session,
            gboolean           is_send,
            const char        *opcode,
            TelaJsonSpan       data)
{
  TranscriptLine  *line;
  g_autofree char *text = string_of (data);

  if (session == NULL || (!g_str_equal (opcode, "close") && text == NULL))
    return;

  line = g_new0 (TranscriptLine, 1);
  line->is_send = is_send;
  if (g_str_equal (opcode, "text"))
    {
      line->len = strlen (text);
      line->data = g_steal_pointer (&text);
    }
  else if (g_str_equal (opcode, "binary"))
    {
      line->kind = TRANSCRIPT_BINARY;
      line->data = bytes_of (text, &line->len);
    }
  else
    {
      line->kind = TRANSCRIPT_CLOSE;
      line->code = number_member (data, "code");
    }
  g_ptr_array_add (session->lines, line);
}

static void
take_line (GPtrArray  *sessions,
           const char *text)
{
  TelaJsonSpan     object = span_of (text), data;
  g_autofree char *dir = transcript_member (object, "dir");
  g_autofree char *opcode = transcript_member (object, "opcode");
  g_autofree char *conn = transcript_member (object, "conn");
  gboolean         is_send = g_strcmp0 (dir, "send") == 0;

  if (opcode == NULL || (!is_send && g_strcmp0 (dir, "recv") != 0) || !tela_json_find (object, "data", &data))
    return;
  if (conn == NULL)
    conn = g_strdup ("A");
  if (g_str_equal (opcode, "http"))
    take_http (sessions, conn, is_send, data);
  else if (g_str_equal (opcode, "text") || g_str_equal (opcode, "binary") || g_str_equal (opcode, "close"))
    take_frame (find_session (sessions, conn), is_send, opcode, data);
}

/* Frames were noted by the client, so that a reply may stand before what it answers. */
static void
put_in_order (TranscriptSession *session)
{
  g_autoptr (GHashTable) sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < session->lines->len; i++)
    {
      TranscriptLine *line = g_ptr_array_index (session->lines, i);
      g_auto (TranscriptFrame) frame = { 0 };
      g_autofree char *ref = NULL;

      if (!transcript_frame_parse (&frame, session->protocol, line) || frame.ref.len < 3)
        continue;
      ref = g_strndup (frame.ref.data, frame.ref.len);
      if (line->is_send)
        {
          g_hash_table_add (sent, g_steal_pointer (&ref));
          continue;
        }
      if (g_hash_table_contains (sent, ref))
        continue;
      for (guint j = i + 1; j < MIN (i + 4, session->lines->len); j++)
        {
          TranscriptLine *later = g_ptr_array_index (session->lines, j);
          g_auto (TranscriptFrame) call = { 0 };

          if (later->is_send && transcript_frame_parse (&call, session->protocol, later) &&
              call.ref.len == frame.ref.len && memcmp (call.ref.data, frame.ref.data, frame.ref.len) == 0)
            {
              later = g_ptr_array_steal_index (session->lines, j);
              g_ptr_array_insert (session->lines, (gint) i, later);
              i--;
              break;
            }
        }
    }
}

GPtrArray *
transcript_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *sessions = g_ptr_array_new_with_free_func (session_free);

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      take_line (sessions, lines[i]);
  for (guint i = 0; i < sessions->len; i++)
    {
      TranscriptSession *session = g_ptr_array_index (sessions, i);

      if (session->status == 0)
        session->status = 101;
      put_in_order (session);
    }

  return sessions;
}

/* Kinds 3 and 4: sizes, an encoding, the fields. Refs are without quotes there. */
static gboolean
parse_binary (TranscriptFrame *frame,
              const char      *data,
              gsize            len)
{
  gsize    at, sizes[5];
  gboolean is_push = len > 6 && data[0] == 3;
  guint    n = is_push ? 5 : 3;

  if (!is_push && (len < 5 || data[0] != 4))
    return FALSE;
  at = 2 + n;
  for (guint i = 0; i < n; i++)
    sizes[i] = (guint8) data[1 + i];
  frame->is_push = TRUE;
  frame->is_bytes = data[1 + n] == 0;
  if (is_push)
    {
      frame->join_ref = (TelaJsonSpan){ data + at, sizes[0] };
      at += sizes[0];
      frame->ref = (TelaJsonSpan){ data + at, sizes[1] };
      at += sizes[1];
    }
  if (at + sizes[n - 3] + sizes[n - 2] + sizes[n - 1] > len)
    return FALSE;
  frame->topic = g_strndup (data + at, sizes[n - 3]);
  at += sizes[n - 3];
  frame->event = g_strndup (data + at, sizes[n - 2]);
  at += sizes[n - 2] + sizes[n - 1];
  frame->payload = (TelaJsonSpan){ data + at, len - at };

  return TRUE;
}

gboolean
transcript_frame_parse (TranscriptFrame      *frame,
                        RealtimeProtocol      protocol,
                        const TranscriptLine *line)
{
  TelaJsonSpan   parts[5] = { 0 };
  TelaJsonReader reader;

  if (line->kind == TRANSCRIPT_BINARY)
    return parse_binary (frame, line->data, line->len);
  if (line->kind != TRANSCRIPT_TEXT || !tela_json_check (line->data, (gssize) line->len, NULL))
    return FALSE;

  if (protocol == REALTIME_PROTOCOL_1_0_0)
    {
      static const char *const names[] = { "join_ref", "ref", "topic", "event", "payload" };

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        tela_json_find ((TelaJsonSpan){ line->data, line->len }, names[i], &parts[i]);
    }
  else
    {
      guint n = 0;

      tela_json_reader_init (&reader, line->data, (gssize) line->len);
      if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
        return FALSE;
      while (tela_json_reader_next_item (&reader))
        if (n < G_N_ELEMENTS (parts) && !tela_json_reader_span (&reader, &parts[n++]))
          return FALSE;
    }
  if (parts[2].data == NULL || parts[3].data == NULL || parts[4].data == NULL)
    return FALSE;
  frame->join_ref = parts[0];
  frame->ref = parts[1];
  frame->topic = string_of (parts[2]);
  frame->event = string_of (parts[3]);
  frame->payload = parts[4];

  return frame->topic != NULL && frame->event != NULL;
}

void
transcript_frame_clear (TranscriptFrame *frame)
{
  g_clear_pointer (&frame->topic, g_free);
  g_clear_pointer (&frame->event, g_free);
}
