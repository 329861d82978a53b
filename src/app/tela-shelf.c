/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shelf-private.h"

struct _TelaShelf
{
  GObject parent_instance;

  char      *path;
  GPtrArray *items; /* owned: TelaShelfItem */
  GMutex     lock;  /* of the file: threads read and write it */
};

static void tela_shelf_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TelaShelf,
                               tela_shelf,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tela_shelf_list_model_init))

static GType
tela_shelf_get_item_type (GListModel *model)
{
  return TELA_TYPE_SHELF_ITEM;
}

static guint
tela_shelf_get_n_items (GListModel *model)
{
  return TELA_SHELF (model)->items->len;
}

static gpointer
tela_shelf_get_item (GListModel *model,
                     guint       position)
{
  TelaShelf *self = TELA_SHELF (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
tela_shelf_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = tela_shelf_get_item_type;
  iface->get_n_items = tela_shelf_get_n_items;
  iface->get_item = tela_shelf_get_item;
}

static void
tela_shelf_finalize (GObject *object)
{
  TelaShelf *self = TELA_SHELF (object);

  g_free (self->path);
  g_ptr_array_unref (self->items);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (tela_shelf_parent_class)->finalize (object);
}

static void
tela_shelf_class_init (TelaShelfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_shelf_finalize;
}

static void
tela_shelf_init (TelaShelf *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->lock);
}

TelaShelf *
tela_shelf_new (const char *path)
{
  TelaShelf *self = g_object_new (TELA_TYPE_SHELF, NULL);

  self->path = g_strdup (path);

  return self;
}

static void
work_free (gpointer data)
{
  TelaShelfWork *self = data;

  g_clear_object (&self->file);
  g_free (self->text);
  g_free (self);
}

static void
work_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  TelaShelf *self = source;
  g_autoptr (GError) error = NULL;
  GPtrArray *items;

  g_mutex_lock (&self->lock);
  items = tela_shelf_work (data, self->path, &error);
  g_mutex_unlock (&self->lock);

  if (items == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
}

static void
start (TelaShelf           *self,
       const TelaShelfWork *work,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  TelaShelfWork *copy = g_memdup2 (work, sizeof *work);

  if (work->file != NULL)
    g_object_ref (work->file);
  copy->text = g_strdup (work->text);
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, copy, work_free);
  g_task_run_in_thread (task, work_in_thread);
}

void
tela_shelf_load_async (TelaShelf          *self,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, &(TelaShelfWork){ .kind = TELA_SHELF_LOAD }, cancellable, callback, user_data);
}

void
tela_shelf_import_async (TelaShelf          *self,
                         GFile              *file,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, &(TelaShelfWork){ .kind = TELA_SHELF_IMPORT, .file = file }, cancellable, callback, user_data);
}

void
tela_shelf_add_async (TelaShelf          *self,
                      const char         *text,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, &(TelaShelfWork){ .kind = TELA_SHELF_ADD, .text = (char *) text }, cancellable, callback, user_data);
}

void
tela_shelf_remove_async (TelaShelf          *self,
                         TelaShelfItem      *item,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, &(TelaShelfWork){ .kind = TELA_SHELF_REMOVE, .text = (char *) tela_shelf_item_get_source (item) }, cancellable, callback, user_data);
}

void
tela_shelf_restore_async (TelaShelf          *self,
                          TelaShelfItem      *item,
                          guint               position,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, &(TelaShelfWork){ .kind = TELA_SHELF_RESTORE, .text = (char *) tela_shelf_item_get_source (item), .position = position }, cancellable, callback,
         user_data);
}

void
tela_shelf_export_async (TelaShelf          *self,
                         GFile              *file,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, &(TelaShelfWork){ .kind = TELA_SHELF_EXPORT, .file = file }, cancellable, callback, user_data);
}

int
tela_shelf_finish (TelaShelf    *self,
                   GAsyncResult *result,
                   GError      **error)
{
  g_autoptr (GPtrArray) items = NULL;
  guint before = self->items->len;
  guint after;

  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  items = g_task_propagate_pointer (G_TASK (result), error);
  if (items == NULL)
    return -1;

  after = items->len;
  g_ptr_array_unref (self->items);
  self->items = g_steal_pointer (&items);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, after);

  return (int) (after > before ? after - before : 0);
}
