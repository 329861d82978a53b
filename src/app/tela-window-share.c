/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"
#include "tela-joined.h"
#include "tela-share-page.h"

#define DIALOG_WIDTH 460
#define DIALOG_HEIGHT 620

static void
copied_cb (TelaWindow *self)
{
  tela_window_toast (self, _ ("Link copied"));
}

static void
left_cb (TelaWindow    *self,
         TelaSharePage *page)
{
  TelaApplication *app = tela_window_get_app (self);
  g_autofree char *left = g_strdup (self->project_id);
  g_autoptr (GError) error = NULL;

  gtk_widget_activate_action (GTK_WIDGET (page), "window.close", NULL);
  tela_window_show_boards (self);
  if (left != NULL &&
      !tela_joined_leave (tela_application_get_data_dir (app), tela_application_get_url (app), left, &error))
    tela_window_tell_text (self, error->message);
}

static void
share_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  TelaWindow    *self = TELA_WINDOW (widget);
  TelaWorkspace *workspace = tela_window_get_workspace (self);
  TelaSharePage *page;
  GtkWidget     *dialog;

  if (workspace == NULL || self->project_id == NULL)
    return;

  page = tela_share_page_new (workspace, self->project_id, tela_application_is_local (tela_window_get_app (self)));
  dialog = tela_preferences_dialog_new (ADW_PREFERENCES_PAGE (page));
  g_object_set (dialog, "title", _ ("Share Board"), NULL);
  tela_dialog_set_size (dialog, DIALOG_WIDTH, DIALOG_HEIGHT);
  g_signal_connect_object (page, "copied", G_CALLBACK (copied_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "left", G_CALLBACK (left_cb), self, G_CONNECT_SWAPPED);
  tela_dialog_present (dialog, GTK_WINDOW (self));
}

void
tela_window_install_share (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.share", NULL, share_action);
}
