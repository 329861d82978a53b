/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-links-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 20 /* how often a held path is asked for: no lock tells that it is free without blocking a thread */

struct _TelaLinks
{
  GObject parent_instance;

  char         *dir;
  GHashTable   *links;   /* owned: project id → TelaLink */
  GThreadPool  *writer;  /* owned; one thread, so that what was asked for first is done first; NULL: closed */
  GFileMonitor *monitor; /* owned; nullable */
  guint         n_changes;
};

struct _TelaHold
{
  TelaLinks *links; /* owned */
  int        fd;    /* -1: the directory has no locks, so all go on */
};

G_DEFINE_FINAL_TYPE (TelaLinks, tela_links, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What the writer does: it reads if there is a task, lets go of @fd if there is one, else changes. */
typedef struct
{
  GTask    *task;
  char     *project_id;
  TelaLink *link; /* NULL: none any more */
  int       fd;
} Job;

static void
push_job (TelaLinks *self,
          Job        job)
{
  g_thread_pool_push (self->writer, g_memdup2 (&job, sizeof job), NULL);
}

static void
work (gpointer data,
      gpointer user_data)
{
  Job        *job = data;
  const char *dir = user_data;

  if (job->task != NULL)
    {
      g_task_return_pointer (job->task, tela_links_file_read (dir), (GDestroyNotify) g_hash_table_unref);
      g_object_unref (job->task);
    }
  else if (job->fd >= 0)
    {
      close (job->fd);
    }
  else
    {
      tela_links_file_change (dir, job->project_id, job->link);
    }

  g_free (job->project_id);
  g_clear_pointer (&job->link, tela_link_free);
  g_free (job);
}

static void
push_change (TelaLinks      *self,
             const char     *project_id,
             const TelaLink *link)
{
  self->n_changes++;
  if (self->writer != NULL)
    push_job (self, (Job){ .project_id = g_strdup (project_id),
                           .link = link == NULL ? NULL : tela_link_copy (link),
                           .fd = -1 });
}

/* What others did meanwhile. */

static void
take_table (TelaLinks  *self,
            GHashTable *links)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&self->links);
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer       project_id, link;

  self->links = g_hash_table_ref (links);
  g_hash_table_iter_init (&iter, links);
  while (g_hash_table_iter_next (&iter, &project_id, &link))
    if (!tela_link_equal (link, g_hash_table_lookup (before, project_id)))
      g_ptr_array_add (changed, g_strdup (project_id));
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &project_id, NULL))
    if (!g_hash_table_contains (links, project_id))
      g_ptr_array_add (changed, g_strdup (project_id));

  for (guint i = 0; i < changed->len; i++)
    g_signal_emit (self, signals[CHANGED], 0, changed->pdata[i]);
}

static void reload (TelaLinks *self, GTask *waiting);

/* Somebody who waits for a path, and then has it. */
typedef struct
{
  char     *path;
  TelaHold *hold; /* owned; NULL: not yet */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *self = data;

  g_clear_pointer (&self->hold, tela_hold_free);
  g_free (self->path);
  g_free (self);
}

static void
reloaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  TelaLinks *self = TELA_LINKS (source);
  g_autoptr (GTask) waiting = user_data;
  g_autoptr (GHashTable) links = g_task_propagate_pointer (G_TASK (result), NULL);
  guint n_changes = GPOINTER_TO_UINT (g_task_get_task_data (G_TASK (result)));

  /* It was read before something was changed here: that is on its way to the file. */
  if (n_changes != self->n_changes)
    {
      reload (self, g_steal_pointer (&waiting));
      return;
    }
  if (links != NULL)
    take_table (self, links);
  if (waiting != NULL)
    {
      Wait *wait = g_task_get_task_data (waiting);

      g_task_return_pointer (waiting, g_steal_pointer (&wait->hold), (GDestroyNotify) tela_hold_free);
    }
}

