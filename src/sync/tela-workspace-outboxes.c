/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

#include <glib/gi18n-lib.h>

/* Outboxes of boards that are not open: of this replica, and of those of processes that are gone; and when all of it is sent. */

/* The store of a process that is gone. */
typedef struct
{
  TelaStore  *store;
  TelaAssets *assets;
  GHashTable *outboxes; /* id → TelaOutbox */
} Adopted;

static void
outbox_changed (gpointer user_data)
{
  tela_workspace_check_drained (user_data);
}

static const TelaOutboxEvents closed_events = { .changed = outbox_changed };

void
tela_replica_adopted_free (gpointer replica)
{
  Adopted *self = replica;

  g_hash_table_unref (self->outboxes);
  tela_assets_close (self->assets);
  g_object_unref (self->assets);
  tela_store_close (self->store);
  g_object_unref (self->store);
  g_free (self);
}

static void
close_outboxes (GHashTable *outboxes)
{
  GHashTableIter iter;
  gpointer       outbox;

  g_hash_table_iter_init (&iter, outboxes);
  while (g_hash_table_iter_next (&iter, NULL, &outbox))
    tela_outbox_close (outbox);
  g_hash_table_remove_all (outboxes);
}

/* FALSE: somebody else's, as far as we know: what waits for it stays where it is. */
static gboolean
is_ours (TelaWorkspace *self,
         const char    *id)
{
  g_autoptr (TelaProject) project = tela_workspace_find (self, id, NULL);
  g_autoptr (TelaProject) trashed = tela_workspace_find_trashed (self, id);

  return project != NULL || trashed != NULL;
}

gboolean
tela_workspace_is_online (TelaWorkspace *self,
                          const char    *id)
{
  return !self->closed && tela_remote_has_endpoint (self->remote) && !tela_workspace_is_unborn (self, id);
}

static void
update_outboxes (TelaWorkspace *self,
                 GHashTable    *outboxes)
{
  GHashTableIter iter;
  gpointer       id, outbox;

  g_hash_table_iter_init (&iter, outboxes);
  while (g_hash_table_iter_next (&iter, &id, &outbox))
    tela_outbox_set_blocked (outbox, !self->has_list || !is_ours (self, id) || !tela_workspace_is_online (self, id));
}

void
tela_workspace_update_outboxes (TelaWorkspace *self)
{
  update_outboxes (self, self->outboxes);
  for (guint i = 0; i < self->replicas->len; i++)
    update_outboxes (self, ((Adopted *) g_ptr_array_index (self->replicas, i))->outboxes);
}

static void
retry_outboxes (GHashTable *outboxes)
{
  GHashTableIter iter;
  gpointer       outbox;

  g_hash_table_iter_init (&iter, outboxes);
  while (g_hash_table_iter_next (&iter, NULL, &outbox))
    tela_outbox_retry (outbox);
}

void
tela_workspace_retry_outboxes (TelaWorkspace *self)
{
  tela_assets_retry (self->assets);
  retry_outboxes (self->outboxes);
  for (guint i = 0; i < self->replicas->len; i++)
    {
      Adopted *adopted = g_ptr_array_index (self->replicas, i);

      tela_assets_retry (adopted->assets);
      retry_outboxes (adopted->outboxes);
    }
}

void
tela_workspace_push_closed_board (TelaWorkspace *self,
                                  const char    *id)
{
  TelaOutbox *outbox;

  if (self->closed || g_hash_table_contains (self->sessions, id) || g_hash_table_contains (self->opening, id))
    return;
  outbox = g_hash_table_lookup (self->outboxes, id);
  if (outbox != NULL)
    {
      tela_outbox_kick (outbox);
      return;
    }
  outbox = tela_outbox_new (self->store, self->remote, self->assets, id);
  tela_outbox_set_events (outbox, &closed_events, self);
  g_hash_table_insert (self->outboxes, g_strdup (id), outbox);
  tela_outbox_set_blocked (outbox, !self->has_list || !is_ours (self, id) || !tela_workspace_is_online (self, id));
}

static void
waiting_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaWorkspace) self = user_data;
  g_autoptr (GPtrArray) waiting = tela_store_list_waiting_finish (TELA_STORE (source), result, NULL);

  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    if (is_ours (self, g_ptr_array_index (waiting, i)))
      tela_workspace_push_closed_board (self, g_ptr_array_index (waiting, i));
  tela_workspace_release (self);
}

void
tela_workspace_push_closed (TelaWorkspace *self)
{
  tela_workspace_hold (self); /* it is not drained before that is known */
  tela_store_list_waiting_async (self->store, NULL, waiting_cb, g_object_ref (self));
}

void
tela_workspace_close_outbox (TelaWorkspace *self,
                             const char    *id)
{
  TelaOutbox *outbox = g_hash_table_lookup (self->outboxes, id);

  if (outbox != NULL)
    tela_outbox_close (outbox);
  g_hash_table_remove (self->outboxes, id);
}

void
tela_workspace_close_outboxes (TelaWorkspace *self)
{
  g_clear_handle_id (&self->idle_source, g_source_remove);
  close_outboxes (self->outboxes);
  for (guint i = 0; i < self->replicas->len; i++)
    close_outboxes (((Adopted *) g_ptr_array_index (self->replicas, i))->outboxes);
  g_ptr_array_set_size (self->replicas, 0);
}

