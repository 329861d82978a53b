/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-formats.h"

/* A file on its way to a board, or the other way. */
typedef struct
{
  TelaWindow *window; /* owned */
  GFile      *file;   /* owned */
  TelaImport *import; /* owned; what was read */
  char       *project_id;
} Transfer;

static void
transfer_free (Transfer *self)
{
  g_object_unref (self->window);
  g_object_unref (self->file);
  g_clear_pointer (&self->import, tela_import_free);
  g_free (self->project_id);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Transfer, transfer_free)

static Transfer *
transfer_new (TelaWindow *window,
              GFile      *file)
{
  Transfer *self = g_new0 (Transfer, 1);

  self->window = g_object_ref (window);
  self->file = g_object_ref (file);

  return self;
}

/* A board is named after its file, without the ending. */
static char *
name_of (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base);
  char            *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';

  return g_steal_pointer (&name);
}

static void
imported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Transfer) transfer = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_session_edit_finish (TELA_SESSION (source), result, &error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: %s says why, in a sentence */
    tela_window_tell (transfer->window, _ ("The file was not imported: %s"), error->message);
  else if (error == NULL)
    tela_window_open_board (transfer->window, transfer->project_id);
}

static void
target_opened_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Transfer) transfer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  GPtrArray *elements = transfer->import->elements;

  if (session == NULL)
    tela_window_tell (transfer->window, _ ("The file was not imported: %s"), error->message);
  else
    tela_session_edit_async (session, (TelaElement *const *) elements->pdata, elements->len, FALSE, NULL, imported_cb,
                             g_steal_pointer (&transfer));
}

static void
open_target (TelaWorkspace *workspace,
             Transfer      *transfer)
{
  tela_workspace_open_async (workspace, transfer->project_id, transfer->window->cancellable, target_opened_cb, transfer);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Transfer) transfer = user_data;
  TelaWorkspace *workspace = tela_window_get_workspace (transfer->window);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = name_of (transfer->file);

  transfer->import = g_task_propagate_pointer (G_TASK (result), &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || workspace == NULL)
    return;
  if (transfer->import == NULL)
    {
      tela_window_tell (transfer->window, _ ("The file was not imported: %s"), error->message);
      return;
    }

  transfer->project_id = tela_workspace_create (workspace, name);
  open_target (workspace, g_steal_pointer (&transfer));
}

/* What the thread works on. */
typedef struct
{
  GFile     *file;  /* owned */
  TelaStore *store; /* owned */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;

  g_object_unref (self->file);
  g_object_unref (self->store);
  g_free (self);
}

/* The images are on disk before any element names them. */
static gboolean
put_assets (TelaStore  *store,
            TelaImport *import,
            GError    **error)
{
  GHashTableIter iter;
  gpointer       bytes;

  g_hash_table_iter_init (&iter, import->assets);
  while (g_hash_table_iter_next (&iter, NULL, &bytes))
    {
      g_autofree char *hash = tela_store_put_asset (store, bytes, error);

      if (hash == NULL)
        return FALSE;
    }

  return TRUE;
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = NULL;
  g_autofree char *path = g_file_get_path (reading->file);
  g_autofree char *name = name_of (reading->file);

  if (path == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("It is not a file on this computer."));
      return;
    }

  /* The session gives the operations their stamp. */
  import = tela_format_read_file (path, (TelaStamp){ .time = 1 }, NULL, name, &error);
  if (import == NULL || !put_assets (reading->store, import, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&import), (GDestroyNotify) tela_import_free);
}

void
tela_window_import_file (TelaWindow *self,
                         GFile      *file)
{
  TelaWorkspace *workspace = tela_window_get_workspace (self);
  Reading       *reading;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (TELA_IS_WINDOW (self));

  if (workspace == NULL)
    return;

  reading = g_new0 (Reading, 1);
  reading->file = g_object_ref (file);
  reading->store = g_object_ref (tela_workspace_get_store (workspace));
  task = g_task_new (self, self->cancellable, read_cb, transfer_new (self, file));
  g_task_set_source_tag (task, tela_window_import_file);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
chosen_cb (TelaWindow *self,
           int         response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  gboolean saves = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser)) == GTK_FILE_CHOOSER_ACTION_SAVE;

  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));
  if (response != GTK_RESPONSE_ACCEPT || file == NULL)
    return;

  if (!saves)
    tela_window_import_file (self, file);
  else if (self->session != NULL)
    tela_window_export_to (self, file);
}

static void
add_filter (TelaWindow *self,
            const char *name,
            const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

static void
show_chooser (TelaWindow *self)
{
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
tela_window_choose_import (TelaWindow *self)
{
  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Import a File as a New Board"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"), _ ("_Cancel"));
  add_filter (self, _ ("Excalidraw drawings"), "*.excalidraw");
  add_filter (self, _ ("All files"), "*");
  show_chooser (self);
}

void
tela_window_choose_export (TelaWindow *self,
                           gboolean    as_png)
{
  g_autofree char *name = NULL;
  g_autofree char *file_name = NULL;

  if (self->chooser != NULL || self->session == NULL)
    return;

  name = tela_window_dup_name (self);
  file_name = g_strdup_printf ("%s.%s", name, as_png ? "png" : "excalidraw");
  g_strdelimit (file_name, "/", '-');
  self->exports_png = as_png;
  self->chooser = gtk_file_chooser_native_new (_ ("Export Board"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file_name);
  if (as_png)
    add_filter (self, _ ("PNG pictures"), "*.png");
  else
    add_filter (self, _ ("Excalidraw drawings"), "*.excalidraw");
  show_chooser (self);
}
