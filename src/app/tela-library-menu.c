/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-library-panel-private.h"

#include <glib/gi18n.h>

#include "tela-library-tile.h"

/* Where the popover points: the tile of that place. (nullable) */
static GtkWidget *
find_tile (GtkWidget *widget,
           guint      position)
{
  GtkWidget *found = NULL;

  if (TELA_IS_LIBRARY_TILE (widget))
    return tela_library_tile_get_position (TELA_LIBRARY_TILE (widget)) == position ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_tile (child, position);

  return found;
}

static GtkWidget *
new_menu (TelaLibraryPanel *self)
{
  g_autoptr (GMenu) model = g_menu_new ();
  GtkWidget *menu;

  g_menu_append (model, _ ("_Put on the Board"), "library.put");
  g_menu_append (model, _ ("_Remove from the Library"), "library.remove");
  menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (model));
  gtk_widget_set_parent (menu, GTK_WIDGET (self));

  return menu;
}

static void
menu_action (GtkWidget  *widget,
             const char *name,
             GVariant   *position)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);
  GtkWidget        *tile;
  graphene_rect_t   bounds;

  self->chosen = g_variant_get_uint32 (position);
  tile = find_tile (GTK_WIDGET (self->grid), self->chosen);
  if (tile == NULL || !gtk_widget_compute_bounds (tile, widget, &bounds))
    return;

  if (self->menu == NULL)
    self->menu = new_menu (self);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width,
                                                (int) bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* (transfer full) (nullable) */
static TelaShelfItem *
get_chosen (TelaLibraryPanel *self)
{
  return self->shelf == NULL ? NULL : g_list_model_get_item (G_LIST_MODEL (self->shelf), self->chosen);
}

static void
put_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);
  g_autoptr (TelaShelfItem) item = get_chosen (self);

  if (item != NULL)
    tela_library_panel_put (self, item);
}

static void
remove_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);
  g_autoptr (TelaShelfItem) item = get_chosen (self);

  if (item == NULL)
    return;
  tela_shelf_remove_async (self->shelf, item, self->cancellable, tela_library_panel_done_cb, g_object_ref (self));
  g_signal_emit_by_name (self, "removed", item, self->chosen);
}

/* The keys are about the tile that has the focus. */
static gboolean
key_pressed_cb (TelaLibraryPanel *self,
                guint             key,
                guint             code,
                GdkModifierType   state)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *tile = focus == NULL ? NULL : gtk_widget_get_first_child (focus);
  gboolean   is_menu = key == GDK_KEY_Menu || (key == GDK_KEY_F10 && (state & GDK_SHIFT_MASK) != 0);

  if (!TELA_IS_LIBRARY_TILE (tile) || (!is_menu && key != GDK_KEY_Delete))
    return GDK_EVENT_PROPAGATE;

  self->chosen = tela_library_tile_get_position (TELA_LIBRARY_TILE (tile));
  if (is_menu)
    gtk_widget_activate_action (GTK_WIDGET (self), "library.menu", "u", self->chosen);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "library.remove", NULL);

  return GDK_EVENT_STOP;
}

void
tela_library_panel_install_menu (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "library.menu", "u", menu_action);
  gtk_widget_class_install_action (widget_class, "library.put", NULL, put_action);
  gtk_widget_class_install_action (widget_class, "library.remove", NULL, remove_action);
}

void
tela_library_panel_init_menu (TelaLibraryPanel *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->grid), keys);
}
