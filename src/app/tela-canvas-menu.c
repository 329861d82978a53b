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

static GMenuModel *
new_order_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _ ("Bring to _Front"), "canvas.to-front");
  g_menu_append (menu, _ ("Bring For_ward"), "canvas.forward");
  g_menu_append (menu, _ ("Send Bac_kward"), "canvas.backward");
  g_menu_append (menu, _ ("Send to _Back"), "canvas.to-back");

  return G_MENU_MODEL (g_steal_pointer (&menu));
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
new_image_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _ ("Cr_op"), "canvas.crop");
  g_menu_append (menu, _ ("_Replace Image…"), "canvas.replace-image");
  g_menu_append (menu, _ ("_Save Original Image…"), "canvas.save-image");

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

/* Where nothing is selected. */
static GMenuModel *
new_board_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) clipboard = g_menu_new ();
  g_autoptr (GMenu) board = g_menu_new ();

  g_menu_append (clipboard, _ ("_Paste"), "canvas.paste");
  g_menu_append (board, _ ("Select _All"), "canvas.select-all");
  g_menu_append (board, _ ("U_nlock All"), "canvas.unlock-all");
  g_menu_append (board, _ ("_Zoom to Fit"), "canvas.zoom-fit");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (clipboard));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (board));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

/* What can be done with the selection. No more than twelve of these are ever enabled at once. */
static GMenuModel *
new_selection_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) clipboard = g_menu_new ();
  g_autoptr (GMenu) shapes = g_menu_new ();
  g_autoptr (GMenu) groups = g_menu_new ();

  append_if_enabled (clipboard, _ ("Cu_t"), "canvas.cut");
  append_if_enabled (clipboard, _ ("_Copy"), "canvas.copy");
  append_if_enabled (clipboard, _ ("Copy A_s…"), "canvas.show-copy-menu");
  g_menu_append (clipboard, _ ("_Paste"), "canvas.paste");
  append_if_enabled (shapes, _ ("_Duplicate"), "canvas.duplicate");
  append_if_enabled (shapes, _ ("D_elete"), "canvas.delete");
  append_if_enabled (groups, _ ("_Group"), "canvas.group");
  append_if_enabled (groups, _ ("_Ungroup"), "canvas.ungroup");
  append_if_enabled (groups, _ ("_Frame Selection"), "canvas.frame");
  append_if_enabled (groups, _ ("Rena_me Frame…"), "canvas.rename-frame");
  append_if_enabled (groups, _ ("Stac_king…"), "canvas.show-order-menu");
  append_if_enabled (groups, _ ("A_rrange…"), "canvas.show-arrange-menu");
  append_if_enabled (groups, _ ("_Image…"), "canvas.show-image-menu");
  append_if_enabled (groups, _ ("_Lock"), "canvas.lock");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (clipboard));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (shapes));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (groups));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
show_menu (TelaCanvas *self,
           GMenuModel *(*build) (void) )
{
  g_autoptr (GMenuModel) model = build ();

  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu), model);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static gboolean
next_menu_cb (gpointer user_data)
{
  TelaCanvas *self = user_data;

  self->menu_idle = 0;
  if (self->menu != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    show_menu (self, self->next_menu);

  return G_SOURCE_REMOVE;
}

/* Instead of a submenu, which slides in place or opens beside a menu that may fill the screen: a menu of its own at the same
 * place, once the one that it was called from has closed. */
static void
show_next_menu (TelaCanvas *self,
                GMenuModel *(*build) (void) )
{
  g_clear_handle_id (&self->menu_idle, g_source_remove);
  self->next_menu = build;
  self->menu_idle = g_idle_add (next_menu_cb, self);
  g_source_set_name_by_id (self->menu_idle, "[tela] next menu");
}

static void
copy_menu_activated (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  show_next_menu (user_data, new_copy_menu);
}

static void
order_menu_activated (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  show_next_menu (user_data, new_order_menu);
}

static void
arrange_menu_activated (GSimpleAction *action,
                        GVariant      *parameter,
                        gpointer       user_data)
{
  show_next_menu (user_data, new_arrange_menu);
}

static void
image_menu_activated (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  show_next_menu (user_data, new_image_menu);
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
      self->menu = gtk_popover_menu_new_from_model (NULL);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      /* Beside the place, where the toolkit slides a tall menu up until the screen has room for it. */
      gtk_popover_set_position (GTK_POPOVER (self->menu), GTK_POS_RIGHT);
      gtk_widget_set_valign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  show_menu (self, tela_selection_get_n (self->selection) > 0 ? new_selection_menu : new_board_menu);
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
  static const GActionEntry entries[] = {
    { .name = "show-copy-menu", .activate = copy_menu_activated },
    { .name = "show-order-menu", .activate = order_menu_activated },
    { .name = "show-arrange-menu", .activate = arrange_menu_activated },
    { .name = "show-image-menu", .activate = image_menu_activated },
  };
  GtkGesture *gesture = gtk_gesture_click_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
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
