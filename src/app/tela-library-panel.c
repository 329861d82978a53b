/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-library-panel.h"

#include <glib/gi18n.h>

#include "tela-paste.h"
#include "tela-template.h"

struct _TelaLibraryPanel
{
  GtkWidget parent_instance;

  TelaCanvas           *canvas;      /* borrowed; nullable */
  TelaShelf            *shelf;       /* owned; nullable */
  GCancellable         *cancellable; /* owned */
  GtkFileChooserNative *chooser;     /* owned; while it is open */

  GtkStack    *stack; /* template children */
  GtkGridView *grid;
};

G_DEFINE_FINAL_TYPE (TelaLibraryPanel, tela_library_panel, GTK_TYPE_WIDGET)

enum
{
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update (TelaLibraryPanel *self)
{
  gboolean is_empty = self->shelf == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->shelf)) == 0;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "items");
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaLibraryPanel) self = user_data; /* the reference of whoever started it */
  g_autoptr (GError) error = NULL;

  if (tela_shelf_finish (TELA_SHELF (source), result, &error) < 0)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_signal_emit (self, signals[PROBLEM], 0, error->message);
    }
  else if (self->stack != NULL)
    update (self);
}

static void
activated_cb (TelaLibraryPanel *self,
              guint             position)
{
  g_autoptr (TelaShelfItem) item = g_list_model_get_item (G_LIST_MODEL (self->shelf), position);
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  TelaRect    visible;

  if (item == NULL || self->canvas == NULL || !tela_canvas_can_edit (self->canvas))
    return;

  text = tela_shelf_item_get_text (item);
  bytes = g_bytes_new (text, strlen (text));
  visible = tela_viewport_get_visible (tela_canvas_get_viewport (self->canvas));
  tela_paste_bytes (self->canvas, bytes, NULL, visible.x + visible.width / 2, visible.y + visible.height / 2);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static GdkContentProvider *
prepare_drag_cb (GtkDragSource *source,
                 double         x,
                 double         y,
                 GtkListItem   *list_item)
{
  TelaShelfItem *item = gtk_list_item_get_item (list_item);
  GtkWidget     *picture = gtk_list_item_get_child (list_item);
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (picture);

  gtk_drag_source_set_icon (source, icon, (int) x, (int) y);

  return gdk_content_provider_new_typed (G_TYPE_STRING, tela_shelf_item_get_text (item));
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item)
{
  GtkWidget     *picture = gtk_picture_new ();
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_widget_set_size_request (picture, TELA_SHELF_PICTURE_SIZE, TELA_SHELF_PICTURE_SIZE);
  gtk_picture_set_content_fit (GTK_PICTURE (picture), GTK_CONTENT_FIT_SCALE_DOWN);
  gtk_widget_add_css_class (picture, "tela-library-item");
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_drag_cb), list_item, 0);
  gtk_widget_add_controller (picture, GTK_EVENT_CONTROLLER (source));
  gtk_list_item_set_child (list_item, picture);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item)
{
  TelaShelfItem *item = gtk_list_item_get_item (list_item);
  GtkPicture    *picture = GTK_PICTURE (gtk_list_item_get_child (list_item));
  GBytes        *png = tela_shelf_item_get_picture (item);
  g_autoptr (GdkTexture) texture = png == NULL ? NULL : gdk_texture_new_from_bytes (png, NULL);

  gtk_picture_set_paintable (picture, GDK_PAINTABLE (texture));
  gtk_picture_set_alternative_text (picture, tela_shelf_item_get_name (item));
  gtk_widget_set_tooltip_text (GTK_WIDGET (picture), tela_shelf_item_get_name (item));
}

static void
chosen_cb (TelaLibraryPanel *self,
           int               response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file =
      response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));
  if (file != NULL)
    tela_library_panel_import (self, file);
}

static void
import_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  if (self->chooser != NULL || self->shelf == NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Import a Library"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Import"), _ ("_Cancel"));
  gtk_file_filter_set_name (filter, _ ("Excalidraw libraries"));
  gtk_file_filter_add_pattern (filter, "*.excalidrawlib");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
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
  tela_shelf_add_async (self->shelf, text, self->cancellable, done_cb, g_object_ref (self));
}

static void
tela_library_panel_map (GtkWidget *widget)
{
  TelaLibraryPanel *self = TELA_LIBRARY_PANEL (widget);

  GTK_WIDGET_CLASS (tela_library_panel_parent_class)->map (widget);
  if (self->shelf != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->shelf)) == 0)
    tela_shelf_load_async (self->shelf, self->cancellable, done_cb, g_object_ref (self));
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

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-library-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaLibraryPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, TelaLibraryPanel, grid);
  gtk_widget_class_install_action (widget_class, "library.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "library.import", NULL, import_action);
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
    tela_shelf_import_async (self->shelf, file, self->cancellable, done_cb, g_object_ref (self));
}
