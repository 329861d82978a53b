/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-channel.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "realtime-retry.h"

/* How long before a close the server may have said why. */
#define SYSTEM_WINDOW (2 * G_USEC_PER_SEC)

/* The one wait that a new socket does not end. */
static gboolean
is_limited (RealtimeChannel *self)
{
  return self->phase == REALTIME_PHASE_WAITING && self->limits > 0;
}

void
realtime_channel_socket_lost (RealtimeChannel *self)
{
  if (self->phase == REALTIME_PHASE_JOINED)
    realtime_channel_forgive_if_settled (self);
  if (self->phase == REALTIME_PHASE_TOKEN)
    realtime_manager_forget_request (self->manager, self);

  self->join_ref = 0;
  self->is_signed_out = FALSE;
  if (self->phase != REALTIME_PHASE_PARKED && !is_limited (self))
    realtime_channel_set_phase (self, REALTIME_PHASE_IDLE);
  realtime_channel_mark (self);
}

void
realtime_channel_lost (RealtimeChannel *self)
{
  g_autoptr (GError) error = NULL;

  if (self->phase != REALTIME_PHASE_JOINED)
    return;

  realtime_channel_forgive_if_settled (self);
  error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, _ ("The server lost the channel"));
  realtime_channel_refused (self, REALTIME_RETRY_TRANSIENT, error);
}

void
realtime_channel_unpark (RealtimeChannel *self)
{
  self->refusals = 0;
  self->is_signed_out = FALSE;
  if (self->phase == REALTIME_PHASE_PARKED || (self->phase == REALTIME_PHASE_WAITING && !is_limited (self)))
    realtime_channel_set_phase (self, REALTIME_PHASE_IDLE);
  realtime_channel_mark (self);
}

static void
join_answered (RealtimeChannel     *self,
               const RealtimeEvent *event)
{
  g_autofree char *reason = NULL;
  g_autoptr (GError) error = NULL;
  RealtimeRetry retry;

  if (event->ok)
    {
      g_debug ("joined topic=%s ref=%" G_GUINT64_FORMAT, self->topic, self->join_ref);
      self->joined_at = event->at;
      g_free (self->response);
      self->has_large_meta = FALSE;
      memset (self->presence_calls, 0, sizeof self->presence_calls);
      self->response = g_strdup (event->text != NULL ? event->text : "{}");
      realtime_channel_set_error (self, REALTIME_RETRY_TRANSIENT, NULL);
      realtime_channel_set_phase (self, REALTIME_PHASE_JOINED);
      return;
    }

  reason = realtime_reason_of_response (event->text);
  retry = realtime_retry_of_join (reason);
  /* Better none of what was missed than nothing at all. */
  self->skips_replay = reason != NULL && g_str_has_prefix (reason, "UnableToReplayMessages");
  error = realtime_error_of_channel (retry, TRUE, reason != NULL ? reason : _ ("The server refused the join"));
  realtime_channel_refused (self, retry, error);
}

static void
closed_by_server (RealtimeChannel     *self,
                  const RealtimeEvent *event)
{
  gboolean      has_reason = self->system != NULL && event->at - self->system_at <= SYSTEM_WINDOW;
  RealtimeRetry retry = has_reason ? realtime_retry_of_system (self->system) : REALTIME_RETRY_TRANSIENT;
  g_autoptr (GError) error = realtime_error_of_channel (retry, FALSE, has_reason ? self->system : NULL);

  /* What was shown is to blame, not what we listen to. */
  self->has_large_meta = has_reason && g_str_has_prefix (self->system, "Track message size exceeded");
  if (self->has_large_meta)
    retry = REALTIME_RETRY_TRANSIENT;

  realtime_channel_forgive_if_settled (self);
  realtime_channel_refused (self, retry, error);
}

static void
take_reply (RealtimeChannel     *self,
            const RealtimeEvent *event)
{
  if (self->phase == REALTIME_PHASE_JOINING && event->ref == self->join_ref)
    join_answered (self, event);
  else if (self->phase == REALTIME_PHASE_LEAVING && event->ref == self->leave_ref)
    realtime_channel_left (self);
  else if (self->n_roles > 0)
    realtime_channel_tell (self, event);
}

/**
 * realtime_channel_notice:
 *
 * What the server says of another join than the current one is dropped.
 */
void
realtime_channel_notice (RealtimeChannel     *self,
                         const RealtimeEvent *event)
{
  if (event->join_ref != 0 && event->join_ref != self->join_ref)
    return;

  switch (event->frame)
    {
    case REALTIME_FRAME_REPLY:
      take_reply (self, event);
      break;
    case REALTIME_FRAME_SYSTEM:
      if (!event->ok && event->text != NULL && self->join_ref != 0)
        {
          g_free (self->system);
          self->system = g_strdup (event->text);
          self->system_at = event->at;
        }
      realtime_channel_tell (self, event);
      break;
    case REALTIME_FRAME_PRESENCE_STATE:
    case REALTIME_FRAME_PRESENCE_DIFF:
    case REALTIME_FRAME_CHANGES:
      realtime_channel_tell (self, event);
      break;
    case REALTIME_FRAME_CLOSE:
    case REALTIME_FRAME_ERROR:
      if (self->join_ref == 0 || event->ref != self->join_ref)
        break;
      if (self->phase == REALTIME_PHASE_LEAVING)
        realtime_channel_left (self);
      else
        closed_by_server (self, event);
      break;
    default:
      break;
    }
}
