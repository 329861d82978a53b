/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-backoff.h"
#include "realtime-channel.h"
#include "realtime-retry.h"

#include <glib/gi18n-lib.h>

static const char *const link_names[] = { "idle", "token", "opening", "proving", "open",
                                          "waiting", "stopped", "resting", "down" };

static RealtimeConnectionState
public_state (RealtimeManager *self,
              RealtimeLink     link)
{
  switch (link)
    {
    case REALTIME_LINK_IDLE:
    case REALTIME_LINK_RESTING:
    case REALTIME_LINK_DOWN:
      return REALTIME_CONNECTION_DISCONNECTED;
    case REALTIME_LINK_OPEN:
      return REALTIME_CONNECTION_CONNECTED;
    case REALTIME_LINK_STOPPED:
      return REALTIME_CONNECTION_ERROR;
    default:
      if (self->failures >= REALTIME_FAILURES_MAX)
        return REALTIME_CONNECTION_ERROR;
      return self->has_connected ? REALTIME_CONNECTION_RECONNECTING : REALTIME_CONNECTION_CONNECTING;
    }
}

static void
set_last_error (RealtimeManager *self,
                const GError    *error)
{
  g_clear_error (&self->last_error);
  if (error != NULL)
    self->last_error = g_error_copy (error);
}

static void
mark_all (RealtimeManager *self)
{
  GHashTableIter iter;
  gpointer       channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    realtime_channel_mark (channel);
}

static gboolean
retry_cb (gpointer user_data)
{
  RealtimeManager *self = user_data;

  self->wants_now = TRUE;
  realtime_manager_pump (self);
  g_clear_pointer (&self->link_timer, g_source_unref);

  return G_SOURCE_REMOVE;
}

/* The one place that changes the state. @delay: milliseconds until the timer of that state, 0: none. */
static void
set_link (RealtimeManager *self,
          RealtimeLink     link,
          const char      *cause,
          guint            delay,
          GSourceFunc      timer)
{
  GObject                *object = G_OBJECT (self);
  RealtimeConnectionState state = public_state (self, link);
  const gboolean          has_changed = state != self->state;
  gint64                  retry_at = 0;

  g_log_structured (G_LOG_DOMAIN, G_LOG_LEVEL_DEBUG,
                    "REALTIME_LINK", link_names[link],
                    "MESSAGE", "connection generation=%u from=%s to=%s failures=%u delay=%u cause=\"%s\"",
                    self->generation, link_names[self->link], link_names[link], self->failures, delay, cause);

  realtime_clear_source (&self->link_timer);
  if (timer != NULL)
    self->link_timer = realtime_timer_new (self->context, delay, timer, self);

  if (timer == retry_cb)
    retry_at = g_get_monotonic_time () + (gint64) delay * 1000;
  /* In the state of error the last plan stands while it is being tried. */
  else if (state == REALTIME_CONNECTION_ERROR && link != REALTIME_LINK_STOPPED)
    retry_at = self->retry_at;

  g_object_freeze_notify (object);
  self->link = link;
  self->state = state;
  if (has_changed)
    {
      self->since = g_get_monotonic_time ();
      g_object_notify (object, "connection-state");
      mark_all (self);
    }
  if (g_strcmp0 (self->cause, cause) != 0)
    {
      g_free (self->cause);
      self->cause = g_strdup (cause);
      g_object_notify (object, "cause");
    }
  realtime_manager_note_state (self);
  if (self->retry_at != retry_at)
    {
      self->retry_at = retry_at;
      g_object_notify (object, "retry-at");
    }
  g_object_thaw_notify (object);
  realtime_manager_pump (self);
}

/* Everything that lived on the socket ends with it. The state has been set before: this calls the application. */
static void
drop_channels (RealtimeManager *self,
               const GError    *error)
{
  GHashTableIter iter;
  gpointer       channel;

  realtime_manager_fail_pending (self, NULL, error);
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    realtime_channel_socket_lost (channel);
}

/* An attempt or a socket failed: decides when to try again. */
static void
link_failed (RealtimeManager *self,
             const GError    *error,
             RealtimeRetry    retry)
{
  const double random = g_random_double ();
  const gint64 now = g_get_monotonic_time ();

  if (self->link == REALTIME_LINK_OPEN)
    self->lost_at = now;
  if (self->link == REALTIME_LINK_OPEN && now - self->opened_at >= (gint64) self->timings.settle * 1000)
    self->failures = self->limits = 0;

  self->opened_at = 0;
  self->failures++;
  set_last_error (self, error);

  /* Who refuses may be a gateway, a portal of the network or a server that is being moved: asked again, but rarely. */
  if (retry == REALTIME_RETRY_FATAL && self->http_status != 0)
    set_link (self, REALTIME_LINK_STOPPED, error->message,
              (guint) (self->timings.refused * (0.8 + 0.4 * random)), retry_cb);
  else if (retry == REALTIME_RETRY_FATAL)
    set_link (self, REALTIME_LINK_STOPPED, error->message, 0, NULL);
  else if (retry == REALTIME_RETRY_LIMIT)
    set_link (self, REALTIME_LINK_WAITING, error->message,
              realtime_backoff_limit_ms (++self->limits, random, self->timings.limit), retry_cb);
  else
    set_link (self, REALTIME_LINK_WAITING, error->message,
              realtime_backoff_ms (self->failures, random, self->timings.retry), retry_cb);
  realtime_manager_note_error (self, NULL, retry, error);
  drop_channels (self, error);
}

static gboolean
token_timeout_cb (gpointer user_data)
{
  RealtimeManager *self = user_data;
  g_autoptr (GError) error =
      g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, _ ("The sign-in did not answer in time"));

  realtime_manager_forget_request (self, NULL);
  link_failed (self, error, REALTIME_RETRY_TRANSIENT);

  return G_SOURCE_REMOVE;
}