/* Takes @waiting, which gets what it waits for then; nullable. */
static void
reload (TelaLinks *self,
        GTask     *waiting)
{
  if (self->writer != NULL)
    {
      GTask *task = g_task_new (self, NULL, reloaded_cb, waiting);

      g_task_set_source_tag (task, reload);
      g_task_set_task_data (task, GUINT_TO_POINTER (self->n_changes), NULL);
      push_job (self, (Job){ .task = task, .fd = -1 });
    }
  else if (waiting != NULL)
    {
      g_task_return_new_error (waiting, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed");
      g_object_unref (waiting);
    }
}

static void
file_changed_cb (TelaLinks *self)
{
  reload (self, NULL);
}

static gboolean
look_cb (gpointer user_data)
{
  GTask     *task = user_data;
  TelaLinks *self = g_task_get_source_object (task);
  Wait      *wait = g_task_get_task_data (task);
  int        fd;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  fd = tela_links_file_hold (self->dir, wait->path);
  if (fd < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  wait->hold = g_new (TelaHold, 1);
  wait->hold->links = g_object_ref (self);
  wait->hold->fd = fd;
  reload (self, g_object_ref (task));

  return G_SOURCE_REMOVE;
}

static void
tela_links_dispose (GObject *object)
{
  TelaLinks *self = TELA_LINKS (object);

  tela_links_close (self);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->links, g_hash_table_unref);
  g_clear_pointer (&self->dir, g_free);

  G_OBJECT_CLASS (tela_links_parent_class)->dispose (object);
}

static void
tela_links_class_init (TelaLinksClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_links_dispose;

  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_LINKS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
}

static void
tela_links_init (TelaLinks *self)
{
}

TelaLinks *
tela_links_new (const char *dir)
{
  TelaLinks       *self = g_object_new (TELA_TYPE_LINKS, NULL);
  g_autofree char *path = tela_links_file_dup_path (dir);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  self->dir = g_strdup (dir);
  self->links = tela_links_file_read (dir);
  if (self->links == NULL)
    self->links = tela_links_table_new ();
  self->writer = g_thread_pool_new (work, self->dir, 1, FALSE, NULL);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (file_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}

const TelaLink *
tela_links_lookup (TelaLinks  *self,
                   const char *project_id)
{
  g_return_val_if_fail (TELA_IS_LINKS (self), NULL);

  return project_id == NULL ? NULL : g_hash_table_lookup (self->links, project_id);
}

const char *
tela_links_find (TelaLinks  *self,
                 const char *path)
{
  GHashTableIter iter;
  gpointer       project_id, link;

  g_return_val_if_fail (TELA_IS_LINKS (self), NULL);

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, &project_id, &link))
    if (strcmp (((const TelaLink *) link)->path, path) == 0)
      return project_id;

  return NULL;
}

void
tela_links_set (TelaLinks      *self,
                const char     *project_id,
                const TelaLink *link)
{
  g_autofree char *other = NULL;

  g_return_if_fail (TELA_IS_LINKS (self));

  other = g_strdup (tela_links_find (self, link->path));
  tela_links_table_change (self->links, project_id, link);
  push_change (self, project_id, link);

  if (other != NULL && strcmp (other, project_id) != 0)
    g_signal_emit (self, signals[CHANGED], 0, other);
  g_signal_emit (self, signals[CHANGED], 0, project_id);
}

void
tela_links_remove (TelaLinks  *self,
                   const char *project_id)
{
  g_return_if_fail (TELA_IS_LINKS (self));

  if (!tela_links_table_change (self->links, project_id, NULL))
    return;
  push_change (self, project_id, NULL);
  g_signal_emit (self, signals[CHANGED], 0, project_id);
}

void
tela_links_close (TelaLinks *self)
{
  g_return_if_fail (TELA_IS_LINKS (self));

  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  if (self->writer != NULL)
    g_thread_pool_free (g_steal_pointer (&self->writer), FALSE, TRUE);
}

void
tela_links_hold_async (TelaLinks          *self,
                       const char         *path,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Wait *wait;
  guint source;

  g_return_if_fail (TELA_IS_LINKS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  wait = g_new0 (Wait, 1);
  wait->path = g_strdup (path);
  g_task_set_source_tag (task, tela_links_hold_async);
  g_task_set_task_data (task, wait, wait_free);
  if (look_cb (task) == G_SOURCE_REMOVE)
    return;
  source = g_timeout_add_full (G_PRIORITY_DEFAULT, LOOK_MS, look_cb, g_steal_pointer (&task), g_object_unref);
  g_source_set_name_by_id (source, "[tela] wait for a file");
}

TelaHold *
tela_links_hold_finish (TelaLinks    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_hold_free (TelaHold *self)
{
  TelaLinks *links = self->links;

  /* In turn: what was set before is on disk when the next one reads. */
  if (self->fd >= 0 && links->writer != NULL)
    push_job (links, (Job){ .fd = self->fd });
  else if (self->fd >= 0)
    close (self->fd);
  g_object_unref (links);
  g_free (self);
}
