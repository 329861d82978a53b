/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-paste.h"

static void
chosen_cb (TelaWindow *self,
           int         response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  TelaCanvas *canvas = tela_window_get_canvas (self);
  TelaRect    visible = tela_viewport_get_visible (tela_canvas_get_viewport (canvas));

  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));
  if (response != GTK_RESPONSE_ACCEPT)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (all, g_list_model_get_item (files, i));
  tela_paste_files (canvas, all, visible.x + visible.width / 2, visible.y + visible.height / 2);
}

static void
insert_image_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL || self->session == NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Insert Images"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN,
                                               _ ("_Insert"), _ ("_Cancel"));
  gtk_file_filter_set_name (filter, _ ("Images"));
  gtk_file_filter_add_mime_type (filter, "image/*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
tela_window_install_images (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.insert-image", NULL, insert_image_action);
}
