/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-library-panel-private.h"

#include <glib/gi18n.h>

#include "tela-library-tile.h"
#include "tela-paste.h"
#include "tela-template.h"

G_DEFINE_FINAL_TYPE (TelaLibraryPanel, tela_library_panel, GTK_TYPE_WIDGET)

enum
{
  PROBLEM,
  REMOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update (TelaLibraryPanel *self)
{
  gboolean is_empty = self->shelf == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->shelf)) == 0;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "items");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "library.export", !is_empty);
}

/* @format has one %s, for the reason. */
static void
finish (TelaLibraryPanel *self,
        TelaShelf        *shelf,
        GAsyncResult     *result,
        const char       *format)
{
  g_autoptr (GError) error = NULL;
  GString *text;

  if (tela_shelf_finish (shelf, result, &error) >= 0)
    {
      if (self->stack != NULL)
        update (self);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  text = g_string_new (format);
  g_string_replace (text, "%s", error->message, 1);
  g_signal_emit (self, signals[PROBLEM], 0, text->str);
  g_string_free (text, TRUE);
}

void
tela_library_panel_done_cb (GObject      *source,
                            GAsyncResult *result,
                            gpointer      user_data)
{
  g_autoptr (TelaLibraryPanel) self = user_data; /* the reference of whoever started it */

  /* Translators: %s says why, in a sentence */
  finish (self, TELA_SHELF (source), result, _ ("The library was not changed: %s"));
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TelaLibraryPanel) self = user_data; /* the reference of whoever started it */

  /* Translators: %s says why, in a sentence */
  finish (self, TELA_SHELF (source), result, _ ("The library was not saved: %s"));
}

void
tela_library_panel_put (TelaLibraryPanel *self,
                        TelaShelfItem    *item)
{
  const char *text = tela_shelf_item_get_text (item);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  TelaRect visible;

  if (self->canvas == NULL || !tela_canvas_can_edit (self->canvas))
    return;

  visible = tela_viewport_get_visible (tela_canvas_get_viewport (self->canvas));
  tela_paste_bytes (self->canvas, bytes, NULL, visible.x + visible.width / 2, visible.y + visible.height / 2);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
activated_cb (TelaLibraryPanel *self,
              guint             position)
{
  g_autoptr (TelaShelfItem) item = g_list_model_get_item (G_LIST_MODEL (self->shelf), position);

  if (item != NULL)
    tela_library_panel_put (self, item);
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item)
{
  gtk_list_item_set_child (list_item, tela_library_tile_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item)
{
  tela_library_tile_set_item (TELA_LIBRARY_TILE (gtk_list_item_get_child (list_item)),
                              gtk_list_item_get_item (list_item), gtk_list_item_get_position (list_item));
}

static void
chosen_cb (TelaLibraryPanel *self,
           int               response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  gboolean is_import = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser)) == GTK_FILE_CHOOSER_ACTION_OPEN;
  g_autoptr (GFile) file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));
  if (file != NULL && is_import)
    tela_library_panel_import (self, file);
  else if (file != NULL)
    tela_library_panel_export (self, file);
}

static void
show_chooser (TelaLibraryPanel    *self,
              GtkFileChooserAction action,
              const char          *title,
              const char          *accept)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL || self->shelf == NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), action,
                                               accept, _ ("_Cancel"));
  gtk_file_filter_set_name (filter, _ ("Excalidraw libraries"));
  gtk_file_filter_add_pattern (filter, "*.excalidrawlib");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    {
      g_autofree char *name = g_strconcat (_ ("Library"), ".excalidrawlib", NULL);

      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
import_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  show_chooser (TELA_LIBRARY_PANEL (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Import a Library"), _ ("_Import"));
}

static void
export_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  show_chooser (TELA_LIBRARY_PANEL (widget), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save the Library"), _ ("_Save"));
}

/* The selection as a drawing. (transfer full) */
static char *
write_drawing (GPtrArray *elements)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "type");
  tela_json_writer_string (&writer, "excalidraw");
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < elements->len; i++)
    tela_element_write_plain (elements->pdata[i], &writer);
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
add_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);
  TelaBoard        *board = self->canvas == NULL ? NULL : tela_canvas_get_board (self->canvas);
  g_autoptr (GPtrArray) selected = NULL;
  g_autofree char *text = NULL;

  if (board == NULL || self->shelf == NULL)
    return;
  selected = tela_selection_collect (tela_canvas_get_selection (self->canvas), board);
  if (selected->len == 0)
    return;

  text = write_drawing (selected);
  tela_shelf_add_async (self->shelf, text, self->cancellable, tela_library_panel_done_cb, g_object_ref (self));
}

