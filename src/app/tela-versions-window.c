/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-versions-window-private.h"

#include <glib/gi18n.h>

#include "tela-document.h"
#include "tela-template.h"

G_DEFINE_FINAL_TYPE (TelaVersionsWindow, tela_versions_window, ADW_TYPE_WINDOW)

enum
{
  RESTORE,
  COPY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_folded (TelaVersionsWindow *self)
{
  gboolean folded;

  g_object_get (self->leaflet, "folded", &folded, NULL);

  return folded;
}

static TelaRemote *
remote_of (TelaVersionsWindow *self)
{
  return tela_workspace_get_remote (self->workspace);
}

void
tela_versions_window_tell (TelaVersionsWindow *self,
                           const char         *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
renew (GCancellable **cancellable)
{
  g_cancellable_cancel (*cancellable);
  g_clear_object (cancellable);
  *cancellable = g_cancellable_new ();
}

/* ---- One version ---- */

void
tela_versions_window_update_bar (TelaVersionsWindow *self)
{
  GtkWidget         *widget = GTK_WIDGET (self);
  const TelaVersion *version = self->chosen == NULL ? NULL : tela_version_row_get_version (self->chosen);
  gboolean           can_edit = tela_session_can_edit (self->session);
  gboolean           is_now = self->chosen != NULL && tela_version_row_is_now (self->chosen);
  gboolean           is_past = self->chosen != NULL && !is_now;

  gtk_widget_set_visible (self->name_button, is_now && can_edit);
  gtk_widget_set_visible (self->copy_button, is_past);
  gtk_widget_set_visible (self->restore_button, is_past && can_edit);
  gtk_widget_set_visible (self->remove_button, is_past && can_edit && version->id != NULL);
  gtk_widget_action_set_enabled (widget, "versions.name", is_now && can_edit && !self->is_naming);
  gtk_widget_action_set_enabled (widget, "versions.copy", is_past && self->elements != NULL);
  gtk_widget_action_set_enabled (widget, "versions.restore", is_past && can_edit && self->elements != NULL);
  gtk_widget_action_set_enabled (widget, "versions.remove", is_past && can_edit && version->id != NULL);
  adw_window_title_set_subtitle (self->list_title, can_edit ? "" : _ ("View only"));
}

static void
tell_difference (TelaVersionsWindow *self)
{
  g_autoptr (GPtrArray) ops = NULL;
  g_autofree char *text = NULL;

  if (self->elements == NULL || self->chosen == NULL || tela_version_row_is_now (self->chosen))
    {
      gtk_label_set_label (self->difference, "");
      return;
    }
  ops = tela_versions_plan (tela_session_get_board (self->session), self->elements);
  text = ops->len == 0 ? g_strdup (_ ("As the board is now"))
                       /* Translators: %u is a number of shapes; between the version that is shown and the board */
                       : g_strdup_printf (g_dngettext (NULL, "%u difference to now", "%u differences to now", ops->len),
                                          ops->len);
  gtk_label_set_label (self->difference, text);
}

/* Takes @elements. */
static void
take_elements (TelaVersionsWindow *self,
               GPtrArray          *elements)
{
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  self->elements = elements;
  tela_version_preview_show (self->preview, elements, tela_workspace_get_store (self->workspace),
                             tela_workspace_get_assets (self->workspace));
  tell_difference (self);
  tela_versions_window_update_bar (self);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaVersionsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) elements = tela_versions_fetch_finish (TELA_REMOTE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (elements == NULL)
    tela_version_preview_fail (self->preview, error->message);
  else
    take_elements (self, g_steal_pointer (&elements));
}

void
tela_versions_window_show (TelaVersionsWindow *self,
                           TelaVersionRow     *row)
{
  g_autofree char *title = tela_version_row_dup_title (row);
  g_autofree char *details = tela_version_row_dup_details (row);

  self->chosen = row;
  adw_window_title_set_title (self->preview_title, title);
  adw_window_title_set_subtitle (self->preview_title, details);
  renew (&self->fetching);
  if (tela_version_row_is_now (row))
    {
      take_elements (self, tela_document_snapshot (tela_session_get_board (self->session)));
      return;
    }
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  tell_difference (self);
  tela_versions_window_update_bar (self);
  tela_version_preview_wait (self->preview);
  tela_versions_fetch_async (remote_of (self), tela_session_get_project_id (self->session),
                             tela_version_row_get_version (row), self->fetching, fetched_cb, g_object_ref (self));
}

/* ---- The list ---- */

static void
selected_cb (TelaVersionsWindow *self,
             GtkListBoxRow      *row)
{
  if (row != NULL && TELA_VERSION_ROW (row) != self->chosen)
    tela_versions_window_show (self, TELA_VERSION_ROW (row));
}

static void
activated_cb (TelaVersionsWindow *self,
              GtkListBoxRow      *row)
{
  selected_cb (self, row);
  g_object_set (self->leaflet, "visible-child", self->preview_side, NULL);
}

/* Where the picture is on another page, a row that was left is no longer what is shown. */
static void
folded_cb (TelaVersionsWindow *self)
{
  gtk_list_box_set_selection_mode (self->list, is_folded (self) ? GTK_SELECTION_NONE : GTK_SELECTION_BROWSE);
  if (!is_folded (self) && self->chosen != NULL)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (self->chosen));
}

static gboolean
is_listed (GtkListBoxRow *row,
           gpointer       user_data)
{
  TelaVersionsWindow *self = user_data;
  const TelaVersion  *version = tela_version_row_get_version (TELA_VERSION_ROW (row));

  return tela_version_row_is_now (TELA_VERSION_ROW (row)) || !gtk_toggle_button_get_active (self->named_button) ||
         version->id != NULL;
}

static void
clear_list (TelaVersionsWindow *self)
{
  GtkListBoxRow *row;

  self->chosen = NULL;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

static GtkListBoxRow *
add_row (TelaVersionsWindow *self,
         TelaVersion        *version,
         gboolean            is_now)
{
  GtkWidget *row = tela_version_row_new (version, is_now);

  gtk_list_box_append (self->list, row);

  return GTK_LIST_BOX_ROW (row);
}

/* The last hour in which there were edits ends with the board as it is. */
static TelaVersion *
take_now (GPtrArray *versions)
{
  for (guint i = 0; i < versions->len; i++)
    if (((TelaVersion *) versions->pdata[i])->id == NULL)
      return g_ptr_array_steal_index (versions, i);

  return NULL;
}

static void
fill_list (TelaVersionsWindow *self,
           GPtrArray          *versions)
{
  GtkListBoxRow *choice;

  if (self->wanted == NULL && self->chosen != NULL && !tela_version_row_is_now (self->chosen))
    self->wanted = g_strdup (tela_version_row_get_version (self->chosen)->id);
  clear_list (self);
  choice = add_row (self, take_now (versions), TRUE);
  while (versions->len > 0)
    {
      TelaVersion   *version = g_ptr_array_steal_index (versions, 0);
      GtkListBoxRow *row = add_row (self, version, FALSE);

      if (self->wanted != NULL && g_strcmp0 (version->id, self->wanted) == 0)
        choice = row;
    }
  g_clear_pointer (&self->wanted, g_free);
  gtk_stack_set_visible_child_name (self->stack, "list");
  gtk_list_box_select_row (self->list, choice);
  if (self->chosen != TELA_VERSION_ROW (choice)) /* nothing is selected in a narrow window */
    tela_versions_window_show (self, TELA_VERSION_ROW (choice));
  gtk_widget_grab_focus (GTK_WIDGET (choice));
}

static void
show_failure (TelaVersionsWindow *self,
              const GError       *error) /* NULL: there is no connection */
{
  gboolean is_offline = error == NULL || g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK);

  adw_status_page_set_icon_name (self->failed, is_offline ? "network-offline-symbolic" : "dialog-warning-symbolic");
  adw_status_page_set_title (self->failed, is_offline ? _ ("Offline") : _ ("The History Cannot Be Read"));
  adw_status_page_set_description (self->failed, is_offline
                                                     ? _ ("The history is kept where the board is shared from.")
                                                     : error->message);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaVersionsWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) versions = tela_versions_list_finish (TELA_REMOTE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (versions != NULL)
    fill_list (self, versions);
  else if (self->chosen == NULL)
    show_failure (self, error);
  else
    tela_versions_window_tell (self, error->message);
}

void
tela_versions_window_reload (TelaVersionsWindow *self)
{
  renew (&self->listing);
  if (self->chosen == NULL && tela_session_is_live (self->session))
    gtk_stack_set_visible_child_name (self->stack, "wait");
  else if (self->chosen == NULL)
    show_failure (self, NULL);
  tela_versions_list_async (remote_of (self), tela_session_get_project_id (self->session), self->listing, listed_cb,
                            g_object_ref (self));
}

/* Also what was not shown for want of a connection is asked for again. */
static void
live_cb (TelaVersionsWindow *self)
{
  if (tela_session_is_live (self->session) && self->chosen == NULL)
    tela_versions_window_reload (self);
}

static void
tela_versions_window_dispose (GObject *object)
{
  TelaVersionsWindow *self = TELA_VERSIONS_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->listing);
  g_cancellable_cancel (self->fetching);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->listing);
  g_clear_object (&self->fetching);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->wanted, g_free);
  g_clear_object (&self->workspace);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), TELA_TYPE_VERSIONS_WINDOW);

  G_OBJECT_CLASS (tela_versions_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, list_side);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, list_title);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, named_button);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, failed);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, list);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, preview_side);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, preview_title);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, preview);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, remove_button);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, difference);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, restore_button);
  gtk_widget_class_bind_template_child (widget_class, TelaVersionsWindow, name_button);
}

