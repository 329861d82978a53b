/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <sys/resource.h>

#include "tela-tile-job.h"

#define MAX_THREADS 4
#define GENTLE 5 /* nicer than the rest of the program: on a busy machine frames come first */

/* One tile on its way: waiting, being painted, or painted and not yet delivered. Only what is in `live` is delivered.
 */
typedef struct
{
  guint64        id;
  int            priority;
  guint64        serial;
  TelaTileJob   *job; /* owned */
  TelaTileFunc   func;
  gpointer       user_data;
  int            stop;    /* atomic: cancelled */
  GSequenceIter *waiting; /* borrowed; NULL once a thread has it */
  GBytes        *pixels;  /* owned, nullable */
  int            stride;
} Work;

struct _TelaPainter
{
  GObject parent_instance;

  GThread **threads;
  guint     n_threads;

  /* The rest is shared with the threads, under the lock. */
  GMutex        lock;
  GCond         wake;
  GSequence    *queue; /* Work, borrowed; the most urgent first */
  GHashTable   *live;  /* id → Work, borrowed */
  GQueue        done;  /* Work; owned */
  guint64       serial;
  gboolean      quit;
  GMainContext *context;  /* owned */
  GSource      *delivery; /* owned, nullable: it is attached while something is done */
};

G_DEFINE_FINAL_TYPE (TelaPainter, tela_painter, G_TYPE_OBJECT)

static void
work_free (gpointer data)
{
  Work *work = data;

  tela_tile_job_free (work->job);
  g_clear_pointer (&work->pixels, g_bytes_unref);
  g_free (work);
}

static int
compare_work (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const Work *x = a;
  const Work *y = b;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;

  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

/* Everything that is done by now, in one go. A callback may cancel, push, or drop the painter. */
static gboolean
deliver_cb (gpointer user_data)
{
  g_autoptr (TelaPainter) self = g_object_ref (user_data);
  GQueue done;

  g_mutex_lock (&self->lock);
  done = self->done;
  g_queue_init (&self->done);
  g_clear_pointer (&self->delivery, g_source_unref);
  g_mutex_unlock (&self->lock);

  while (!g_queue_is_empty (&done))
    {
      Work    *work = g_queue_pop_head (&done);
      gboolean wanted;

      g_mutex_lock (&self->lock);
      wanted = g_hash_table_lookup (self->live, &work->id) == work;
      if (wanted)
        g_hash_table_remove (self->live, &work->id);
      g_mutex_unlock (&self->lock);
      if (wanted)
        work->func (work->id, work->pixels, work->stride, work->user_data);
      work_free (work);
    }

  return G_SOURCE_REMOVE;
}

/* With the lock held. */
static void
finish (TelaPainter *self,
        Work        *work)
{
  g_queue_push_tail (&self->done, work);
  if (self->delivery != NULL || self->quit)
    return;
  self->delivery = g_idle_source_new ();
  g_source_set_priority (self->delivery, G_PRIORITY_HIGH_IDLE);
  g_source_set_static_name (self->delivery, "[tela] deliver tiles");
  g_source_set_callback (self->delivery, deliver_cb, self, NULL);
  g_source_attach (self->delivery, self->context);
}

static gpointer
paint_thread (gpointer data)
{
  TelaPainter *self = data; /* dispose waits for this thread */

  /* On Linux 0 is the thread that calls, and this one never asks for more again. */
  setpriority (PRIO_PROCESS, 0, getpriority (PRIO_PROCESS, 0) + GENTLE);
  g_mutex_lock (&self->lock);
  while (!self->quit)
    {
      GSequenceIter *first = g_sequence_get_begin_iter (self->queue);
      Work          *work;

      if (g_sequence_iter_is_end (first))
        {
          g_cond_wait (&self->wake, &self->lock);
          continue;
        }
      work = g_sequence_get (first);
      work->waiting = NULL;
      g_sequence_remove (first);
      g_mutex_unlock (&self->lock);
      work->pixels = tela_tile_job_paint_until (work->job, &work->stride, &work->stop);
      g_mutex_lock (&self->lock);
      finish (self, work);
    }
  g_mutex_unlock (&self->lock);

  return NULL;
}

static void
tela_painter_dispose (GObject *object)
{
  TelaPainter *self = TELA_PAINTER (object);
  guint        i;

  tela_painter_cancel_all (self);
  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
  for (i = 0; i < self->n_threads; i++)
    g_thread_join (self->threads[i]);
  self->n_threads = 0;
  if (self->delivery != NULL)
    g_source_destroy (self->delivery);
  g_clear_pointer (&self->delivery, g_source_unref);

  G_OBJECT_CLASS (tela_painter_parent_class)->dispose (object);
}

static void
tela_painter_finalize (GObject *object)
{
  TelaPainter *self = TELA_PAINTER (object);

  g_queue_clear_full (&self->done, work_free);
  g_sequence_free (self->queue);
  g_hash_table_unref (self->live);
  g_main_context_unref (self->context);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self->threads);

  G_OBJECT_CLASS (tela_painter_parent_class)->finalize (object);
}

