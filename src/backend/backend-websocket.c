/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-websocket-private.h"

#include <string.h>

#define MAX_VECTORS 32

/* ---- Frames ---- */

GBytes *
tela_websocket_frame (TelaOpcode  opcode,
                      const void *data,
                      gsize       len)
{
  guint8 *frame = g_malloc (len + 10);
  gsize   head;

  frame[0] = 0x80 | opcode;
  if (len < 126)
    {
      frame[1] = (guint8) len;
      head = 2;
    }
  else if (len < 65536)
    {
      frame[1] = 126;
      frame[2] = (guint8) (len >> 8);
      frame[3] = (guint8) len;
      head = 4;
    }
  else
    {
      frame[1] = 127;
      for (guint i = 0; i < 8; i++)
        frame[2 + i] = (guint8) ((guint64) len >> (56 - 8 * i));
      head = 10;
    }
  if (len > 0)
    memcpy (frame + head, data, len);
  return g_bytes_new_take (frame, head + len);
}

void
tela_websocket_send_data (TelaWebsocket *self,
                          TelaOpcode     opcode,
                          const void    *data,
                          gsize          len)
{
  g_autoptr (GBytes) frame = tela_websocket_frame (opcode, data, len);

  tela_websocket_send (self, frame);
}

/* ---- Ends ---- */

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
drop_output (TelaWebsocket *self)
{
  g_queue_clear_full (&self->out, (GDestroyNotify) g_bytes_unref);
  self->out_offset = self->queued = 0;
  self->stalled_since = 0;
}

void
tela_websocket_kill (TelaWebsocket *self)
{
  if (self->dead)
    return;
  self->dead = TRUE;
  drop_source (&self->in_source);
  drop_source (&self->out_source);
  drop_output (self);
  g_io_stream_close (self->stream, NULL, NULL);
  self->funcs->wake (self->user_data);
}

void
tela_websocket_close (TelaWebsocket *self,
                      guint16        code,
                      const char    *reason)
{
  guint8 data[TELA_WEBSOCKET_MAX_CONTROL] = { (guint8) (code >> 8), (guint8) code };
  gsize  len = MIN (strlen (reason), TELA_WEBSOCKET_MAX_CONTROL - 2);

  if (!tela_websocket_is_open (self))
    return;
  memcpy (data + 2, reason, len);
  tela_websocket_send_data (self, TELA_OPCODE_CLOSE, data, len + 2);
  self->closing_since = g_get_monotonic_time ();
}

/* ---- Output ---- */

void
tela_websocket_send (TelaWebsocket *self,
                     GBytes        *frame)
{
  if (!tela_websocket_is_open (self))
    return;
  g_queue_push_tail (&self->out, g_bytes_ref (frame));
  self->queued += g_bytes_get_size (frame);
  self->funcs->wake (self->user_data);
}

static void
drop_written (TelaWebsocket *self,
              gsize          written)
{
  self->queued -= written;
  self->out_offset += written;
  while (!g_queue_is_empty (&self->out))
    {
      GBytes *head = g_queue_peek_head (&self->out);

      if (self->out_offset < g_bytes_get_size (head))
        break;
      self->out_offset -= g_bytes_get_size (head);
      g_bytes_unref (g_queue_pop_head (&self->out));
    }
}

/* Writes what the stream takes now. FALSE: it takes no more, or failed. */
static gboolean
write_some (TelaWebsocket *self)
{
  GOutputVector   vectors[MAX_VECTORS];
  GPollableReturn result;
  gsize           n = 0, written = 0, offset = self->out_offset;

  for (GList *link = self->out.head; link != NULL && n < MAX_VECTORS; link = link->next, offset = 0)
    {
      gsize         len;
      const guint8 *data = g_bytes_get_data (link->data, &len);

      vectors[n].buffer = data + offset;
      vectors[n++].size = len - offset;
    }
  result = g_pollable_output_stream_writev_nonblocking (self->output, vectors, n, &written, NULL, NULL);
  if (result == G_POLLABLE_RETURN_FAILED)
    tela_websocket_kill (self);
  if (result != G_POLLABLE_RETURN_OK)
    return FALSE;
  drop_written (self, written);
  self->stalled_since = 0;
  return TRUE;
}

static gboolean
writable_cb (GObject *stream,
             gpointer data)
{
  TelaWebsocket *self = data;

  tela_websocket_flush (self);
  return self->dead || self->out_source == NULL ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

void
tela_websocket_flush (TelaWebsocket *self)
{
  while (!self->dead && !g_queue_is_empty (&self->out) && write_some (self))
    ;
  if (self->dead)
    return;
  if (g_queue_is_empty (&self->out))
    {
      drop_source (&self->out_source);
      if (self->end_after_flush)
        tela_websocket_kill (self);
      return;
    }
  if (self->stalled_since == 0)
    self->stalled_since = g_get_monotonic_time ();
  if (self->out_source == NULL)
    {
      self->out_source = g_pollable_output_stream_create_source (self->output, NULL);
      g_source_set_callback (self->out_source, G_SOURCE_FUNC (writable_cb), self, NULL);
      g_source_attach (self->out_source, self->context);
    }
}

/* ---- Life ---- */

TelaWebsocket *
tela_websocket_new (GIOStream                *stream,
                    GMainContext             *context,
                    const TelaWebsocketFuncs *funcs,
                    gpointer                  user_data)
{
  TelaWebsocket *self = g_new0 (TelaWebsocket, 1);

  self->stream = stream;
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  self->context = context;
  self->funcs = funcs;
  self->user_data = user_data;
  self->in = g_byte_array_new ();
  self->message = g_byte_array_new ();
  self->last_input = g_get_monotonic_time ();
  tela_websocket_listen (self);
  return self;
}

void
tela_websocket_free (TelaWebsocket *self)
{
  drop_source (&self->in_source);
  drop_source (&self->out_source);
  drop_output (self);
  g_object_unref (self->stream);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->message);
  g_free (self);
}

gboolean
tela_websocket_is_dead (const TelaWebsocket *self)
{
  return self->dead;
}

gboolean
tela_websocket_is_open (const TelaWebsocket *self)
{
  return !self->dead && self->closing_since == 0;
}

gsize
tela_websocket_get_queued (const TelaWebsocket *self)
{
  return self->queued;
}

gint64
tela_websocket_get_stalled_since (const TelaWebsocket *self)
{
  return self->stalled_since;
}

gint64
tela_websocket_get_closing_since (const TelaWebsocket *self)
{
  return self->closing_since;
}

gint64
tela_websocket_get_last_input (const TelaWebsocket *self)
{
  return self->last_input;
}