static void
tela_versions_window_class_init (TelaVersionsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_versions_window_dispose;

  g_type_ensure (TELA_TYPE_VERSION_PREVIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-versions-window.ui");
  bind_children (widget_class);
  tela_versions_window_install_actions (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "versions.back", NULL);

  signals[RESTORE] = g_signal_new ("restore", TELA_TYPE_VERSIONS_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, G_TYPE_PTR_ARRAY, G_TYPE_STRING);
  signals[COPY] = g_signal_new ("copy", TELA_TYPE_VERSIONS_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_PTR_ARRAY, G_TYPE_STRING);
}

static void
tela_versions_window_init (TelaVersionsWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  tela_template_name_buttons (GTK_WIDGET (self));
  tela_template_widen_labels (GTK_WIDGET (self->preview_title));
  gtk_list_box_set_header_func (self->list, tela_version_row_update_header, NULL, NULL);
  gtk_list_box_set_filter_func (self->list, is_listed, self, NULL);
  g_signal_connect_object (self->list, "row-selected", G_CALLBACK (selected_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->leaflet, "notify::folded", G_CALLBACK (folded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->named_button, "toggled", G_CALLBACK (gtk_list_box_invalidate_filter), self->list,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
tela_versions_window_new (GtkWindow     *parent,
                          TelaWorkspace *workspace,
                          TelaSession   *session)
{
  TelaVersionsWindow *self = g_object_new (TELA_TYPE_VERSIONS_WINDOW, "transient-for", parent, NULL);

  self->workspace = g_object_ref (workspace);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::live", G_CALLBACK (live_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::can-edit", G_CALLBACK (tela_versions_window_update_bar), self, G_CONNECT_SWAPPED);
  tela_versions_window_reload (self);
  tela_versions_window_update_bar (self);

  return GTK_WIDGET (self);
}
