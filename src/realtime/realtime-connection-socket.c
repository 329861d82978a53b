/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-connection-private.h"

#include "realtime-retry.h"
#include "realtime-trust.h"

#include <glib/gi18n-lib.h>

struct _RealtimeAttempt
{
  RealtimeConnection *self;        /* borrowed */
  RealtimeEndpoint   *endpoint;    /* owned */
  GCancellable       *cancellable; /* owned */
  SoupMessage        *message;     /* owned: has the status when there is no socket */
  GSource            *timer;       /* owned */
  gboolean            has_timed_out;
};

/* A WebSocket that we closed and that has until the timer to say so too. */
typedef struct
{
  RealtimeConnection      *self;  /* borrowed */
  SoupWebsocketConnection *ws;    /* owned */
  GSource                 *timer; /* owned */
} Retired;

static void
retired_end (Retired *retired)
{
  RealtimeConnection *self = retired->self;

  g_signal_handlers_disconnect_by_data (retired->ws, retired);
  g_source_destroy (retired->timer);
  g_source_unref (retired->timer);
  g_object_unref (retired->ws);
  self->retired = g_list_remove (self->retired, retired);
  g_free (retired);
  realtime_connection_check_stopped (self);
}

static gboolean
retired_timer_cb (gpointer user_data)
{
  retired_end (user_data);

  return G_SOURCE_REMOVE;
}

static void
retired_closed_cb (SoupWebsocketConnection *ws,
                   Retired                 *retired)
{
  retired_end (retired);
}

