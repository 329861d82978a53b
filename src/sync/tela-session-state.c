/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#include <glib/gi18n-lib.h>

/* Saved, saving, waiting: what the header bar says; and who waits for it. */

#define SAVING_AFTER_US (G_USEC_PER_SEC)
/* The store syncs each second: what waits for that alone is not late. */
#define SYNC_EVERY_US (G_USEC_PER_SEC)
#define SWEEP_S 10

static gboolean
is_connected (TelaSession *self)
{
  return self->online && realtime_manager_get_connection_state (self->realtime) == REALTIME_CONNECTION_CONNECTED &&
         !tela_outbox_is_stuck (self->outbox);
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
  if (self->had_role && self->role == NULL)
    return TELA_SYNC_LOST;
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
  if (!tela_session_is_empty (self))
    return;
  if (tela_session_feed_is_drained (self))
    tela_waiters_answer (self->drains, NULL);
  g_signal_emit_by_name (self, "drained");
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
      g_object_notify (G_OBJECT (self), "state");
    }
  answer_drains (self);
}

/* Public */

TelaSyncState
tela_session_get_state (TelaSession *self,
                        guint       *n_waiting)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), TELA_SYNC_OFFLINE);
  if (n_waiting != NULL)
    *n_waiting = self->n_waiting;
  return self->state;
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
  if (self->closed)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The board was closed"));
      return;
    }
  tela_waiters_add (self->drains, task);
  tela_session_feed_drain (self);
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
