/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-versions-window-private.h"

#include <glib/gi18n.h>

#include "tela-ask-name.h"
#include "tela-dialogs.h"

#define MAX_NAME 200 /* characters; the backend takes no more */

static void
reload_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  tela_versions_window_reload (TELA_VERSIONS_WINDOW (widget));
}

static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  TelaVersionsWindow *self = TELA_VERSIONS_WINDOW (widget);

  if (self->chosen != NULL)
    tela_versions_window_show (self, self->chosen);
}

static void
back_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  TelaVersionsWindow *self = TELA_VERSIONS_WINDOW (widget);

  g_object_set (self->leaflet, "visible-child", self->list_side, NULL);
  if (self->chosen != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->chosen));
}

static void
named_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TelaVersionsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = tela_versions_name_finish (TELA_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_naming = FALSE;
  tela_versions_window_update_bar (self);
  if (id == NULL)
    {
      tela_versions_window_tell (self, error->message);
      return;
    }
  g_free (self->wanted);
  self->wanted = g_steal_pointer (&id);
  tela_versions_window_reload (self);
}

static void
name_given_cb (const char *name,
               gpointer    user_data)
{
  TelaVersionsWindow *self = user_data;

  self->is_naming = TRUE;
  tela_versions_window_update_bar (self);
  tela_versions_name_async (self->session, name, self->cancellable, named_cb, g_object_ref (self));
}

static void
name_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  tela_ask_name (GTK_WINDOW (widget), _ ("Name This Version"), _ ("_Add Name"), "", MAX_NAME, name_given_cb, widget, NULL);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaVersionsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (tela_versions_remove_finish (TELA_REMOTE (source), result, &error))
    tela_versions_window_reload (self);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tela_versions_window_tell (self, error->message);
}

static void
remove_answered_cb (TelaVersionsWindow *self,
                    const char         *response)
{
  const TelaVersion *version = self->chosen == NULL ? NULL : tela_version_row_get_version (self->chosen);

  if (strcmp (response, "delete") == 0 && version != NULL && version->id != NULL)
    tela_versions_remove_async (tela_workspace_get_remote (self->workspace), tela_session_get_project_id (self->session), version->id,
                                self->cancellable, removed_cb, g_object_ref (self));
}

static void
remove_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaVersionsWindow *self = TELA_VERSIONS_WINDOW (widget);
  TelaResponse        responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                                      { "delete", _ ("_Delete"), ADW_RESPONSE_DESTRUCTIVE } };
  /* Translators: %s is the name of a version */
  g_autofree char *heading = g_strdup_printf (_ ("Delete Version “%s”?"), tela_version_row_get_version (self->chosen)->name);
  GtkWidget       *question = tela_question_new (heading, _ ("The board stays as it is."), responses, G_N_ELEMENTS (responses));

  g_signal_connect_object (question, "response", G_CALLBACK (remove_answered_cb), self, G_CONNECT_SWAPPED);
  tela_dialog_present (question, GTK_WINDOW (self));
}

static void
emit (TelaVersionsWindow *self,
      const char         *signal)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_ref (self->elements);
  g_autofree char *title = tela_version_row_dup_title (self->chosen);

  g_signal_emit_by_name (self, signal, elements, title);
}

static void
restore_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  emit (TELA_VERSIONS_WINDOW (widget), "restore");
}

static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  emit (TELA_VERSIONS_WINDOW (widget), "copy");
}

void
tela_versions_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "versions.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "versions.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "versions.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "versions.name", NULL, name_action);
  gtk_widget_class_install_action (widget_class, "versions.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "versions.restore", NULL, restore_action);
  gtk_widget_class_install_action (widget_class, "versions.copy", NULL, copy_action);
}