/* @ws: (transfer full) */
static void
retire (RealtimeConnection      *self,
        SoupWebsocketConnection *ws)
{
  Retired *retired;

  if (self->is_aborting || soup_websocket_connection_get_state (ws) == SOUP_WEBSOCKET_STATE_CLOSED)
    {
      g_object_unref (ws);
      return;
    }

  retired = g_new0 (Retired, 1);
  retired->self = self;
  retired->ws = ws;
  retired->timer = realtime_timer_new (self->context, self->timings.close, retired_timer_cb, retired);
  self->retired = g_list_prepend (self->retired, retired);
  g_signal_connect (ws, "closed", G_CALLBACK (retired_closed_cb), retired);
  if (soup_websocket_connection_get_state (ws) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (ws, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
drop_socket (RealtimeConnection *self)
{
  if (self->socket == NULL)
    return;

  realtime_socket_flush (self->socket);
  retire (self, realtime_socket_free (g_steal_pointer (&self->socket)));
}

static void
drop_attempt (RealtimeConnection *self)
{
  RealtimeAttempt *attempt = g_steal_pointer (&self->attempt);

  if (attempt != NULL)
    g_cancellable_cancel (attempt->cancellable);
}

/* @error: (transfer full) */
static void
fail (RealtimeConnection *self,
      GError             *error,
      guint               http_status)
{
  RealtimeEvent *event = realtime_event_new (REALTIME_EVENT_CLOSED, self->generation);

  event->error = error;
  event->http_status = http_status;
  realtime_batcher_push (self->batcher, event);
}

void
realtime_connection_lose_socket (RealtimeConnection *self,
                                 const GError       *error)
{
  fail (self, g_error_copy (error), 0);
  retire (self, realtime_socket_free (g_steal_pointer (&self->socket)));
}

static void
socket_closed_cb (const GError *error,
                  gpointer      user_data)
{
  realtime_connection_lose_socket (user_data, error);
}

static void
socket_sent_cb (guint64  ref,
                gpointer user_data)
{
  realtime_connection_push (user_data, REALTIME_EVENT_SENT, ref);
}

static void
socket_released_cb (gsize    n_bytes,
                    gboolean is_sent,
                    gpointer user_data)
{
  RealtimeConnection *self = user_data;

  g_mutex_lock (&self->lock);
  self->waiting -= n_bytes;
  if (is_sent)
    {
      self->counters.messages_sent++;
      self->counters.bytes_sent += n_bytes;
    }
  g_mutex_unlock (&self->lock);
}

static void
socket_received_cb (gboolean is_text,
                    GBytes  *frame,
                    gpointer user_data)
{
  realtime_connection_take (user_data, is_text, frame);
}

static void
socket_written_cb (gboolean is_text,
                   GBytes  *frame,
                   gpointer user_data)
{
  realtime_connection_record_sent (user_data, is_text, frame);
}

static const RealtimeSocketFuncs socket_funcs = {
  .received = socket_received_cb,
  .written = socket_written_cb,
  .sent = socket_sent_cb,
  .released = socket_released_cb,
  .closed = socket_closed_cb,
};

static void
attempt_free (RealtimeAttempt *attempt)
{
  g_source_destroy (attempt->timer);
  g_source_unref (attempt->timer);
  realtime_endpoint_unref (attempt->endpoint);
  g_object_unref (attempt->cancellable);
  g_clear_object (&attempt->message);
  g_free (attempt);
}

static GError *
error_of_attempt (const RealtimeAttempt *attempt,
                  const GError          *error,
                  guint                 *http_status)
{
  *http_status = 0;
  if (attempt->has_timed_out)
    return g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, _ ("The server did not answer in time"));
  if (error->domain == SOUP_WEBSOCKET_ERROR)
    {
      *http_status = soup_message_get_status (attempt->message);
      return realtime_error_of_status (*http_status, attempt->endpoint->host);
    }

  return realtime_error_of_network (error);
}

static void
connect_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  RealtimeAttempt    *attempt = user_data;
  RealtimeConnection *self = attempt->self;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *ws = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  self->n_attempts--;
  if (self->attempt != attempt)
    {
      if (ws != NULL)
        retire (self, ws);
    }
  else if (ws != NULL)
    {
      self->attempt = NULL;
      self->is_proven = FALSE;
      self->protocol = attempt->endpoint->protocol;
      self->socket = realtime_socket_new (ws, self->protocol, &self->timings, &socket_funcs, self);
      realtime_connection_push (self, REALTIME_EVENT_OPENED, 0);
    }
  else
    {
      guint   http_status;
      GError *reason = error_of_attempt (attempt, error, &http_status);

      self->attempt = NULL;
      fail (self, reason, http_status);
    }

  attempt_free (attempt);
  realtime_connection_check_stopped (self);
}

static gboolean
connect_timeout_cb (gpointer user_data)
{
  RealtimeAttempt *attempt = user_data;

  attempt->has_timed_out = TRUE;
  g_cancellable_cancel (attempt->cancellable);

  return G_SOURCE_REMOVE;
}

void
realtime_connection_open_in_thread (RealtimeConnection *self,
                                    guint               generation,
                                    RealtimeEndpoint   *endpoint)
{
  RealtimeAttempt *attempt;

  drop_attempt (self);
  drop_socket (self);
  if (self->is_stopping)
    return;

  /* A new session each time: no state of the last one, such as a proxy or a pooled connection, is trusted. */
  g_clear_object (&self->session);
  self->session = soup_session_new ();
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  if (endpoint->is_loopback)
    soup_session_set_proxy_resolver (self->session, NULL);

  attempt = g_new0 (RealtimeAttempt, 1);
  attempt->self = self;
  attempt->endpoint = realtime_endpoint_ref (endpoint);
  attempt->cancellable = g_cancellable_new ();
  attempt->message = soup_message_new (SOUP_METHOD_GET, endpoint->uri);
  realtime_trust_watch (self->session, attempt->message);
  attempt->timer = realtime_timer_new (self->context, self->timings.connect, connect_timeout_cb, attempt);

  self->attempt = attempt;
  self->generation = generation;
  self->n_attempts++;
  soup_session_websocket_connect_async (self->session, attempt->message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        attempt->cancellable, connect_cb, attempt);
}

void
realtime_connection_close_in_thread (RealtimeConnection *self)
{
  drop_attempt (self);
  drop_socket (self);
}

void
realtime_connection_abort_in_thread (RealtimeConnection *self)
{
  self->is_aborting = TRUE;
  realtime_connection_close_in_thread (self);
  while (self->retired != NULL)
    retired_end (self->retired->data);
}
