/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-presence-private.h"

#include <glib/gi18n-lib.h>

#include "realtime-channel.h"
#include "realtime-retry.h"

G_DEFINE_FINAL_TYPE (RealtimePresence, realtime_presence, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SYNCED,
  PROP_ERROR,
  N_PROPS
};

enum
{
  JOIN,
  LEAVE,
  UPDATE,
  SYNC,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static void
set_error (RealtimePresence *self,
           const GError     *error)
{
  if (realtime_role_set_error (&self->role, error))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ERROR]);
}

static void
set_synced (RealtimePresence *self,
            gboolean          synced)
{
  if (synced == self->is_synced)
    return;

  self->is_synced = synced;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SYNCED]);
}

static char *
call_payload (const char *payload)
{
  if (payload == NULL)
    return g_strdup ("{\"type\":\"presence\",\"event\":\"untrack\"}");

  return g_strconcat ("{\"type\":\"presence\",\"event\":\"track\",\"payload\":", payload, "}", NULL);
}

static gboolean flush_cb (gpointer user_data);

/* Tells the server what is to be shown, if it has been told something else and there is room for a call. */
static void
flush (RealtimePresence *self)
{
  RealtimeChannel *channel = realtime_role_get_channel (&self->role);
  g_autofree char *payload = NULL;
  gint64           wait;

  if (channel == NULL || channel->phase != REALTIME_PHASE_JOINED || g_strcmp0 (self->wanted, self->sent) == 0)
    return;

  wait = realtime_channel_take_presence_call (channel);
  if (wait > 0)
    {
      if (self->timer == NULL)
        self->timer = realtime_timer_new (channel->manager->context, (guint) (wait / 1000) + 1, flush_cb, self);
      return;
    }

  g_free (self->sent);
  self->sent = g_strdup (self->wanted);
  payload = call_payload (self->wanted);
  self->track_ref = ++channel->manager->next_ref;
  realtime_manager_send_text (channel->manager, channel->join_ref, self->track_ref, channel->wire_topic, "presence",
                              payload);
}

static gboolean
flush_cb (gpointer user_data)
{
  RealtimePresence *self = user_data;

  realtime_clear_source (&self->timer);
  flush (self);

  return G_SOURCE_REMOVE;
}

/* The pump looks at it, so that of several calls in a row only the last one costs anything. */
static void
mark (RealtimePresence *self)
{
  RealtimeChannel *channel = realtime_role_get_channel (&self->role);

  if (channel != NULL)
    realtime_channel_mark (channel);
}

static void
role_configure (gpointer            role,
                RealtimeJoinConfig *config)
{
  RealtimePresence *self = role;

  config->has_presence = TRUE;
  config->presence_key = realtime_subscription_get_options (self->role.subscription)->presence_key;
}

static void
role_joined (gpointer    role,
             const char *response)
{
  RealtimePresence *self = role;

  /* The server forgot what the join before had shown. */
  realtime_presence_state_restart (self->state);
  g_clear_pointer (&self->sent, g_free);
  self->track_ref = 0;
  set_error (self, NULL);
}

static void
role_update (gpointer role)
{
  g_autoptr (RealtimePresence) self = g_object_ref (role);
  RealtimeChannel *channel = realtime_role_get_channel (&self->role);

  if (channel != NULL && channel->phase == REALTIME_PHASE_JOINED)
    {
      flush (self);
      return;
    }

  realtime_clear_source (&self->timer);
  set_synced (self, FALSE);
  if (channel == NULL || channel->error == NULL)
    return;
  /* What is too large now will be too large then. */
  if (channel->has_large_meta && g_strcmp0 (self->wanted, self->sent) == 0)
    g_clear_pointer (&self->wanted, g_free);
  set_error (self, channel->error);
}

static void
emit_changes (RealtimePresence *self,
              GPtrArray        *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const RealtimePresenceChange *change = g_ptr_array_index (changes, i);

      if (change->before == NULL)
        g_signal_emit (self, signals[JOIN], 0, change->after);
      else if (change->after == NULL)
        g_signal_emit (self, signals[LEAVE], 0, change->before);
      else
        g_signal_emit (self, signals[UPDATE], 0, change->after, change->before);
    }
}

static void
take_frame (RealtimePresence      *self,
            RealtimePresenceFrame *frame)
{
  g_autoptr (GPtrArray) changes = realtime_presence_state_take (self->state, frame);

  if (changes == NULL)
    return;

  set_synced (self, TRUE);
  emit_changes (self, changes);
  if (frame->is_state || changes->len > 0)
    g_signal_emit (self, signals[SYNC], 0);
}

