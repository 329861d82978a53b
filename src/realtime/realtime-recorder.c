/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-recorder.h"

#include "realtime-redact.h"

/* A larger payload is left out: what matters of it is its size. */
#define PAYLOAD_MAX (16u * 1024)

struct _RealtimeRecorder
{
  gatomicrefcount refs;
  gsize           max_bytes;

  GMutex  lock;    /* guards what follows */
  GQueue  lines;   /* of GString, oldest first */
  gsize   n_bytes; /* of them */
  guint64 n_dropped;
};

static void
line_free (gpointer data)
{
  g_string_free (data, TRUE);
}

RealtimeRecorder *
realtime_recorder_new (gsize max_bytes)
{
  RealtimeRecorder *self = g_new0 (RealtimeRecorder, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  g_queue_init (&self->lines);
  self->max_bytes = max_bytes;

  return self;
}

RealtimeRecorder *
realtime_recorder_ref (RealtimeRecorder *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
realtime_recorder_unref (RealtimeRecorder *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_queue_clear_full (&self->lines, line_free);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* @line: (transfer full) */
static void
keep (RealtimeRecorder *self,
      GString          *line)
{
  g_string_append_c (line, '\n');

  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->lines, line);
  self->n_bytes += line->len;
  while (self->n_bytes > self->max_bytes)
    {
      GString *old = g_queue_pop_head (&self->lines);

      self->n_bytes -= old->len;
      self->n_dropped++;
      line_free (old);
    }
  g_mutex_unlock (&self->lock);
}

static const char *
kind_name (RealtimeFrameKind kind)
{
  static const char *const names[] = {
    [REALTIME_FRAME_OTHER] = "other",
    [REALTIME_FRAME_REPLY] = "reply",
    [REALTIME_FRAME_CLOSE] = "close",
    [REALTIME_FRAME_ERROR] = "error",
    [REALTIME_FRAME_SYSTEM] = "system",
    [REALTIME_FRAME_PRESENCE_STATE] = "presence-state",
    [REALTIME_FRAME_PRESENCE_DIFF] = "presence-diff",
    [REALTIME_FRAME_CHANGES] = "changes",
    [REALTIME_FRAME_BROADCAST] = "broadcast",
    [REALTIME_FRAME_PUSH] = "broadcast",
  };

  return names[kind];
}

static void
begin_line (TelaJsonWriter *writer,
            GString        *line,
            const char     *way,
            gsize           size)
{
  tela_json_writer_init (writer, line, 0);
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_int (writer, "at", g_get_real_time () / 1000);
  tela_json_writer_put_string (writer, "way", way);
  tela_json_writer_put_int (writer, "size", (gint64) size);
}

static void
write_span (TelaJsonWriter *writer,
            const char     *name,
            TelaJsonSpan    span)
{
  tela_json_writer_name (writer, name);
  if (span.data == NULL)
    tela_json_writer_null (writer);
  else
    tela_json_writer_string_len (writer, span.data, span.len);
}

static void
write_payload (TelaJsonWriter      *writer,
               const RealtimeFrame *frame)
{
  tela_json_writer_put_int (writer, "payloadSize", frame->payload.data == NULL ? 0 : (gint64) frame->payload.len);
  tela_json_writer_name (writer, "payload");
  if (frame->payload.data == NULL || frame->payload.len > PAYLOAD_MAX)
    tela_json_writer_null (writer);
  else if (frame->kind == REALTIME_FRAME_SYSTEM)
    {
      g_autofree char *said = g_strndup (frame->payload.data, frame->payload.len);
      g_autofree char *text = realtime_redact_text (said);

      tela_json_writer_string (writer, text);
    }
  else if (frame->is_json)
    realtime_redact (frame->payload, writer);
  else
    tela_json_writer_null (writer);
}

void
realtime_recorder_add (RealtimeRecorder    *self,
                       gboolean             is_sent,
                       const RealtimeFrame *frame,
                       gsize                size)
{
  GString       *line = g_string_new (NULL);
  TelaJsonWriter writer;

  begin_line (&writer, line, is_sent ? "out" : "in", size);
  tela_json_writer_put_string (&writer, "kind", kind_name (frame->kind));
  write_span (&writer, "topic", frame->topic);
  write_span (&writer, "event", frame->event);
  if (frame->kind == REALTIME_FRAME_REPLY || frame->kind == REALTIME_FRAME_SYSTEM)
    {
      tela_json_writer_put_boolean (&writer, "ok", frame->ok);
    }
  write_payload (&writer, frame);
  tela_json_writer_end_object (&writer);
  keep (self, line);
}

void
realtime_recorder_add_malformed (RealtimeRecorder *self,
                                 const GError     *error,
                                 gsize             size)
{
  GString       *line = g_string_new (NULL);
  TelaJsonWriter writer;

  begin_line (&writer, line, "in", size);
  tela_json_writer_put_string (&writer, "kind", "malformed");
  tela_json_writer_put_string (&writer, "cause", error->message);
  tela_json_writer_end_object (&writer);
  keep (self, line);
}

void
realtime_recorder_count (RealtimeRecorder *self,
                         guint            *n_frames,
                         guint64          *n_dropped)
{
  g_mutex_lock (&self->lock);
  *n_frames = self->lines.length;
  *n_dropped = self->n_dropped;
  g_mutex_unlock (&self->lock);
}

GBytes *
realtime_recorder_dup (RealtimeRecorder *self)
{
  GString *out = g_string_new (NULL);

  g_mutex_lock (&self->lock);
  for (const GList *at = self->lines.head; at != NULL; at = at->next)
    {
      const GString *line = at->data;

      g_string_append_len (out, line->str, (gssize) line->len);
    }
  g_mutex_unlock (&self->lock);

  return g_string_free_to_bytes (out);
}
