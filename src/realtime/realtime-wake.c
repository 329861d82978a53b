/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-wake.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct _RealtimeWake
{
  RealtimeWakeFunc func;
  gpointer         user_data;
  GNetworkMonitor *monitor; /* owned; NULL: not listened to */
  int              clock_fd;
  GSource         *clock; /* NULL where the kernel has no such timer */
};

/* A far timer of the wall clock that the kernel cancels whenever that clock jumps: after a sleep, or when it is set. */
static gboolean
arm_clock (RealtimeWake *self)
{
  const struct itimerspec never = { .it_value = { .tv_sec = G_MAXINT32 } };

  return timerfd_settime (self->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) == 0 ||
         errno == ECANCELED;
}

static gboolean
clock_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  RealtimeWake *self = user_data;
  guint64       expirations;

  if (read (fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (!arm_clock (self))
    {
      g_clear_pointer (&self->clock, g_source_unref);
      return G_SOURCE_REMOVE;
    }

  self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
network_changed_cb (GNetworkMonitor *monitor,
                    gboolean         is_available,
                    RealtimeWake    *self)
{
  if (is_available)
    self->func (self->user_data);
}

RealtimeWake *
realtime_wake_new (GMainContext    *context,
                   RealtimeWakeFunc func,
                   gpointer         user_data)
{
  RealtimeWake *self = g_new0 (RealtimeWake, 1);

  self->func = func;
  self->user_data = user_data;
  self->clock_fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->clock_fd < 0 || !arm_clock (self))
    return self;

  self->clock = g_unix_fd_source_new (self->clock_fd, G_IO_IN);
  g_source_set_static_name (self->clock, "realtime clock");
  g_source_set_callback (self->clock, G_SOURCE_FUNC (clock_cb), self, NULL);
  g_source_attach (self->clock, context);

  return self;
}

void
realtime_wake_free (RealtimeWake *self)
{
  realtime_wake_set_network (self, FALSE);
  if (self->clock != NULL)
    g_source_destroy (self->clock);
  g_clear_pointer (&self->clock, g_source_unref);
  if (self->clock_fd >= 0)
    close (self->clock_fd);
  g_free (self);
}

void
realtime_wake_set_network (RealtimeWake *self,
                           gboolean      network)
{
  if (network == (self->monitor != NULL))
    return;

  if (network)
    {
      self->monitor = g_object_ref (g_network_monitor_get_default ());
      g_signal_connect (self->monitor, "network-changed", G_CALLBACK (network_changed_cb), self);
    }
  else
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_clear_object (&self->monitor);
    }
}
