/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-document.h"
#include "tela-export-dialog.h"

#define SLOW_MS 400 /* an export that takes longer says so */

/* A board on its way to a file. */
typedef struct
{
  TelaWindow   *window;      /* owned */
  GFile        *file;        /* owned */
  GCancellable *cancellable; /* owned */
} Export;

static void
export_free (Export *self)
{
  g_object_unref (self->window);
  g_object_unref (self->file);
  g_object_unref (self->cancellable);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

void
tela_window_tell (TelaWindow *self,
                  const char *format,
                  const char *detail)
{
  g_autofree char *escaped = g_markup_escape_text (detail, -1);
  GString         *text = g_string_new (format);

  g_string_replace (text, "%s", escaped, 1);
  tela_window_toast (self, text->str);
  g_string_free (text, TRUE);
}

void
tela_window_tell_text (TelaWindow *self,
                       const char *text)
{
  tela_window_tell (self, "%s", text);
}

static gboolean
slow_cb (gpointer user_data)
{
  TelaWindow *self = user_data;

  self->slow_export = 0;
  self->export_toast = g_object_ref (adw_toast_new (_ ("Exporting…")));
  adw_toast_set_timeout (self->export_toast, 0);
  adw_toast_set_button_label (self->export_toast, _ ("_Cancel"));
  adw_toast_set_action_name (self->export_toast, "win.cancel-export");
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (self->export_toast));

  return G_SOURCE_REMOVE;
}

void
tela_window_dispose_export (TelaWindow *self)
{
  g_cancellable_cancel (self->exporting);
  g_clear_object (&self->exporting);
  g_clear_handle_id (&self->slow_export, g_source_remove);
  if (self->export_toast != NULL)
    adw_toast_dismiss (self->export_toast);
  g_clear_object (&self->export_toast);
}

static void
finish (Export *export,
        const GError *error)
{
  g_autofree char *base = g_file_get_basename (export->file);
  g_autofree char *name = g_filename_display_name (base);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  tela_window_dispose_export (export->window);
  if (error == NULL)
    /* Translators: %s is the name of a file */
    tela_window_tell (export->window, _ ("Exported to “%s”"), name);
  else
    /* Translators: %s says why, in a sentence */
    tela_window_tell (export->window, _ ("The board was not exported: %s"), error->message);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (export->file, result, NULL, &error);
  finish (export, error);
}

static void
write_bytes (Export *export, /* takes it */
             GBytes *bytes)
{
  g_file_replace_contents_bytes_async (export->file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
                                       export->cancellable, written_cb, export);
}

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tela_export_finish (result, &error);

  if (bytes == NULL)
    finish (export, error);
  else
    write_bytes (g_steal_pointer (&export), bytes);
}

/* A frame takes along what is in it. */
static void
add_children (GPtrArray *elements,
              TelaBoard *board)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_add (ids, (gpointer) tela_element_get_id (elements->pdata[i]));
  for (guint i = 0; i < all->len; i++)
    {
      const char *frame = tela_element_get_string (all->pdata[i], TELA_KEY_FRAME_ID);

      if (frame != NULL && g_hash_table_contains (ids, frame) &&
          !g_hash_table_contains (ids, tela_element_get_id (all->pdata[i])))
        g_ptr_array_add (elements, tela_element_ref (all->pdata[i]));
    }
}

/* (transfer full)(element-type TelaElement) */
static GPtrArray *
choose_elements (TelaCanvas *canvas,
                 TelaBoard  *board,
                 gboolean    selection_only)
{
  const TelaElement *own = tela_board_lookup (board, TELA_BOARD_ELEMENT_ID);
  g_autoptr (GPtrArray) selected = NULL;
  GPtrArray *elements;

  if (!selection_only)
    return tela_document_snapshot (board);
  selected = tela_selection_collect (tela_canvas_get_selection (canvas), board);
  add_children (selected, board);
  elements = tela_selection_with_contents (board, selected);
  if (own != NULL)
    g_ptr_array_add (elements, tela_element_ref (own));

  return elements;
}

void
tela_window_export_to (TelaWindow              *self,
                       GFile                   *file,
                       const TelaExportOptions *options)
{
  TelaCanvas *canvas = tela_window_get_canvas (self);
  TelaBoard  *board = tela_canvas_get_board (canvas);
  Export *export;
  g_autoptr (GPtrArray) elements = NULL;

  if (board == NULL)
    return;

  elements = choose_elements (canvas, board, options->selection_only);
  tela_window_dispose_export (self); /* one at a time: the last one is meant */
  self->exporting = g_cancellable_new ();
  self->slow_export = g_timeout_add (SLOW_MS, slow_cb, self);
  export = g_new0 (Export, 1);
  export->window = g_object_ref (self);
  export->file = g_object_ref (file);
  export->cancellable = g_object_ref (self->exporting);
  tela_export_async (elements, tela_canvas_get_images (canvas), options, self->exporting, made_cb, export);
}

/* What the file chooser needs until it is answered. */
typedef struct
{
  TelaWindow       *window; /* borrowed: the chooser goes with it */
  TelaExportOptions options;
} Choice;

static void
choice_free (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

static void
file_chosen_cb (GtkFileChooserNative *native,
                int                   response,
                gpointer              user_data)
{
  const Choice     *choice = user_data;
  TelaWindow       *self = choice->window;
  TelaExportOptions options = choice->options;
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));
  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    tela_window_export_to (self, file, &options);
}

static void
chosen_cb (TelaWindow       *self,
           TelaExportDialog *dialog)
{
  Choice          *choice;
  g_autofree char *name = NULL;
  g_autofree char *file_name = NULL;
  g_autofree char *pattern = NULL;
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL || self->session == NULL)
    return;

  choice = g_new0 (Choice, 1);
  choice->window = self;
  tela_export_dialog_get_options (dialog, &choice->options);
  name = tela_window_dup_name (self);
  file_name = g_strconcat (name, tela_export_get_suffix (choice->options.format), NULL);
  g_strdelimit (file_name, "/", '-');
  pattern = g_strconcat ("*", tela_export_get_suffix (choice->options.format), NULL);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_filter_set_name (filter, pattern);

  self->chooser = gtk_file_chooser_native_new (_ ("Export Board"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Export"), _ ("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file_name);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_data (self->chooser, "response", G_CALLBACK (file_chosen_cb), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
has_frames (TelaBoard *board)
{
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);

  for (guint i = 0; i < all->len; i++)
    if (g_strcmp0 (tela_element_get_string (all->pdata[i], TELA_KEY_TYPE), "frame") == 0)
      return TRUE;

  return FALSE;
}

static void
export_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaWindow       *self = TELA_WINDOW (widget);
  TelaCanvas       *canvas = tela_window_get_canvas (self);
  TelaExportDialog *dialog;

  if (self->session == NULL)
    return;

  dialog = tela_export_dialog_new (GTK_WINDOW (self), tela_selection_get_n (tela_canvas_get_selection (canvas)) > 0,
                                   has_frames (tela_canvas_get_board (canvas)));
  g_signal_connect_object (dialog, "chosen", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
cancel_export_action (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  tela_window_dispose_export (TELA_WINDOW (widget));
}

void
tela_window_install_export (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "win.cancel-export", NULL, cancel_export_action);
}
