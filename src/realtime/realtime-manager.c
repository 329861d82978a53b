/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-manager.h"

#include "realtime-channel.h"

#include <glib/gi18n-lib.h>

const RealtimeTimings realtime_default_timings = {
  .frame = 16,
  .connect = 15000,
  .heartbeat = 20000,
  .deadline = 15000,
  .probe = 5000,
  .join = 20000,
  .leave = 5000,
  .reply = 10000,
  .token = 30000,
  .idle = 50000,
  .close = 2000,
  .settle = 10000,
  .retry = 1000,
  .limit = 30000,
  .refused = 300000,
  .presence = 30000,
};

G_DEFINE_FINAL_TYPE (RealtimeManager, realtime_manager, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_CONNECTION_STATE,
  PROP_CAUSE,
  PROP_RETRY_AT,
  N_PROPS
};

enum
{
  MESSAGE,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static RealtimeManager *default_manager;

/**
 * realtime_manager_emit_message:
 *
 * To whoever has connected to this topic; nobody else is asked.
 */
void
realtime_manager_emit_message (RealtimeManager *self,
                               GQuark           topic,
                               RealtimeMessage *message)
{
  if (g_signal_has_handler_pending (self, signals[MESSAGE], topic, FALSE))
    g_signal_emit (self, signals[MESSAGE], topic, message);
}

/**
 * realtime_manager_stopped:
 *
 * The thread has ended, so the manager has been shut down.
 */
void
realtime_manager_stopped (RealtimeManager *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->shutdown);
  g_autoptr (RealtimeManager) made G_GNUC_UNUSED = self == default_manager ? g_steal_pointer (&default_manager) : NULL;

  g_clear_pointer (&self->connection, realtime_connection_free);
  g_task_return_boolean (task, TRUE);
}

static void
realtime_manager_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  RealtimeManager *self = REALTIME_MANAGER (object);

  switch (prop_id)
    {
    case PROP_CONNECTION_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_CAUSE:
      g_value_set_string (value, self->cause);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, self->retry_at);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
realtime_manager_dispose (GObject *object)
{
  RealtimeManager *self = REALTIME_MANAGER (object);

  /* Before the batcher, which it pushes to. */
  g_clear_pointer (&self->connection, realtime_connection_free);
  g_clear_pointer (&self->wake, realtime_wake_free);
  realtime_clear_source (&self->link_timer);
  realtime_clear_source (&self->join_timer);
  realtime_clear_source (&self->idle_timer);
  g_hash_table_remove_all (self->pending);
  g_hash_table_remove_all (self->channels);
  g_hash_table_remove_all (self->requests);
  self->request = NULL;
  realtime_clear_source (&self->pump);
  g_clear_pointer (&self->batcher, realtime_batcher_free);
  g_clear_pointer (&self->recorder, realtime_recorder_unref);
  if (self->provider_destroy != NULL)
    self->provider_destroy (self->provider_data);
  self->provider_destroy = NULL;
  self->provider = NULL;

  G_OBJECT_CLASS (realtime_manager_parent_class)->dispose (object);
}

static void
realtime_manager_finalize (GObject *object)
{
  RealtimeManager *self = REALTIME_MANAGER (object);

  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->channels);
  g_hash_table_unref (self->requests);
  g_clear_pointer (&self->endpoint, realtime_endpoint_unref);
  g_clear_object (&self->rest);
  g_clear_error (&self->last_error);
  g_queue_clear_full (&self->errors, (GDestroyNotify) realtime_error_record_free);
  g_queue_clear_full (&self->history, (GDestroyNotify) realtime_state_record_free);
  g_free (self->url);
  g_free (self->api_key);
  g_free (self->cause);
  g_free (self->token);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (realtime_manager_parent_class)->finalize (object);
}

static void
realtime_manager_class_init (RealtimeManagerClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = realtime_manager_get_property;
  object_class->dispose = realtime_manager_dispose;
  object_class->finalize = realtime_manager_finalize;

  props[PROP_CONNECTION_STATE] = g_param_spec_enum ("connection-state", NULL, NULL, REALTIME_TYPE_CONNECTION_STATE,
                                                    REALTIME_CONNECTION_DISCONNECTED, flags);
  props[PROP_CAUSE] = g_param_spec_string ("cause", NULL, NULL, NULL, flags);
  props[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[MESSAGE] = g_signal_new ("message", REALTIME_TYPE_MANAGER, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, REALTIME_TYPE_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
realtime_manager_init (RealtimeManager *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->owner = g_thread_self ();
  self->timings = realtime_default_timings;
  self->batcher = realtime_batcher_new (self->context, self->timings.frame, realtime_manager_event_cb, self);
  self->cause = g_strdup (_ ("Not started"));
  self->since = g_get_monotonic_time ();
  self->requests = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) realtime_token_request_free, NULL);
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) realtime_channel_free);
  self->pending = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) realtime_pending_free);
  g_queue_init (&self->dirty);
  g_queue_init (&self->joins);
  g_queue_init (&self->errors);
  g_queue_init (&self->history);
}

