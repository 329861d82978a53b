/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

#include "tela-canvas-attach.h"
#include "tela-factory.h"
#include "tela-frame.h"
#include "tela-paint.h"

#define FRAME_PADDING 16.0 /* board units around what is framed */
#define NAME_RISE 26.0     /* board units over a frame in which its name is */
#define NAME_SIZE 14.0
#define NAME_FONT 2 /* the plain one; about as wide as what names are painted in */

static TelaElement *
put_in (const TelaElement *element,
        const char        *frame)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (element));

  tela_op_builder_set_string (op, TELA_KEY_FRAME_ID, frame);

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

static gboolean
is_free (const TelaElement *element)
{
  return !tela_element_is_frame (element) && tela_element_get_string (element, TELA_KEY_FRAME_ID) == NULL &&
         !tela_element_get_boolean (element, TELA_KEY_LOCKED, FALSE);
}

/* A group goes in as one, and a text goes where its container goes. */
static gboolean
is_within (TelaBoard         *board,
           const TelaElement *element,
           TelaRect           box)
{
  const char        *id = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);
  const TelaElement *container = id == NULL ? NULL : tela_board_lookup_shown (board, id);
  g_autoptr (GPtrArray) group = tela_selection_group_of (board, container != NULL ? container : element);

  for (guint i = 0; i < group->len; i++)
    if (!is_free (group->pdata[i]) || !tela_rect_contains (box, tela_element_get_upright_box (group->pdata[i])))
      return FALSE;

  return group->len > 0;
}

GPtrArray *
tela_canvas_fill_frame (TelaCanvas *self,
                        const char *frame)
{
  TelaBoard         *board = tela_canvas_get_board (self);
  const TelaElement *shown = tela_board_lookup_shown (board, frame);
  GPtrArray         *ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  TelaRect           box;
  g_autoptr (GPtrArray) near = NULL;

  if (shown == NULL)
    return ops;

  box = tela_element_get_box (shown);
  near = tela_board_query (board, &box);
  for (guint i = 0; i < near->len; i++)
    if (is_free (near->pdata[i]) && is_within (board, near->pdata[i], box))
      g_ptr_array_add (ops, put_in (near->pdata[i], frame));

  return ops;
}

/* A frame around what is selected, which is in it from now on. */
static void
frame_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  TelaCanvas *self = user_data;
  TelaBoard  *board = tela_canvas_get_board (self);
  g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, board);
  g_autoptr (GPtrArray) all = tela_attach_expand (board, selected);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autofree char *index = tela_board_top_index (board);
  g_autofree char *id = g_uuid_string_random ();
  TelaRect         box;

  if (selected->len == 0)
    return;

  box = tela_rect_expand (tela_element_get_upright_box (all->pdata[0]), FRAME_PADDING);
  for (guint i = 1; i < all->len; i++)
    box = tela_rect_union (box, tela_rect_expand (tela_element_get_upright_box (all->pdata[i]), FRAME_PADDING));
  g_ptr_array_add (ops, tela_op_builder_end (tela_factory_new_frame (id, index, box), (TelaStamp){ 0 }));
  for (guint i = 0; i < all->len; i++)
    if (!tela_element_is_frame (all->pdata[i]))
      g_ptr_array_add (ops, put_in (all->pdata[i], id));
  tela_session_edit (self->session, (TelaElement *const *) ops->pdata, ops->len);
  tela_selection_set (self->selection, (const char *const *) &id, 1);
}

/* What is under the pointer there is the name, not the frame. */
const TelaElement *
tela_canvas_find_frame_name (TelaCanvas *self,
                             double      x,
                             double      y)
{
  const TelaRect at = { x, y, 0, 0 };
  g_autoptr (GPtrArray) near = tela_board_query (tela_canvas_get_board (self), &at);

  for (guint i = near->len; i-- > 0;)
    {
      const TelaElement *frame = near->pdata[i];
      TelaRect           box = tela_element_get_box (frame);
      double             width;
      double             height;

      if (!tela_element_is_frame (frame) || tela_element_get_boolean (frame, TELA_KEY_LOCKED, FALSE))
        continue;
      tela_paint_measure_text (tela_element_get_string (frame, TELA_KEY_NAME) ?: "Frame", NAME_SIZE, NAME_FONT, 1, &width, &height);
      if (tela_rect_contains ((TelaRect){ box.x, box.y - NAME_RISE, MIN (width, box.width), NAME_RISE }, at))
        return tela_board_lookup_shown (tela_canvas_get_board (self), tela_element_get_id (frame));
    }

  return NULL;
}

