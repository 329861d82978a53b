/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-announce.h"
#include "tela-shape-list.h"

#define NUDGE 1.0 /* board units; with Shift: */
#define NUDGE_FAR 10.0
#define PAN_STEP 64.0 /* widget pixels */

void
tela_canvas_reveal (TelaCanvas        *self,
                    const TelaElement *element)
{
  TelaRect visible = tela_viewport_get_visible (self->viewport);
  TelaRect box = tela_element_get_bounds (element);

  if (!tela_rect_contains (visible, box))
    tela_viewport_pan (self->viewport,
                       (visible.x + visible.width / 2 - box.x - box.width / 2) / tela_canvas_get_unit (self),
                       (visible.y + visible.height / 2 - box.y - box.height / 2) / tela_canvas_get_unit (self));
}

/* The next shape in z-order, or the one before, becomes the selection and comes into view. */
static gboolean
step (TelaCanvas *self,
      int         by)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autofree char *told = NULL;
  const char      *id;
  int              at = by > 0 ? -1 : 0;

  if (self->session == NULL)
    return FALSE;
  all = tela_board_query (tela_canvas_get_board (self), NULL);
  if (by < 0)
    at = (int) all->len;
  for (guint i = 0; i < all->len; i++)
    if (tela_selection_contains (self->selection, tela_element_get_id (all->pdata[i])))
      {
        at = (int) i;
        break;
      }
  at += by;
  if (at < 0 || at >= (int) all->len)
    {
      tela_selection_clear (self->selection);
      return FALSE;
    }

  id = tela_element_get_id (all->pdata[at]);
  tela_selection_set (self->selection, &id, 1);
  tela_canvas_reveal (self, all->pdata[at]);
  told = tela_shape_describe (tela_canvas_get_board (self), all->pdata[at]);
  tela_announce (GTK_WIDGET (self), told);

  return TRUE;
}

/* After the last shape the focus goes on to the next control. */
static gboolean
tab_cb (GtkWidget *widget,
        GVariant  *arguments,
        gpointer   user_data)
{
  return step (TELA_CANVAS (widget), 1);
}

static gboolean
back_tab_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  return step (TELA_CANVAS (widget), -1);
}

static void
bind_vector (GtkWidgetClass *widget_class,
             GdkModifierType state,
             const char     *action,
             double          length)
{
  static const struct
  {
    guint key, keypad;
    int   x, y;
  } ways[] = { { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
               { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
               { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
               { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      gtk_widget_class_add_binding_action (widget_class, ways[i].key, state, action, "(dd)", ways[i].x * length,
                                           ways[i].y * length);
      gtk_widget_class_add_binding_action (widget_class, ways[i].keypad, state, action, "(dd)", ways[i].x * length,
                                           ways[i].y * length);
    }
}

/* Keys that act only while the board has the focus. The window binds those with Control. */
void
tela_canvas_bind_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint       key;
    const char *tool;
  } tools[] = {
    { GDK_KEY_v, "select" },
    { GDK_KEY_1, "select" },
    { GDK_KEY_h, "hand" },
    { GDK_KEY_r, "rectangle" },
    { GDK_KEY_2, "rectangle" },
    { GDK_KEY_d, "diamond" },
    { GDK_KEY_3, "diamond" },
    { GDK_KEY_o, "ellipse" },
    { GDK_KEY_4, "ellipse" },
    { GDK_KEY_a, "arrow" },
    { GDK_KEY_5, "arrow" },
    { GDK_KEY_l, "line" },
    { GDK_KEY_6, "line" },
    { GDK_KEY_p, "pen" },
    { GDK_KEY_7, "pen" },
    { GDK_KEY_t, "text" },
    { GDK_KEY_8, "text" },
    { GDK_KEY_f, "frame" },
    { GDK_KEY_g, "generate" },
    { GDK_KEY_e, "eraser" },
    { GDK_KEY_0, "eraser" },
    { GDK_KEY_k, "laser" },
  };
  static const struct
  {
    guint       key;
    const char *action;
  } plain[] = {
    { GDK_KEY_BackSpace, "canvas.delete" },
    { GDK_KEY_KP_Delete, "canvas.delete" },
    { GDK_KEY_Delete, "canvas.delete" }, /* menus show the last one */
    { GDK_KEY_Escape, "canvas.cancel" },
    { GDK_KEY_Return, "canvas.edit" },
    { GDK_KEY_KP_Enter, "canvas.edit" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
    gtk_widget_class_add_binding_action (widget_class, tools[i].key, 0, "canvas.tool", "s", tools[i].tool);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    gtk_widget_class_add_binding_action (widget_class, plain[i].key, 0, plain[i].action, NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_exclam, GDK_SHIFT_MASK, "canvas.zoom-fit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_1, GDK_SHIFT_MASK, "canvas.zoom-fit", NULL);
  bind_vector (widget_class, 0, "canvas.nudge", NUDGE);
  bind_vector (widget_class, GDK_SHIFT_MASK, "canvas.nudge", NUDGE_FAR);
  bind_vector (widget_class, GDK_CONTROL_MASK, "canvas.pan", PAN_STEP);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Tab, 0, tab_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Tab, GDK_SHIFT_MASK, back_tab_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_ISO_Left_Tab, GDK_SHIFT_MASK, back_tab_cb, NULL);
}
