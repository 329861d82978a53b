/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

/* A drawing that was removed, until its toast is gone. */
typedef struct
{
  TelaLibraryPanel *panel; /* owned */
  TelaShelfItem    *item;  /* owned */
  guint             position;
} Removal;

static void
removal_free (gpointer  data,
              GClosure *closure)
{
  Removal *self = data;

  g_object_unref (self->panel);
  g_object_unref (self->item);
  g_free (self);
}

static void
undo_cb (AdwToast *toast,
         gpointer  user_data)
{
  Removal *removal = user_data;

  tela_library_panel_restore (removal->panel, removal->item, removal->position);
}

static void
removed_cb (TelaWindow       *self,
            TelaShelfItem    *item,
            guint             position,
            TelaLibraryPanel *panel)
{
  g_autofree char *name = g_markup_escape_text (tela_shelf_item_get_name (item), -1);
  g_autofree char *title = NULL;
  Removal         *removal = g_new (Removal, 1);
  AdwToast        *toast;

  *removal = (Removal){ .panel = g_object_ref (panel), .item = g_object_ref (item), .position = position };
  /* Translators: %s is the name of a drawing */
  title = g_strdup_printf (_ ("“%s” removed from the library"), name);
  toast = adw_toast_new (title);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), removal, removal_free, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
tela_window_init_library (TelaWindow *self)
{
  TelaLibraryPanel *panel = tela_board_page_get_library (self->board_page);

  g_signal_connect_object (panel, "problem", G_CALLBACK (tela_window_tell_text), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (panel, "removed", G_CALLBACK (removed_cb), self, G_CONNECT_SWAPPED);
}
