/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-queue.h"

struct _TelaJobQueue
{
  GObject parent_instance;

  GPtrArray  *jobs;    /* (element-type TelaJob), newest first */
  GHashTable *by_id;   /* id → TelaJob, borrowed from @jobs */
  GHashTable *removed; /* (element-type utf8) */
  GHashTable *missing; /* (element-type utf8): there when the fetch under way began; NULL: none is */
  guint       n_active;
};

static void tela_job_queue_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TelaJobQueue,
                               tela_job_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tela_job_queue_init_model))

enum
{
  PROP_N_ACTIVE = 1,
  N_PROPS
};

enum
{
  MOVED,
  ENDED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static int
compare (const TelaJobRow *a,
         const TelaJobRow *b)
{
  if (a->created_ms != b->created_ms)
    return a->created_ms > b->created_ms ? -1 : 1;
  return -strcmp (a->id, b->id);
}

static guint
position_of (TelaJobQueue     *self,
             const TelaJobRow *row)
{
  guint low = 0, high = self->jobs->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (compare (tela_job_get_row (self->jobs->pdata[middle]), row) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
count (TelaJobQueue *self)
{
  guint n = 0;

  for (guint i = 0; i < self->jobs->len; i++)
    n += !tela_job_is_over (self->jobs->pdata[i]);
  if (n == self->n_active)
    return;
  self->n_active = n;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ACTIVE]);
}

static void
insert (TelaJobQueue *self,
        TelaJobRow   *row)
{
  guint    position = position_of (self, row);
  TelaJob *job = tela_job_new (row);

  g_ptr_array_insert (self->jobs, (int) position, job);
  g_hash_table_insert (self->by_id, (char *) tela_job_get_id (job), job);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

/* The key of a table is the id of the job's row, which goes with the row. */
static void
move (TelaJobQueue *self,
      TelaJob      *job,
      TelaJobRow   *row)
{
  g_autoptr (TelaJob) kept G_GNUC_UNUSED = g_object_ref (job);
  guint                    old = position_of (self, tela_job_get_row (job));
  gboolean                 was_over = tela_job_is_over (job);
  gboolean                 moves = compare (tela_job_get_row (job), row) != 0;
  gboolean                 is_news;

  g_hash_table_steal (self->by_id, row->id);
  is_news = tela_job_take_row (job, row);
  g_hash_table_insert (self->by_id, (char *) tela_job_get_id (job), job);
  if (moves && is_news)
    {
      g_ptr_array_remove_index (self->jobs, old);
      g_list_model_items_changed (G_LIST_MODEL (self), old, 1, 0);
      old = position_of (self, tela_job_get_row (job));
      g_ptr_array_insert (self->jobs, (int) old, g_object_ref (job));
      g_list_model_items_changed (G_LIST_MODEL (self), old, 0, 1);
    }
  if (is_news)
    g_signal_emit (self, signals[MOVED], 0, job);
  if (!was_over && tela_job_is_over (job))
    g_signal_emit (self, signals[ENDED], 0, job);
}

void
tela_job_queue_take_row (TelaJobQueue *self,
                         TelaJobRow   *row)
{
  TelaJob *job;

  g_return_if_fail (TELA_IS_JOB_QUEUE (self));

  if (self->missing != NULL)
    g_hash_table_remove (self->missing, row->id);
  if (g_hash_table_contains (self->removed, row->id))
    {
      tela_job_row_free (row);
      return;
    }
  job = g_hash_table_lookup (self->by_id, row->id);
  if (job == NULL)
    insert (self, row);
  else
    move (self, job, row);
  count (self);
}

void
tela_job_queue_remove (TelaJobQueue *self,
                       const char   *id)
{
  TelaJob *job;
  guint    position;

  g_return_if_fail (TELA_IS_JOB_QUEUE (self));

  g_hash_table_add (self->removed, g_strdup (id));
  job = g_hash_table_lookup (self->by_id, id);
  if (job == NULL || !g_ptr_array_find (self->jobs, job, &position))
    return;
  g_hash_table_remove (self->by_id, id);
  g_ptr_array_remove_index (self->jobs, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  count (self);
}

gboolean
tela_job_queue_take_event (TelaJobQueue *self,
                           const char   *data,
                           gsize         len,
                           GError      **error)
{
  TelaJsonSpan payload = { data, len }, operation, record;
  TelaJobRow  *row;
  gboolean     is_removal;

  g_return_val_if_fail (TELA_IS_JOB_QUEUE (self), FALSE);

  if (!tela_json_check (data, (gssize) len, error))
    return FALSE;
  is_removal = tela_json_find (payload, "operation", &operation) && TELA_JSON_SPAN_IS (operation, "\"DELETE\"");
  if (!tela_json_find (payload, is_removal ? "old_record" : "record", &record))
    {
      g_set_error (error, TELA_JSON_ERROR, TELA_JSON_ERROR_TYPE, "A message about jobs has no record");
      return FALSE;
    }
  row = tela_job_row_parse (record, error);
  if (row == NULL)
    return FALSE;
  if (!is_removal)
    {
      tela_job_queue_take_row (self, row);
      return TRUE;
    }
  tela_job_queue_remove (self, row->id);
  tela_job_row_free (row);
  return TRUE;
}

void
tela_job_queue_begin_fetch (TelaJobQueue *self)
{
  g_return_if_fail (TELA_IS_JOB_QUEUE (self));

  g_clear_pointer (&self->missing, g_hash_table_unref);
  self->missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < self->jobs->len; i++)
    g_hash_table_add (self->missing, g_strdup (tela_job_get_id (self->jobs->pdata[i])));
}

void
tela_job_queue_end_fetch (TelaJobQueue *self,
                          GPtrArray    *rows,
                          gboolean      is_whole)
{
  g_autoptr (GHashTable) missing = NULL;
  GHashTableIter iter;
  gpointer       id;

  g_return_if_fail (TELA_IS_JOB_QUEUE (self));

  for (guint i = 0; i < rows->len; i++)
    tela_job_queue_take_row (self, g_steal_pointer (&rows->pdata[i]));
  missing = g_steal_pointer (&self->missing);
  if (missing == NULL || !is_whole)
    return;
  g_hash_table_iter_init (&iter, missing);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    tela_job_queue_remove (self, id);
}

/* List model */

static GType
get_item_type (GListModel *model)
{
  return TELA_TYPE_JOB;
}

static guint
get_n_items (GListModel *model)
{
  return TELA_JOB_QUEUE (model)->jobs->len;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  TelaJobQueue *self = TELA_JOB_QUEUE (model);

  return position < self->jobs->len ? g_object_ref (self->jobs->pdata[position]) : NULL;
}

static void
tela_job_queue_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
tela_job_queue_get_property (GObject    *object,
                             guint       id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  if (id == PROP_N_ACTIVE)
    g_value_set_uint (value, TELA_JOB_QUEUE (object)->n_active);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tela_job_queue_finalize (GObject *object)
{
  TelaJobQueue *self = TELA_JOB_QUEUE (object);

  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->removed);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  g_ptr_array_unref (self->jobs);
  G_OBJECT_CLASS (tela_job_queue_parent_class)->finalize (object);
}

static void
tela_job_queue_class_init (TelaJobQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tela_job_queue_get_property;
  object_class->finalize = tela_job_queue_finalize;

  props[PROP_N_ACTIVE] =
      g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[MOVED] = g_signal_new ("moved", TELA_TYPE_JOB_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, TELA_TYPE_JOB);
  signals[ENDED] = g_signal_new ("ended", TELA_TYPE_JOB_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 TELA_TYPE_JOB);
}

static void
tela_job_queue_init (TelaJobQueue *self)
{
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

TelaJobQueue *
tela_job_queue_new (void)
{
  return g_object_new (TELA_TYPE_JOB_QUEUE, NULL);
}

TelaJob *
tela_job_queue_find (TelaJobQueue *self,
                     const char   *id)
{
  g_return_val_if_fail (TELA_IS_JOB_QUEUE (self), NULL);
  return g_hash_table_lookup (self->by_id, id);
}

guint
tela_job_queue_get_n_active (TelaJobQueue *self)
{
  g_return_val_if_fail (TELA_IS_JOB_QUEUE (self), 0);
  return self->n_active;
}

void
tela_job_queue_clear (TelaJobQueue *self)
{
  guint n;

  g_return_if_fail (TELA_IS_JOB_QUEUE (self));

  n = self->jobs->len;
  g_hash_table_remove_all (self->by_id);
  g_hash_table_remove_all (self->removed);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  g_ptr_array_set_size (self->jobs, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  count (self);
}