/* Draining */

/* What waits for boards that are not ours (any more) will not go. */
static gboolean
are_idle (TelaWorkspace *self,
          GHashTable    *outboxes)
{
  GHashTableIter iter;
  gpointer       id, outbox;

  g_hash_table_iter_init (&iter, outboxes);
  while (g_hash_table_iter_next (&iter, &id, &outbox))
    if (!tela_outbox_is_idle (outbox) && (!self->has_list || is_ours (self, id)))
      return FALSE;
  return TRUE;
}

/* Replicas whose last outbox is empty are closed, but not inside a call from one of their outboxes. */
static gboolean
close_idle_cb (gpointer user_data)
{
  TelaWorkspace *self = user_data;

  for (guint i = self->replicas->len; i-- > 0;)
    {
      Adopted *adopted = g_ptr_array_index (self->replicas, i);

      if (!are_idle (self, adopted->outboxes))
        continue;
      close_outboxes (adopted->outboxes);
      g_ptr_array_remove_index (self->replicas, i);
    }
  self->idle_source = 0;
  tela_workspace_check_drained (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_drained (TelaWorkspace *self)
{
  GHashTableIter iter;
  gpointer       session;

  if (!self->has_list || self->n_holds > 0 || !g_queue_is_empty (&self->queue) || g_hash_table_size (self->opening) > 0 ||
      self->replicas->len > 0)
    return FALSE;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    if (tela_session_get_role (session) != NULL && !tela_session_is_empty (session))
      return FALSE;
  return are_idle (self, self->outboxes);
}

void
tela_workspace_hold (TelaWorkspace *self)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));

  self->n_holds++;
}

void
tela_workspace_release (TelaWorkspace *self)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));
  g_return_if_fail (self->n_holds > 0);

  self->n_holds--;
  tela_workspace_check_drained (self);
}

void
tela_workspace_check_drained (TelaWorkspace *self)
{
  if (self->closed)
    return;
  for (guint i = 0; i < self->replicas->len && self->idle_source == 0; i++)
    if (are_idle (self, ((Adopted *) g_ptr_array_index (self->replicas, i))->outboxes))
      self->idle_source = g_idle_add (close_idle_cb, self);
  if (self->drains->len > 0 && is_drained (self))
    tela_waiters_answer (self->drains, NULL);
}

void
tela_workspace_drain_async (TelaWorkspace      *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TELA_IS_WORKSPACE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_workspace_drain_async);
  if (self->closed)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The workspace was closed"));
      return;
    }
  tela_waiters_add (self->drains, task);
  tela_workspace_check_drained (self);
}

gboolean
tela_workspace_drain_finish (TelaWorkspace *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
tela_workspace_count_closed_waiting (TelaWorkspace *self)
{
  GHashTableIter iter;
  gpointer       outbox;
  guint          n = 0;

  g_return_val_if_fail (TELA_IS_WORKSPACE (self), 0);

  g_hash_table_iter_init (&iter, self->outboxes);
  while (g_hash_table_iter_next (&iter, NULL, &outbox))
    if (!tela_outbox_is_idle (outbox))
      n++;

  return n;
}

/* Other replicas */

/* Strokes and texts that its process left unfinished. */
static void
finish_drafts (TelaWorkspace *self,
               TelaStore     *store)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->projects));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (G_LIST_MODEL (self->projects), i);

      tela_store_finish_drafts (store, tela_project_get_id (project), NULL);
    }
}

void
tela_workspace_adopt_replica (TelaWorkspace *self,
                              const char    *dir)
{
  g_autoptr (TelaStore) store = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  g_autofree char *note = NULL;
  g_autofree char *changes = NULL;
  Adopted         *adopted;

  g_return_if_fail (TELA_IS_WORKSPACE (self));
  g_return_if_fail (self->scope != NULL);

  store = self->closed ? NULL : tela_store_open (dir, NULL);
  if (store == NULL)
    return;
  note = tela_workspace_note (self, "changes");
  changes = tela_store_get_note (store, note);
  tela_workspace_take_changes (self, changes);
  tela_workspace_adopt_thumbnails (self, store);
  tela_store_flush (self->store); /* they are with us before they go there */
  tela_store_put_note (store, note, "[]");
  finish_drafts (self, store);

  adopted = g_new0 (Adopted, 1);
  adopted->store = g_steal_pointer (&store);
  adopted->assets = tela_assets_new (adopted->store, self->remote);
  tela_assets_retry (adopted->assets);
  adopted->outboxes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  waiting = tela_store_list_waiting (adopted->store, NULL);
  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    {
      const char *id = g_ptr_array_index (waiting, i);
      TelaOutbox *outbox = tela_outbox_new (adopted->store, self->remote, adopted->assets, id);

      tela_outbox_set_events (outbox, &closed_events, self);
      g_hash_table_insert (adopted->outboxes, g_strdup (id), outbox);
    }
  g_ptr_array_add (self->replicas, adopted);
  update_outboxes (self, adopted->outboxes);
  tela_workspace_pump_changes (self);
  tela_workspace_check_drained (self);
}
