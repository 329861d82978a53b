/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

/* Each file opened is a window and a board: nobody means to have hundreds. */
#define MAX_FILES 20

/* Over a board, it is for the library. */
static gboolean
is_library (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);

  return g_str_has_suffix (base, ".excalidrawlib");
}

void
tela_window_open_files (TelaWindow *self,
                        GListModel *files)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = MIN (g_list_model_get_n_items (files), MAX_FILES);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      TelaWindow *window = self;

      /* Twice at the same time, neither would find the board of the other. */
      if (!g_hash_table_add (seen, g_file_get_uri (file)))
        continue;
      if (self->project_id != NULL && is_library (file))
        {
          tela_board_page_show_library (self->board_page);
          tela_library_panel_import (tela_board_page_get_library (self->board_page), file);
          continue;
        }
      if (i > 0 || self->project_id != NULL)
        {
          window = tela_window_new (tela_window_get_app (self));
          gtk_window_present (GTK_WINDOW (window));
        }
      tela_window_open_file (window, file);
    }
}

static gboolean
drop_cb (TelaWindow   *self,
         const GValue *value,
         double        x,
         double        y)
{
  g_autoptr (GSList) dropped = gdk_file_list_get_files (g_value_get_boxed (value));
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  for (GSList *item = dropped; item != NULL; item = item->next)
    g_list_store_append (files, item->data);
  tela_window_open_files (self, G_LIST_MODEL (files));

  return dropped != NULL;
}

void
tela_window_init_drop (TelaWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