static void
tela_library_panel_map (GtkWidget *widget)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);

  GTK_WIDGET_CLASS (tela_library_panel_parent_class)->map (widget);
  if (self->shelf != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->shelf)) == 0)
    tela_shelf_load_async (self->shelf, self->cancellable, tela_library_panel_done_cb, g_object_ref (self));
}

static void
tela_library_panel_dispose (GObject *object)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (object);

  g_cancellable_cancel (self->cancellable);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->grid != NULL)
    tela_library_panel_set_shelf (self, NULL);
  g_clear_object (&self->cancellable);
  self->canvas = NULL;
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_LIBRARY_PANEL);

  G_OBJECT_CLASS (tela_library_panel_parent_class)->dispose (object);
}

static void
tela_library_panel_class_init (TelaLibraryPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_library_panel_dispose;
  widget_class->map = tela_library_panel_map;

  signals[PROBLEM] = g_signal_new ("problem", TELA_TYPE_LIBRARY_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[REMOVED] = g_signal_new ("removed", TELA_TYPE_LIBRARY_PANEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 2, TELA_TYPE_SHELF_ITEM, G_TYPE_UINT);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-library-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaLibraryPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, TelaLibraryPanel, grid);
  gtk_widget_class_install_action (widget_class, "library.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "library.import", NULL, import_action);
  gtk_widget_class_install_action (widget_class, "library.export", NULL, export_action);
  tela_library_panel_install_menu (widget_class);
}

static void
tela_library_panel_init (TelaLibraryPanel *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_grid_view_set_factory (self->grid, factory);
  tela_library_panel_init_menu (self);
  g_signal_connect_object (self->grid, "activate", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
}

void
tela_library_panel_set_canvas (TelaLibraryPanel *self,
                               TelaCanvas       *canvas)
{
  g_return_if_fail (TELA_IS_LIBRARY_PANEL (self));

  self->canvas = canvas;
}

void
tela_library_panel_set_shelf (TelaLibraryPanel *self,
                              TelaShelf        *shelf)
{
  g_autoptr (GtkSelectionModel) model = NULL;

  g_return_if_fail (TELA_IS_LIBRARY_PANEL (self));

  if (self->shelf != NULL)
    g_signal_handlers_disconnect_by_data (self->shelf, self);
  g_set_object (&self->shelf, shelf);
  if (shelf != NULL)
    {
      model = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (shelf))));
      g_signal_connect_swapped (shelf, "items-changed", G_CALLBACK (update), self);
    }
  gtk_grid_view_set_model (self->grid, model);
  update (self);
}

void
tela_library_panel_import (TelaLibraryPanel *self,
                           GFile            *file)
{
  g_return_if_fail (TELA_IS_LIBRARY_PANEL (self));

  if (self->shelf != NULL)
    tela_shelf_import_async (self->shelf, file, self->cancellable, tela_library_panel_done_cb, g_object_ref (self));
}

void
tela_library_panel_export (TelaLibraryPanel *self,
                           GFile            *file)
{
  g_return_if_fail (TELA_IS_LIBRARY_PANEL (self));

  if (self->shelf != NULL)
    tela_shelf_export_async (self->shelf, file, self->cancellable, exported_cb, g_object_ref (self));
}

void
tela_library_panel_restore (TelaLibraryPanel *self,
                            TelaShelfItem    *item,
                            guint             position)
{
  g_return_if_fail (TELA_IS_LIBRARY_PANEL (self));

  if (self->shelf != NULL)
    tela_shelf_restore_async (self->shelf, item, position, self->cancellable, tela_library_panel_done_cb, g_object_ref (self));
}
