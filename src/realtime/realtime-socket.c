/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-socket.h"

#include "realtime-codec.h"

#include <glib/gi18n-lib.h>

/* Heartbeats count from here, so that their refs never meet those of the channels. */
#define HEARTBEAT_REF_FIRST G_GUINT64_CONSTANT (1000000000000000)
/* libsoup's own queue has no limit and no gauge. Our source has a lower priority than the one that writes for libsoup,
 * so it runs only when that has nothing left; then a little more is handed over. */
#define OUTPUT_PRIORITY (G_PRIORITY_DEFAULT + 10)
#define HANDOVER_FRAMES 32
#define HANDOVER_BYTES (64 * 1024)
/* A lone frame goes at once; the next one within this time waits its turn. */
#define LONE_US 1000
/* A flood of incoming frames must not hold ours back for longer than this. */
#define STARVED_MS 20

typedef struct
{
  GBytes  *frame;
  gboolean is_text;
  guint64  confirm;
} Outgoing;

struct _RealtimeSocket
{
  SoupWebsocketConnection *ws; /* owned */
  RealtimeProtocol         protocol;
  RealtimeTimings          timings;
  RealtimeSocketFuncs      funcs;
  gpointer                 user_data;

  GQueue   waiting;   /* of Outgoing */
  GSource *writable;  /* while something waits */
  GSource *starved;   /* the same */
  gint64   handed_at; /* when libsoup was given a frame last */

  GSource *heartbeat; /* the next one */
  GSource *deadline;  /* of the one that is not answered */
  guint64  next_ref;
  guint64  pending_ref; /* 0: none */
  gint64   sent_at;
  GError  *error; /* what "error" said before "closed" */
};

static void
outgoing_free (Outgoing *self)
{
  g_bytes_unref (self->frame);
  g_free (self);
}

static gboolean
is_open (RealtimeSocket *self)
{
  return soup_websocket_connection_get_state (self->ws) == SOUP_WEBSOCKET_STATE_OPEN;
}

static void
write_frame (RealtimeSocket *self,
             GBytes         *frame,
             gboolean        is_text)
{
  if (!is_open (self))
    return;

  soup_websocket_connection_send_message (self->ws, is_text ? SOUP_WEBSOCKET_DATA_TEXT : SOUP_WEBSOCKET_DATA_BINARY,
                                          frame);
  self->funcs.written (is_text, frame, self->user_data);
}

static void
hand_over_one (RealtimeSocket *self,
               GBytes         *frame,
               gboolean        is_text,
               guint64         confirm)
{
  write_frame (self, frame, is_text);
  self->handed_at = g_get_monotonic_time ();
  self->funcs.released (g_bytes_get_size (frame), TRUE, self->user_data);
  if (confirm != 0)
    self->funcs.sent (confirm, self->user_data);
}

static void
hand_over (RealtimeSocket *self,
           guint           max_frames,
           gsize           max_bytes)
{
  Outgoing *next;
  gsize     n_bytes = 0;

  for (guint i = 0; i < max_frames && n_bytes < max_bytes && (next = g_queue_pop_head (&self->waiting)) != NULL; i++)
    {
      n_bytes += g_bytes_get_size (next->frame);
      hand_over_one (self, next->frame, next->is_text, next->confirm);
      outgoing_free (next);
    }

  if (g_queue_is_empty (&self->waiting))
    {
      realtime_clear_source (&self->writable);
      realtime_clear_source (&self->starved);
    }
}

static gboolean
writable_cb (GObject *stream,
             gpointer user_data)
{
  hand_over (user_data, HANDOVER_FRAMES, HANDOVER_BYTES);

  return G_SOURCE_CONTINUE;
}

static GPollableOutputStream *
get_output (RealtimeSocket *self)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (self->ws);

  return G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
}

static gboolean
starved_cb (gpointer user_data)
{
  RealtimeSocket *self = user_data;

  if (is_open (self) && g_pollable_output_stream_is_writable (get_output (self)))
    hand_over (self, HANDOVER_FRAMES, HANDOVER_BYTES);

  return G_SOURCE_CONTINUE;
}

static gboolean
is_lone (RealtimeSocket *self)
{
  return self->writable == NULL && g_get_monotonic_time () - self->handed_at >= LONE_US &&
         g_pollable_output_stream_is_writable (get_output (self));
}

void
realtime_socket_send (RealtimeSocket *self,
                      GBytes         *frame,
                      gboolean        is_text,
                      guint64         confirm)
{
  Outgoing *outgoing;

  if (!is_open (self))
    {
      /* "closed" is on its way. */
      self->funcs.released (g_bytes_get_size (frame), FALSE, self->user_data);
      return;
    }

  if (is_lone (self))
    {
      hand_over_one (self, frame, is_text, confirm);
      return;
    }

  outgoing = g_new0 (Outgoing, 1);
  outgoing->frame = g_bytes_ref (frame);
  outgoing->is_text = is_text;
  outgoing->confirm = confirm;
  g_queue_push_tail (&self->waiting, outgoing);

  if (self->writable != NULL)
    return;

  self->writable = g_pollable_output_stream_create_source (get_output (self), NULL);
  g_source_set_static_name (self->writable, "realtime output");
  g_source_set_priority (self->writable, OUTPUT_PRIORITY);
  g_source_set_callback (self->writable, G_SOURCE_FUNC (writable_cb), self, NULL);
  g_source_attach (self->writable, g_main_context_get_thread_default ());
  self->starved = realtime_timer_new (g_main_context_get_thread_default (), STARVED_MS, starved_cb, self);
}

void
realtime_socket_flush (RealtimeSocket *self)
{
  hand_over (self, G_MAXUINT, G_MAXSIZE);
}

