/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

#include <glib/gi18n-lib.h>

#include "realtime-retry.h"

/**
 * realtime_channel_admit:
 *
 * Returns: whether it is among those that the server has room for
 */
gboolean
realtime_channel_admit (RealtimeChannel *self)
{
  RealtimeManager *manager = self->manager;
  g_autoptr (GError) error = NULL;

  if (self->is_admitted)
    return TRUE;
  if (manager->n_admitted < REALTIME_CHANNELS_MAX)
    {
      manager->n_admitted++;
      self->is_admitted = TRUE;
      self->is_surplus = FALSE;
      return TRUE;
    }

  self->is_surplus = TRUE;
  /* Translators: of topics that one connection can listen to */
  error = g_error_new (REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED,
                       _ ("A connection carries no more than %d channels"), REALTIME_CHANNELS_MAX);
  realtime_channel_set_error (self, REALTIME_RETRY_INPUT, error);

  return FALSE;
}

/**
 * realtime_channel_dismiss:
 *
 * Its place is for one of those that wait for one.
 */
void
realtime_channel_dismiss (RealtimeChannel *self)
{
  GHashTableIter   iter;
  RealtimeChannel *other;

  if (!self->is_admitted)
    return;

  self->is_admitted = FALSE;
  self->manager->n_admitted--;
  g_hash_table_iter_init (&iter, self->manager->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &other))
    if (other != self && other->is_surplus)
      {
        other->is_surplus = FALSE;
        realtime_channel_unpark (other);
        return;
      }
}

/**
 * realtime_channel_take_presence_call:
 *
 * Returns: 0 if a call may be made now, else how many microseconds to wait for that
 */
gint64
realtime_channel_take_presence_call (RealtimeChannel *self)
{
  const gint64 now = g_get_monotonic_time ();
  const gint64 window = (gint64) self->manager->timings.presence * 1000;
  gint64      *oldest = &self->presence_calls[self->next_presence_call];

  if (*oldest != 0 && now - *oldest < window)
    return *oldest + window - now;

  *oldest = now;
  self->next_presence_call = (self->next_presence_call + 1) % REALTIME_PRESENCE_CALLS;

  return 0;
}
