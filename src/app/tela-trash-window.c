/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-trash-window.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"
#include "tela-template.h"

#define KEPT_DAYS 30
#define DAY_MS (G_GINT64_CONSTANT (24) * 3600 * 1000)

struct _TelaTrashWindow
{
  AdwWindow parent_instance;

  TelaApplication *app;       /* owned */
  TelaWorkspace   *workspace; /* owned */

  GtkStack   *stack; /* children */
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (TelaTrashWindow, tela_trash_window, ADW_TYPE_WINDOW)

static const char *
name_of (TelaProject *project)
{
  const char *name = tela_project_get_name (project);

  return name == NULL || *name == '\0' ? _ ("Untitled Board") : name;
}

static char *
describe (TelaProject *project)
{
  const gint64 age = g_get_real_time () / 1000 - tela_project_get_deleted_at (project);
  const gint64 left = CLAMP (KEPT_DAYS - age / DAY_MS, 0, KEPT_DAYS);

  if (left == 0)
    return g_strdup (_ ("Gone for good soon"));

  return g_strdup_printf (g_dngettext (NULL, "Gone for good in %u day", "Gone for good in %u days", (gulong) left),
                          (guint) left);
}

static void
restore_cb (GtkWidget   *button,
            TelaProject *project)
{
  TelaTrashWindow *self = TELA_TRASH_WINDOW (gtk_widget_get_root (button));

  tela_workspace_restore (self->workspace, tela_project_get_id (project));
}

static void
answered_cb (GtkWidget   *question,
             const char  *response,
             TelaProject *project)
{
  TelaTrashWindow *self = g_object_get_data (G_OBJECT (question), "window");

  if (strcmp (response, "delete") == 0)
    tela_application_remove_board (self->app, tela_project_get_id (project));
}

static void
delete_cb (GtkWidget   *button,
           TelaProject *project)
{
  TelaTrashWindow *self = TELA_TRASH_WINDOW (gtk_widget_get_root (button));
  TelaResponse     responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                                   { "delete", _ ("_Delete"), ADW_RESPONSE_DESTRUCTIVE } };
  /* Translators: %s is the name of a board */
  g_autofree char *heading = g_strdup_printf (_ ("Delete “%s” for Good?"), name_of (project));
  GtkWidget       *question = tela_question_new (heading, _ ("It cannot be brought back, and its members lose it, too."),
                                                 responses, G_N_ELEMENTS (responses));

  g_object_set_data (G_OBJECT (question), "window", self);
  g_signal_connect_object (question, "response", G_CALLBACK (answered_cb), project, 0);
  tela_dialog_present (question, GTK_WINDOW (self));
}

static GtkWidget *
make_button (const char  *icon,
             const char  *tooltip,
             GCallback    callback,
             TelaProject *project)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  tela_template_name_buttons (button);
  g_signal_connect_object (button, "clicked", callback, project, 0);

  return button;
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  TelaProject     *project = item;
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *subtitle = describe (project);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name_of (project));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button ("edit-undo-symbolic", _ ("Restore"),
                                                                G_CALLBACK (restore_cb), project));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), make_button ("user-trash-symbolic", _ ("Delete for Good…"),
                                                                G_CALLBACK (delete_cb), project));

  return row;
}

static void
items_changed_cb (TelaTrashWindow *self)
{
  GListModel *trash = tela_workspace_get_trash (self->workspace);

  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (trash) > 0 ? "list" : "empty");
}

static void
tela_trash_window_dispose (GObject *object)
{
  TelaTrashWindow *self = TELA_TRASH_WINDOW (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->app);

  G_OBJECT_CLASS (tela_trash_window_parent_class)->dispose (object);
}

static void
tela_trash_window_class_init (TelaTrashWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_trash_window_dispose;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static GtkWidget *
make_page (TelaTrashWindow *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_widget_set_valign (GTK_WIDGET (self->list), GTK_ALIGN_START);
  gtk_widget_set_margin_top (GTK_WIDGET (self->list), 18);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->list), 18);
  gtk_widget_set_margin_start (GTK_WIDGET (self->list), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self->list), 12);
  adw_clamp_set_child (ADW_CLAMP (clamp), GTK_WIDGET (self->list));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);

  return scrolled;
}

static void
tela_trash_window_init (TelaTrashWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *empty = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "user-trash-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("The Trash Is Empty"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _ ("Deleted boards stay here for 30 days."));
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (self->stack, empty, "empty");
  gtk_stack_add_named (self->stack, make_page (self), "list");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);

  gtk_window_set_title (GTK_WINDOW (self), _ ("Trash"));
  gtk_window_set_default_size (GTK_WINDOW (self), 480, 480);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 294);
}

GtkWidget *
tela_trash_window_new (TelaWindow *parent)
{
  TelaTrashWindow *self = g_object_new (TELA_TYPE_TRASH_WINDOW,
                                        "transient-for", parent,
                                        "modal", TRUE,
                                        "destroy-with-parent", TRUE,
                                        NULL);
  GListModel      *trash;

  self->app = g_object_ref (TELA_APPLICATION (gtk_window_get_application (GTK_WINDOW (parent))));
  self->workspace = g_object_ref (tela_application_get_workspace (self->app));
  trash = tela_workspace_get_trash (self->workspace);
  gtk_list_box_bind_model (self->list, trash, create_row, self, NULL);
  g_signal_connect_object (trash, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self);

  return GTK_WIDGET (self);
}
