/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-card.h"

#include <glib/gi18n.h>

#include "tela-date.h"
#include "tela-template.h"

#define NAME_CHARS 12 /* wide enough for the narrowest card; longer names are cut off */

struct _TelaBoardCard
{
  GtkFlowBoxChild parent_instance;

  TelaProject *project; /* owned */
  GtkWidget   *picture; /* children */
  GtkLabel    *name;
  GtkLabel    *date;
  GtkWidget   *menu;
};

G_DEFINE_FINAL_TYPE (TelaBoardCard, tela_board_card, GTK_TYPE_FLOW_BOX_CHILD)

enum
{
  OPENED_NEW,
  RENAMED,
  DELETED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
open_new_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  g_signal_emit (widget, signals[OPENED_NEW], 0, tela_project_get_id (TELA_BOARD_CARD (widget)->project));
}

static void
rename_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_signal_emit (widget, signals[RENAMED], 0, tela_project_get_id (TELA_BOARD_CARD (widget)->project));
}

static void
delete_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  g_signal_emit (widget, signals[DELETED], 0, tela_project_get_id (TELA_BOARD_CARD (widget)->project));
}

static void
menu_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (TELA_BOARD_CARD (widget)->menu));
}

static void
pressed_cb (TelaBoardCard *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->menu));
}

static void
update (TelaBoardCard *self)
{
  const char      *name = tela_project_get_name (self->project);
  g_autofree char *date =
      tela_date_describe (tela_project_get_updated_at (self->project), g_get_real_time () / 1000);
  g_autofree char *label = NULL;

  if (name == NULL || *name == '\0')
    name = _ ("Untitled Board");
  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->date, date);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  label = g_strdup_printf ("%s, %s", name, date);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static GtkLabel *
new_label (GtkWidget *box,
           const char *class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), NAME_CHARS);
  gtk_widget_add_css_class (label, class);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

static void
add_words (TelaBoardCard *self,
           GtkWidget     *box,
           GMenuModel    *menu)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->name = new_label (words, "heading");
  self->date = new_label (words, "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->date), "dim-label");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  tela_template_widen_labels (words);
  gtk_box_append (GTK_BOX (row), words);

  self->menu = gtk_menu_button_new ();
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (self->menu), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->menu), menu);
  gtk_widget_set_tooltip_text (self->menu, _ ("Board Menu"));
  gtk_widget_set_valign (self->menu, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->menu, "flat");
  tela_template_name_buttons (self->menu);
  gtk_box_append (GTK_BOX (row), self->menu);
  gtk_box_append (GTK_BOX (box), row);
}

static void
add_gestures (TelaBoardCard *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_object (press, "pressed", G_CALLBACK (pressed_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

static void
tela_board_card_dispose (GObject *object)
{
  g_clear_object (&TELA_BOARD_CARD (object)->project);

  G_OBJECT_CLASS (tela_board_card_parent_class)->dispose (object);
}

static void
tela_board_card_class_init (TelaBoardCardClass *klass)
{
  static const char *const names[N_SIGNALS] = { "opened-new", "renamed", "deleted" };
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_board_card_dispose;

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], TELA_TYPE_BOARD_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_STRING);

  gtk_widget_class_install_action (widget_class, "card.open-new", NULL, open_new_action);
  gtk_widget_class_install_action (widget_class, "card.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "card.delete", NULL, delete_action);
  gtk_widget_class_install_action (widget_class, "card.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "card.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "card.delete", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "card.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "card.menu", NULL);
}

static void
tela_board_card_init (TelaBoardCard *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "tela-board-card");
  add_gestures (self);
}

GtkWidget *
tela_board_card_new (TelaProject   *project,
                     TelaWorkspace *workspace,
                     GMenuModel    *menu)
{
  TelaBoardCard *self = g_object_new (TELA_TYPE_BOARD_CARD, NULL);
  GtkWidget     *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->project = g_object_ref (project);
  self->picture = tela_board_picture_new (project, workspace);
  gtk_box_append (GTK_BOX (box), self->picture);
  add_words (self, box, menu);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (self), box);
  g_signal_connect_object (project, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}

TelaProject *
tela_board_card_get_project (TelaBoardCard *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_CARD (self), NULL);

  return self->project;
}

TelaBoardPicture *
tela_board_card_get_picture (TelaBoardCard *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_CARD (self), NULL);

  return TELA_BOARD_PICTURE (self->picture);
}
