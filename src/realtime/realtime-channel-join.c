/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-channel.h"

#include "realtime-backoff.h"
#include "realtime-retry.h"

#include <glib/gi18n-lib.h>

/* A second refusal in a row is not about an old token any more. */
#define REFUSALS_MAX 2

void
realtime_channel_set_error (RealtimeChannel *self,
                            RealtimeRetry    retry,
                            const GError    *error)
{
  g_clear_error (&self->error);
  if (error == NULL)
    return;

  self->error = g_error_copy (error);
  realtime_manager_note_error (self->manager, self->topic, retry, error);
}

static gboolean
retry_cb (gpointer user_data)
{
  RealtimeChannel *self = user_data;

  realtime_channel_set_phase (self, REALTIME_PHASE_IDLE);

  return G_SOURCE_REMOVE;
}

static void
wait_for_retry (RealtimeChannel *self,
                gboolean         is_limit)
{
  const RealtimeTimings *timings = &self->manager->timings;
  double                 random = g_random_double ();
  guint                  delay;

  self->failures++;
  if (is_limit)
    delay = realtime_backoff_limit_ms (++self->limits, random, timings->limit);
  else
    delay = realtime_backoff_ms (self->failures, random, timings->retry);

  g_debug ("retry topic=%s failures=%u delay=%u", self->topic, self->failures, delay);
  realtime_channel_set_phase (self, REALTIME_PHASE_WAITING);
  realtime_channel_start_timer (self, delay, retry_cb);
}

/* The join was refused, or the server ended the channel. */
void
realtime_channel_refused (RealtimeChannel *self,
                          RealtimeRetry    retry,
                          const GError    *error)
{
  self->join_ref = 0;
  realtime_channel_set_error (self, retry, error);

  switch (retry)
    {
    case REALTIME_RETRY_TOKEN:
      if (++self->refusals >= REFUSALS_MAX || self->token == NULL)
        realtime_channel_set_phase (self, REALTIME_PHASE_PARKED);
      else
        realtime_channel_set_phase (self, REALTIME_PHASE_IDLE);
      break;
    case REALTIME_RETRY_FATAL:
    case REALTIME_RETRY_INPUT:
      realtime_channel_set_phase (self, REALTIME_PHASE_PARKED);
      break;
    case REALTIME_RETRY_LIMIT:
    case REALTIME_RETRY_TRANSIENT:
    default:
      wait_for_retry (self, retry == REALTIME_RETRY_LIMIT);
      break;
    }

  realtime_manager_fail_pending (self->manager, self->topic, error);
}

static guint64
send_leave (RealtimeChannel *self)
{
  return realtime_manager_send_text (self->manager, self->join_ref, ++self->manager->next_ref, self->wire_topic,
                                     "phx_leave", "{}");
}

static gboolean
join_timeout_cb (gpointer user_data)
{
  RealtimeChannel *self = user_data;
  g_autoptr (GError) error =
      g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, _ ("The server did not answer the join"));

  /* It may still be answered: then the server is told that nobody wants it. */
  send_leave (self);
  realtime_channel_refused (self, REALTIME_RETRY_TRANSIENT, error);

  return G_SOURCE_REMOVE;
}

static void
send_join (RealtimeChannel *self)
{
  g_autofree char *payload = realtime_channel_join_payload (self);

  self->join_ref = ++self->manager->next_ref;
  self->is_outdated = FALSE;
  g_clear_pointer (&self->system, g_free);
  realtime_channel_set_phase (self, REALTIME_PHASE_JOINING);
  realtime_channel_start_timer (self, self->manager->timings.join, join_timeout_cb);
  g_debug ("join topic=%s ref=%" G_GUINT64_FORMAT " private=%d failures=%u", self->topic, self->join_ref,
           self->options.is_private, self->failures);
  realtime_manager_send_text (self->manager, self->join_ref, self->join_ref, self->wire_topic, "phx_join", payload);
}

static gboolean
token_timeout_cb (gpointer user_data)
{
  RealtimeChannel *self = user_data;
  g_autoptr (GError) error =
      g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, _ ("The sign-in did not answer in time"));

  realtime_manager_forget_request (self->manager, self);
  realtime_channel_refused (self, REALTIME_RETRY_TRANSIENT, error);

  return G_SOURCE_REMOVE;
}

/* Its turn has come: nobody else's join is under way. */
void
realtime_channel_join (RealtimeChannel *self)
{
  g_clear_pointer (&self->token, g_free);
  if (!self->options.is_private)
    {
      /* The server takes the key of the socket. */
      send_join (self);
      return;
    }

  realtime_channel_set_phase (self, REALTIME_PHASE_TOKEN);
  realtime_channel_start_timer (self, self->manager->timings.token, token_timeout_cb);
  realtime_manager_request_token (self->manager, self);
}

