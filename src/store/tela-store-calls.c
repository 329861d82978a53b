/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-store.h"

#include "tela-store-private.h"

/* The array is the caller's and may change as soon as we return; elements cannot. */
static GPtrArray *
copy_elements (GPtrArray *elements)
{
  GPtrArray *copy = g_ptr_array_new_full (elements->len, (GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (copy, tela_element_ref (g_ptr_array_index (elements, i)));

  return copy;
}

static GArray *
copy_ids (const gint64 *ids,
          gsize         n)
{
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (gint64), (guint) n);

  g_array_append_vals (copy, ids, (guint) n);

  return copy;
}

/* (sync) Takes the call; its rows, or NULL. */
static GPtrArray *
ask_rows (TelaStore     *self,
          TelaStoreCall *call,
          GError       **error)
{
  g_autoptr (TelaStoreCall) owned = call;

  return tela_store_call_sync (self, owned, error) ? g_steal_pointer (&owned->rows) : NULL;
}

void
tela_store_load_async (TelaStore          *self,
                       const char         *project_id,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL);

  tela_store_call_async (self, tela_store_call_new (tela_replica_load, FALSE, project_id), tela_store_load_async,
                         cancellable, callback, user_data);
}

TelaStoredBoard *
tela_store_load_finish (TelaStore    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  TelaStoreCall *call = tela_store_call_finish (self, result, tela_store_load_async, error);

  return call != NULL ? g_steal_pointer (&call->board) : NULL;
}

void
tela_store_commit_async (TelaStore          *self,
                         const char         *project_id,
                         GPtrArray          *ops,
                         TelaEditKind        kind,
                         TelaUndoEntry      *entry,
                         const char         *draft,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL && ops != NULL);

  call = tela_store_call_new (tela_replica_edit, TRUE, project_id);
  call->elements = copy_elements (ops);
  call->kind = kind;
  call->entry = entry != NULL ? tela_undo_entry_ref (entry) : NULL;
  call->name = g_strdup (draft);

  tela_store_call_async (self, call, tela_store_commit_async, cancellable, callback, user_data);
}

gint64
tela_store_commit_finish (TelaStore    *self,
                          GAsyncResult *result,
                          GError      **error)
{
  TelaStoreCall *call = tela_store_call_finish (self, result, tela_store_commit_async, error);

  return call != NULL ? call->id : -1;
}

void
tela_store_apply_async (TelaStore          *self,
                        const char         *project_id,
                        GPtrArray          *elements,
                        const char         *epoch,
                        gint64              last,
                        gboolean            reset,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL && elements != NULL);

  call = tela_store_call_new (tela_replica_apply, TRUE, project_id);
  call->elements = copy_elements (elements);
  call->name = g_strdup (epoch);
  call->number = last;
  call->reset = reset;

  tela_store_call_async (self, call, tela_store_apply_async, cancellable, callback, user_data);
}

gboolean
tela_store_apply_finish (TelaStore    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return tela_store_call_finish (self, result, tela_store_apply_async, error) != NULL;
}

void
tela_store_outbox_async (TelaStore          *self,
                         const char         *project_id,
                         guint               max_ops,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL);

  call = tela_store_call_new (tela_replica_outbox, FALSE, project_id);
  call->number = max_ops;

  tela_store_call_async (self, call, tela_store_outbox_async, cancellable, callback, user_data);
}

GPtrArray *
tela_store_outbox_finish (TelaStore    *self,
                          GAsyncResult *result,
                          GError      **error)
{
  TelaStoreCall *call = tela_store_call_finish (self, result, tela_store_outbox_async, error);

  return call != NULL ? g_steal_pointer (&call->rows) : NULL;
}

void
tela_store_mark_pushed_async (TelaStore          *self,
                              const gint64       *ids,
                              gsize               n,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));

  call = tela_store_call_new (tela_replica_mark_pushed, TRUE, NULL);
  call->ids = copy_ids (ids, n);

  tela_store_call_async (self, call, tela_store_mark_pushed_async, cancellable, callback, user_data);
}

gboolean
tela_store_mark_pushed_finish (TelaStore    *self,
                               GAsyncResult *result,
                               GError      **error)
{
  return tela_store_call_finish (self, result, tela_store_mark_pushed_async, error) != NULL;
}

static void
refusal_free (TelaStoreRefusal *self)
{
  tela_element_unref (self->op);
  g_free (self->code);
  g_free (self->message);
  g_free (self);
}

void
tela_store_settle_async (TelaStore          *self,
                         const char         *project_id,
                         const gint64       *ids,
                         gsize               n,
                         const TelaRefusal  *refused,
                         gsize               n_refused,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL);

  call = tela_store_call_new (tela_replica_settle, TRUE, project_id);
  call->ids = copy_ids (ids, n);
  call->refusals = g_ptr_array_new_with_free_func ((GDestroyNotify) refusal_free);
  for (gsize i = 0; i < n_refused; i++)
    {
      TelaStoreRefusal *refusal = g_new0 (TelaStoreRefusal, 1);

      refusal->row = refused[i].row;
      refusal->op = tela_element_ref (refused[i].op);
      refusal->code = g_strdup (refused[i].code); /* NULL: it stays */
      refusal->message = g_strdup (refused[i].message != NULL ? refused[i].message : "");
      g_ptr_array_add (call->refusals, refusal);
    }

  tela_store_call_async (self, call, tela_store_settle_async, cancellable, callback, user_data);
}

