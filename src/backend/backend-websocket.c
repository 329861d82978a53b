/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-websocket.h"

#include <string.h>

#define READ_BYTES (64 * 1024)
#define KEEP_BYTES (256 * 1024) /* a larger input buffer is given back when it is empty */
#define MAX_VECTORS 32
#define MAX_CONTROL 125

struct _TelaWebsocket
{
  GIOStream                *stream;
  GPollableInputStream     *input;  /* borrowed from stream */
  GPollableOutputStream    *output; /* borrowed from stream */
  GMainContext             *context;
  GSource                  *in_source;
  GSource                  *out_source; /* while something waits */
  const TelaWebsocketFuncs *funcs;
  gpointer                  user_data;

  GByteArray *in;
  GByteArray *message;        /* of fragments so far */
  TelaOpcode  message_opcode; /* CONTINUATION: no message under way */

  GQueue out; /* GBytes */
  gsize  out_offset;
  gsize  queued;

  gint64   last_input;
  gint64   stalled_since;
  gint64   closing_since;
  gboolean deaf; /* a broken or closed input: what still comes is dropped */
  gboolean end_after_flush;
  gboolean dead;
};

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

static void
send_frame (TelaWebsocket *self,
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
  guint8 data[MAX_CONTROL] = { (guint8) (code >> 8), (guint8) code };
  gsize  len = MIN (strlen (reason), MAX_CONTROL - 2);

  if (!tela_websocket_is_open (self))
    return;
  memcpy (data + 2, reason, len);
  send_frame (self, TELA_OPCODE_CLOSE, data, len + 2);
  self->closing_since = g_get_monotonic_time ();
}

static void
fail (TelaWebsocket *self,
      guint16        code)
{
  tela_websocket_close (self, code, "");
  self->deaf = TRUE;
}

/* ---- Input ---- */

static void
take_close (TelaWebsocket *self,
            const guint8  *data,
            gsize          len)
{
  self->deaf = TRUE;
  if (len == 1)
    fail (self, TELA_CLOSE_PROTOCOL);
  else if (tela_websocket_is_open (self))
    {
      send_frame (self, TELA_OPCODE_CLOSE, data, MIN (len, 2));
      self->closing_since = g_get_monotonic_time ();
    }
  self->end_after_flush = TRUE;
}

static void
take_control (TelaWebsocket *self,
              TelaOpcode     opcode,
              const guint8  *data,
              gsize          len)
{
  if (opcode == TELA_OPCODE_CLOSE)
    take_close (self, data, len);
  else if (opcode == TELA_OPCODE_PING && tela_websocket_is_open (self))
    send_frame (self, TELA_OPCODE_PONG, data, len);
}

static void
deliver (TelaWebsocket *self,
         TelaOpcode     opcode,
         const guint8  *data,
         gsize          len)
{
  if (tela_websocket_is_open (self))
    self->funcs->message (opcode == TELA_OPCODE_BINARY, (const char *) data, len, self->user_data);
}

static void
take_data (TelaWebsocket *self,
           TelaOpcode     opcode,
           gboolean       fin,
           const guint8  *data,
           gsize          len)
{
  gboolean under_way = self->message_opcode != TELA_OPCODE_CONTINUATION;

  if ((opcode == TELA_OPCODE_CONTINUATION) != under_way)
    {
      fail (self, TELA_CLOSE_PROTOCOL);
      return;
    }
  if (fin && !under_way)
    {
      deliver (self, opcode, data, len);
      return;
    }
  if (!under_way)
    self->message_opcode = opcode;
  if (self->message->len + len > TELA_WEBSOCKET_MAX_PAYLOAD)
    {
      fail (self, TELA_CLOSE_TOO_BIG);
      return;
    }
  g_byte_array_append (self->message, data, (guint) len);
  if (!fin)
    return;
  deliver (self, self->message_opcode, self->message->data, self->message->len);
  self->message_opcode = TELA_OPCODE_CONTINUATION;
  g_byte_array_unref (self->message);
  self->message = g_byte_array_new ();
}

static gboolean
header_is_good (const guint8 *head,
                guint64       len)
{
  TelaOpcode opcode = head[0] & 0x0f;
  gboolean   control = opcode >= TELA_OPCODE_CLOSE;

  if ((head[0] & 0x70) != 0 || (head[1] & 0x80) == 0) /* an extension; not masked */
    return FALSE;
  if (control)
    return opcode <= TELA_OPCODE_PONG && (head[0] & 0x80) != 0 && len <= MAX_CONTROL;
  return opcode <= TELA_OPCODE_BINARY;
}

static void
unmask (guint8       *data,
        gsize         len,
        const guint8 *mask)
{
  guint32 four;
  gsize   i = 0;

  memcpy (&four, mask, 4);
  for (; i + 4 <= len; i += 4)
    {
      guint32 word;

      memcpy (&word, data + i, 4);
      word ^= four;
      memcpy (data + i, &word, 4);
    }
  for (; i < len; i++)
    data[i] ^= mask[i % 4];
}

/* Handles the frame at @at if it is whole. Returns the bytes it took; 0: not yet, or no more. */
static gsize
take_frame (TelaWebsocket *self,
            guint8        *at,
            gsize          have)
{
  guint64 len;
  gsize   head = 2;

  if (have < 2)
    return 0;
  len = at[1] & 0x7f;
  if (len >= 126)
    {
      gsize more = len == 126 ? 2 : 8;

      if (have < 2 + more)
        return 0;
      len = 0;
      for (gsize i = 0; i < more; i++)
        len = len << 8 | at[2 + i];
      head += more;
    }
  if (!header_is_good (at, len) || len > TELA_WEBSOCKET_MAX_PAYLOAD)
    {
      fail (self, header_is_good (at, len) ? TELA_CLOSE_TOO_BIG : TELA_CLOSE_PROTOCOL);
      return 0;
    }
  if (have < head + 4 + len)
    return 0;
  unmask (at + head + 4, (gsize) len, at + head);
  if ((at[0] & 0x08) != 0)
    take_control (self, at[0] & 0x0f, at + head + 4, (gsize) len);
  else
    take_data (self, at[0] & 0x0f, (at[0] & 0x80) != 0, at + head + 4, (gsize) len);
  return head + 4 + (gsize) len;
}

static void
take_frames (TelaWebsocket *self)
{
  gsize at = 0, taken;

  while (!self->deaf && !self->dead && (taken = take_frame (self, self->in->data + at, self->in->len - at)) > 0)
    at += taken;
  if (self->deaf)
    at = self->in->len;
  if (at == self->in->len && at > KEEP_BYTES)
    {
      g_byte_array_unref (self->in);
      self->in = g_byte_array_new ();
    }
  else if (at > 0)
    g_byte_array_remove_range (self->in, 0, (guint) at);
}

static gboolean
readable_cb (GObject *stream,
             gpointer data)
{
  TelaWebsocket *self = data;
  g_autoptr (GError) error = NULL;
  guint  before = self->in->len;
  gssize got;

  g_byte_array_set_size (self->in, before + READ_BYTES);
  got = g_pollable_input_stream_read_nonblocking (self->input, self->in->data + before, READ_BYTES, NULL, &error);
  g_byte_array_set_size (self->in, before + (guint) MAX (got, 0));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (got <= 0)
    {
      tela_websocket_kill (self);
      return G_SOURCE_REMOVE;
    }
  self->last_input = g_get_monotonic_time ();
  take_frames (self);
  return self->dead ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
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
  self->in_source = g_pollable_input_stream_create_source (self->input, NULL);
  g_source_set_callback (self->in_source, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->in_source, context);
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
