/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-subscription-private.h"

G_DEFINE_FINAL_TYPE (RealtimeSubscription, realtime_subscription, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_TOPIC,
  PROP_EVENT,
  PROP_ENABLED,
  PROP_IS_CONNECTED,
  PROP_IS_SUBSCRIBED,
  PROP_STATE,
  PROP_ERROR,
  N_PROPS
};

enum
{
  MESSAGE,
  JOINED,
  SYSTEM,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static void
detach (RealtimeSubscription *self)
{
  if (self->channel != NULL)
    realtime_channel_detach (self->channel, self);
}

static void
realtime_subscription_get_property (GObject    *object,
                                    guint       prop_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  RealtimeSubscription *self = REALTIME_SUBSCRIPTION (object);

  switch (prop_id)
    {
    case PROP_TOPIC:
      g_value_set_string (value, self->topic);
      break;
    case PROP_EVENT:
      g_value_set_string (value, self->event);
      break;
    case PROP_ENABLED:
      g_value_set_boolean (value, self->channel != NULL);
      break;
    case PROP_IS_CONNECTED:
      g_value_set_boolean (value, self->is_connected);
      break;
    case PROP_IS_SUBSCRIBED:
      g_value_set_boolean (value, self->is_subscribed);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
realtime_subscription_set_property (GObject      *object,
                                    guint         prop_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ENABLED:
      realtime_subscription_set_enabled (REALTIME_SUBSCRIPTION (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
realtime_subscription_dispose (GObject *object)
{
  RealtimeSubscription *self = REALTIME_SUBSCRIPTION (object);

  detach (self);
  g_clear_weak_pointer (&self->manager);

  G_OBJECT_CLASS (realtime_subscription_parent_class)->dispose (object);
}

static void
realtime_subscription_finalize (GObject *object)
{
  RealtimeSubscription *self = REALTIME_SUBSCRIPTION (object);

  g_clear_error (&self->error);
  g_free (self->event);

  G_OBJECT_CLASS (realtime_subscription_parent_class)->finalize (object);
}

static void
realtime_subscription_class_init (RealtimeSubscriptionClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = realtime_subscription_get_property;
  object_class->set_property = realtime_subscription_set_property;
  object_class->dispose = realtime_subscription_dispose;
  object_class->finalize = realtime_subscription_finalize;

  props[PROP_TOPIC] = g_param_spec_string ("topic", NULL, NULL, NULL, flags);
  props[PROP_EVENT] = g_param_spec_string ("event", NULL, NULL, NULL, flags);
  props[PROP_ENABLED] = g_param_spec_boolean ("enabled", NULL, NULL, TRUE, flags | G_PARAM_WRITABLE);
  props[PROP_IS_CONNECTED] = g_param_spec_boolean ("is-connected", NULL, NULL, FALSE, flags);
  props[PROP_IS_SUBSCRIBED] = g_param_spec_boolean ("is-subscribed", NULL, NULL, FALSE, flags);
  props[PROP_STATE] =
      g_param_spec_enum ("channel-state", NULL, NULL, REALTIME_TYPE_CHANNEL_STATE, REALTIME_CHANNEL_IDLE, flags);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[MESSAGE] = g_signal_new ("message", REALTIME_TYPE_SUBSCRIPTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, REALTIME_TYPE_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[JOINED] = g_signal_new ("joined", REALTIME_TYPE_SUBSCRIPTION, G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SYSTEM] =
      g_signal_new ("system", REALTIME_TYPE_SUBSCRIPTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_BOOLEAN, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
realtime_subscription_init (RealtimeSubscription *self)
{
}

RealtimeSubscription *
realtime_subscription_new (RealtimeManager              *manager,
                           const char                   *topic,
                           const char                   *event,
                           const RealtimeChannelOptions *options,
                           RealtimePolicy                policy)
{
  RealtimeSubscription *self = g_object_new (REALTIME_TYPE_SUBSCRIPTION, NULL);

  g_set_weak_pointer (&self->manager, manager);
  self->topic = g_intern_string (topic);
  self->event = g_strdup (event);
  self->policy = policy;
  self->added_at = g_get_monotonic_time ();
  if (options != NULL)
    self->options = *options;
  self->options.presence_key = g_intern_string (self->options.presence_key);

  return self;
}

void
realtime_subscription_set_channel (RealtimeSubscription *self,
                                   RealtimeChannel      *channel)
{
  self->channel = channel;
  self->greeted = 0;
  if (channel != NULL)
    return;

  /* It was taken out by a call of the application, which needs no telling. */
  self->is_connected = FALSE;
  self->is_subscribed = FALSE;
  self->state = REALTIME_CHANNEL_CLOSED;
}

static void
update_properties (RealtimeSubscription *self)
{
  RealtimeChannelState state = realtime_channel_get_state (self->channel);
  gboolean             is_connected = self->channel->manager->state == REALTIME_CONNECTION_CONNECTED;
  gboolean             is_subscribed = state == REALTIME_CHANNEL_SUBSCRIBED;
  gboolean             has_changed[N_PROPS] = { 0 };

  has_changed[PROP_STATE] = state != self->state;
  has_changed[PROP_IS_CONNECTED] = is_connected != self->is_connected;
  has_changed[PROP_IS_SUBSCRIBED] = is_subscribed != self->is_subscribed;
  has_changed[PROP_ERROR] = !realtime_error_equal (self->error, self->channel->error);

  self->state = state;
  self->is_connected = is_connected;
  self->is_subscribed = is_subscribed;
  if (has_changed[PROP_ERROR])
    {
      g_clear_error (&self->error);
      if (self->channel->error != NULL)
        self->error = g_error_copy (self->channel->error);
    }

  for (guint i = 1; i < N_PROPS; i++)
    if (has_changed[i])
      g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

static gboolean
is_to_be_greeted (RealtimeSubscription *self)
{
  return self->channel != NULL && self->channel->phase == REALTIME_PHASE_JOINED &&
         self->greeted != self->channel->join_ref;
}

/* The caller holds a reference: a handler may drop the last one of ours, or take us out of the channel. */
void
realtime_subscription_update (RealtimeSubscription *self)
{
  if (self->channel != NULL)
    update_properties (self);
  if (self->role_funcs != NULL && !is_to_be_greeted (self))
    self->role_funcs->update (self->role);

  if (is_to_be_greeted (self))
    {
      g_autofree char *response = g_strdup (self->channel->response);

      self->greeted = self->channel->join_ref;
      if (self->role_funcs != NULL)
        self->role_funcs->joined (self->role, response);
      if (self->role_funcs != NULL)
        self->role_funcs->update (self->role);
      g_signal_emit (self, signals[JOINED], 0, response);
    }
}

/* The caller holds a reference here too. */
void
realtime_subscription_notice (RealtimeSubscription *self,
                              const RealtimeEvent  *event)
{
  if (self->channel != NULL && self->greeted != self->channel->join_ref)
    realtime_subscription_update (self);
  if (self->channel == NULL)
    return;

  if (self->role_funcs != NULL)
    self->role_funcs->notice (self->role, event);
  else if (event->frame == REALTIME_FRAME_SYSTEM)
    g_signal_emit (self, signals[SYSTEM], 0, event->ok, event->extension, event->text);
}

void
realtime_subscription_deliver (RealtimeSubscription *self,
                               RealtimeMessage      *message)
{
  if (self->channel == NULL)
    return;
  /* One that came after the join is told of it before its first message. */
  if (self->greeted != self->channel->join_ref)
    realtime_subscription_update (self);

  if (self->channel != NULL && (g_str_equal (self->event, "*") || g_str_equal (self->event, message->event)))
    g_signal_emit (self, signals[MESSAGE], 0, message);
}

/**
 * realtime_subscription_set_enabled:
 *
 * While it is not enabled it counts for nothing: if it was the last one of its topic, that is left.
 */
void
realtime_subscription_set_enabled (RealtimeSubscription *self,
                                   gboolean              enabled)
{
  g_return_if_fail (REALTIME_IS_SUBSCRIPTION (self));
  realtime_check_manager (self->manager);

  if (self->is_cancelled || enabled == (self->channel != NULL))
    return;

  if (!enabled)
    detach (self);
  else if (self->manager != NULL)
    realtime_manager_attach (self->manager, self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ENABLED]);
}

/**
 * realtime_subscription_cancel:
 *
 * Ends it for good; nothing is emitted after this call.
 */
void
realtime_subscription_cancel (RealtimeSubscription *self)
{
  g_return_if_fail (REALTIME_IS_SUBSCRIPTION (self));
  realtime_check_manager (self->manager);

  self->is_cancelled = TRUE;
  detach (self);
}
