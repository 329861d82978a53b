/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define SAVING_AFTER_US (G_USEC_PER_SEC)
/* The store syncs each second: what waits for that alone is not late. */
#define SYNC_EVERY_US (G_USEC_PER_SEC)
#define FLUSH_AFTER_MS 50
#define SWEEP_S 10

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
   * TelaSession::refused:
   * @message: what the server said
   *
   * Edits were taken back. Told once.
   */
  signals[REFUSED] = g_signal_new ("refused", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * TelaSession::tick-wanted:
   *
   * Something waits for tela_session_flush().
   */
  signals[TICK_WANTED] = g_signal_new ("tick-wanted", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* To the workspace: the board's own row, or who may do what, has changed. */
  signals[PROJECT_CHANGED] = g_signal_new ("project-changed", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* To the workspace: tela_session_is_empty(). */
  signals[DRAINED] = g_signal_new ("drained", TELA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_session_init (TelaSession *self)
{
  self->cancellable = g_cancellable_new ();
  self->undo = tela_undo_new ();
  self->updates = tela_optimistic_updates_new ();
  self->drains = tela_waiters_new ();
  self->incoming = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->feed.last = self->feed.head_rev = -1;
}

/* State */

static gboolean
is_connected (TelaSession *self)
{
  return self->online && realtime_manager_get_connection_state (self->realtime) == REALTIME_CONNECTION_CONNECTED && !tela_outbox_is_stuck (self->outbox);
}

/* Also says when to look again, in microseconds; 0: when something happens. */
static TelaSyncState
compute_state (TelaSession *self,
               guint       *n_waiting,
               gint64      *again)
{
  guint    pending = tela_optimistic_updates_get_n_pending (self->updates);
  gboolean unsaved = tela_optimistic_updates_get_n_shown (self->updates) > 0 || !tela_store_is_synced (self->store);
  gboolean late;
  gint64   now, since, age, limit;

  *n_waiting = 0;
  *again = 0;
  if (self->problem != NULL)
    return TELA_SYNC_PAUSED;
  if (!self->is_local && !is_connected (self))
    {
      *n_waiting = pending;
      return pending > 0 ? TELA_SYNC_WAITING : TELA_SYNC_OFFLINE;
    }
  if (self->is_local ? !unsaved : pending == 0)
    {
      self->unsaved_since = 0;
      return TELA_SYNC_SAVED;
    }

  now = g_get_monotonic_time ();
  if (self->unsaved_since == 0)
    self->unsaved_since = now;
  since = self->is_local ? self->unsaved_since : tela_optimistic_updates_get_oldest (self->updates);
  age = since > 0 ? now - since : now - self->unsaved_since;
  limit = SAVING_AFTER_US + (self->is_local ? SYNC_EVERY_US : 0);
  late = age > limit;
  if (!late)
    *again = MAX (limit - age, 50 * 1000);
  return late ? TELA_SYNC_SAVING : TELA_SYNC_SAVED;
}

static gboolean
state_cb (gpointer user_data)
{
  TelaSession *self = user_data;

  self->state_source = 0;
  tela_session_update_state (self);
  return G_SOURCE_REMOVE;
}

static gboolean
sweep_cb (gpointer user_data)
{
  TelaSession *self = user_data;

  tela_optimistic_updates_sweep (self->updates, g_get_monotonic_time ());
  if (tela_optimistic_updates_get_size (self->updates) > 0)
    return G_SOURCE_CONTINUE;
  self->sweep_source = 0;
  return G_SOURCE_REMOVE;
}

gboolean
tela_session_is_empty (TelaSession *self)
{
  return tela_outbox_is_idle (self->outbox) && tela_optimistic_updates_get_n_pending (self->updates) == 0;
}

static void
answer_drains (TelaSession *self)
{
  const TelaFeed *feed = &self->feed;

  if (!tela_session_is_empty (self))
    return;
  if (feed->caught_up && !feed->head_asked && feed->last >= feed->head_rev && self->incoming->len == 0)
    tela_waiters_answer (self->drains, NULL);
  g_signal_emit (self, signals[DRAINED], 0);
}

void
tela_session_update_state (TelaSession *self)
{
  guint         n_waiting;
  gint64        again;
  TelaSyncState state;

  if (self->closed)
    return;
  state = compute_state (self, &n_waiting, &again);
  g_clear_handle_id (&self->state_source, g_source_remove);
  if (again > 0)
    {
      self->state_source = g_timeout_add ((guint) (again / 1000) + 1, state_cb, self);
      g_source_set_name_by_id (self->state_source, "[tela] saving for long?");
    }
  if (self->sweep_source == 0 && tela_optimistic_updates_get_size (self->updates) > 0)
    {
      self->sweep_source = g_timeout_add_seconds (SWEEP_S, sweep_cb, self);
      g_source_set_name_by_id (self->sweep_source, "[tela] forget answered edits");
    }
  if (state != self->state || n_waiting != self->n_waiting)
    {
      self->state = state;
      self->n_waiting = n_waiting;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
    }
  answer_drains (self);
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
  tela_session_flush (self);
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

void
tela_session_flush (TelaSession *self)
{
  g_return_if_fail (TELA_IS_SESSION (self));

  g_clear_handle_id (&self->flush_source, g_source_remove);
  if (self->closed)
    return;
  tela_session_feed_flush (self);
  if (self->live_waits)
    {
      self->live_waits = FALSE;
      tela_session_veils_flush (self);
    }
  tela_session_update_state (self);
}

/* Opening */

static void
undo_changed_cb (TelaSession *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_REDO]);
}

static void
store_failed_cb (TelaSession  *self,
                 const GError *error)
{
  tela_session_fail (self, error);
}

static void
take_board (TelaSession     *self,
            TelaStoredBoard *stored)
{
  self->board = tela_board_new (self->project_id);
  tela_board_merge (self->board, (TelaElement *const *) stored->elements->pdata, stored->elements->len);
  for (guint i = 0; i < stored->elements->len; i++)
    tela_clock_observe (&self->clock, tela_element_get_stamp (g_ptr_array_index (stored->elements, i)));
  tela_undo_restore (self->undo, stored->undo, stored->redo);
  self->feed.epoch = g_strdup (stored->epoch);
  self->feed.last = self->feed.head_rev = stored->last;
  tela_optimistic_updates_set_backlog (self->updates, stored->n_outbox);

  self->clock.actor = tela_store_get_actor (self->store);
  self->clock.offset_ms = tela_outbox_get_offset (self->outbox);
  tela_session_live_init (self);
  tela_outbox_set_events (self->outbox, &tela_session_outbox_events, self);

  g_signal_connect_object (self->undo, "changed", G_CALLBACK (undo_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "failed", G_CALLBACK (store_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "synced", G_CALLBACK (tela_session_update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->realtime, "notify::connection-state", G_CALLBACK (tela_session_update_state), self, G_CONNECT_SWAPPED);
  self->state = TELA_SYNC_OFFLINE;
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaSession *self = g_task_get_task_data (task);
  GError      *error = NULL;
  g_autoptr (TelaStoredBoard) stored = tela_store_load_finish (TELA_STORE (source), result, &error);

  if (stored == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  take_board (self, stored);
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

void
tela_session_load_async (TelaStore          *store,
                         TelaRemote         *remote,
                         TelaAssets         *assets,
                         RealtimeManager    *realtime,
                         const char         *project_id,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  TelaSession *self = g_object_new (TELA_TYPE_SESSION, NULL);
  GTask       *task = g_task_new (NULL, cancellable, callback, user_data);
  GError      *error = NULL;

  self->project_id = g_strdup (project_id);
  self->store = g_object_ref (store);
  self->remote = g_object_ref (remote);
  self->realtime = g_object_ref (realtime);
  self->outbox = tela_outbox_new (store, remote, assets, project_id);
  g_task_set_source_tag (task, tela_session_load_async);
  g_task_set_task_data (task, self, g_object_unref);

  tela_store_finish_drafts (store, project_id, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  tela_store_load_async (store, project_id, cancellable, loaded_cb, task);
}

TelaSession *
tela_session_load_finish (GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_session_set_server (TelaSession *self,
                         gboolean     online,
                         gboolean     is_local)
{
  if (self->closed || (self->online == online && self->is_local == is_local))
    return;
  self->online = online;
  self->is_local = is_local;
  if (online)
    {
      tela_session_feed_start (self);
      tela_session_live_start (self);
    }
  else
    {
      tela_session_feed_stop (self);
      tela_session_live_stop (self);
    }
  tela_outbox_set_blocked (self->outbox, !online);
  tela_session_update_state (self);
}

void
tela_session_set_role (TelaSession *self,
                       const char  *role)
{
  if (self->closed || g_strcmp0 (self->role, role) == 0)
    return;
  g_free (self->role);
  self->role = g_strdup (role);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ROLE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_EDIT]);
}

void
tela_session_reconnected (TelaSession *self)
{
  if (self->closed || !self->online)
    return;
  tela_outbox_retry (self->outbox);
  if (!self->feed.caught_up)
    tela_session_catch_up (self);
}

void
tela_session_close (TelaSession *self)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, "The board was closed");

  if (self->closed)
    return;
  self->closed = TRUE;
  self->online = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->state_source, g_source_remove);
  g_clear_handle_id (&self->sweep_source, g_source_remove);
  g_clear_handle_id (&self->flush_source, g_source_remove);
  tela_session_feed_stop (self);
  tela_session_live_stop (self);
  if (self->outbox != NULL)
    tela_outbox_close (self->outbox);
  tela_waiters_answer (self->drains, error);
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

TelaSyncState
tela_session_get_state (TelaSession *self,
                        guint       *n_waiting)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), TELA_SYNC_OFFLINE);
  if (n_waiting != NULL)
    *n_waiting = self->n_waiting;
  return self->state;
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

void
tela_session_drain_async (TelaSession        *self,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TELA_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_session_drain_async);
  tela_waiters_add (self->drains, task);
  tela_session_feed_ask_head (self);
  tela_outbox_kick (self->outbox);
}

gboolean
tela_session_drain_finish (TelaSession  *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
