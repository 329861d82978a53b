/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-document-private.h"

#include <string.h>

/* What the thread works on. */
typedef struct
{
  TelaDocument *theirs;   /* owned */
  GPtrArray    *elements; /* owned */
  char         *before;
  char         *base_dir;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  tela_document_free (self->theirs);
  g_ptr_array_unref (self->elements);
  g_free (self->before);
  g_free (self->base_dir);
  g_free (self);
}

static GHashTable *
index_of (GPtrArray *elements)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_insert (index, (gpointer) tela_element_get_id (elements->pdata[i]), elements->pdata[i]);

  return index;
}

/* What turns @before into @after; NULL: nothing. (transfer full) */
static TelaElement *
change_of (const TelaElement *before,
           const TelaElement *after,
           gboolean           removes)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (after));
  gboolean       is_own = strcmp (tela_element_get_id (after), TELA_BOARD_ELEMENT_ID) == 0;
  TelaValue      value, old;
  guint          n = 0;

  for (guint i = 0; i < tela_element_get_n (after); i++)
    {
      TelaKey key = tela_element_get_nth (after, i, &value, NULL);

      if ((is_own && (key == TELA_KEY_NAME || key == TELA_KEY_TYPE)) ||
          (tela_element_get (before, key, &old, NULL) && tela_value_equal (old, value)))
        continue;
      tela_op_builder_set (builder, key, tela_value_copy (value));
      n++;
    }
  for (guint i = 0; removes && !is_own && i < tela_element_get_n (before); i++)
    {
      TelaKey key = tela_element_get_nth (before, i, NULL, NULL);

      if (tela_element_get (after, key, NULL, NULL))
        continue;
      tela_op_builder_set (builder, key, (TelaValue){ .kind = TELA_VALUE_UNSET });
      n++;
    }

  if (n > 0)
    return tela_op_builder_end (builder, (TelaStamp){ .time = 1 });
  tela_op_builder_free (builder);

  return NULL;
}

static TelaElement *
removal_of (const TelaElement *element)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (element));

  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);

  return tela_op_builder_end (builder, (TelaStamp){ .time = 1 });
}

static GPtrArray *
merge (GPtrArray *before,
       GPtrArray *after,
       gboolean   removes)
{
  GPtrArray *ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GHashTable) old = index_of (before);
  g_autoptr (GHashTable) fresh = index_of (after);

  for (guint i = 0; i < after->len; i++)
    {
      TelaElement *element = after->pdata[i];
      TelaElement *known = g_hash_table_lookup (old, tela_element_get_id (element));
      TelaElement *op = known == NULL ? tela_element_ref (element) : change_of (known, element, removes);

      if (op != NULL)
        g_ptr_array_add (ops, op);
    }
  for (guint i = 0; removes && i < before->len; i++)
    if (!g_hash_table_contains (fresh, tela_element_get_id (before->pdata[i])) &&
        tela_element_is_visible (before->pdata[i]))
      g_ptr_array_add (ops, removal_of (before->pdata[i]));

  return ops;
}

static void
merge_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Job             *job = data;
  g_autofree char *base = tela_document_base_path (job->base_dir, job->before);
  g_autoptr (TelaImport) before = tela_format_read_file (base, (TelaStamp){ .time = 1 }, NULL, NULL, NULL);
  GPtrArray *ops;

  if (before != NULL)
    tela_import_flatten (before, (TelaStamp){ .time = 1 }); /* as the other was read */
  ops = merge (before == NULL ? job->elements : before->elements, job->theirs->import->elements, before != NULL);
  g_task_return_pointer (task, ops, (GDestroyNotify) g_ptr_array_unref);
}

void
tela_document_merge_async (TelaDocument       *theirs,
                           const char         *before,
                           GPtrArray          *elements,
                           const char         *base_dir,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->theirs = theirs;
  job->before = g_strdup (before);
  job->elements = g_ptr_array_ref (elements);
  job->base_dir = g_strdup (base_dir);
  g_task_set_source_tag (task, tela_document_merge_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, merge_in_thread);
}

GPtrArray *
tela_document_merge_finish (GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
