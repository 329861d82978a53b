/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shelf.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "tela-library.h"
#include "tela-paint.h"

#define MAX_FILE (64u * 1024 * 1024)
#define MAX_SCALE 2.0

struct _TelaShelfItem
{
  GObject parent_instance;

  char   *name;
  char   *text;
  GBytes *picture; /* owned; nullable */
};

G_DEFINE_FINAL_TYPE (TelaShelfItem, tela_shelf_item, G_TYPE_OBJECT)

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

static void
tela_shelf_item_finalize (GObject *object)
{
  TelaShelfItem *self = TELA_SHELF_ITEM (object);

  g_free (self->name);
  g_free (self->text);
  g_clear_pointer (&self->picture, g_bytes_unref);

  G_OBJECT_CLASS (tela_shelf_item_parent_class)->finalize (object);
}

static void
tela_shelf_item_class_init (TelaShelfItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_shelf_item_finalize;
}

static void
tela_shelf_item_init (TelaShelfItem *self)
{
}

const char *
tela_shelf_item_get_name (TelaShelfItem *self)
{
  return self->name;
}

GBytes *
tela_shelf_item_get_picture (TelaShelfItem *self)
{
  return self->picture;
}

const char *
tela_shelf_item_get_text (TelaShelfItem *self)
{
  return self->text;
}

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

static GBytes *
paint (GPtrArray *elements)
{
  TelaPictureOptions options = { .scale = MAX_SCALE };
  TelaRect           extent = { 0 };

  if (elements->len == 0)
    return NULL;
  for (guint i = 0; i < elements->len; i++)
    {
      TelaRect bounds = tela_element_get_bounds (elements->pdata[i]);

      extent = i == 0 ? bounds : tela_rect_union (extent, bounds);
    }
  options.scale = MIN (MAX_SCALE, TELA_SHELF_PICTURE_SIZE / MAX (MAX (extent.width, extent.height), 1));

  return tela_paint_png ((TelaElement *const *) elements->pdata, elements->len, &options, NULL);
}

static TelaShelfItem *
item_new (const TelaLibraryItem *source)
{
  TelaShelfItem *self = g_object_new (TELA_TYPE_SHELF_ITEM, NULL);
  g_autoptr (TelaImport) import = tela_library_item_read (source, (TelaStamp){ .time = 1 }, NULL, NULL);

  self->name = g_strdup (source->name == NULL || *source->name == '\0' ? _ ("Drawing") : source->name);
  self->text = g_strdup_printf ("{\"type\":\"excalidraw/clipboard\",\"elements\":%s}", source->elements);
  if (import != NULL)
    {
      for (guint i = import->elements->len; i > 0; i--)
        if (!tela_element_is_visible (import->elements->pdata[i - 1]))
          g_ptr_array_remove_index (import->elements, i - 1);
      self->picture = paint (import->elements);
    }

  return self;
}

/* What a thread adds: the items of a file, one drawing, or nothing. */
typedef struct
{
  GFile *file; /* owned; nullable */
  char  *text; /* nullable */
} Addition;

static void
addition_free (gpointer data)
{
  Addition *self = data;

  g_clear_object (&self->file);
  g_free (self->text);
  g_free (self);
}

static TelaLibrary *
read_library (const char *path,
              GError    **error)
{
  g_autofree char *text = NULL;
  gsize            len;
  GStatBuf         status;

  if (g_stat (path, &status) == 0 && status.st_size > MAX_FILE)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                           _ ("The file is too large for a library."));
      return NULL;
    }

  return g_file_get_contents (path, &text, &len, error) ? tela_library_read (text, len, error) : NULL;
}

static gboolean
add_file (TelaLibrary *library,
          GFile       *file,
          GError     **error)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (TelaLibrary) other = NULL;

  if (path == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("It is not a file on this computer."));
      return FALSE;
    }
  other = read_library (path, error);
  if (other == NULL)
    return FALSE;

  for (guint i = 0; i < other->items->len; i++)
    {
      const TelaLibraryItem *item = other->items->pdata[i];
      g_autofree char       *drawing = g_strdup_printf ("{\"type\":\"excalidraw\",\"elements\":%s}", item->elements);
      g_autofree char       *id = item->id == NULL ? g_uuid_string_random () : g_strdup (item->id);

      if (!tela_library_add (library, id, item->name, g_get_real_time () / 1000, drawing, strlen (drawing), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
change_file (TelaShelf   *self,
             TelaLibrary *library,
             Addition    *addition,
             GError     **error)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *dir = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;
  gsize            len;

  if (addition->file != NULL && !add_file (library, addition->file, error))
    return FALSE;
  if (addition->text != NULL &&
      !tela_library_add (library, id, NULL, g_get_real_time () / 1000, addition->text, strlen (addition->text), error))
    return FALSE;

  text = tela_library_write (library, &len);
  g_mkdir_with_parents (dir, 0700);

  return g_file_set_contents_full (self->path, text, (gssize) len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static GPtrArray *
work (TelaShelf *self,
      Addition  *addition,
      GError   **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TelaLibrary) library = read_library (self->path, &problem);
  GPtrArray *items;

  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    library = tela_library_new ();
  else if (library == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if ((addition->file != NULL || addition->text != NULL) && !change_file (self, library, addition, error))
    return NULL;

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < library->items->len; i++)
    g_ptr_array_add (items, item_new (library->items->pdata[i]));

  return items;
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
  items = work (self, data, &error);
  g_mutex_unlock (&self->lock);

  if (items == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
}

static void
start (TelaShelf          *self,
       GFile              *file,
       const char         *text,
       GCancellable       *cancellable,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Addition *addition = g_new0 (Addition, 1);

  if (file != NULL)
    addition->file = g_object_ref (file);
  addition->text = g_strdup (text);
  g_task_set_source_tag (task, start);
  g_task_set_task_data (task, addition, addition_free);
  g_task_run_in_thread (task, work_in_thread);
}

void
tela_shelf_load_async (TelaShelf          *self,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, NULL, NULL, cancellable, callback, user_data);
}

void
tela_shelf_import_async (TelaShelf          *self,
                         GFile              *file,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, file, NULL, cancellable, callback, user_data);
}

void
tela_shelf_add_async (TelaShelf          *self,
                      const char         *text,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_return_if_fail (TELA_IS_SHELF (self));

  start (self, NULL, text, cancellable, callback, user_data);
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
