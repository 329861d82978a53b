/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "realtime"

#include "realtime-channel.h"

/* More than the server replays at once. */
#define HEARD_IDS_MAX 64

static const char *const phase_names[] = { "idle", "queued", "token", "joining",
                                           "joined", "leaving", "waiting", "parked" };

static gboolean
is_wanted (RealtimeChannel *self)
{
  return self->n_subscriptions > 0 && self->manager->link != REALTIME_LINK_DOWN;
}

/**
 * realtime_channel_start_timer:
 *
 * Ends with the phase.
 */
void
realtime_channel_start_timer (RealtimeChannel *self,
                              guint            interval,
                              GSourceFunc      func)
{
  realtime_clear_source (&self->timer);
  self->timer = realtime_timer_new (self->manager->context, interval, func, self);
}

static void
free_memory (RealtimeChannel *self)
{
  g_ptr_array_unref (self->subscriptions);
  g_clear_error (&self->error);
  g_free (self->wire_topic);
  g_free (self->response);
  g_free (self->token);
  g_free (self->system);
  g_queue_clear_full (&self->heard_ids, g_free);
  g_free (self);
}

/* A handler may take any subscription out, and drop it: so only the one that is being told is held. */
static void
walk (RealtimeChannel     *self,
      RealtimeMessage     *message,
      const RealtimeEvent *notice)
{
  const guint n = self->subscriptions->len;

  self->n_walks++;
  for (guint i = 0; i < n; i++)
    {
      RealtimeSubscription *subscription = g_ptr_array_index (self->subscriptions, i);

      if (subscription == NULL)
        continue;
      g_object_ref (subscription);
      if (message != NULL)
        realtime_subscription_deliver (subscription, message);
      else if (notice != NULL)
        realtime_subscription_notice (subscription, notice);
      else
        realtime_subscription_update (subscription);
      g_object_unref (subscription);
    }

  if (--self->n_walks > 0)
    return;
  if (self->is_gone)
    {
      free_memory (self);
      return;
    }
  for (guint i = self->subscriptions->len; i > 0; i--)
    if (g_ptr_array_index (self->subscriptions, i - 1) == NULL)
      g_ptr_array_remove_index (self->subscriptions, i - 1);
}

/**
 * realtime_channel_set_phase:
 *
 * The one place that changes it. The subscriptions hear of it from the pump.
 */
void
realtime_channel_set_phase (RealtimeChannel *self,
                            RealtimePhase    phase)
{
  RealtimeManager *manager = self->manager;
  RealtimePhase    old = self->phase;

  realtime_clear_source (&self->timer);
  if (old == phase)
    return;

  g_debug ("channel topic=%s from=%s to=%s", self->topic, phase_names[old], phase_names[phase]);
  self->phase = phase;

  if (old == REALTIME_PHASE_QUEUED)
    g_queue_remove (&manager->joins, self);
  if (manager->joining == self)
    manager->joining = NULL;
  if (old == REALTIME_PHASE_JOINED)
    manager->n_joined--;

  if (phase == REALTIME_PHASE_QUEUED)
    g_queue_push_tail (&manager->joins, self);
  else if (phase == REALTIME_PHASE_TOKEN || phase == REALTIME_PHASE_JOINING)
    manager->joining = self;
  else if (phase == REALTIME_PHASE_JOINED)
    manager->n_joined++;

  realtime_channel_mark (self);
}

static void
step_unwanted (RealtimeChannel *self)
{
  switch (self->phase)
    {
    case REALTIME_PHASE_JOINED:
      realtime_channel_leave (self);
      break;
    case REALTIME_PHASE_JOINING: /* left as soon as it is answered */
    case REALTIME_PHASE_LEAVING:
      break;
    case REALTIME_PHASE_TOKEN:
      realtime_manager_forget_request (self->manager, self);
      G_GNUC_FALLTHROUGH;
    default:
      g_hash_table_remove (self->manager->channels, self->topic);
    }
}

void
realtime_channel_step (RealtimeChannel *self)
{
  self->is_dirty = FALSE;

  if (!is_wanted (self))
    {
      step_unwanted (self);
      return;
    }

  if (self->phase == REALTIME_PHASE_IDLE && !realtime_channel_admit (self))
    realtime_channel_set_phase (self, REALTIME_PHASE_PARKED);
  else if (self->phase == REALTIME_PHASE_IDLE && realtime_manager_is_open (self->manager))
    realtime_channel_set_phase (self, REALTIME_PHASE_QUEUED);
  else if (self->phase == REALTIME_PHASE_JOINED && (self->is_outdated || self->is_signed_out))
    realtime_channel_leave (self);
  else if (self->phase == REALTIME_PHASE_JOINED)
    realtime_channel_push_token (self);
  walk (self, NULL, NULL);
}

void
realtime_channel_mark (RealtimeChannel *self)
{
  if (!self->is_dirty)
    {
      self->is_dirty = TRUE;
      g_queue_push_tail (&self->manager->dirty, self);
    }
  realtime_manager_pump (self->manager);
}

/* What is replayed may have been heard before the rejoin. */
static gboolean
is_heard_before (RealtimeChannel       *self,
                 const RealtimeMessage *message)
{
  if (message->id == NULL || self->options.replay_since <= 0)
    return FALSE;
  if (g_queue_find_custom (&self->heard_ids, message->id, (GCompareFunc) (void (*) (void)) g_strcmp0) != NULL)
    return TRUE;

  g_queue_push_head (&self->heard_ids, g_strdup (message->id));
  if (self->heard_ids.length > HEARD_IDS_MAX)
    g_free (g_queue_pop_tail (&self->heard_ids));

  return FALSE;
}

