/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

static void
append_way (GMenu      *menu,
            const char *label,
            const char *action,
            const char *how)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", how);
  g_menu_append_item (menu, item);
}

static GMenuModel *
new_arrange_menu (void)
{
  static const struct
  {
    const char *label;
    const char *how;
  } aligns[] = { { N_ ("Align _Left"), "left" },
                 { N_ ("Align _Centers"), "centre" },
                 { N_ ("Align _Right"), "right" },
                 { N_ ("Align _Top"), "top" },
                 { N_ ("Align _Middles"), "middle" },
                 { N_ ("Align _Bottom"), "bottom" } };
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) align = g_menu_new ();
  g_autoptr (GMenu) distribute = g_menu_new ();
  g_autoptr (GMenu) flip = g_menu_new ();

  for (guint i = 0; i < G_N_ELEMENTS (aligns); i++)
    append_way (align, _ (aligns[i].label), "canvas.arrange", aligns[i].how);
  append_way (distribute, _ ("_Distribute Horizontally"), "canvas.arrange", "across");
  append_way (distribute, _ ("Distribute _Vertically"), "canvas.arrange", "down");
  append_way (flip, _ ("_Flip Horizontally"), "canvas.flip", "sideways");
  append_way (flip, _ ("Fl_ip Vertically"), "canvas.flip", "upside-down");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (align));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (distribute));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (flip));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
append_if_enabled (GMenu      *menu,
                   const char *label,
                   const char *action)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, action);

  g_menu_item_set_attribute (item, "hidden-when", "s", "action-disabled");
  g_menu_append_item (menu, item);
}

static GMenuModel *
new_copy_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) forms = g_menu_new ();
  g_autoptr (GMenu) options = g_menu_new ();

  g_menu_append (forms, _ ("_PNG Image"), "canvas.copy-as::png");
  g_menu_append (forms, _ ("_SVG Image"), "canvas.copy-as::svg");
  g_menu_append (forms, _ ("_Text"), "canvas.copy-as::text");
  g_menu_append (options, _ ("Images Have _Background"), "canvas.copy-paper");
  g_menu_append (options, _ ("Images Contain _Drawing"), "canvas.copy-drawing");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (forms));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (options));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static GMenuModel *
new_menu (void)
{
  g_autoptr (GMenuModel) copy_menu = new_copy_menu ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) clipboard = g_menu_new ();
  g_autoptr (GMenu) shapes = g_menu_new ();
  g_autoptr (GMenu) order = g_menu_new ();
  g_autoptr (GMenu) groups = g_menu_new ();
  g_autoptr (GMenuModel) arrange = new_arrange_menu ();
  g_autoptr (GMenu) selection = g_menu_new ();
  g_autoptr (GMenu) image = g_menu_new ();

  g_menu_append (clipboard, _ ("Cu_t"), "canvas.cut");
  g_menu_append (clipboard, _ ("_Copy"), "canvas.copy");
  g_menu_append_submenu (clipboard, _ ("Copy A_s"), copy_menu);
  g_menu_append (clipboard, _ ("_Paste"), "canvas.paste");
  g_menu_append (shapes, _ ("_Duplicate"), "canvas.duplicate");
  g_menu_append (shapes, _ ("D_elete"), "canvas.delete");
  g_menu_append (order, _ ("Bring to _Front"), "canvas.to-front");
  g_menu_append (order, _ ("Bring For_ward"), "canvas.forward");
  g_menu_append (order, _ ("Send Bac_kward"), "canvas.backward");
  g_menu_append (order, _ ("Send to _Back"), "canvas.to-back");
  g_menu_append (groups, _ ("_Group"), "canvas.group");
  g_menu_append (groups, _ ("_Ungroup"), "canvas.ungroup");
  g_menu_append_submenu (groups, _ ("A_rrange"), arrange);
  g_menu_append (groups, _ ("_Lock"), "canvas.lock");
  g_menu_append (groups, _ ("U_nlock All"), "canvas.unlock-all");
  g_menu_append (selection, _ ("Select _All"), "canvas.select-all");
  g_menu_append (selection, _ ("_Zoom to Fit"), "canvas.zoom-fit");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (clipboard));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (shapes));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (order));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (groups));
  append_if_enabled (image, _ ("Cr_op"), "canvas.crop");
  append_if_enabled (image, _ ("Replace _Image…"), "canvas.replace-image");
  append_if_enabled (image, _ ("Sa_ve Original Image…"), "canvas.save-image");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (image));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (selection));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
pop_up (TelaCanvas *self,
        double      x,
        double      y)
{
  if (self->session == NULL || self->text.view != NULL)
    return;

  if (self->menu == NULL)
    {
      g_autoptr (GMenuModel) model = new_menu ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* What is under the pointer is what the menu is about. */
static void
pop_up_at (TelaCanvas *self,
           double      x,
           double      y)
{
  TelaBoard         *board = tela_canvas_get_board (self);
  const TelaElement *hit;
  double             board_x, board_y;

  if (board == NULL || self->text.view != NULL)
    return;

  tela_canvas_cancel (self);
  tela_viewport_to_board (self->viewport, x, y, &board_x, &board_y);
  hit = tela_board_hit (board, board_x, board_y, TELA_ATTACH_SLACK * tela_canvas_get_unit (self));
  if (hit != NULL && !tela_selection_contains (self->selection, tela_element_get_id (hit)))
    {
      g_autoptr (GPtrArray) group = tela_selection_group_of (board, hit);

      tela_selection_set_elements (self->selection, group);
    }
  pop_up (self, x, y);
}

static void
secondary_pressed_cb (TelaCanvas *self,
                      int         n_press,
                      double      x,
                      double      y)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  pop_up_at (self, x, y);
}

static gboolean
menu_key_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  TelaCanvas *self = TELA_CANVAS (widget);
  double      x = gtk_widget_get_width (widget) / 2.0;
  double      y = gtk_widget_get_height (widget) / 2.0;

  if (self->session == NULL)
    return FALSE;

  if (tela_selection_get_n (self->selection) > 0)
    {
      g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));
      TelaRect box = tela_element_get_bounds (selected->pdata[0]);

      tela_viewport_to_widget (self->viewport, box.x, box.y + box.height, &x, &y);
      x = CLAMP (x, 0, gtk_widget_get_width (widget));
      y = CLAMP (y, 0, gtk_widget_get_height (widget));
    }
  pop_up (self, x, y);

  return TRUE;
}

void
tela_canvas_init_menu (TelaCanvas *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (gesture, "pressed", G_CALLBACK (secondary_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));

  gesture = gtk_gesture_long_press_new ();
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (gesture), TRUE);
  g_signal_connect_swapped (gesture, "pressed", G_CALLBACK (pop_up_at), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}

void
tela_canvas_bind_menu_keys (GtkWidgetClass *widget_class)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
}