/* One that ends soon is asked for again, once; one that has ended costs no frame. */
static void
take_token (RealtimeChannel *self,
            const char      *token)
{
  const gint64 life = realtime_token_get_life (token, g_get_real_time () / G_USEC_PER_SEC);
  g_autoptr (GError) error = NULL;

  if (life < REALTIME_TOKEN_LIFE_MIN && !self->has_asked_twice && self->manager->provider != NULL)
    {
      self->has_asked_twice = TRUE;
      realtime_manager_request_token (self->manager, self);
      return;
    }
  self->has_asked_twice = FALSE;
  if (life > 0)
    {
      self->token = g_strdup (token);
      send_join (self);
      return;
    }

  error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED, _ ("The sign-in has expired"));
  realtime_channel_refused (self, self->manager->provider != NULL ? REALTIME_RETRY_TRANSIENT : REALTIME_RETRY_FATAL, error);
}

/* Answers realtime_manager_request_token(). */
void
realtime_channel_token (RealtimeChannel *self,
                        const char      *token,
                        const GError    *error)
{
  if (token != NULL)
    {
      take_token (self, token);
      return;
    }

  if (g_error_matches (error, REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED))
    realtime_channel_refused (self, REALTIME_RETRY_FATAL, error);
  else
    realtime_channel_refused (self, REALTIME_RETRY_TRANSIENT, error);
}

/**
 * realtime_channel_left:
 *
 * The server has said so, or has had its time to say it.
 */
void
realtime_channel_left (RealtimeChannel *self)
{
  g_autoptr (GError) error = NULL;

  self->join_ref = 0;
  realtime_channel_set_phase (self, REALTIME_PHASE_IDLE);
  if (!self->is_signed_out)
    return;

  self->is_signed_out = FALSE;
  error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED, _ ("Nobody is signed in"));
  realtime_channel_refused (self, REALTIME_RETRY_FATAL, error);
}

/**
 * realtime_channel_sign_out:
 *
 * What is private is left, before the server finds out.
 */
void
realtime_channel_sign_out (RealtimeChannel *self)
{
  if (!self->options.is_private)
    return;

  if (self->phase == REALTIME_PHASE_JOINED)
    realtime_channel_leave (self);
  self->is_signed_out = self->phase == REALTIME_PHASE_LEAVING || self->phase == REALTIME_PHASE_JOINING;
}

static gboolean
leave_timeout_cb (gpointer user_data)
{
  realtime_channel_left (user_data);

  return G_SOURCE_REMOVE;
}

/**
 * realtime_channel_leave:
 *
 * Nobody wants it any more.
 */
void
realtime_channel_leave (RealtimeChannel *self)
{
  g_autoptr (GError) error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR,
                                                  _ ("The channel was left"));

  self->leave_ref = send_leave (self);
  realtime_channel_set_phase (self, REALTIME_PHASE_LEAVING);
  realtime_channel_start_timer (self, self->manager->timings.leave, leave_timeout_cb);
  realtime_manager_fail_pending (self->manager, self->topic, error);
}

/**
 * realtime_channel_push_token:
 *
 * Tells the server of a newer token, if there is one.
 */
void
realtime_channel_push_token (RealtimeChannel *self)
{
  const char      *token = self->manager->token;
  g_autofree char *payload = NULL;

  /* A public one was joined with the key of the socket, which does not expire. */
  if (!self->options.is_private || token == NULL || g_strcmp0 (token, self->token) == 0)
    return;
  /* The server would close the channel; the one that it has may be good for a while yet. */
  if (realtime_token_get_life (token, g_get_real_time () / G_USEC_PER_SEC) <= 0)
    return;

  {
    GString       *out = g_string_new (NULL);
    TelaJsonWriter writer;

    tela_json_writer_init (&writer, out, 0);
    tela_json_writer_begin_object (&writer);
    tela_json_writer_put_string (&writer, "access_token", token);
    tela_json_writer_end_object (&writer);
    payload = g_string_free (out, FALSE);
  }
  g_free (self->token);
  self->token = g_strdup (token);
  realtime_manager_send_text (self->manager, self->join_ref, ++self->manager->next_ref, self->wire_topic,
                              "access_token", payload);
}

void
realtime_channel_forgive_if_settled (RealtimeChannel *self)
{
  if (g_get_monotonic_time () - self->joined_at < (gint64) self->manager->timings.settle * 1000)
    return;

  self->failures = 0;
  self->limits = 0;
  self->refusals = 0;
}
