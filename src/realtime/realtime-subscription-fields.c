/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-subscription-private.h"

const RealtimeChannelOptions *
realtime_subscription_get_options (RealtimeSubscription *self)
{
  return &self->options;
}

/**
 * realtime_subscription_set_role:
 * @funcs: (nullable): what it is for instead of broadcasts; %NULL once @role goes
 */
void
realtime_subscription_set_role (RealtimeSubscription    *self,
                                const RealtimeRoleFuncs *funcs,
                                gpointer                 role)
{
  self->role_funcs = funcs;
  self->role = role;
}

gpointer
realtime_subscription_get_role (RealtimeSubscription    *self,
                                const RealtimeRoleFuncs *funcs)
{
  return self->role_funcs == funcs ? self->role : NULL;
}

void
realtime_subscription_configure (RealtimeSubscription *self,
                                 RealtimeJoinConfig   *config)
{
  if (self->role_funcs != NULL)
    self->role_funcs->configure (self->role, config);
}

RealtimeChannel *
realtime_subscription_get_channel (RealtimeSubscription *self)
{
  return self->channel;
}

gint64
realtime_subscription_get_added_at (RealtimeSubscription *self)
{
  return self->added_at;
}

const char *
realtime_subscription_get_event (RealtimeSubscription *self)
{
  return self->event;
}

RealtimePolicy
realtime_subscription_get_policy (RealtimeSubscription *self)
{
  return self->policy;
}

const char *
realtime_subscription_get_topic (RealtimeSubscription *self)
{
  g_return_val_if_fail (REALTIME_IS_SUBSCRIPTION (self), NULL);
  realtime_check_manager_val (self->manager, NULL);

  return self->topic;
}

gboolean
realtime_subscription_is_subscribed (RealtimeSubscription *self)
{
  g_return_val_if_fail (REALTIME_IS_SUBSCRIPTION (self), FALSE);
  realtime_check_manager_val (self->manager, FALSE);

  return self->is_subscribed;
}

/**
 * realtime_subscription_get_error:
 *
 * Returns: (transfer none) (nullable): why it hears nothing; %NULL once it is subscribed
 */
const GError *
realtime_subscription_get_error (RealtimeSubscription *self)
{
  g_return_val_if_fail (REALTIME_IS_SUBSCRIPTION (self), NULL);
  realtime_check_manager_val (self->manager, NULL);

  return self->error;
}

RealtimeChannelState
realtime_subscription_get_channel_state (RealtimeSubscription *self)
{
  g_return_val_if_fail (REALTIME_IS_SUBSCRIPTION (self), REALTIME_CHANNEL_CLOSED);
  realtime_check_manager_val (self->manager, REALTIME_CHANNEL_CLOSED);

  return self->state;
}
