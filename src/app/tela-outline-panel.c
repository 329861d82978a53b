/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-outline-panel.h"

#include "tela-shape-list.h"
#include "tela-template.h"

#define UPDATE_MS 200 /* at most so often, however fast others draw */

struct _TelaOutlinePanel
{
  GtkWidget parent_instance;

  TelaCanvas        *canvas;        /* borrowed; nullable */
  TelaBoard         *board;         /* owned; nullable */
  GSignalGroup      *board_signals; /* owned */
  GListStore        *items;         /* owned; of TelaShapeItem */
  GtkSelectionModel *selection;     /* owned; over them */
  guint              timeout;
  gboolean           is_following; /* the list takes the selection of the board, not the other way */

  GtkStack    *stack; /* template children */
  GtkListView *list;
};

G_DEFINE_FINAL_TYPE (TelaOutlinePanel, tela_outline_panel, GTK_TYPE_WIDGET)

static void
follow_selection (TelaOutlinePanel *self)
{
  guint          n = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  TelaSelection *selected;
  g_autoptr (GtkBitset) wanted = gtk_bitset_new_empty ();
  g_autoptr (GtkBitset) all = gtk_bitset_new_range (0, n);

  if (self->is_following || self->canvas == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  selected = tela_canvas_get_selection (self->canvas);
  for (guint i = 0; i < n && tela_selection_get_n (selected) > 0; i++)
    {
      g_autoptr (TelaShapeItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      if (tela_selection_contains (selected, tela_shape_item_get_id (item)))
        gtk_bitset_add (wanted, i);
    }
  self->is_following = TRUE;
  gtk_selection_model_set_selection (self->selection, wanted, all);
  self->is_following = FALSE;
  if (!gtk_bitset_is_empty (wanted))
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", gtk_bitset_get_minimum (wanted));
}

static void
update (TelaOutlinePanel *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->is_following = TRUE;
  tela_shape_list_update (self->items, self->board);
  self->is_following = FALSE;
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->items)) == 0 ? "empty" : "items");
  follow_selection (self);
}

static gboolean
timeout_cb (gpointer user_data)
{
  TelaOutlinePanel *self = user_data;

  self->timeout = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);

  return G_SOURCE_REMOVE;
}

static void
board_changed_cb (TelaOutlinePanel *self)
{
  if (self->timeout != 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->timeout = g_timeout_add (UPDATE_MS, timeout_cb, self);
  g_source_set_name_by_id (self->timeout, "[tela] outline");
}

/* The board takes what the list has selected. */
static void
selection_changed_cb (TelaOutlinePanel *self)
{
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (GPtrArray) ids = NULL;
  const TelaElement *first = NULL;
  GtkBitsetIter      iter;
  guint              position;

  if (self->is_following || self->canvas == NULL || self->board == NULL)
    return;

  selected = gtk_selection_model_get_selection (self->selection);
  ids = g_ptr_array_new ();
  for (gboolean more = gtk_bitset_iter_init_first (&iter, selected, &position); more;
       more = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (TelaShapeItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), position);
      const TelaElement *element = tela_board_lookup_shown (self->board, tela_shape_item_get_id (item));

      if (element == NULL)
        continue;
      if (first == NULL)
        first = element;
      g_ptr_array_add (ids, (char *) tela_element_get_id (element));
    }
  self->is_following = TRUE;
  tela_selection_set (tela_canvas_get_selection (self->canvas), (const char *const *) ids->pdata, ids->len);
  self->is_following = FALSE;
  if (first != NULL)
    tela_canvas_reveal (self->canvas, first);
}

/* On to the board, where keys move, edit and delete it. */
static void
activated_cb (TelaOutlinePanel *self,
              guint             position)
{
  gtk_selection_model_select_item (self->selection, position, TRUE);
  if (self->canvas != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  tela_template_widen_labels (label);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_item_set_child (list_item, box);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item)
{
  TelaShapeItem *item = gtk_list_item_get_item (list_item);
  const char    *words = tela_shape_item_get_words (item);
  GtkWidget     *box = gtk_list_item_get_child (list_item);

  gtk_image_set_from_icon_name (GTK_IMAGE (gtk_widget_get_first_child (box)), tela_shape_item_get_icon (item));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), words);
  gtk_widget_set_tooltip_text (box, words);
  /* The focus is on the row, which has no name of its own. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (box)), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static gboolean
close_cb (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   user_data)
{
  return gtk_widget_activate_action (widget, "board.show-outline", NULL);
}

static void
tela_outline_panel_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (tela_outline_panel_parent_class)->map (widget);
  update (TELA_OUTLINE_PANEL (widget));
}

static gboolean
tela_outline_panel_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (TELA_OUTLINE_PANEL (widget)->list));
}

static void
tela_outline_panel_dispose (GObject *object)
{
  TelaOutlinePanel *self = TELA_OUTLINE_PANEL (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  tela_outline_panel_set_canvas (self, NULL);
  g_clear_object (&self->board_signals);
  g_clear_object (&self->board);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_OUTLINE_PANEL);
  g_clear_object (&self->selection);
  g_clear_object (&self->items);

  G_OBJECT_CLASS (tela_outline_panel_parent_class)->dispose (object);
}

static void
tela_outline_panel_class_init (TelaOutlinePanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_outline_panel_dispose;
  widget_class->map = tela_outline_panel_map;
  widget_class->grab_focus = tela_outline_panel_grab_focus;

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-outline-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaOutlinePanel, stack);
  gtk_widget_class_bind_template_child (widget_class, TelaOutlinePanel, list);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "canvas.delete", NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, close_cb, NULL);
}

static void
tela_outline_panel_init (TelaOutlinePanel *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->items = g_list_store_new (TELA_TYPE_SHAPE_ITEM);
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->items))));
  self->board_signals = g_signal_group_new (TELA_TYPE_BOARD);
  g_signal_group_connect_swapped (self->board_signals, "changed", G_CALLBACK (board_changed_cb), self);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect_object (self->list, "activate", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, self->selection);
}

void
tela_outline_panel_set_canvas (TelaOutlinePanel *self,
                               TelaCanvas       *canvas)
{
  g_return_if_fail (TELA_IS_OUTLINE_PANEL (self));

  if (self->canvas != NULL)
    g_signal_handlers_disconnect_by_data (tela_canvas_get_selection (self->canvas), self);
  self->canvas = canvas;
  if (canvas != NULL)
    g_signal_connect_object (tela_canvas_get_selection (canvas), "changed", G_CALLBACK (follow_selection), self,
                             G_CONNECT_SWAPPED);
}

void
tela_outline_panel_set_board (TelaOutlinePanel *self,
                              TelaBoard        *board)
{
  g_return_if_fail (TELA_IS_OUTLINE_PANEL (self));

  g_set_object (&self->board, board);
  g_signal_group_set_target (self->board_signals, board);
  /* As long as nobody looks the list of a big board is work and memory for nothing. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
  else
    g_list_store_remove_all (self->items);
}

GtkWidget *
tela_outline_panel_get_list (TelaOutlinePanel *self)
{
  g_return_val_if_fail (TELA_IS_OUTLINE_PANEL (self), NULL);

  return GTK_WIDGET (self->list);
}