/* However it is closed: what was typed is the name; nothing is none. */
static void
name_closed_cb (TelaCanvas *self)
{
  GtkWidget         *entry = gtk_popover_get_child (GTK_POPOVER (self->name_popover));
  const char        *name = gtk_editable_get_text (GTK_EDITABLE (entry));
  const char        *id = gtk_widget_get_name (entry);
  const TelaElement *frame = self->session == NULL ? NULL : tela_board_lookup_shown (tela_canvas_get_board (self), id);
  TelaOpBuilder     *op;
  g_autoptr (TelaElement) edit = NULL;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (frame == NULL || !tela_canvas_can_edit (self) ||
      g_strcmp0 (name, tela_element_get_string (frame, TELA_KEY_NAME) ?: "") == 0)
    return;

  op = tela_op_builder_new (id);
  if (*name == '\0')
    tela_op_builder_set_json (op, TELA_KEY_NAME, "null");
  else
    tela_op_builder_set_string (op, TELA_KEY_NAME, name);
  edit = tela_op_builder_end (op, (TelaStamp){ 0 });
  tela_session_edit (self->session, &edit, 1);
}

static void
make_name_popover (TelaCanvas *self)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("Frame"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name of the frame"), -1);
  self->name_popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->name_popover), entry);
  gtk_popover_set_position (GTK_POPOVER (self->name_popover), GTK_POS_TOP);
  gtk_widget_set_parent (self->name_popover, GTK_WIDGET (self));
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (gtk_popover_popdown), self->name_popover);
  g_signal_connect_object (self->name_popover, "closed", G_CALLBACK (name_closed_cb), self, G_CONNECT_SWAPPED);
}

gboolean
tela_canvas_rename_frame (TelaCanvas        *self,
                          const TelaElement *frame)
{
  GtkWidget *entry;
  TelaRect   box;
  double     x, y;

  if (!tela_canvas_can_edit (self) || !tela_element_is_frame (frame))
    return FALSE;

  if (self->name_popover == NULL)
    make_name_popover (self);
  entry = gtk_popover_get_child (GTK_POPOVER (self->name_popover));
  gtk_widget_set_name (entry, tela_element_get_id (frame));
  gtk_editable_set_text (GTK_EDITABLE (entry), tela_element_get_string (frame, TELA_KEY_NAME) ?: "");
  box = tela_element_get_box (frame);
  tela_viewport_to_widget (self->viewport, box.x, box.y, &x, &y);
  x = CLAMP (x + 24, 0, gtk_widget_get_width (GTK_WIDGET (self)));
  y = CLAMP (y - 4, 0, gtk_widget_get_height (GTK_WIDGET (self)));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->name_popover), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->name_popover));
  gtk_widget_grab_focus (entry);

  return TRUE;
}

static gboolean
rename_selected (TelaCanvas *self)
{
  g_autoptr (GPtrArray) selected = NULL;

  if (self->session == NULL)
    return FALSE;
  selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));

  return selected->len == 1 && tela_canvas_rename_frame (self, selected->pdata[0]);
}

static void
rename_frame_activated (GSimpleAction *action,
                        GVariant      *parameter,
                        gpointer       user_data)
{
  rename_selected (user_data);
}

/* Where no frame is selected, the key is the window's. */
static gboolean
rename_key_cb (GtkWidget *widget,
               GVariant  *arguments,
               gpointer   user_data)
{
  return rename_selected (TELA_CANVAS (widget));
}

void
tela_canvas_bind_frame_keys (GtkWidgetClass *widget_class)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F2, 0, rename_key_cb, NULL);
}

void
tela_canvas_update_frame_actions (TelaCanvas *self)
{
  GActionMap *map = G_ACTION_MAP (self->actions);
  gboolean    can_edit = tela_canvas_can_edit (self);
  guint       n = tela_selection_get_n (self->selection);
  gboolean    is_one = FALSE;

  if (can_edit && n == 1)
    {
      g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));

      is_one = selected->len == 1 && tela_element_is_frame (selected->pdata[0]);
    }
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "frame")),
                               can_edit && n > 0 && !is_one);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "rename-frame")), is_one);
}

void
tela_canvas_init_frames (TelaCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "frame", .activate = frame_activated },
    { .name = "rename-frame", .activate = rename_frame_activated },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}
