/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application-private.h"

#include <glib/gi18n.h>

#include "tela-debug-socket.h"
#include "tela-share.h"

void
tela_application_set_endpoint (TelaApplication *self)
{
  g_autofree char *session = tela_host_dup_session (self->host);

  tela_workspace_set_endpoint (self->workspace, tela_host_get_url (self->host), tela_host_get_key (self->host), session,
                               !tela_host_is_remote (self->host));
}

/* The host of this computer takes over what windows that died have not sent. */
static void
adopt_idle_replicas (TelaApplication *self)
{
  g_autoptr (GPtrArray) idle = tela_host_claim_idle_replicas (self->host);

  for (guint i = 0; i < idle->len; i++)
    tela_workspace_adopt_replica (self->workspace, idle->pdata[i]);
}

/* And so does any window, if it can send it at once. */
static void
replicas_due_cb (TelaApplication *self)
{
  if (!self->is_quitting && realtime_manager_get_connection_state (self->realtime) == REALTIME_CONNECTION_CONNECTED)
    adopt_idle_replicas (self);
}

static void
endpoint_changed_cb (TelaApplication *self)
{
  if (self->is_quitting)
    return;

  tela_application_set_endpoint (self);
  if (tela_host_is_hosting (self->host))
    adopt_idle_replicas (self);
}

static void
endpoint_lost_cb (TelaApplication *self)
{
  if (!self->is_quitting)
    tela_host_check (self->host);
}

static void
signed_in_cb (TelaApplication *self)
{
  tela_oneself_set_user (self->oneself, tela_workspace_get_user_id (self->workspace));
}

/* Whoever shares a board with us, now or later, sees by what name we go. */
static void
introduced_cb (TelaApplication *self)
{
  g_autofree char *name = tela_oneself_dup_name (self->oneself);

  if (self->workspace != NULL && !self->is_quitting && tela_workspace_get_user_id (self->workspace) != NULL)
    tela_share_set_name_async (self->workspace, name, NULL, NULL, NULL);
}

gboolean
tela_application_start (TelaApplication *self,
                        const char      *data_dir,
                        const char      *url,
                        const char      *key,
                        GError         **error)
{
  g_autofree char *fallback = NULL;

  g_return_val_if_fail (TELA_IS_APPLICATION (self), FALSE);

  if (self->workspace != NULL)
    return TRUE;

  if (data_dir == NULL)
    data_dir = fallback = tela_host_default_data_dir ();
  if (self->host == NULL)
    self->host = tela_host_new (data_dir, url, key, error);
  if (self->host == NULL)
    return FALSE;
  self->store = tela_store_open (tela_host_get_replica_dir (self->host), error);
  if (self->store == NULL)
    {
      tela_host_close (self->host);
      g_clear_object (&self->host);
      return FALSE;
    }

  /* Held until everything is closed: the last window going only begins that. A service that nobody asks for anything
   * opens nothing, and ends by itself. */
  g_application_hold (G_APPLICATION (self));
  self->is_held = TRUE;
  if (tela_store_get_warning (self->store) != NULL)
    self->notice = g_strdup (tela_store_get_warning (self->store)->message);
  g_free (self->data_dir);
  self->data_dir = g_strdup (data_dir);
  self->links = tela_links_new (data_dir);
  {
    g_autofree char *path = g_build_filename (data_dir, "library.excalidrawlib", NULL);

    self->shelf = tela_shelf_new (path);
  }
  self->realtime = realtime_manager_get_default ();
  self->workspace = tela_workspace_new (self->store, self->realtime);
  if (tela_host_is_remote (self->host))
    tela_workspace_set_sign_in_dir (self->workspace, data_dir);
  g_signal_connect_object (self->workspace, "endpoint-lost", G_CALLBACK (endpoint_lost_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->host, "endpoint-changed", G_CALLBACK (endpoint_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->host, "replicas-due", G_CALLBACK (replicas_due_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->workspace, "signed-in", G_CALLBACK (signed_in_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->oneself, "introduced", G_CALLBACK (introduced_cb), self, G_CONNECT_SWAPPED);
  self->thumbnailer = tela_thumbnailer_new (self->workspace);
  gtk_filter_list_model_set_model (self->boards, tela_workspace_get_projects (self->workspace));
  tela_application_start_jobs (self, data_dir);
  tela_application_start_account (self);
  tela_application_set_endpoint (self);
  signed_in_cb (self);
  if (tela_host_is_hosting (self->host))
    adopt_idle_replicas (self);
  self->debug_socket = tela_debug_socket_new (self, tela_host_get_replica_dir (self->host));

  return TRUE;
}

void
tela_application_show_failure (TelaApplication *self,
                               const GError    *error)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (self));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Quit"));

  self->has_failed = TRUE;
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "dialog-error-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("Tela Cannot Start"));
  {
    g_autofree char *text = g_markup_escape_text (error->message, -1);

    adw_status_page_set_description (ADW_STATUS_PAGE (page), text);
  }
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.quit");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);
  gtk_widget_set_vexpand (page, TRUE);

  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), "Tela");
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 460);
  gtk_window_present (GTK_WINDOW (window));
}

gboolean
tela_application_has_failed (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), FALSE);

  return self->has_failed;
}

void
tela_application_set_failed (TelaApplication *self)
{
  g_return_if_fail (TELA_IS_APPLICATION (self));

  self->has_failed = TRUE;
}
