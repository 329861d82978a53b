/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-store-worker.h"

#include <sys/resource.h>

/* How long a commit may wait for the disk's own cache. */
#define SYNC_AFTER_US G_USEC_PER_SEC
#define GENTLE 10 /* nicer than who draws: a picture is waited for, and what is shown is stored soon enough */

struct _TelaStoreWorker
{
  GThread     *thread;  /* owned by the one who stops it */
  GAsyncQueue *queue;   /* owned, Job */
  TelaReplica *replica; /* owned, the thread's alone */
  GWeakRef     store;
  guint        n_asked;  /* writes; the caller's thread alone */
  int          n_synced; /* atomic: number of the last write that the disk has for good */
  guint        last;     /* number of the last write that ran */
  gint64       sync_at;  /* monotonic; 0: nothing to sync */
};

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

static void
worker_fail (TelaStoreWorker *self,
             const GError    *error)
{
  g_autoptr (TelaStore) store = g_weak_ref_get (&self->store);

  if (g_error_matches (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT))
    tela_replica_suspect (self->replica);
  if (store != NULL)
    tela_store_tell (store, g_error_copy (error));
}

static void
worker_sync (TelaStoreWorker *self)
{
  g_autoptr (TelaStore) store = g_weak_ref_get (&self->store);
  g_autoptr (GError) error = NULL;

  self->sync_at = 0;
  if (!tela_replica_sync_log (self->replica, &error))
    {
      worker_fail (self, error);
      return;
    }

  g_atomic_int_set (&self->n_synced, (int) self->last);
  if (store != NULL)
    tela_store_tell (store, NULL);
}

static gboolean
worker_call (TelaStoreWorker *self,
             TelaStoreCall   *call,
             GError         **error)
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

static gboolean
wants_telling (const TelaStoreCall *call,
               const GError        *error)
{
  return call->writes || g_error_matches (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT);
}

static void
worker_run (TelaStoreWorker *self,
            Job             *job)
{
  GCancellable *cancellable = job->task != NULL ? g_task_get_cancellable (job->task) : NULL;
  GError       *error = NULL;

  if (!g_cancellable_set_error_if_cancelled (cancellable, &error) && !worker_call (self, job->call, &error) &&
      wants_telling (job->call, error))
    worker_fail (self, error);

  if (job->number != 0)
    {
      self->last = job->number;
      if (self->sync_at == 0)
        self->sync_at = g_get_monotonic_time () + SYNC_AFTER_US;
    }
  job_finish (job, error);
}

/* The next job; NULL: it is time to sync. */
static Job *
next_job (TelaStoreWorker *self)
{
  gint64 left = self->sync_at - g_get_monotonic_time ();

  if (self->sync_at == 0)
    return g_async_queue_pop (self->queue);

  return left > 0 ? g_async_queue_timeout_pop (self->queue, (guint64) left) : NULL;
}

static gpointer
worker_thread (gpointer data)
{
  TelaStoreWorker *self = data;

  /* On Linux 0 is the thread that calls. */
  setpriority (PRIO_PROCESS, 0, getpriority (PRIO_PROCESS, 0) + GENTLE);
  for (;;)
    {
      Job *job = next_job (self);

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
  g_free (self);

  return NULL;
}

static void
push_job (TelaStoreWorker *self,
          TelaStoreCall   *call,
          GTask           *task,
          Wait            *wait)
{
  Job *job = g_new0 (Job, 1);

  job->call = call;
  job->task = task;
  job->wait = wait;
  if (call != NULL && call->writes)
    job->number = ++self->n_asked;

  g_async_queue_push (self->queue, job);
}

TelaStoreWorker *
tela_store_worker_start (TelaReplica *replica,
                         TelaStore   *store)
{
  TelaStoreWorker *self = g_new0 (TelaStoreWorker, 1);

  self->queue = g_async_queue_new ();
  self->replica = replica;
  g_weak_ref_init (&self->store, store);
  self->thread = g_thread_new ("tela-store", worker_thread, self);

  return self;
}

/* The last reference to the store may drop in the thread itself, which cannot wait for its own end. */
void
tela_store_worker_stop (TelaStoreWorker *self)
{
  GThread *thread = self->thread;

  push_job (self, NULL, NULL, NULL);
  if (thread == g_thread_self ())
    g_thread_unref (thread);
  else
    g_thread_join (thread);
}

void
tela_store_worker_push (TelaStoreWorker *self,
                        TelaStoreCall   *call,
                        GTask           *task)
{
  push_job (self, call, task, NULL);
}

gboolean
tela_store_worker_wait (TelaStoreWorker *self,
                        TelaStoreCall   *call,
                        GError         **error)
{
  Wait wait = { 0 };

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

gboolean
tela_store_worker_is_synced (TelaStoreWorker *self)
{
  return (guint) g_atomic_int_get (&self->n_synced) == self->n_asked;
}