/**
 * realtime_channel_deliver:
 *
 * Returns: whether it was for this join
 */
gboolean
realtime_channel_deliver (RealtimeChannel     *self,
                          const RealtimeEvent *event)
{
  if (self->phase != REALTIME_PHASE_JOINED || (event->join_ref != 0 && event->join_ref != self->join_ref))
    return FALSE;

  if (is_heard_before (self, event->message))
    return TRUE;
  self->last_message = event->at;
  if (self->options.replay_since > 0)
    self->heard_at = g_get_real_time () / 1000;
  walk (self, event->message, NULL);

  return TRUE;
}

/**
 * realtime_channel_tell:
 *
 * What is not a broadcast, to whoever cares.
 */
void
realtime_channel_tell (RealtimeChannel     *self,
                       const RealtimeEvent *event)
{
  if (self->phase == REALTIME_PHASE_JOINED)
    walk (self, NULL, event);
}

RealtimeChannelState
realtime_channel_get_state (RealtimeChannel *self)
{
  switch (self->phase)
    {
    case REALTIME_PHASE_IDLE:
      return self->manager->link == REALTIME_LINK_IDLE ? REALTIME_CHANNEL_IDLE : REALTIME_CHANNEL_SUBSCRIBING;
    case REALTIME_PHASE_JOINED:
      return REALTIME_CHANNEL_SUBSCRIBED;
    case REALTIME_PHASE_WAITING:
    case REALTIME_PHASE_PARKED:
      return REALTIME_CHANNEL_ERROR_STATE;
    default:
      return REALTIME_CHANNEL_SUBSCRIBING;
    }
}

/* One of them may want more than those before it. Returns: whether it does. */
static gboolean
add_options (RealtimeChannel              *self,
             const RealtimeChannelOptions *wish)
{
  RealtimeChannelOptions *options = &self->options;
  gboolean                is_more = (wish->ack && !options->ack) || (wish->self && !options->self) ||
                     (wish->replay_since > 0 && options->replay_since == 0);

  options->ack |= wish->ack;
  options->self |= wish->self;
  if (wish->replay_since > 0 && options->replay_since == 0)
    {
      options->replay_since = wish->replay_since;
      options->replay_limit = wish->replay_limit;
    }

  return is_more;
}

/* It is there for something else than broadcasts, which the join has to ask for. */
static gboolean
is_role (RealtimeSubscription *subscription)
{
  return *realtime_subscription_get_event (subscription) == '\0';
}

void
realtime_channel_attach (RealtimeChannel      *self,
                         RealtimeSubscription *subscription)
{
  RealtimeManager *manager = self->manager;

  /* The last one has gone, the channel is being left: the next join is the new one's. */
  if (self->n_subscriptions == 0)
    self->options = (RealtimeChannelOptions){ .is_private = realtime_subscription_get_options (subscription)->is_private };
  if ((add_options (self, realtime_subscription_get_options (subscription)) || is_role (subscription)) &&
      (self->phase == REALTIME_PHASE_JOINED || self->phase == REALTIME_PHASE_JOINING))
    self->is_outdated = TRUE;

  g_ptr_array_add (self->subscriptions, subscription);
  self->n_subscriptions++;
  self->n_roles += is_role (subscription);
  manager->n_subscriptions++;
  realtime_batcher_add_listener (manager->batcher, self->topic, realtime_subscription_get_event (subscription),
                                 realtime_subscription_get_policy (subscription));
  realtime_subscription_set_channel (subscription, self);
  realtime_channel_mark (self);
}

void
realtime_channel_detach (RealtimeChannel      *self,
                         RealtimeSubscription *subscription)
{
  RealtimeManager *manager = self->manager;
  guint            index;

  if (!g_ptr_array_find (self->subscriptions, subscription, &index))
    return;

  if (self->n_walks > 0)
    self->subscriptions->pdata[index] = NULL;
  else
    g_ptr_array_remove_index (self->subscriptions, index);
  self->n_subscriptions--;
  self->n_roles -= is_role (subscription);
  manager->n_subscriptions--;
  realtime_batcher_remove_listener (manager->batcher, self->topic, realtime_subscription_get_event (subscription),
                                    realtime_subscription_get_policy (subscription));
  realtime_subscription_set_channel (subscription, NULL);
  if (self->n_subscriptions == 0)
    realtime_channel_mark (self);
}

RealtimeChannel *
realtime_channel_new (RealtimeManager *manager,
                      const char      *topic)
{
  RealtimeChannel *self = g_new0 (RealtimeChannel, 1);

  self->manager = manager;
  self->quark = g_quark_from_string (topic);
  self->topic = g_quark_to_string (self->quark);
  self->wire_topic = g_strconcat (REALTIME_TOPIC_PREFIX, topic, NULL);
  self->subscriptions = g_ptr_array_new ();
  g_queue_init (&self->heard_ids);

  return self;
}

/**
 * realtime_channel_free:
 *
 * A handler of one of its subscriptions may be at work: then the memory goes when that has returned.
 */
void
realtime_channel_free (RealtimeChannel *self)
{
  for (guint i = self->subscriptions->len; i > 0; i--)
    if (g_ptr_array_index (self->subscriptions, i - 1) != NULL)
      realtime_channel_detach (self, g_ptr_array_index (self->subscriptions, i - 1));

  realtime_channel_set_phase (self, REALTIME_PHASE_IDLE);
  realtime_channel_dismiss (self);
  g_queue_remove (&self->manager->dirty, self);
  self->is_gone = TRUE;
  if (self->n_walks == 0)
    free_memory (self);
}