static void
role_notice (gpointer             role,
             const RealtimeEvent *event)
{
  g_autoptr (RealtimePresence) self = g_object_ref (role);

  if (event->presence != NULL)
    {
      take_frame (self, event->presence);
    }
  else if (event->frame == REALTIME_FRAME_REPLY && event->ref == self->track_ref && !event->ok)
    {
      g_autofree char *reason = realtime_reason_of_response (event->text);
      /* Translators: %s says why, in the words of the server if it gave any */
      g_autoptr (GError) error = g_error_new (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR, _ ("The presence was refused: %s"),
                                              reason != NULL ? reason : _ ("there may be no right to it"));

      set_error (self, error);
      realtime_role_note_error (&self->role, error);
    }
}

static const RealtimeRoleFuncs role_funcs = {
  .configure = role_configure,
  .update = role_update,
  .joined = role_joined,
  .notice = role_notice,
};

static void
realtime_presence_get_property (GObject    *object,
                                guint       prop_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  RealtimePresence *self = REALTIME_PRESENCE (object);

  switch (prop_id)
    {
    case PROP_SYNCED:
      g_value_set_boolean (value, self->is_synced);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->role.error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
realtime_presence_dispose (GObject *object)
{
  RealtimePresence *self = REALTIME_PRESENCE (object);

  realtime_clear_source (&self->timer);
  if (self->role.subscription != NULL)
    {
      /* Where others keep the topic joined; the server counts one call more than we do. */
      g_clear_pointer (&self->wanted, g_free);
      flush (self);
      realtime_clear_source (&self->timer);
    }
  realtime_role_end (&self->role);

  G_OBJECT_CLASS (realtime_presence_parent_class)->dispose (object);
}

static void
realtime_presence_finalize (GObject *object)
{
  RealtimePresence *self = REALTIME_PRESENCE (object);

  realtime_presence_state_free (self->state);
  g_free (self->wanted);
  g_free (self->sent);
  g_clear_error (&self->role.error);

  G_OBJECT_CLASS (realtime_presence_parent_class)->finalize (object);
}

static void
realtime_presence_class_init (RealtimePresenceClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GType       member = REALTIME_TYPE_MEMBER | G_SIGNAL_TYPE_STATIC_SCOPE;

  object_class->get_property = realtime_presence_get_property;
  object_class->dispose = realtime_presence_dispose;
  object_class->finalize = realtime_presence_finalize;

  props[PROP_SYNCED] = g_param_spec_boolean ("synced", NULL, NULL, FALSE, flags);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[JOIN] = g_signal_new ("join", REALTIME_TYPE_PRESENCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                member);
  signals[LEAVE] = g_signal_new ("leave", REALTIME_TYPE_PRESENCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 member);
  signals[UPDATE] = g_signal_new ("update", REALTIME_TYPE_PRESENCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  2, member, member);
  signals[SYNC] = g_signal_new ("sync", REALTIME_TYPE_PRESENCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
realtime_presence_init (RealtimePresence *self)
{
  self->state = realtime_presence_state_new ();
}

/**
 * realtime_manager_get_presence:
 * @options: (nullable): as for realtime_manager_subscribe()
 *
 * Returns: (transfer full): the one of @topic
 */
RealtimePresence *
realtime_manager_get_presence (RealtimeManager              *self,
                               const char                   *topic,
                               const RealtimeChannelOptions *options)
{
  RealtimePresence *presence;

  g_return_val_if_fail (REALTIME_IS_MANAGER (self), NULL);
  realtime_check_thread_val (self, NULL);

  presence = realtime_manager_find_role (self, topic, &role_funcs);
  if (presence != NULL)
    return g_object_ref (presence);

  presence = g_object_new (REALTIME_TYPE_PRESENCE, NULL);
  if (!realtime_role_start (&presence->role, self, topic, options, &role_funcs, presence))
    g_clear_object (&presence);

  return presence;
}

/**
 * realtime_presence_track:
 * @payload: a JSON object; what is not one is an error of the caller
 */
void
realtime_presence_track (RealtimePresence *self,
                         const char       *payload)
{
  g_return_if_fail (REALTIME_IS_PRESENCE (self));
  realtime_check_manager (self->role.manager);
  g_return_if_fail (payload != NULL && realtime_check_object (payload, NULL));

  if (g_strcmp0 (payload, self->wanted) == 0)
    return;

  g_free (self->wanted);
  self->wanted = g_strdup (payload);
  mark (self);
}

void
realtime_presence_untrack (RealtimePresence *self)
{
  g_return_if_fail (REALTIME_IS_PRESENCE (self));
  realtime_check_manager (self->role.manager);

  g_clear_pointer (&self->wanted, g_free);
  mark (self);
}
