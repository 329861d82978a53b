/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

/**
 * realtime_role_start:
 * @owner: what @funcs are called with; it owns @self
 *
 * Returns: %FALSE if @topic is none
 */
gboolean
realtime_role_start (RealtimeRole                 *self,
                     RealtimeManager              *manager,
                     const char                   *topic,
                     const RealtimeChannelOptions *options,
                     const RealtimeRoleFuncs      *funcs,
                     gpointer                      owner)
{
  /* An event of no name is nobody's. */
  self->subscription = realtime_manager_subscribe (manager, topic, "", options, REALTIME_KEEP_LATEST);
  if (self->subscription == NULL)
    return FALSE;

  g_set_weak_pointer (&self->manager, manager);
  realtime_subscription_set_role (self->subscription, funcs, owner);

  return TRUE;
}

/* In the owner's dispose, so perhaps twice. */
void
realtime_role_end (RealtimeRole *self)
{
  if (self->subscription != NULL)
    {
      realtime_subscription_set_role (self->subscription, NULL, NULL);
      realtime_subscription_cancel (self->subscription);
    }
  g_clear_object (&self->subscription);
  g_clear_weak_pointer (&self->manager);
}

/**
 * realtime_role_set_error:
 * @error: (nullable): copied
 *
 * Returns: whether it is another one
 */
gboolean
realtime_role_set_error (RealtimeRole *self,
                         const GError *error)
{
  if (realtime_error_equal (self->error, error))
    return FALSE;

  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);

  return TRUE;
}

/* What the server refused for good is counted, too. */
void
realtime_role_note_error (RealtimeRole *self,
                          const GError *error)
{
  if (self->manager != NULL)
    realtime_manager_note_error (self->manager, realtime_subscription_get_topic (self->subscription),
                                 REALTIME_RETRY_INPUT, error);
}

/* NULL while it is disabled or cancelled. */
RealtimeChannel *
realtime_role_get_channel (RealtimeRole *self)
{
  return realtime_subscription_get_channel (self->subscription);
}
