/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-bodies.h"

#include "backend-http.h"

/* Counted by reference: libsoup may let go of a request when the core is gone already. */
struct _TelaBodies
{
  gsize bytes;
};

typedef struct
{
  TelaCore   *core;
  TelaBodies *all;
  gsize       bytes; /* of this one */
} Body;

TelaBodies *
tela_bodies_new (void)
{
  return g_rc_box_new0 (TelaBodies);
}

void
tela_bodies_free (TelaBodies *self)
{
  g_rc_box_release (self);
}

gsize
tela_bodies_get (const TelaBodies *self)
{
  return self->bytes;
}

void
tela_bodies_drop (SoupServerMessage *msg)
{
  SoupMessageBody *body = soup_server_message_get_request_body (msg);

  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Connection", "close");
}

static void
forget (Body *self)
{
  self->all->bytes -= self->bytes;
  self->bytes = 0;
}

static void
body_free (gpointer  data,
           GClosure *closure)
{
  Body *self = data;

  forget (self);
  tela_bodies_free (self->all);
  g_free (self);
}

static void
got_chunk_cb (SoupServerMessage *msg,
              GBytes            *chunk,
              Body              *self)
{
  const gsize limit = self->core->patience.bodies;

  if (soup_server_message_get_status (msg) != 0) /* refused, and not kept */
    return;
  self->bytes += g_bytes_get_size (chunk);
  self->all->bytes += g_bytes_get_size (chunk);
  if (limit == 0 || self->all->bytes <= limit)
    return;
  tela_http_rest_error (msg, 503, "53200", "The server is reading too much at once");
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Retry-After", "5");
  tela_bodies_drop (msg);
  forget (self);
}

void
tela_bodies_watch (TelaCore          *core,
                   SoupServerMessage *msg)
{
  Body *self;

  if (soup_message_headers_get_content_length (soup_server_message_get_request_headers (msg)) <= TELA_BODIES_SMALL)
    return;
  self = g_new0 (Body, 1);
  self->core = core;
  self->all = g_rc_box_acquire (core->bodies);
  g_signal_connect_data (msg, "got-chunk", G_CALLBACK (got_chunk_cb), self, body_free, 0);
}
