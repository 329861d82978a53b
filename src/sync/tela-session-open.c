/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#include <glib/gi18n-lib.h>

/* From the store to the lanes, and back. */

static void
undo_changed_cb (TelaSession *self)
{
  g_object_notify (G_OBJECT (self), "can-undo");
  g_object_notify (G_OBJECT (self), "can-redo");
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
  tela_session_fetch_init (self);
  tela_session_live_init (self);
  tela_session_room_init (self);
  tela_session_edits_init (self);
  tela_outbox_set_events (self->outbox, &tela_session_outbox_events, self);

  g_signal_connect_object (self->undo, "changed", G_CALLBACK (undo_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "failed", G_CALLBACK (store_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->store, "synced", G_CALLBACK (tela_session_update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->realtime, "notify::connection-state", G_CALLBACK (tela_session_update_state), self,
                           G_CONNECT_SWAPPED);
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

static void
drafts_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaSession *self = g_task_get_task_data (task);
  TelaStore   *store = TELA_STORE (source);
  GError      *error = NULL;

  if (tela_store_finish_drafts_finish (store, result, &error))
    tela_store_load_async (store, self->project_id, g_task_get_cancellable (task), loaded_cb, g_object_ref (task));
  else
    g_task_return_error (task, error);
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

  self->project_id = g_strdup (project_id);
  self->store = g_object_ref (store);
  self->remote = g_object_ref (remote);
  self->realtime = g_object_ref (realtime);
  self->outbox = tela_outbox_new (store, remote, assets, project_id);
  g_task_set_source_tag (task, tela_session_load_async);
  g_task_set_task_data (task, self, g_object_unref);

  tela_store_finish_drafts_async (store, project_id, cancellable, drafts_cb, task);
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
      tela_session_room_stop (self);
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
  self->had_role |= role != NULL;
  g_object_notify (G_OBJECT (self), "role");
  g_object_notify (G_OBJECT (self), "can-edit");
  undo_changed_cb (self);
  tela_session_update_state (self);
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
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The board was closed"));

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
  tela_session_room_stop (self);
  if (self->outbox != NULL)
    tela_outbox_close (self->outbox);
  tela_waiters_answer (self->drains, error);
}
