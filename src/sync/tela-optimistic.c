/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-optimistic.h"

typedef struct
{
  guint                handle;
  gint64               row;
  gint64               since;    /* added */
  gint64               answered; /* confirmed or refused */
  TelaOptimisticStatus status;
} Entry;

struct _TelaOptimisticUpdates
{
  GObject parent_instance;

  GQueue      entries; /* owned Entry, oldest first */
  GHashTable *by_row;  /* borrowed Entry by &row */
  guint       next_handle;
  guint       backlog;
  guint       n_shown;
  guint       n_pending;
};

G_DEFINE_FINAL_TYPE (TelaOptimisticUpdates, tela_optimistic_updates, G_TYPE_OBJECT)

static void
tela_optimistic_updates_finalize (GObject *object)
{
  TelaOptimisticUpdates *self = TELA_OPTIMISTIC_UPDATES (object);

  g_hash_table_unref (self->by_row);
  g_queue_clear_full (&self->entries, g_free);
  G_OBJECT_CLASS (tela_optimistic_updates_parent_class)->finalize (object);
}

static void
tela_optimistic_updates_class_init (TelaOptimisticUpdatesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_optimistic_updates_finalize;
}

static void
tela_optimistic_updates_init (TelaOptimisticUpdates *self)
{
  g_queue_init (&self->entries);
  self->by_row = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->next_handle = 1;
}

static Entry *
find (TelaOptimisticUpdates *self,
      guint                  handle,
      GList                **link)
{
  /* The newest are asked for most. */
  for (GList *l = self->entries.tail; l != NULL; l = l->prev)
    {
      Entry *entry = l->data;

      if (entry->handle != handle)
        continue;
      if (link != NULL)
        *link = l;
      return entry;
    }
  return NULL;
}

static gboolean
is_pending (const Entry *entry)
{
  return entry->status == TELA_OPTIMISTIC_SHOWN || entry->status == TELA_OPTIMISTIC_STORED;
}

static void
answer (TelaOptimisticUpdates *self,
        gint64                 row,
        TelaOptimisticStatus   status,
        gint64                 now)
{
  Entry *entry = g_hash_table_lookup (self->by_row, &row);

  if (entry == NULL)
    {
      if (self->backlog > 0)
        self->backlog--;
      return;
    }
  if (!is_pending (entry))
    return;
  entry->status = status;
  entry->answered = now;
  self->n_pending--;
}

TelaOptimisticUpdates *
tela_optimistic_updates_new (void)
{
  return g_object_new (TELA_TYPE_OPTIMISTIC_UPDATES, NULL);
}

guint
tela_optimistic_updates_add (TelaOptimisticUpdates *self,
                             gint64                 now)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->handle = self->next_handle++;
  entry->since = now;
  entry->status = TELA_OPTIMISTIC_SHOWN;
  g_queue_push_tail (&self->entries, entry);
  self->n_shown++;
  self->n_pending++;
  return entry->handle;
}

void
tela_optimistic_updates_stored (TelaOptimisticUpdates *self,
                                guint                  handle,
                                gint64                 row)
{
  Entry *entry = find (self, handle, NULL);

  g_return_if_fail (entry != NULL && entry->status == TELA_OPTIMISTIC_SHOWN);

  entry->status = TELA_OPTIMISTIC_STORED;
  entry->row = row;
  g_hash_table_insert (self->by_row, &entry->row, entry);
  self->n_shown--;
}

void
tela_optimistic_updates_drop (TelaOptimisticUpdates *self,
                              guint                  handle)
{
  GList *link = NULL;
  Entry *entry = find (self, handle, &link);

  g_return_if_fail (entry != NULL && entry->status == TELA_OPTIMISTIC_SHOWN);

  self->n_shown--;
  self->n_pending--;
  g_queue_delete_link (&self->entries, link);
  g_free (entry);
}

void
tela_optimistic_updates_set_backlog (TelaOptimisticUpdates *self,
                                     guint                  n)
{
  self->backlog = n;
}

void
tela_optimistic_updates_confirm (TelaOptimisticUpdates *self,
                                 gint64                 row,
                                 gint64                 now)
{
  answer (self, row, TELA_OPTIMISTIC_CONFIRMED, now);
}

void
tela_optimistic_updates_rollback (TelaOptimisticUpdates *self,
                                  gint64                 row,
                                  gint64                 now)
{
  answer (self, row, TELA_OPTIMISTIC_REFUSED, now);
}

void
tela_optimistic_updates_sweep (TelaOptimisticUpdates *self,
                               gint64                 now)
{
  for (GList *l = self->entries.head, *next; l != NULL; l = next)
    {
      Entry *entry = l->data;

      next = l->next;
      if (is_pending (entry) || now - entry->answered < TELA_OPTIMISTIC_KEEP_US)
        continue;
      g_hash_table_remove (self->by_row, &entry->row);
      g_queue_delete_link (&self->entries, l);
      g_free (entry);
    }
}

TelaOptimisticStatus
tela_optimistic_updates_get_status (TelaOptimisticUpdates *self,
                                    guint                  handle)
{
  Entry *entry = find (self, handle, NULL);

  return entry != NULL ? entry->status : TELA_OPTIMISTIC_GONE;
}

guint
tela_optimistic_updates_get_n_pending (TelaOptimisticUpdates *self)
{
  return self->n_pending + self->backlog;
}

guint
tela_optimistic_updates_get_n_shown (TelaOptimisticUpdates *self)
{
  return self->n_shown;
}

gint64
tela_optimistic_updates_get_oldest (TelaOptimisticUpdates *self)
{
  for (GList *l = self->entries.head; l != NULL; l = l->next)
    {
      const Entry *entry = l->data;

      if (is_pending (entry))
        return entry->since;
    }
  return 0;
}

guint
tela_optimistic_updates_get_size (TelaOptimisticUpdates *self)
{
  return g_queue_get_length (&self->entries);
}
