/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-list-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "tela-date.h"
#include "tela-template.h"
#include "tela-workspace.h"

struct _TelaListPage
{
  GtkWidget parent_instance;

  GtkFilterListModel *found;  /* owned; what the search leaves */
  GtkFilter          *filter; /* owned by @found */

  GtkWidget      *search_button; /* template children */
  GtkSearchBar   *search_bar;
  GtkSearchEntry *search_entry;
  GtkRevealer    *notice;
  GtkLabel       *notice_label;
  GtkWidget      *notice_button;
  GtkStack       *stack;
  GtkListBox     *list;
  GMenuModel     *row_menu;
  GMenu          *recent;
};

G_DEFINE_FINAL_TYPE (TelaListPage, tela_list_page, GTK_TYPE_WIDGET)

enum
{
  OPENED,
  OPENED_NEW,
  RENAMED,
  DELETED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
matches (gpointer item,
         gpointer user_data)
{
  TelaListPage    *self = user_data;
  const char      *wanted = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  g_autofree char *needle = NULL;
  g_autofree char *name = NULL;

  if (*wanted == '\0')
    return TRUE;

  needle = g_utf8_casefold (wanted, -1);
  name = g_utf8_casefold (tela_project_get_name (item), -1);

  return strstr (name, needle) != NULL;
}

static void
update_stack (TelaListPage *self)
{
  GListModel *all = gtk_filter_list_model_get_model (self->found);
  const char *page = "list";

  if (all == NULL || g_list_model_get_n_items (all) == 0)
    page = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->found)) == 0)
    page = "none-found";

  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
search_changed_cb (TelaListPage *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
row_activated_cb (AdwActionRow *row,
                  TelaProject  *project)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (row), TELA_TYPE_LIST_PAGE);

  g_signal_emit (page, signals[OPENED], 0, tela_project_get_id (project));
}

static void
emit_for_row (GSimpleAction *action,
              gpointer       user_data,
              guint          signal)
{
  AdwActionRow *row = user_data;
  GtkWidget    *page = gtk_widget_get_ancestor (GTK_WIDGET (row), TELA_TYPE_LIST_PAGE);
  const char   *id = gtk_widget_get_name (GTK_WIDGET (row));

  if (page != NULL)
    g_signal_emit (page, signals[signal], 0, id);
}

static void
open_new_activated (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  emit_for_row (action, user_data, OPENED_NEW);
}

static void
rename_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  emit_for_row (action, user_data, RENAMED);
}

static void
delete_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  emit_for_row (action, user_data, DELETED);
}

static void
update_row (AdwActionRow *row,
            GParamSpec   *pspec,
            TelaProject  *project)
{
  const char      *name = tela_project_get_name (project);
  g_autofree char *date = NULL;
  gint64           updated;

  g_object_get (project, "updated-at", &updated, NULL);
  date = tela_date_describe (updated, g_get_real_time () / 1000);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 name == NULL || *name == '\0' ? _ ("Untitled Board") : name);
  adw_action_row_set_subtitle (row, date);
}

static void
project_changed_cb (TelaProject  *project,
                    GParamSpec   *pspec,
                    AdwActionRow *row)
{
  update_row (row, NULL, project);
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  static const GActionEntry entries[] = {
    { .name = "open-new", .activate = open_new_activated },
    { .name = "rename", .activate = rename_activated },
    { .name = "delete", .activate = delete_activated },
  };
  TelaListPage *self = user_data;
  TelaProject  *project = item;
  GtkWidget    *row = adw_action_row_new ();
  GtkWidget    *menu = gtk_menu_button_new ();
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  gtk_widget_set_name (row, tela_project_get_id (project));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("tela-board-symbolic"));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  tela_template_widen_labels (row);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (menu), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (menu), self->row_menu);
  gtk_widget_set_tooltip_text (menu, _ ("Board Menu"));
  tela_template_name_buttons (menu);
  gtk_widget_set_valign (menu, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (menu, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), menu);

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), row);
  gtk_widget_insert_action_group (row, "row", G_ACTION_GROUP (actions));
  g_signal_connect_object (row, "activated", G_CALLBACK (row_activated_cb), project, 0);
  g_signal_connect_object (project, "notify", G_CALLBACK (project_changed_cb), row, 0);
  update_row (ADW_ACTION_ROW (row), NULL, project);

  return row;
}

static void
tela_list_page_dispose (GObject *object)
{
  TelaListPage *self = TELA_LIST_PAGE (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->found);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_LIST_PAGE);

  G_OBJECT_CLASS (tela_list_page_parent_class)->dispose (object);
}

static void
tela_list_page_class_init (TelaListPageClass *klass)
{
  static const char *const names[N_SIGNALS] = { "opened", "opened-new", "renamed", "deleted" };
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_list_page_dispose;

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], TELA_TYPE_LIST_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-list-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, notice);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, notice_label);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, notice_button);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, list);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, row_menu);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, recent);
}

static void
hide_notice_cb (TelaListPage *self)
{
  gtk_revealer_set_reveal_child (self->notice, FALSE);
}

static void
tela_list_page_init (TelaListPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tela_template_name_buttons (GTK_WIDGET (self));

  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  self->found = gtk_filter_list_model_new (NULL, self->filter);
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->found), create_row, self, NULL);

  g_object_bind_property (self->search_button, "active", self->search_bar, "search-mode-enabled",
                          G_BINDING_BIDIRECTIONAL);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  g_signal_connect_object (self->search_entry, "search-changed", G_CALLBACK (search_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->notice_button, "clicked", G_CALLBACK (hide_notice_cb), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

void
tela_list_page_set_boards (TelaListPage *self,
                           GListModel   *boards)
{
  g_return_if_fail (TELA_IS_LIST_PAGE (self));

  gtk_filter_list_model_set_model (self->found, boards);
  update_stack (self);
}

void
tela_list_page_set_notice (TelaListPage *self,
                           const char   *notice)
{
  g_return_if_fail (TELA_IS_LIST_PAGE (self));

  if (notice != NULL)
    gtk_label_set_label (self->notice_label, notice);
  gtk_revealer_set_reveal_child (self->notice, notice != NULL);
}

GMenu *
tela_list_page_get_recent (TelaListPage *self)
{
  g_return_val_if_fail (TELA_IS_LIST_PAGE (self), NULL);

  return self->recent;
}

void
tela_list_page_search (TelaListPage *self)
{
  g_return_if_fail (TELA_IS_LIST_PAGE (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