static gboolean
deadline_cb (gpointer user_data)
{
  RealtimeSocket *self = user_data;
  g_autoptr (GError) error =
      g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, _ ("The server stopped answering"));

  realtime_clear_source (&self->deadline);
  self->funcs.closed (error, self->user_data);

  return G_SOURCE_REMOVE;
}

static void
send_heartbeat (RealtimeSocket *self)
{
  g_autoptr (GBytes) frame = NULL;

  self->pending_ref = self->next_ref++;
  self->sent_at = g_get_monotonic_time ();
  frame = realtime_frame_encode (self->protocol, 0, self->pending_ref, "phoenix", "heartbeat", "{}");
  /* It does not wait behind broadcasts. */
  write_frame (self, frame, TRUE);
}

void
realtime_socket_probe (RealtimeSocket *self,
                       guint           deadline)
{
  if (self->pending_ref == 0)
    send_heartbeat (self);

  realtime_clear_source (&self->deadline);
  self->deadline = realtime_timer_new (g_main_context_get_thread_default (), deadline, deadline_cb, self);
}

/* Its own clock: other traffic neither delays nor replaces it. */
static gboolean
heartbeat_cb (gpointer user_data)
{
  RealtimeSocket *self = user_data;
  gint32          spread = (gint32) (self->timings.heartbeat / 10);
  guint           interval;

  realtime_clear_source (&self->heartbeat);
  interval = (guint) ((gint32) self->timings.heartbeat + g_random_int_range (-spread, spread + 1));
  self->heartbeat = realtime_timer_new (g_main_context_get_thread_default (), interval, heartbeat_cb, self);
  if (self->pending_ref == 0)
    realtime_socket_probe (self, self->timings.deadline);

  return G_SOURCE_REMOVE;
}

gboolean
realtime_socket_heartbeat_answered (RealtimeSocket *self,
                                    guint64         ref,
                                    gint64         *latency_us)
{
  if (ref < HEARTBEAT_REF_FIRST || ref == REALTIME_REF_FOREIGN)
    return FALSE;

  *latency_us = -1;
  if (ref == self->pending_ref)
    {
      *latency_us = g_get_monotonic_time () - self->sent_at;
      self->pending_ref = 0;
      realtime_clear_source (&self->deadline);
    }

  return TRUE;
}

/* libsoup leaves it to libffi to call a handler, at a tenth of what a small frame costs: so the closure takes the
 * values itself. They are the connection, a SoupWebsocketDataType and the frame. */
static void
message_marshal (GClosure     *closure,
                 GValue       *result,
                 guint         n_values,
                 const GValue *values,
                 gpointer      hint,
                 gpointer      marshal_data)
{
  RealtimeSocket *self = closure->data;

  self->funcs.received (g_value_get_int (&values[1]) == SOUP_WEBSOCKET_DATA_TEXT, g_value_get_boxed (&values[2]),
                        self->user_data);
}

static GClosure *
new_message_closure (RealtimeSocket *self)
{
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), self);

  g_closure_set_marshal (closure, message_marshal);

  return closure;
}

static void
error_cb (SoupWebsocketConnection *ws,
          GError                  *error,
          RealtimeSocket          *self)
{
  if (self->error == NULL)
    self->error = g_error_copy (error);
}

/* Comes after "error" too. The code decides nothing: even 1000 is what a missed heartbeat produces. */
static void
closed_cb (SoupWebsocketConnection *ws,
           RealtimeSocket          *self)
{
  guint code = soup_websocket_connection_get_close_code (ws);
  g_autoptr (GError) error = NULL;

  if (code != 0)
    error = g_error_new (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                         _ ("The server closed the connection (code %u)"),
                         code);
  else if (self->error != NULL)
    error = g_error_new (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED, _ ("The connection broke: %s"),
                         self->error->message);
  else
    error =
        g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                             _ ("The connection to the server broke"));

  self->funcs.closed (error, self->user_data);
}

RealtimeSocket *
realtime_socket_new (SoupWebsocketConnection   *ws,
                     RealtimeProtocol           protocol,
                     const RealtimeTimings     *timings,
                     const RealtimeSocketFuncs *funcs,
                     gpointer                   user_data)
{
  RealtimeSocket *self = g_new0 (RealtimeSocket, 1);

  self->ws = ws;
  self->protocol = protocol;
  self->timings = *timings;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->next_ref = HEARTBEAT_REF_FIRST;
  g_queue_init (&self->waiting);

  soup_websocket_connection_set_max_incoming_payload_size (ws, REALTIME_INCOMING_MAX);
  g_signal_connect_closure (ws, "message", new_message_closure (self), FALSE);
  g_signal_connect (ws, "error", G_CALLBACK (error_cb), self);
  g_signal_connect (ws, "closed", G_CALLBACK (closed_cb), self);

  heartbeat_cb (self);

  return self;
}

SoupWebsocketConnection *
realtime_socket_free (RealtimeSocket *self)
{
  SoupWebsocketConnection *ws = self->ws;
  Outgoing                *outgoing;

  g_signal_handlers_disconnect_by_data (ws, self);
  realtime_clear_source (&self->writable);
  realtime_clear_source (&self->starved);
  realtime_clear_source (&self->heartbeat);
  realtime_clear_source (&self->deadline);
  while ((outgoing = g_queue_pop_head (&self->waiting)) != NULL)
    {
      self->funcs.released (g_bytes_get_size (outgoing->frame), FALSE, self->user_data);
      outgoing_free (outgoing);
    }
  g_clear_error (&self->error);
  g_free (self);

  return ws;
}