static void
tela_painter_class_init (TelaPainterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_painter_dispose;
  object_class->finalize = tela_painter_finalize;
}

static void
tela_painter_init (TelaPainter *self)
{
  guint i;

  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->queue = g_sequence_new (NULL);
  self->live = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_queue_init (&self->done);
  self->context = g_main_context_ref_thread_default ();
  self->n_threads = CLAMP (g_get_num_processors (), 1, MAX_THREADS);
  self->threads = g_new (GThread *, self->n_threads);
  for (i = 0; i < self->n_threads; i++)
    self->threads[i] = g_thread_new ("tela-paint", paint_thread, self);
}

TelaPainter *
tela_painter_new (void)
{
  return g_object_new (TELA_TYPE_PAINTER, NULL);
}

/* @id: a number that is not in use for another job of this painter. */
void
tela_painter_push (TelaPainter *self,
                   guint64      id,
                   TelaTileJob *job,
                   int          priority,
                   TelaTileFunc func,
                   gpointer     user_data)
{
  Work *work = g_new0 (Work, 1);

  *work = (Work){ .id = id, .priority = priority, .job = job, .func = func, .user_data = user_data };
  g_mutex_lock (&self->lock);
  work->serial = ++self->serial;
  work->waiting = g_sequence_insert_sorted (self->queue, work, compare_work, NULL);
  g_hash_table_insert (self->live, &work->id, work);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void
tela_painter_set_priority (TelaPainter *self,
                           guint64      id,
                           int          priority)
{
  Work *work;

  g_mutex_lock (&self->lock);
  work = g_hash_table_lookup (self->live, &id);
  if (work != NULL && work->waiting != NULL && work->priority != priority)
    {
      work->priority = priority;
      g_sequence_sort_changed (work->waiting, compare_work, NULL);
    }
  g_mutex_unlock (&self->lock);
}

/* With the lock held, and the work no longer live. */
static void
abandon (Work *work)
{
  g_atomic_int_set (&work->stop, 1);
  if (work->waiting == NULL)
    return; /* it is freed when it would be delivered */
  g_sequence_remove (work->waiting);
  work_free (work);
}

void
tela_painter_cancel (TelaPainter *self,
                     guint64      id)
{
  Work *work;

  g_mutex_lock (&self->lock);
  work = g_hash_table_lookup (self->live, &id);
  if (work != NULL)
    {
      g_hash_table_remove (self->live, &id);
      abandon (work);
    }
  g_mutex_unlock (&self->lock);
}

void
tela_painter_cancel_all (TelaPainter *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      g_hash_table_iter_remove (&iter);
      abandon (value);
    }
  g_mutex_unlock (&self->lock);
}
