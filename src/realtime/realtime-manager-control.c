/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-manager-private.h"

#include <glib/gi18n-lib.h>

/**
 * realtime_manager_set_endpoint:
 *
 * An address that is none leaves the manager without one, which realtime_manager_get_last_error() tells.
 */
void
realtime_manager_set_endpoint (RealtimeManager *self,
                               const char      *url,
                               const char      *api_key)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);
  g_return_if_fail (url != NULL && api_key != NULL);

  if (g_strcmp0 (url, self->url) == 0 && g_strcmp0 (api_key, self->api_key) == 0)
    return;

  g_free (self->url);
  g_free (self->api_key);
  g_clear_pointer (&self->token, g_free); /* Another server has no business with it. */
  self->url = g_strdup (url);
  self->api_key = g_strdup (api_key);
  self->has_moved = TRUE;
  realtime_manager_pump (self);
}

/**
 * realtime_manager_set_protocol:
 *
 * The newer one is better in every way; the older one is for servers that know no other.
 */
void
realtime_manager_set_protocol (RealtimeManager *self,
                               RealtimeProtocol protocol)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  if (protocol == self->protocol)
    return;

  self->protocol = protocol;
  self->has_moved = self->url != NULL;
  realtime_manager_pump (self);
}

/**
 * realtime_manager_connect:
 *
 * Starts, or ends a wait. What the server refused for good is tried once more.
 */
void
realtime_manager_connect (RealtimeManager *self)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  if (self->link == REALTIME_LINK_DOWN)
    return;

  self->failures = 0;
  realtime_manager_unpark (self);
  self->wants_now = TRUE;
  realtime_manager_pump (self);
}

/**
 * realtime_manager_wake:
 *
 * Now is a good moment: ends a wait, or asks the server whether it is still there.
 */
void
realtime_manager_wake (RealtimeManager *self)
{
  if (self->link_timer != NULL && (self->link == REALTIME_LINK_WAITING || self->link == REALTIME_LINK_STOPPED))
    {
      self->wants_now = TRUE;
      realtime_manager_pump (self);
    }
  else if (realtime_manager_is_open (self))
    {
      /* A join that is refused blocks the server for some seconds. */
      realtime_connection_probe (self->connection, self->generation,
                                 self->joining != NULL ? self->timings.deadline : self->timings.probe);
    }
}

/**
 * realtime_manager_shutdown_async:
 *
 * The last word: leaves every channel, closes and ends the thread.
 */
void
realtime_manager_shutdown_async (RealtimeManager    *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, realtime_manager_shutdown_async);
  if (self->shutdown != NULL || self->link == REALTIME_LINK_DOWN)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The connection has been shut down before"));
      return;
    }

  self->shutdown = g_steal_pointer (&task);
  realtime_manager_pump (self);
}

gboolean
realtime_manager_shutdown_finish (RealtimeManager *self,
                                  GAsyncResult    *result,
                                  GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