GPtrArray *
tela_store_settle_finish (TelaStore    *self,
                          GAsyncResult *result,
                          GError      **error)
{
  TelaStoreCall *call = tela_store_call_finish (self, result, tela_store_settle_async, error);

  return call != NULL ? g_steal_pointer (&call->rows) : NULL;
}

void
tela_store_restamp_async (TelaStore          *self,
                          const char         *project_id,
                          gint64              shift_ms,
                          gint64              limit_ms,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL);

  call = tela_store_call_new (tela_replica_restamp, TRUE, project_id);
  call->number = shift_ms;
  call->limit = limit_ms;

  tela_store_call_async (self, call, tela_store_restamp_async, cancellable, callback, user_data);
}

gboolean
tela_store_restamp_finish (TelaStore    *self,
                           GAsyncResult *result,
                           GArray      **stamps,
                           GPtrArray   **elements,
                           GError      **error)
{
  TelaStoreCall *call = tela_store_call_finish (self, result, tela_store_restamp_async, error);

  if (call == NULL)
    return FALSE;

  if (stamps != NULL)
    *stamps = g_steal_pointer (&call->stamps);
  if (elements != NULL)
    *elements = g_steal_pointer (&call->rows);

  return TRUE;
}

void
tela_store_list_waiting_async (TelaStore          *self,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_return_if_fail (TELA_IS_STORE (self));

  tela_store_call_async (self, tela_store_call_new (tela_replica_waiting, FALSE, NULL), tela_store_list_waiting_async,
                         cancellable, callback, user_data);
}

GPtrArray *
tela_store_list_waiting_finish (TelaStore    *self,
                                GAsyncResult *result,
                                GError      **error)
{
  TelaStoreCall *call = tela_store_call_finish (self, result, tela_store_list_waiting_async, error);

  return call != NULL ? g_steal_pointer (&call->rows) : NULL;
}

GPtrArray *
tela_store_list_waiting (TelaStore *self,
                         GError   **error)
{
  g_return_val_if_fail (TELA_IS_STORE (self), NULL);

  return ask_rows (self, tela_store_call_new (tela_replica_waiting, FALSE, NULL), error);
}

GPtrArray *
tela_store_list_refused (TelaStore  *self,
                         const char *project_id,
                         GError    **error)
{
  g_return_val_if_fail (TELA_IS_STORE (self), NULL);
  g_return_val_if_fail (project_id != NULL, NULL);

  return ask_rows (self, tela_store_call_new (tela_replica_refused, FALSE, project_id), error);
}

void
tela_store_put_draft (TelaStore  *self,
                      const char *project_id,
                      const char *draft,
                      GPtrArray  *ops)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL && draft != NULL && ops != NULL);

  call = tela_store_call_new (tela_replica_put_draft, TRUE, project_id);
  call->name = g_strdup (draft);
  call->elements = copy_elements (ops);

  tela_store_call_and_go (self, call);
}

void
tela_store_drop_draft (TelaStore  *self,
                       const char *draft)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (draft != NULL);

  call = tela_store_call_new (tela_replica_drop_draft, TRUE, NULL);
  call->name = g_strdup (draft);

  tela_store_call_and_go (self, call);
}

void
tela_store_finish_drafts_async (TelaStore          *self,
                                const char         *project_id,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  g_return_if_fail (TELA_IS_STORE (self));

  tela_store_call_async (self, tela_store_call_new (tela_replica_finish_drafts, TRUE, project_id),
                         tela_store_finish_drafts_async, cancellable, callback, user_data);
}

gboolean
tela_store_finish_drafts_finish (TelaStore    *self,
                                 GAsyncResult *result,
                                 GError      **error)
{
  return tela_store_call_finish (self, result, tela_store_finish_drafts_async, error) != NULL;
}

guint
tela_store_finish_drafts (TelaStore  *self,
                          const char *project_id,
                          GError    **error)
{
  g_autoptr (TelaStoreCall) call = NULL;

  g_return_val_if_fail (TELA_IS_STORE (self), 0);

  call = tela_store_call_new (tela_replica_finish_drafts, TRUE, project_id);

  return tela_store_call_sync (self, call, error) ? (guint) call->id : 0;
}

void
tela_store_put_note (TelaStore  *self,
                     const char *name,
                     const char *text)
{
  TelaStoreCall *call;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (name != NULL && text != NULL);

  call = tela_store_call_new (tela_replica_put_note, TRUE, NULL);
  call->name = g_strdup (name);
  call->text = g_strdup (text);

  g_hash_table_replace (tela_store_get_notes (self), g_strdup (name), g_strdup (text));
  tela_store_call_and_go (self, call);
}

char *
tela_store_get_note (TelaStore  *self,
                     const char *name)
{
  g_return_val_if_fail (TELA_IS_STORE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_strdup (g_hash_table_lookup (tela_store_get_notes (self), name));
}

static gboolean
do_nothing (TelaReplica   *replica,
            TelaStoreCall *call,
            GError       **error)
{
  return TRUE;
}

void
tela_store_flush (TelaStore *self)
{
  g_autoptr (TelaStoreCall) call = tela_store_call_new (do_nothing, FALSE, NULL);

  g_return_if_fail (TELA_IS_STORE (self));

  tela_store_call_sync (self, call, NULL);
}

void
tela_store_forget (TelaStore  *self,
                   const char *project_id)
{
  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (project_id != NULL);

  tela_store_call_and_go (self, tela_store_call_new (tela_replica_forget, TRUE, project_id));
}
