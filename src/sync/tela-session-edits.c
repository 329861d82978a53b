/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define MAX_LOST 100
#define MAX_WAITING_OPS 500

/* Edits of one's own that others do not see: what waits, what was refused, what somebody wrote over unseen. */

gint64
tela_session_get_server_ms (TelaSession *self)
{
  return tela_remote_get_wall_ms (self->remote) + self->clock.offset_ms;
}

void
tela_session_edits_init (TelaSession *self)
{
  self->rivalry = tela_rivalry_new (self->clock.actor);
  self->lost = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_own_edit_unref);
}

void
tela_session_edits_clear (TelaSession *self)
{
  g_clear_pointer (&self->rivalry, tela_rivalry_free);
  g_clear_pointer (&self->lost, g_ptr_array_unref);
}

/* What one gesture lost to one person is one entry. */
static void
add_lost (TelaSession *self,
          TelaOwnEdit *lost)
{
  TelaOwnEdit *last = self->lost->len > 0 ? self->lost->pdata[self->lost->len - 1] : NULL;

  if (last != NULL && last->when_ms == lost->when_ms && last->actor == lost->actor)
    {
      g_ptr_array_add (last->ops, tela_element_ref (lost->ops->pdata[0]));
      tela_own_edit_unref (lost);
      return;
    }
  if (self->lost->len == MAX_LOST)
    g_ptr_array_remove_index (self->lost, 0);
  g_ptr_array_add (self->lost, lost);
}

void
tela_session_edits_check (TelaSession *self,
                          GPtrArray   *ops)
{
  gint64   now = tela_session_get_server_ms (self);
  gboolean any = FALSE;

  for (guint i = 0; i < ops->len; i++)
    {
      const TelaElement *element = tela_board_lookup (self->board, tela_element_get_id (ops->pdata[i]));
      TelaOwnEdit       *lost =
          element != NULL ? tela_rivalry_check (self->rivalry, element, ops->pdata[i], now) : NULL;

      if (lost != NULL)
        add_lost (self, lost);
      any |= lost != NULL;
    }
  if (any)
    tela_session_edits_changed (self);
}

guint
tela_session_get_n_lost (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), 0);

  return self->lost->len;
}

void
tela_session_forget_lost (TelaSession *self,
                          TelaOwnEdit *lost)
{
  g_return_if_fail (TELA_IS_SESSION (self));

  if (g_ptr_array_remove (self->lost, lost))
    tela_session_edits_changed (self);
}

void
tela_session_apply_again (TelaSession *self,
                          TelaOwnEdit *lost)
{
  g_autoptr (GPtrArray) ops = NULL;

  g_return_if_fail (TELA_IS_SESSION (self));
  g_return_if_fail (lost != NULL && lost->kind == TELA_OWN_EDIT_LOST);

  ops = g_ptr_array_ref (lost->ops);
  tela_session_forget_lost (self, lost);
  tela_session_edit (self, (TelaElement *const *) ops->pdata, ops->len);
}

static gboolean
add_refused (TelaSession *self,
             GPtrArray   *edits,
             GError     **error)
{
  g_autoptr (GPtrArray) texts = tela_store_list_refused (self->store, self->project_id, error);

  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      TelaOwnEdit *edit = tela_own_edit_read_refused (texts->pdata[i], error);

      if (edit == NULL)
        return FALSE;
      g_ptr_array_add (edits, edit);
    }

  return texts != NULL;
}

static void
waiting_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaSession *self = g_task_get_source_object (task);
  GError      *error = NULL;
  g_autoptr (GPtrArray) rows = tela_store_outbox_finish (TELA_STORE (source), result, &error);
  g_autoptr (GPtrArray) edits = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_own_edit_unref);

  if (rows == NULL || !add_refused (self, edits, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = self->lost != NULL ? self->lost->len : 0; i-- > 0;)
    g_ptr_array_add (edits, tela_own_edit_ref (self->lost->pdata[i]));
  for (guint i = 0; i < rows->len; i++)
    {
      const TelaOutboxRow *row = rows->pdata[i];
      TelaOwnEdit         *edit = tela_own_edit_new (TELA_OWN_EDIT_WAITING, row->created_ms, NULL);

      g_ptr_array_extend (edit->ops, row->ops, (GCopyFunc) tela_element_ref, NULL);
      g_ptr_array_add (edits, edit);
    }
  g_task_return_pointer (task, g_steal_pointer (&edits), (GDestroyNotify) g_ptr_array_unref);
}

void
tela_session_list_edits_async (TelaSession        *self,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask *task;

  g_return_if_fail (TELA_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_session_list_edits_async);
  tela_store_outbox_async (self->store, self->project_id, MAX_WAITING_OPS, cancellable, waiting_cb, task);
}

GPtrArray *
tela_session_list_edits_finish (TelaSession  *self,
                                GAsyncResult *result,
                                GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
