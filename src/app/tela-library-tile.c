/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-library-tile.h"

struct _TelaLibraryTile
{
  GtkWidget parent_instance;

  TelaShelfItem *item; /* owned; nullable */
  guint          position;
  GtkPicture    *picture; /* child */
};

G_DEFINE_FINAL_TYPE (TelaLibraryTile, tela_library_tile, GTK_TYPE_WIDGET)

static GdkContentProvider *
prepare_drag_cb (GtkDragSource   *source,
                 double           x,
                 double           y,
                 TelaLibraryTile *self)
{
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (GTK_WIDGET (self->picture));

  if (self->item == NULL)
    return NULL;
  gtk_drag_source_set_icon (source, icon, (int) x, (int) y);

  return gdk_content_provider_new_typed (G_TYPE_STRING, tela_shelf_item_get_text (self->item));
}

static void
pressed_cb (GtkGesture      *gesture,
            int              n,
            double           x,
            double           y,
            TelaLibraryTile *self)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_activate_action (GTK_WIDGET (self), "library.menu", "u", self->position);
}

static void
long_pressed_cb (GtkGesture      *gesture,
                 double           x,
                 double           y,
                 TelaLibraryTile *self)
{
  pressed_cb (gesture, 1, x, y, self);
}

static void
tela_library_tile_dispose (GObject *object)
{
  TelaLibraryTile *self = TELA_LIBRARY_TILE (object);

  g_clear_object (&self->item);
  if (self->picture != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->picture));
  self->picture = NULL;

  G_OBJECT_CLASS (tela_library_tile_parent_class)->dispose (object);
}

static void
tela_library_tile_class_init (TelaLibraryTileClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_library_tile_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
tela_library_tile_init (TelaLibraryTile *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkGesture    *click = gtk_gesture_click_new ();
  GtkGesture    *hold = gtk_gesture_long_press_new ();

  self->picture = GTK_PICTURE (gtk_picture_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), TELA_SHELF_PICTURE_SIZE, TELA_SHELF_PICTURE_SIZE);
  gtk_picture_set_content_fit (self->picture, GTK_CONTENT_FIT_SCALE_DOWN);
  gtk_widget_add_css_class (GTK_WIDGET (self->picture), "tela-library-item");
  gtk_widget_set_parent (GTK_WIDGET (self->picture), GTK_WIDGET (self));

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_drag_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (hold), TRUE);
  g_signal_connect (hold, "pressed", G_CALLBACK (long_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (hold));
}

GtkWidget *
tela_library_tile_new (void)
{
  return g_object_new (TELA_TYPE_LIBRARY_TILE, NULL);
}

void
tela_library_tile_set_item (TelaLibraryTile *self,
                            TelaShelfItem   *item,
                            guint            position)
{
  GBytes *png;
  g_autoptr (GdkTexture) texture = NULL;

  g_return_if_fail (TELA_IS_LIBRARY_TILE (self));

  self->position = position;
  g_set_object (&self->item, item);
  png = tela_shelf_item_get_picture (item);
  if (png != NULL)
    texture = gdk_texture_new_from_bytes (png, NULL);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (self->picture, tela_shelf_item_get_name (item));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tela_shelf_item_get_name (item));
}

guint
tela_library_tile_get_position (TelaLibraryTile *self)
{
  g_return_val_if_fail (TELA_IS_LIBRARY_TILE (self), 0);

  return self->position;
}
