/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>

/* A window out of which the files of the command line can be dragged, as out of a file manager. */
static GdkContentProvider *
prepare_cb (GtkDragSource *source,
            double         x,
            double         y,
            GSList        *files)
{
  GdkFileList        *list = gdk_file_list_new_from_list (files);
  GdkContentProvider *provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);

  g_boxed_free (GDK_TYPE_FILE_LIST, list);

  return provider;
}

static gboolean
closed_cb (gboolean *is_over)
{
  *is_over = TRUE;

  return FALSE;
}

int
main (int    argc,
      char **argv)
{
  GSList        *files = NULL;
  gboolean       is_over = FALSE;
  GtkWidget     *window;
  GtkDragSource *source;

  gtk_init ();
  for (int i = argc - 1; i > 0; i--)
    files = g_slist_prepend (files, g_file_new_for_path (argv[i]));

  window = gtk_window_new ();
  source = gtk_drag_source_new ();
  gtk_window_set_title (GTK_WINDOW (window), "Files");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), files);
  g_signal_connect_swapped (window, "close-request", G_CALLBACK (closed_cb), &is_over);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (source));
  gtk_window_present (GTK_WINDOW (window));
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_slist_free_full (files, g_object_unref);

  return 0;
}
