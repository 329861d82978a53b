/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-store.h"

#include "tela-store-private.h"

/* How long a commit may wait for the disk's own cache. */
#define SYNC_AFTER_US G_USEC_PER_SEC

/* The writer thread. It owns this and the replica, and frees both at its end. */
typedef struct
{
  GAsyncQueue  *queue;   /* owned, Job */
  TelaReplica  *replica; /* owned, the thread's alone */
  GWeakRef      store;
  GMainContext *context; /* owned: where signals go */
  guint         last;    /* number of the last write that ran */
  gint64        sync_at; /* monotonic; 0: nothing to sync */
} Worker;

struct _TelaStore
{
  GObject parent_instance;

  char    *dir;     /* owned */
  GError  *warning; /* owned, nullable */
  guint64  actor;
  Worker  *worker;   /* the thread's; NULL once closed */
  GThread *thread;   /* owned */
  guint    n_asked;  /* writes */
  int      n_synced; /* atomic: number of the last write that the disk has for good */
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

/* A caller that stands and waits. */
typedef struct
{
  GMutex   mutex;
  GCond    cond;
  gboolean done;
  GError  *error;
} Wait;

/* Without a call: the end of the thread. */
typedef struct
{
  TelaStoreCall *call; /* owned by the task or the waiting caller if there is one */
  GTask         *task; /* owned, nullable */
  Wait          *wait; /* borrowed, nullable */
  guint          number;
} Job;

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

/* Not g_main_context_invoke(): that would run the handlers here while nobody iterates the context. */
static void
worker_emit (Worker    *self,
             TelaStore *store,
             GError    *error)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Emission *emission = g_new0 (Emission, 1);

  g_weak_ref_init (&emission->store, store);
  emission->error = error;

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[tela] store");
  g_source_set_callback (source, emit_cb, emission, (GDestroyNotify) emission_free);
  g_source_attach (source, self->context);
}

static void
worker_fail (Worker       *self,
             const GError *error)
{
  g_autoptr (TelaStore) store = g_weak_ref_get (&self->store);

  if (g_error_matches (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT))
    tela_replica_suspect (self->replica);
  if (store != NULL)
    worker_emit (self, store, g_error_copy (error));
}

static void
worker_sync (Worker *self)
{
  g_autoptr (TelaStore) store = g_weak_ref_get (&self->store);
  g_autoptr (GError) error = NULL;

  self->sync_at = 0;
  if (!tela_replica_sync_log (self->replica, &error))
    {
      worker_fail (self, error);
      return;
    }

  if (store != NULL)
    {
      g_atomic_int_set (&store->n_synced, (int) self->last);
      worker_emit (self, store, NULL);
    }
}

static gboolean
worker_call (Worker        *self,
             TelaStoreCall *call,
             GError       **error)
{
  TelaReplica *replica = self->replica;

  if (!call->writes)
    return call->func (replica, call, error);

  if (tela_replica_begin (replica, error) && call->func (replica, call, error) && tela_replica_commit (replica, error))
    return TRUE;

  tela_replica_rollback (replica);

  return FALSE;
}

static void
job_finish (Job    *job,
            GError *error)
{
  if (job->wait != NULL)
    {
      g_mutex_lock (&job->wait->mutex);
      job->wait->error = error;
      job->wait->done = TRUE;
      g_cond_signal (&job->wait->cond);
      g_mutex_unlock (&job->wait->mutex);
    }
  else if (job->task != NULL)
    {
      if (error != NULL)
        g_task_return_error (job->task, error);
      else
        g_task_return_boolean (job->task, TRUE);
      g_object_unref (job->task);
    }
  else
    {
      tela_store_call_free (job->call);
      g_clear_error (&error);
    }
  g_free (job);
}

static void
worker_run (Worker *self,
            Job    *job)
{
  GError *error = NULL;

  if (job->task == NULL || !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), &error))
    {
      if (!worker_call (self, job->call, &error) && (job->call->writes || g_error_matches (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT)))
        worker_fail (self, error);
    }

  if (job->number != 0)
    {
      self->last = job->number;
      if (self->sync_at == 0)
        self->sync_at = g_get_monotonic_time () + SYNC_AFTER_US;
    }
  job_finish (job, error);
}

