/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-websocket-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

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
drop_output (TelaWebsocket *self)
{
  g_queue_clear_full (&self->out, (GDestroyNotify) g_bytes_unref);
  *self->queued_by_all -= self->queued;
  self->out_offset = self->queued = 0;
  self->stalled_since = 0;
}

void
tela_websocket_kill (TelaWebsocket *self)
{
  if (self->dead)
    return;
  self->dead = TRUE;
  tela_websocket_watch (self);
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
  *self->queued_by_all += g_bytes_get_size (frame);
  self->funcs->wake (self->user_data);
}

static void
drop_written (TelaWebsocket *self,
              gsize          written)
{
  self->queued -= written;
  *self->queued_by_all -= written;
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

/* One call of the system, without the layers between: with fifty readers that is a tenth of the time. */
static GPollableReturn
write_bare (TelaWebsocket *self,
            GOutputVector *vectors,
            gsize          n,
            gsize         *written)
{
  struct msghdr message = { .msg_iov = (struct iovec *) vectors, .msg_iovlen = n }; /* GIO says that they are alike */
  gssize        sent;

  do
    sent = n == 1 ? send (self->watch.fd, vectors[0].buffer, vectors[0].size, MSG_NOSIGNAL | MSG_DONTWAIT)
                  : sendmsg (self->watch.fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent < 0)
    return errno == EAGAIN ? G_POLLABLE_RETURN_WOULD_BLOCK : G_POLLABLE_RETURN_FAILED;
  *written = (gsize) sent;
  return G_POLLABLE_RETURN_OK;
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
  result = self->bare ? write_bare (self, vectors, n, &written)
                      : g_pollable_output_stream_writev_nonblocking (self->output, vectors, n, &written, NULL, NULL);
  if (result == G_POLLABLE_RETURN_FAILED)
    tela_websocket_kill (self);
  if (result != G_POLLABLE_RETURN_OK)
    return FALSE;
  drop_written (self, written);
  self->stalled_since = 0;
  return TRUE;
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
      if (self->end_after_flush)
        tela_websocket_kill (self);
    }
  else if (self->stalled_since == 0)
    self->stalled_since = g_get_monotonic_time ();
  tela_websocket_watch (self);
}

/* ---- Life ---- */

static void
ready_cb (guint32  events,
          gpointer data)
{
  TelaWebsocket *self = data;

  if ((events & ~(guint32) EPOLLIN) != 0) /* one that is broken says so when written to */
    tela_websocket_flush (self);
  if (!self->dead && (events & ~(guint32) EPOLLOUT) != 0)
    tela_websocket_read (self);
}

void
tela_websocket_watch (TelaWebsocket *self)
{
  guint32 events = (self->paused ? 0 : EPOLLIN) | (self->stalled_since == 0 ? 0 : EPOLLOUT);

  tela_poller_watch (self->poller, &self->watch, self->dead ? 0 : events);
}

TelaWebsocket *
tela_websocket_new (GIOStream                *stream,
                    int                       fd,
                    gboolean                  bare,
                    TelaPoller               *poller,
                    gsize                    *queued,
                    const TelaWebsocketFuncs *funcs,
                    gpointer                  user_data)
{
  TelaWebsocket *self = g_new0 (TelaWebsocket, 1);

  self->stream = stream;
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  self->bare = bare;
  self->poller = poller;
  self->queued_by_all = queued;
  self->watch = (TelaWatch){ .fd = fd, .func = ready_cb, .user_data = self };
  self->funcs = funcs;
  self->user_data = user_data;
  self->in = g_byte_array_new ();
  self->message = g_byte_array_new ();
  self->last_input = g_get_monotonic_time ();
  tela_websocket_watch (self);
  tela_poller_again (poller, &self->watch); /* what came with the handshake waits in the stream */
  return self;
}

void
tela_websocket_free (TelaWebsocket *self)
{
  tela_poller_watch (self->poller, &self->watch, 0);
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
