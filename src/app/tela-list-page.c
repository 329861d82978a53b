/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-list-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "tela-board-card.h"
#include "tela-template.h"

struct _TelaListPage
{
  GtkWidget parent_instance;

  GtkFilterListModel *found;     /* owned; what the search leaves */
  GtkFilter          *filter;    /* owned by @found */
  TelaWorkspace      *workspace; /* owned; nullable */
  guint               near_source;

  GtkWidget      *search_button; /* template children */
  GtkSearchBar   *search_bar;
  GtkSearchEntry *search_entry;
  GtkRevealer    *notice;
  GtkLabel       *notice_label;
  GtkWidget      *notice_button;
  GtkStack       *stack;
  GtkWidget      *scroller;
  GtkFlowBox     *list;
  GMenuModel     *card_menu;
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
activated_cb (TelaListPage  *self,
              TelaBoardCard *card)
{
  g_signal_emit (self, signals[OPENED], 0, tela_project_get_id (tela_board_card_get_project (card)));
}

static void
opened_new_cb (TelaListPage *self,
               const char   *project_id)
{
  g_signal_emit (self, signals[OPENED_NEW], 0, project_id);
}

static void
renamed_cb (TelaListPage *self,
            const char   *project_id)
{
  g_signal_emit (self, signals[RENAMED], 0, project_id);
}

static void
deleted_cb (TelaListPage *self,
            const char   *project_id)
{
  g_signal_emit (self, signals[DELETED], 0, project_id);
}

static GtkWidget *
create_card (gpointer item,
             gpointer user_data)
{
  TelaListPage *self = user_data;
  GtkWidget    *card = tela_board_card_new (item, self->workspace, self->card_menu);

  g_signal_connect_object (card, "opened-new", G_CALLBACK (opened_new_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "renamed", G_CALLBACK (renamed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (card, "deleted", G_CALLBACK (deleted_cb), self, G_CONNECT_SWAPPED);

  return card;
}

/* Pictures are loaded a page ahead, and let go of beyond that. */
static gboolean
load_near_cb (gpointer user_data)
{
  TelaListPage *self = user_data;
  const float   page = (float) gtk_widget_get_height (self->scroller);

  self->near_source = 0;
  for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->list)); card != NULL;
       card = gtk_widget_get_next_sibling (card))
    {
      graphene_rect_t bounds;
      const gboolean  is_near = gtk_widget_compute_bounds (card, self->scroller, &bounds) &&
                               bounds.origin.y < 2 * page && bounds.origin.y + bounds.size.height > -page;

      tela_board_picture_set_near (tela_board_card_get_picture (TELA_BOARD_CARD (card)), is_near);
    }

  return G_SOURCE_REMOVE;
}

/* Once all have their places. */
static void
want_near (TelaListPage *self)
{
  if (self->near_source != 0)
    return;
  self->near_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, load_near_cb, self, NULL);
  g_source_set_name_by_id (self->near_source, "[tela] load pictures of boards");
}

static void
tela_list_page_dispose (GObject *object)
{
  TelaListPage *self = TELA_LIST_PAGE (object);

  if (self->list != NULL)
    gtk_flow_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_handle_id (&self->near_source, g_source_remove);
  g_clear_object (&self->found);
  g_clear_object (&self->workspace);
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
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, card_menu);
  gtk_widget_class_bind_template_child (widget_class, TelaListPage, scroller);
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
  GtkAdjustment *scroll;

  gtk_widget_init_template (GTK_WIDGET (self));
  tela_template_name_buttons (GTK_WIDGET (self));

  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  self->found = gtk_filter_list_model_new (NULL, self->filter);
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->found, "items-changed", G_CALLBACK (want_near), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "child-activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));
  g_signal_connect_object (scroll, "value-changed", G_CALLBACK (want_near), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scroll, "changed", G_CALLBACK (want_near), self, G_CONNECT_SWAPPED);

  g_object_bind_property (self->search_button, "active", self->search_bar, "search-mode-enabled",
                          G_BINDING_BIDIRECTIONAL);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  g_signal_connect_object (self->search_entry, "search-changed", G_CALLBACK (search_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->notice_button, "clicked", G_CALLBACK (hide_notice_cb), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

void
tela_list_page_set_boards (TelaListPage  *self,
                           GListModel    *boards,
                           TelaWorkspace *workspace)
{
  g_return_if_fail (TELA_IS_LIST_PAGE (self));

  g_set_object (&self->workspace, workspace);
  gtk_flow_box_bind_model (self->list, G_LIST_MODEL (self->found), create_card, self, NULL);
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
