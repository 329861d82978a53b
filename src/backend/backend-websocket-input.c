/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The reading half of TelaWebsocket. */

#include <string.h>

#include "backend-websocket-private.h"

#define READ_BYTES (64 * 1024)
#define KEEP_BYTES (256 * 1024) /* a larger input buffer is given back when it is empty */
#define TURN_US 2000            /* then it is another's turn, whatever is left */

/* Who breaks the rules is not waited for: as with Supabase, the connection ends once the code is written. */
static void
fail (TelaWebsocket *self,
      guint16        code)
{
  tela_websocket_close (self, code, "");
  self->deaf = TRUE;
  self->end_after_flush = TRUE;
  self->funcs->wake (self->user_data);
}

/* The codes that may stand in a frame. */
static gboolean
code_is_good (guint code)
{
  return (code >= 1000 && code < 1015 && (code < 1004 || code > 1006)) || (code >= 3000 && code < 5000);
}

static void
take_close (TelaWebsocket *self,
            const guint8  *data,
            gsize          len)
{
  self->deaf = TRUE;
  if (len == 1 || (len >= 2 && !code_is_good ((guint) data[0] << 8 | data[1])))
    fail (self, TELA_CLOSE_PROTOCOL);
  else if (tela_websocket_is_open (self))
    {
      tela_websocket_send_data (self, TELA_OPCODE_CLOSE, data, MIN (len, 2));
      self->closing_since = g_get_monotonic_time ();
    }
  self->end_after_flush = TRUE;
  self->funcs->wake (self->user_data);
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
    tela_websocket_send_data (self, TELA_OPCODE_PONG, data, len);
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
    return opcode <= TELA_OPCODE_PONG && (head[0] & 0x80) != 0 && len <= TELA_WEBSOCKET_MAX_CONTROL;
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

/* A frame may mean work for a thousand sockets, and what was read may be hundreds of frames. Returns the bytes that are
 * done with. */
static gsize
take_frames (TelaWebsocket *self,
             guint8        *data,
             gsize          len)
{
  const gint64 end = g_get_monotonic_time () + TURN_US;
  gsize        at = 0, taken;

  self->has_more = FALSE;
  while (!self->has_more && !self->deaf && !self->dead && !self->paused &&
         (taken = take_frame (self, data + at, len - at)) > 0)
    {
      at += taken;
      self->has_more = at < len && g_get_monotonic_time () >= end;
    }
  return self->deaf ? len : at;
}

static void
take_kept (TelaWebsocket *self)
{
  gsize taken = take_frames (self, self->in->data, self->in->len);

  if (taken == self->in->len && taken > KEEP_BYTES)
    {
      g_byte_array_unref (self->in);
      self->in = g_byte_array_new ();
    }
  else if (taken > 0)
    g_byte_array_remove_range (self->in, 0, (guint) taken);
}

/* A socket that says whole frames, or nothing, keeps no memory for it. */
static void
take_new (TelaWebsocket *self,
          guint8        *data,
          gsize          len)
{
  gsize taken = self->in->len == 0 ? take_frames (self, data, len) : 0;
  gsize kept = self->in->len;

  if (taken < len)
    g_byte_array_append (self->in, data + taken, (guint) (len - taken));
  if (kept > 0)
    take_kept (self);
}

/* What is put off comes with the next round, before anything is read. TLS may have more than its socket shows. */
static void
plan_turn (TelaWebsocket *self)
{
  if (self->has_more || !self->bare)
    tela_poller_again (self->poller, &self->watch);
}

static void
read_some (TelaWebsocket *self)
{
  g_autoptr (GError) error = NULL;
  guint8 data[READ_BYTES];
  gssize got = g_pollable_input_stream_read_nonblocking (self->input, data, sizeof data, NULL, &error);

  if (got > 0)
    {
      self->last_input = g_get_monotonic_time ();
      take_new (self, data, (gsize) got);
      plan_turn (self);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    tela_websocket_kill (self);
}

void
tela_websocket_read (TelaWebsocket *self)
{
  if (self->paused)
    return;
  if (!self->has_more)
    {
      read_some (self);
      return;
    }
  take_kept (self);
  plan_turn (self);
}

void
tela_websocket_pause (TelaWebsocket *self)
{
  self->paused = TRUE;
  tela_websocket_watch (self);
}

void
tela_websocket_resume (TelaWebsocket *self)
{
  if (!self->paused || self->dead)
    return;
  self->paused = FALSE;
  self->last_input = g_get_monotonic_time ();
  take_kept (self); /* may pause it again */
  if (self->paused || self->dead)
    return;
  tela_websocket_watch (self);
  plan_turn (self);
}
