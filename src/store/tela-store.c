/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-store.h"

#include "tela-store-worker.h"

#include <glib/gi18n-lib.h>

struct _TelaStore
{
  GObject parent_instance;

  char            *dir;     /* owned */
  GError          *warning; /* owned, nullable */
  guint64          actor;
  GHashTable      *notes;   /* name → text: whoever asks for one waits for no write */
  TelaStoreWorker *worker;  /* owned; NULL once closed */
  GMainContext    *context; /* owned: where signals go */
};

G_DEFINE_FINAL_TYPE (TelaStore, tela_store, G_TYPE_OBJECT)
G_DEFINE_QUARK (tela_store_error_quark, tela_store_error)

enum
{
  SYNCED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  GWeakRef store;
  GError  *error; /* owned; NULL: synced */
} Emission;

static void
emission_free (Emission *self)
{
  g_weak_ref_clear (&self->store);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
emit_cb (gpointer user_data)
{
  Emission *self = user_data;
  g_autoptr (TelaStore) store = g_weak_ref_get (&self->store);

  if (store == NULL)
    return G_SOURCE_REMOVE;

  if (self->error != NULL)
    g_signal_emit (store, signals[FAILED], 0, self->error);
  else if (tela_store_is_synced (store))
    g_signal_emit (store, signals[SYNCED], 0);

  return G_SOURCE_REMOVE;
}

/* From the worker; takes the error. Not g_main_context_invoke(): that would run the handlers right there while nobody
 * iterates the context. */
void
tela_store_tell (TelaStore *self,
                 GError    *error)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Emission *emission = g_new0 (Emission, 1);

  g_weak_ref_init (&emission->store, self);
  emission->error = error;

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[tela] store");
  g_source_set_callback (source, emit_cb, emission, (GDestroyNotify) emission_free);
  g_source_attach (source, self->context);
}

static void
tela_store_finalize (GObject *object)
{
  TelaStore *self = TELA_STORE (object);

  g_clear_pointer (&self->worker, tela_store_worker_stop);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->notes, g_hash_table_unref);
  g_clear_pointer (&self->dir, g_free);
  g_clear_error (&self->warning);

  G_OBJECT_CLASS (tela_store_parent_class)->finalize (object);
}

static void
tela_store_class_init (TelaStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_store_finalize;

  /**
   * TelaStore::synced:
   *
   * Everything committed so far is safe against a power cut.
   */
  signals[SYNCED] = g_signal_new ("synced", TELA_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TelaStore::failed:
   * @error: what went wrong
   *
   * A write failed and left nothing behind, or the file is damaged.
   */
  signals[FAILED] =
      g_signal_new ("failed", TELA_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
tela_store_init (TelaStore *self)
{
}

static gboolean
is_open (TelaStore *self,
         GError   **error)
{
  if (self->worker != NULL)
    return TRUE;

  g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CLOSED, _ ("%s: the store is closed"), self->dir);

  return FALSE;
}

void
tela_store_call_async (TelaStore          *self,
                       TelaStoreCall      *call,
                       gpointer            tag,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, call, (GDestroyNotify) tela_store_call_free);
  /* What was written was written, whatever the caller wishes by now. */
  g_task_set_check_cancellable (task, !call->writes);

  if (is_open (self, &error))
    tela_store_worker_push (self->worker, call, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

gboolean
tela_store_call_sync (TelaStore     *self,
                      TelaStoreCall *call,
                      GError       **error)
{
  return is_open (self, error) && tela_store_worker_wait (self->worker, call, error);
}

void
tela_store_call_and_go (TelaStore     *self,
                        TelaStoreCall *call)
{
  if (is_open (self, NULL))
    tela_store_worker_push (self->worker, call, NULL);
  else
    tela_store_call_free (call);
}

TelaStoreCall *
tela_store_call_finish (TelaStore    *self,
                        GAsyncResult *result,
                        gpointer      tag,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  return g_task_get_task_data (G_TASK (result));
}

GHashTable *
tela_store_get_notes (TelaStore *self)
{
  return self->notes;
}

const char *
tela_store_get_dir (TelaStore *self)
{
  return self->dir;
}

/**
 * tela_store_open:
 * @dir: (type filename): the replica's directory; made if it is not there
 * @error: what is in the way
 *
 * Returns: (transfer full) (nullable): the store
 */
TelaStore *
tela_store_open (const char *dir,
                 GError    **error)
{
  TelaReplica *replica;
  GHashTable  *notes;
  TelaStore   *self;

  g_return_val_if_fail (dir != NULL, NULL);

  replica = tela_replica_open (dir, error);
  if (replica == NULL)
    return NULL;
  notes = tela_replica_list_notes (replica, error);
  if (notes == NULL)
    {
      tela_replica_close (replica);
      return NULL;
    }

  self = g_object_new (TELA_TYPE_STORE, NULL);
  self->dir = g_strdup (dir);
  self->actor = replica->actor;
  self->notes = notes;
  self->warning = g_steal_pointer (&replica->warning);

  self->context = g_main_context_ref_thread_default ();
  self->worker = tela_store_worker_start (replica, self);

  return self;
}

void
tela_store_close (TelaStore *self)
{
  g_return_if_fail (TELA_IS_STORE (self));

  g_clear_pointer (&self->worker, tela_store_worker_stop);
}

guint64
tela_store_get_actor (TelaStore *self)
{
  g_return_val_if_fail (TELA_IS_STORE (self), 0);

  return self->actor;
}

const GError *
tela_store_get_warning (TelaStore *self)
{
  g_return_val_if_fail (TELA_IS_STORE (self), NULL);

  return self->warning;
}

gboolean
tela_store_is_synced (TelaStore *self)
{
  g_return_val_if_fail (TELA_IS_STORE (self), FALSE);

  return self->worker == NULL || tela_store_worker_is_synced (self->worker);
}
