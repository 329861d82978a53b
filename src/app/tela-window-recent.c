/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#define MAX_RECENT 10

static int
compare_visits (gconstpointer a,
                gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_visited ((GtkRecentInfo *) b),
                              gtk_recent_info_get_visited ((GtkRecentInfo *) a));
}

static void
fill_menu (TelaWindow *self)
{
  GMenu *menu = self->list_page == NULL ? NULL : tela_list_page_get_recent (self->list_page);
  GList *all;

  if (menu == NULL)
    return;

  g_menu_remove_all (menu);
  all = g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()), compare_visits);
  for (GList *link = all; link != NULL && g_menu_model_get_n_items (G_MENU_MODEL (menu)) < MAX_RECENT;
       link = link->next)
    {
      GtkRecentInfo *info = link->data;
      g_autoptr (GMenuItem) item = NULL;
      g_auto (GStrv) halves = NULL;
      g_autofree char *label = NULL;

      if (!gtk_recent_info_is_local (info) || !gtk_recent_info_has_application (info, g_get_application_name ()))
        continue;
      /* An underscore in a name is no access key. */
      halves = g_strsplit (gtk_recent_info_get_display_name (info), "_", -1);
      label = g_strjoinv ("__", halves);
      item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target (item, "win.open-recent", "s", gtk_recent_info_get_uri (info));
      g_menu_append_item (menu, item);
    }
  g_list_free_full (all, (GDestroyNotify) gtk_recent_info_unref);
}

void
tela_window_init_recent (TelaWindow *self)
{
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (fill_menu), self,
                           G_CONNECT_SWAPPED);
  fill_menu (self);
}

void
tela_window_open_recent_action (GtkWidget  *widget,
                                const char *name,
                                GVariant   *uri)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (uri, NULL));

  tela_window_open_file (TELA_WINDOW (widget), file);
}