static void
wake_cb (gpointer user_data)
{
  realtime_manager_wake (user_data);
}

static void
open_socket (RealtimeManager *self)
{
  if (self->connection == NULL)
    {
      self->connection = realtime_connection_new (self->batcher, &self->timings);
      realtime_connection_set_recorder (self->connection, self->recorder);
      self->wake = realtime_wake_new (self->context, wake_cb, self);
    }
  realtime_wake_set_network (self->wake, !self->endpoint->is_loopback);

  self->generation++;
  realtime_connection_open (self->connection, self->generation, self->endpoint);
  set_link (self, REALTIME_LINK_OPENING, _ ("Connecting to the server"), 0, NULL);
}

static void
start_attempt (RealtimeManager *self)
{
  if (self->provider == NULL)
    {
      open_socket (self);
      return;
    }

  set_link (self, REALTIME_LINK_TOKEN, _ ("Waiting for the sign-in"), self->timings.token, token_timeout_cb);
  realtime_manager_request_token (self, NULL);
}

/**
 * realtime_manager_step_link:
 *
 * Starts the attempt that somebody asked for, unless one is under way.
 */
void
realtime_manager_step_link (RealtimeManager *self)
{
  if (self->link == REALTIME_LINK_RESTING && g_hash_table_size (self->channels) > 0)
    self->wants_now = TRUE;
  if (!self->wants_now || self->endpoint == NULL)
    return;

  self->wants_now = FALSE;
  if (self->link == REALTIME_LINK_IDLE || self->link == REALTIME_LINK_RESTING || self->link == REALTIME_LINK_WAITING ||
      self->link == REALTIME_LINK_STOPPED)
    start_attempt (self);
}

/**
 * realtime_manager_link_token:
 *
 * Answers realtime_manager_request_token() of the connection.
 */
void
realtime_manager_link_token (RealtimeManager *self,
                             const char      *token,
                             const GError    *error)
{
  if (self->link != REALTIME_LINK_TOKEN)
    return;

  if (token != NULL)
    open_socket (self);
  else if (g_error_matches (error, REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED))
    link_failed (self, error, REALTIME_RETRY_FATAL);
  else
    link_failed (self, error, REALTIME_RETRY_TRANSIENT);
}

static void
socket_opened (RealtimeManager     *self,
               const RealtimeEvent *event)
{
  self->opened_at = event->at;
  set_link (self, REALTIME_LINK_PROVING, _ ("Waiting for the server to answer"), 0, NULL);
  mark_all (self);
}

static void
socket_proven (RealtimeManager *self)
{
  if (self->has_connected)
    self->reconnection_count++;
  if (self->lost_at != 0)
    self->reconnection_us += g_get_monotonic_time () - self->lost_at;
  self->lost_at = 0;
  self->has_connected = TRUE;
  set_last_error (self, NULL);
  set_link (self, REALTIME_LINK_OPEN, "Connected", 0, NULL);
}

/**
 * realtime_manager_link_event:
 * @event: OPENED, PROVEN or CLOSED, of the current generation
 */
void
realtime_manager_link_event (RealtimeManager     *self,
                             const RealtimeEvent *event)
{
  switch (event->kind)
    {
    case REALTIME_EVENT_OPENED:
      socket_opened (self, event);
      break;
    case REALTIME_EVENT_PROVEN:
      socket_proven (self);
      break;
    case REALTIME_EVENT_CLOSED:
      self->http_status = event->http_status;
      link_failed (self, event->error,
                   event->http_status != 0 ? realtime_retry_of_status (event->http_status) : REALTIME_RETRY_TRANSIENT);
      break;
    default:
      g_assert_not_reached ();
    }
}

/**
 * realtime_manager_move_link:
 * @error: (nullable): why the new endpoint is none
 *
 * The endpoint is another one: whatever was under way with the old one is given up, and the new one tried at once.
 */
void
realtime_manager_move_link (RealtimeManager *self,
                            const GError    *error)
{
  g_autoptr (GError) moved = NULL;

  self->failures = self->limits = 0;
  realtime_manager_forget_request (self, NULL);
  self->generation++; /* What the old socket still says is not heard. */
  if (self->connection != NULL)
    realtime_connection_close (self->connection);
  if (error != NULL)
    {
      link_failed (self, error, REALTIME_RETRY_FATAL);
      return;
    }
  if (self->link == REALTIME_LINK_IDLE)
    return;

  moved =
      g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                           _ ("The connection moves to another address"));
  self->lost_at = self->link == REALTIME_LINK_OPEN ? g_get_monotonic_time () : self->lost_at;
  self->opened_at = 0;
  start_attempt (self);
  drop_channels (self, moved);
}

/**
 * realtime_manager_rest:
 *
 * Closes what nobody listens to; the next subscription opens it again.
 */
void
realtime_manager_rest (RealtimeManager *self)
{
  realtime_connection_close (self->connection);
  self->generation++;
  self->opened_at = 0;
  self->failures = self->limits = 0;
  set_link (self, REALTIME_LINK_RESTING, _ ("Nothing is listened to"), 0, NULL);
}

/**
 * realtime_manager_close_link:
 *
 * For good. Channels have been left before.
 */
void
realtime_manager_close_link (RealtimeManager *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED, _ ("The connection was shut down"));

  realtime_manager_forget_request (self, NULL);
  self->generation++;
  self->opened_at = 0;
  if (self->rest != NULL)
    soup_session_abort (self->rest);
  set_link (self, REALTIME_LINK_DOWN, _ ("Shut down"), 0, NULL);
  realtime_manager_fail_pending (self, NULL, error);
  realtime_manager_fail_posts (self, error);
}
