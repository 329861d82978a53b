/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <string.h>

#include "tela-arrange.h"
#include "tela-canvas-attach.h"
#include "tela-transform.h"

/* What is arranged as one: a group, or one element. */
typedef struct
{
  char      *group;    /* owned; nullable */
  GPtrArray *elements; /* owned; of TelaElement */
  TelaRect   box;
} Unit;

static void
clear_unit_cb (gpointer data)
{
  Unit *unit = data;

  g_free (unit->group);
  g_ptr_array_unref (unit->elements);
}

static GPtrArray *
collect (TelaCanvas *self)
{
  return tela_selection_collect (self->selection, tela_canvas_get_board (self));
}

/* What goes where something else of the selection goes: texts in shapes, arrows between them, what is in frames. */
static gboolean
is_follower (TelaCanvas        *self,
             const TelaElement *element)
{
  TelaBoard         *board = tela_canvas_get_board (self);
  const char        *names[] = { tela_element_get_string (element, TELA_KEY_CONTAINER_ID),
                                 tela_element_get_string (element, TELA_KEY_FRAME_ID) };
  const TelaElement *ends[] = { tela_attach_get_target (board, element, TELA_ATTACH_START),
                                tela_attach_get_target (board, element, TELA_ATTACH_END) };

  for (guint i = 0; i < 2; i++)
    if ((names[i] != NULL && tela_selection_contains (self->selection, names[i])) ||
        (ends[i] != NULL && tela_selection_contains (self->selection, tela_element_get_id (ends[i]))))
      return TRUE;

  return FALSE;
}

/* (transfer full)(element-type Unit) */
static GArray *
collect_units (TelaCanvas *self)
{
  GArray *units = g_array_new (FALSE, FALSE, sizeof (Unit));
  g_autoptr (GPtrArray) selected = collect (self);

  g_array_set_clear_func (units, clear_unit_cb);
  for (guint i = 0; i < selected->len; i++)
    {
      g_autofree char *group = tela_attach_get_group (selected->pdata[i]);
      TelaRect         box = tela_element_get_upright_box (selected->pdata[i]);
      Unit            *unit = NULL;

      if (is_follower (self, selected->pdata[i]))
        continue;
      for (guint j = 0; group != NULL && unit == NULL && j < units->len; j++)
        if (g_strcmp0 (g_array_index (units, Unit, j).group, group) == 0)
          unit = &g_array_index (units, Unit, j);
      if (unit == NULL)
        {
          Unit fresh = { g_steal_pointer (&group), NULL, box };

          fresh.elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
          g_array_append_val (units, fresh);
          unit = &g_array_index (units, Unit, units->len - 1);
        }
      unit->box = tela_rect_union (unit->box, box);
      g_ptr_array_add (unit->elements, tela_element_ref (selected->pdata[i]));
    }

  return units;
}

static void
take_all (GPtrArray *to,
          GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add (to, tela_element_ref (from->pdata[i]));
}

static void
edit (TelaCanvas *self,
      GPtrArray  *elements,
      GPtrArray  *ops)
{
  g_autoptr (GPtrArray) all = tela_canvas_complete (self, elements, ops);

  if (all->len > 0)
    tela_session_edit (self->session, (TelaElement *const *) all->pdata, all->len);
}

static void
arrange_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  TelaCanvas *self = user_data;
  const char *name = g_variant_get_string (parameter, NULL);
  TelaArrange how = TELA_ARRANGE_LEFT;
  g_autoptr (GArray) units = collect_units (self);
  g_autofree TelaRect *boxes = g_new (TelaRect, MAX (units->len, 1));
  g_autoptr (GPtrArray) moving = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  while (how <= TELA_ARRANGE_LAST && strcmp (tela_arrange_names[how], name) != 0)
    how++;
  if (how > TELA_ARRANGE_LAST || units->len < 2)
    return;

  tela_canvas_cancel (self);
  for (guint i = 0; i < units->len; i++)
    boxes[i] = g_array_index (units, Unit, i).box;
  tela_arrange_boxes (how, boxes, units->len);
  for (guint i = 0; i < units->len; i++)
    {
      const Unit *unit = &g_array_index (units, Unit, i);
      g_autoptr (GPtrArray) whole = NULL;
      g_autoptr (GPtrArray) moves = NULL;

      if (boxes[i].x == unit->box.x && boxes[i].y == unit->box.y)
        continue;
      whole = tela_attach_expand (tela_canvas_get_board (self), unit->elements);
      moves = tela_canvas_move (self, whole, boxes[i].x - unit->box.x, boxes[i].y - unit->box.y, NULL);
      take_all (moving, whole);
      take_all (ops, moves);
    }
  edit (self, moving, ops);
}

static void
flip_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  TelaBoard  *board = tela_canvas_get_board (self);
  gboolean    is_sideways = strcmp (g_variant_get_string (parameter, NULL), "sideways") == 0;
  g_autoptr (GPtrArray) selected = collect (self);
  g_autoptr (GPtrArray) whole = tela_attach_expand (board, selected);
  g_autoptr (GPtrArray) ops = NULL;

  tela_canvas_cancel (self);
  ops = tela_arrange_flip (whole, is_sideways);
  tela_attach_rebind (board, whole, ops, TELA_ATTACH_SLACK * tela_canvas_get_unit (self));
  edit (self, whole, ops);
}

static const GActionEntry entries[] = {
  { .name = "arrange", .activate = arrange_activated, .parameter_type = "s" },
  { .name = "flip", .activate = flip_activated, .parameter_type = "s" },
};

static void
set_enabled (TelaCanvas *self,
             const char *name,
             gboolean    enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
tela_canvas_update_align (TelaCanvas *self)
{
  gboolean can_edit = tela_canvas_can_edit (self);
  guint    n = tela_selection_get_n (self->selection);

  set_enabled (self, "arrange", can_edit && n > 1);
  set_enabled (self, "flip", can_edit && n > 0);
}

void
tela_canvas_init_align (TelaCanvas *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}

/* The keys of Excalidraw. */
void
tela_canvas_bind_align_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint           key;
    GdkModifierType state;
    const char     *action;
    const char     *how;
  } keys[] = {
    { GDK_KEY_Left, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.arrange", "left" },
    { GDK_KEY_Right, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.arrange", "right" },
    { GDK_KEY_Up, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.arrange", "top" },
    { GDK_KEY_Down, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.arrange", "bottom" },
    { GDK_KEY_h, GDK_CONTROL_MASK, "canvas.arrange", "across" },
    { GDK_KEY_h, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "canvas.arrange", "down" },
    { GDK_KEY_h, GDK_SHIFT_MASK, "canvas.flip", "sideways" },
    { GDK_KEY_v, GDK_SHIFT_MASK, "canvas.flip", "upside-down" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].state, keys[i].action, "s", keys[i].how);
}
