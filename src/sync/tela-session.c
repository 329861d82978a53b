/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define FLUSH_AFTER_MS 50

G_DEFINE_FINAL_TYPE (TelaSession, tela_session, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ROLE,
  PROP_STATE,
  PROP_CAN_EDIT,
  PROP_LIVE,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  N_PROPS
};

enum
{
  REFUSED,
  TICK_WANTED,
  PROJECT_CHANGED,
  DRAINED,
  EDITS_CHANGED,
  EDITED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

GType
tela_sync_state_get_type (void)
{
  static gsize            type;
  static const GEnumValue values[] = {
    { TELA_SYNC_SAVED, "TELA_SYNC_SAVED", "saved" },
    { TELA_SYNC_SAVING, "TELA_SYNC_SAVING", "saving" },
    { TELA_SYNC_WAITING, "TELA_SYNC_WAITING", "waiting" },
    { TELA_SYNC_OFFLINE, "TELA_SYNC_OFFLINE", "offline" },
    { TELA_SYNC_PAUSED, "TELA_SYNC_PAUSED", "paused" },
    { TELA_SYNC_LOST, "TELA_SYNC_LOST", "lost" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TelaSyncState", values));
  return type;
}

static void
tela_session_dispose (GObject *object)
{
  TelaSession *self = TELA_SESSION (object);

  tela_session_close (self);
  tela_session_feed_clear (self);
  tela_session_live_clear (self);
  tela_session_room_clear (self);
  tela_session_edits_clear (self);
  g_clear_object (&self->outbox);
  g_clear_object (&self->updates);
  g_clear_object (&self->undo);
  g_clear_object (&self->board);
  g_clear_object (&self->store);
  g_clear_object (&self->remote);
  g_clear_object (&self->realtime);
  G_OBJECT_CLASS (tela_session_parent_class)->dispose (object);
}

static void
tela_session_finalize (GObject *object)
{
  TelaSession *self = TELA_SESSION (object);

  g_clear_object (&self->cancellable);
  g_clear_error (&self->problem);
  g_clear_pointer (&self->journal, g_ptr_array_unref);
  g_ptr_array_unref (self->drains);
  g_ptr_array_unref (self->incoming);
  g_ptr_array_unref (self->unmerged);
  g_free (self->project_id);
  g_free (self->role);
  G_OBJECT_CLASS (tela_session_parent_class)->finalize (object);
}

static void
tela_session_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  TelaSession *self = TELA_SESSION (object);

  switch (prop_id)
    {
    case PROP_ROLE:
      g_value_set_string (value, self->role);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_CAN_EDIT:
      g_value_set_boolean (value, tela_session_can_edit (self));
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, tela_session_is_live (self));
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, tela_session_can_undo (self));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, tela_session_can_redo (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tela_session_class_init (TelaSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags   flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = tela_session_dispose;
  object_class->finalize = tela_session_finalize;
  object_class->get_property = tela_session_get_property;

  props[PROP_ROLE] = g_param_spec_string ("role", NULL, NULL, NULL, flags);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, TELA_TYPE_SYNC_STATE, TELA_SYNC_SAVED, flags);
  props[PROP_CAN_EDIT] = g_param_spec_boolean ("can-edit", NULL, NULL, TRUE, flags);
  props[PROP_LIVE] = g_param_spec_boolean ("live", NULL, NULL, FALSE, flags);
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * TelaSession::edits-changed:
   *
   * What tela_session_list_edits_async() tells is another.
   */
  signals[EDITS_CHANGED] = g_signal_new ("edits-changed", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TelaSession::edited:
   *
   * Something of one's own was finished: the board has it.
   */
  signals[EDITED] =
      g_signal_new ("edited", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TelaSession::refused:
   * @message: what the server said
   *
   * Edits were taken back. Told once.
   */
  signals[REFUSED] = g_signal_new ("refused", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
  /**
   * TelaSession::tick-wanted:
   *
   * Something waits for tela_session_flush().
   */
  signals[TICK_WANTED] =
      g_signal_new ("tick-wanted", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* To the workspace: the board's own row, or who may do what, has changed. */
  signals[PROJECT_CHANGED] =
      g_signal_new ("project-changed", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* To the workspace: tela_session_is_empty(). */
  signals[DRAINED] =
      g_signal_new ("drained", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_session_init (TelaSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->undo = tela_undo_new ();
  self->updates = tela_optimistic_updates_new ();
  self->drains = tela_waiters_new ();
  self->incoming = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->unmerged = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->feed.last = self->feed.head_rev = -1;
}

void
tela_session_fail (TelaSession  *self,
                   const GError *error)
{
  if (self->problem != NULL || self->closed)
    return;
  self->problem = g_error_copy (error);
  tela_session_update_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_EDIT]);
}

void
tela_session_notify_live (TelaSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIVE]);
  tela_session_update_state (self);
}

void
tela_session_edits_changed (TelaSession *self)
{
  g_signal_emit (self, signals[EDITS_CHANGED], 0);
}

void
tela_session_tell_edited (TelaSession *self)
{
  g_signal_emit (self, signals[EDITED], 0);
}

void
tela_session_tell_refused (TelaSession *self,
                           const char  *message)
{
  g_signal_emit (self, signals[REFUSED], 0, message);
}

void
tela_session_project_changed (TelaSession *self)
{
  g_signal_emit (self, signals[PROJECT_CHANGED], 0);
}

/* What came in */

static gboolean
flush_cb (gpointer user_data)
{
  TelaSession *self = user_data;

  self->flush_source = 0;
  tela_session_flush_all (self);
  return G_SOURCE_REMOVE;
}

void
tela_session_want_flush (TelaSession *self)
{
  if (self->flush_source != 0 || self->closed)
    return;
  self->flush_source = g_timeout_add (FLUSH_AFTER_MS, flush_cb, self);
  g_source_set_name_by_id (self->flush_source, "[tela] no canvas ticks");
  g_signal_emit (self, signals[TICK_WANTED], 0);
}

static void
flush (TelaSession *self,
       gboolean     all)
{
  g_clear_handle_id (&self->flush_source, g_source_remove);
  if (self->closed)
    return;
  tela_session_feed_flush (self, all);
  if (self->live_waits)
    {
      self->live_waits = FALSE;
      tela_session_veils_flush (self);
    }
  tela_session_update_state (self);
}

void
tela_session_flush (TelaSession *self)
{
  g_return_if_fail (TELA_IS_SESSION (self));

  flush (self, FALSE);
}

/* Where no frame waits. */
void
tela_session_flush_all (TelaSession *self)
{
  flush (self, TRUE);
}

void
tela_session_receive (TelaSession        *self,
                      TelaElement *const *ops,
                      gsize               n)
{
  g_return_if_fail (TELA_IS_SESSION (self));

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (self->incoming, tela_element_ref (ops[i]));
  if (n > 0)
    tela_session_want_flush (self);
}

/* Public */

const char *
tela_session_get_project_id (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), NULL);
  return self->project_id;
}

TelaBoard *
tela_session_get_board (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), NULL);
  return self->board;
}

const char *
tela_session_get_role (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), NULL);
  return self->role;
}

guint64
tela_session_get_actor (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), 0);
  return self->clock.actor;
}

TelaPeople *
tela_session_get_people (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), NULL);

  return self->room.people;
}

gboolean
tela_session_can_edit (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), FALSE);
  return !self->closed && self->problem == NULL && self->role != NULL && g_strcmp0 (self->role, "viewer") != 0;
}

gboolean
tela_session_is_live (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), FALSE);
  return self->online && self->feed.caught_up;
}

const GError *
tela_session_get_problem (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), NULL);
  return self->problem;
}
