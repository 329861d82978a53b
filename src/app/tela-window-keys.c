/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

/* Keys that act whatever has the focus, but for what that uses itself: a text under edit has its own undo. */
void
tela_window_bind_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint           key;
    GdkModifierType state;
    const char     *action;
  } keys[] = {
    { GDK_KEY_z, GDK_CONTROL_MASK, "canvas.undo" },
    { GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.redo" },
    { GDK_KEY_y, GDK_CONTROL_MASK, "canvas.redo" },
    { GDK_KEY_a, GDK_CONTROL_MASK, "canvas.select-all" },
    { GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.select-none" },
    { GDK_KEY_c, GDK_CONTROL_MASK, "canvas.copy" },
    { GDK_KEY_x, GDK_CONTROL_MASK, "canvas.cut" },
    { GDK_KEY_v, GDK_CONTROL_MASK, "canvas.paste" },
    { GDK_KEY_d, GDK_CONTROL_MASK, "canvas.duplicate" },
    { GDK_KEY_bracketright, GDK_CONTROL_MASK, "canvas.forward" },
    { GDK_KEY_bracketleft, GDK_CONTROL_MASK, "canvas.backward" },
    { GDK_KEY_braceright, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.to-front" },
    { GDK_KEY_braceleft, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.to-back" },
    { GDK_KEY_bracketright, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.to-front" },
    { GDK_KEY_bracketleft, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.to-back" },
    { GDK_KEY_g, GDK_CONTROL_MASK, "canvas.group" },
    { GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.ungroup" },
    { GDK_KEY_l, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.lock" },
    { GDK_KEY_plus, GDK_CONTROL_MASK, "canvas.zoom-in" },
    { GDK_KEY_plus, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.zoom-in" },
    { GDK_KEY_equal, GDK_CONTROL_MASK, "canvas.zoom-in" },
    { GDK_KEY_KP_Add, GDK_CONTROL_MASK, "canvas.zoom-in" },
    { GDK_KEY_minus, GDK_CONTROL_MASK, "canvas.zoom-out" },
    { GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "canvas.zoom-out" },
    { GDK_KEY_0, GDK_CONTROL_MASK, "canvas.zoom-reset" },
    { GDK_KEY_KP_0, GDK_CONTROL_MASK, "canvas.zoom-reset" },
    { GDK_KEY_9, GDK_CONTROL_MASK, "canvas.zoom-fit" },
    { GDK_KEY_f, GDK_CONTROL_MASK, "win.search" },
    { GDK_KEY_F2, 0, "win.rename" },
    { GDK_KEY_i, GDK_CONTROL_MASK, "win.share" },
    { GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.versions" },
    { GDK_KEY_F6, 0, "board.next-part" },
    { GDK_KEY_F6, GDK_SHIFT_MASK, "board.previous-part" },
    { GDK_KEY_F9, 0, "board.show-style" },
    { GDK_KEY_l, GDK_CONTROL_MASK, "board.show-library" },
    { GDK_KEY_o, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "board.show-outline" },
    { GDK_KEY_j, GDK_CONTROL_MASK, "app.jobs" },
    { GDK_KEY_Left, GDK_ALT_MASK, "win.boards" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].state, keys[i].action, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.copy-as", "s",
                                       "png");
}