/**
 * realtime_manager_get_default:
 *
 * Returns: (transfer none): the one of this process
 */
RealtimeManager *
realtime_manager_get_default (void)
{
  if (default_manager == NULL)
    default_manager = realtime_manager_new ();

  return default_manager;
}

/**
 * realtime_manager_new:
 *
 * Returns: (transfer full): one that is not started
 */
RealtimeManager *
realtime_manager_new (void)
{
  return g_object_new (REALTIME_TYPE_MANAGER, NULL);
}

RealtimeManager *
realtime_manager_new_with_timings (const RealtimeTimings *timings)
{
  RealtimeManager *self = realtime_manager_new ();

  self->timings = *timings;

  return self;
}

/**
 * realtime_manager_attach:
 *
 * Gives @subscription the channel of its topic, a new one if need be.
 */
void
realtime_manager_attach (RealtimeManager      *self,
                         RealtimeSubscription *subscription)
{
  const char      *topic = realtime_subscription_get_topic (subscription);
  RealtimeChannel *channel = g_hash_table_lookup (self->channels, topic);

  if (self->link == REALTIME_LINK_DOWN)
    return;

  if (channel == NULL)
    {
      channel = realtime_channel_new (self, topic);
      g_hash_table_insert (self->channels, (gpointer) channel->topic, channel);
    }
  g_return_if_fail (channel->n_subscriptions == 0 ||
                    channel->options.is_private == realtime_subscription_get_options (subscription)->is_private);

  realtime_channel_attach (channel, subscription);
}

gpointer
realtime_manager_find_role (RealtimeManager         *self,
                            const char              *topic,
                            const RealtimeRoleFuncs *funcs)
{
  RealtimeChannel *channel = g_hash_table_lookup (self->channels, topic);

  for (guint i = 0; channel != NULL && i < channel->subscriptions->len; i++)
    {
      RealtimeSubscription *subscription = g_ptr_array_index (channel->subscriptions, i);
      gpointer              role = subscription != NULL ? realtime_subscription_get_role (subscription, funcs) : NULL;

      if (role != NULL)
        return role;
    }

  return NULL;
}

static gboolean
is_topic (const char *topic)
{
  g_autofree char *wire_topic = g_strconcat (REALTIME_TOPIC_PREFIX, topic, NULL);

  return *topic != '\0' && realtime_codec_check_name (wire_topic, NULL);
}

/**
 * realtime_manager_subscribe:
 * @topic: a sub-topic, without "realtime:"
 *
 * Returns: (transfer full): what hears it, until it is dropped
 */
RealtimeSubscription *
realtime_manager_subscribe (RealtimeManager              *self,
                            const char                   *topic,
                            const char                   *event,
                            const RealtimeChannelOptions *options,
                            RealtimePolicy                policy)
{
  RealtimeSubscription *subscription;

  g_return_val_if_fail (REALTIME_IS_MANAGER (self), NULL);
  realtime_check_thread_val (self, NULL);
  g_return_val_if_fail (topic != NULL && is_topic (topic), NULL);
  g_return_val_if_fail (event != NULL, NULL);

  subscription = realtime_subscription_new (self, topic, event, options, policy);
  realtime_manager_attach (self, subscription);

  return subscription;
}

RealtimeConnectionState
realtime_manager_get_connection_state (RealtimeManager *self)
{
  g_return_val_if_fail (REALTIME_IS_MANAGER (self), REALTIME_CONNECTION_DISCONNECTED);
  realtime_check_thread_val (self, REALTIME_CONNECTION_DISCONNECTED);

  return self->state;
}

const char *
realtime_manager_get_cause (RealtimeManager *self)
{
  g_return_val_if_fail (REALTIME_IS_MANAGER (self), NULL);
  realtime_check_thread_val (self, NULL);

  return self->cause;
}

/**
 * realtime_manager_get_last_error:
 *
 * Returns: (transfer none) (nullable): what went wrong last; %NULL once connected
 */
const GError *
realtime_manager_get_last_error (RealtimeManager *self)
{
  g_return_val_if_fail (REALTIME_IS_MANAGER (self), NULL);
  realtime_check_thread_val (self, NULL);

  return self->last_error;
}

gint64
realtime_manager_get_retry_at (RealtimeManager *self)
{
  g_return_val_if_fail (REALTIME_IS_MANAGER (self), 0);
  realtime_check_thread_val (self, 0);

  return self->retry_at;
}
