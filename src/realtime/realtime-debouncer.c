/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-debouncer.h"

#include "realtime-private.h"

struct _RealtimeDebouncer
{
  guint                interval;
  RealtimeDebounceFunc func;
  gpointer             user_data;
  GDestroyNotify       payload_free;
  GThread             *owner; /* the only one that may call */
  GMainContext        *context;
  GSource             *timer; /* NULL: nothing waits */
  gpointer             payload;
};

static void
drop (RealtimeDebouncer *self,
      gpointer           payload)
{
  if (payload != NULL && self->payload_free != NULL)
    self->payload_free (payload);
}

static gboolean
timer_cb (gpointer user_data)
{
  RealtimeDebouncer *self = user_data;
  GDestroyNotify     payload_free = self->payload_free;
  gpointer           payload = g_steal_pointer (&self->payload);

  realtime_clear_source (&self->timer);
  self->func (payload, self->user_data);
  if (payload != NULL && payload_free != NULL)
    payload_free (payload);

  return G_SOURCE_REMOVE;
}

/**
 * realtime_debouncer_new:
 *
 * Returns: (transfer full): one that waits for nothing yet
 */
RealtimeDebouncer *
realtime_debouncer_new (guint                interval_ms,
                        RealtimeDebounceFunc func,
                        gpointer             user_data,
                        GDestroyNotify       payload_free)
{
  RealtimeDebouncer *self = g_new0 (RealtimeDebouncer, 1);

  g_return_val_if_fail (func != NULL, self);

  self->interval = interval_ms;
  self->func = func;
  self->user_data = user_data;
  self->payload_free = payload_free;
  self->context = g_main_context_ref_thread_default ();
  self->owner = g_thread_self ();

  return self;
}

void
realtime_debouncer_free (RealtimeDebouncer *self)
{
  realtime_check_thread (self);

  realtime_clear_source (&self->timer);
  drop (self, self->payload);
  g_main_context_unref (self->context);
  g_free (self);
}

/**
 * realtime_debouncer_push:
 * @payload: (transfer full) (nullable): the latest
 */
void
realtime_debouncer_push (RealtimeDebouncer *self,
                         gpointer           payload)
{
  realtime_check_thread (self);

  drop (self, self->payload);
  self->payload = payload;
  if (self->timer == NULL)
    self->timer = realtime_timer_new (self->context, self->interval, timer_cb, self);
  else
    g_source_set_ready_time (self->timer, g_get_monotonic_time () + (gint64) self->interval * 1000);
}