static gpointer
worker_thread (gpointer data)
{
  Worker *self = data;

  for (;;)
    {
      gint64 left = self->sync_at - g_get_monotonic_time ();
      Job   *job = NULL;

      if (self->sync_at == 0)
        job = g_async_queue_pop (self->queue);
      else if (left > 0)
        job = g_async_queue_timeout_pop (self->queue, (guint64) left);

      if (job == NULL)
        {
          worker_sync (self);
          continue;
        }
      if (job->call == NULL)
        {
          g_free (job);
          break;
        }
      worker_run (self, job);
    }

  tela_replica_close (self->replica);
  g_async_queue_unref (self->queue);
  g_weak_ref_clear (&self->store);
  g_main_context_unref (self->context);
  g_free (self);

  return NULL;
}

/* The last reference may drop in the worker itself, which cannot wait for its own end. */
static void
stop_worker (TelaStore *self)
{
  GThread *thread = g_steal_pointer (&self->thread);

  if (thread == NULL)
    return;

  g_async_queue_push (g_steal_pointer (&self->worker)->queue, g_new0 (Job, 1));
  if (thread == g_thread_self ())
    g_thread_unref (thread);
  else
    g_thread_join (thread);
}

static void
tela_store_finalize (GObject *object)
{
  TelaStore *self = TELA_STORE (object);

  stop_worker (self);
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

static void
push_job (TelaStore     *self,
          TelaStoreCall *call,
          GTask         *task,
          Wait          *wait)
{
  Job *job = g_new0 (Job, 1);

  job->call = call;
  job->task = task;
  job->wait = wait;
  if (call->writes)
    job->number = ++self->n_asked;

  g_async_queue_push (self->worker->queue, job);
}

static gboolean
is_open (TelaStore *self,
         GError   **error)
{
  if (self->worker != NULL)
    return TRUE;

  g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CLOSED, "%s: the store is closed", self->dir);

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
    push_job (self, call, g_steal_pointer (&task), NULL);
  else
    g_task_return_error (task, error);
}

gboolean
tela_store_call_sync (TelaStore     *self,
                      TelaStoreCall *call,
                      GError       **error)
{
  Wait wait = { 0 };

  if (!is_open (self, error))
    return FALSE;

  g_mutex_init (&wait.mutex);
  g_cond_init (&wait.cond);
  push_job (self, call, NULL, &wait);

  g_mutex_lock (&wait.mutex);
  while (!wait.done)
    g_cond_wait (&wait.cond, &wait.mutex);
  g_mutex_unlock (&wait.mutex);

  g_mutex_clear (&wait.mutex);
  g_cond_clear (&wait.cond);
  if (wait.error == NULL)
    return TRUE;

  g_propagate_error (error, wait.error);

  return FALSE;
}

void
tela_store_call_and_go (TelaStore     *self,
                        TelaStoreCall *call)
{
  if (is_open (self, NULL))
    push_job (self, call, NULL, NULL);
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
  TelaStore   *self;

  g_return_val_if_fail (dir != NULL, NULL);

  replica = tela_replica_open (dir, error);
  if (replica == NULL)
    return NULL;

  self = g_object_new (TELA_TYPE_STORE, NULL);
  self->dir = g_strdup (dir);
  self->actor = replica->actor;
  self->warning = g_steal_pointer (&replica->warning);

  self->worker = g_new0 (Worker, 1);
  self->worker->queue = g_async_queue_new ();
  self->worker->replica = replica;
  self->worker->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->worker->store, self);
  self->thread = g_thread_new ("tela-store", worker_thread, self->worker);

  return self;
}

void
tela_store_close (TelaStore *self)
{
  g_return_if_fail (TELA_IS_STORE (self));

  stop_worker (self);
  g_atomic_int_set (&self->n_synced, (int) self->n_asked);
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

  return (guint) g_atomic_int_get (&self->n_synced) == self->n_asked;
}
