/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The panels beside the board: when they are there, and how the keyboard comes to them. */

#include "tela-board-page-private.h"

#include "tela-attach.h"

static TelaKinds
selected_kinds (TelaBoardPage *self)
{
  TelaKinds kinds = 0;
  g_autoptr (GPtrArray) selected = NULL;

  selected = tela_selection_collect (tela_canvas_get_selection (self->canvas), tela_canvas_get_board (self->canvas));
  for (guint i = 0; i < selected->len; i++)
    {
      kinds |= tela_style_panel_kind_of (tela_element_get_string (selected->pdata[i], TELA_KEY_TYPE));
      if (tela_attach_find_text (tela_canvas_get_board (self->canvas), tela_element_get_id (selected->pdata[i])) != NULL)
        kinds |= TELA_KIND_TEXT;
    }

  return kinds;
}

static void
reveal_style_panel (TelaBoardPage *self,
                    gboolean       is_shown)
{
  gboolean at_once = tela_canvas_is_dragging (self->canvas);

  gtk_revealer_set_transition_type (self->style_revealer, at_once ? GTK_REVEALER_TRANSITION_TYPE_NONE
                                                                  : GTK_REVEALER_TRANSITION_TYPE_CROSSFADE);
  gtk_revealer_set_reveal_child (self->style_revealer, is_shown);
  /* An invisible revealer would still catch what is meant for the board. */
  gtk_widget_set_can_target (GTK_WIDGET (self->style_revealer), is_shown);
}

/* While a hand moves shapes the panel would lie over where they go, and be drawn anew in each frame. */
static gboolean
is_in_the_way (TelaBoardPage *self)
{
  return tela_canvas_is_dragging (self->canvas) ||
         (tela_canvas_is_pressed (self->canvas) && !gtk_revealer_get_reveal_child (self->style_revealer));
}

void
tela_board_page_update_style_panel (TelaBoardPage *self)
{
  gboolean  has_selection = tela_selection_get_n (tela_canvas_get_selection (self->canvas)) > 0;
  TelaKinds kinds = tela_style_panel_kind_of (tela_canvas_get_tool (self->canvas));
  gboolean  is_shown;
  g_autoptr (GVariant) wanted = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), "show-style");

  if (is_in_the_way (self))
    {
      reveal_style_panel (self, FALSE);
      return;
    }

  if (has_selection && self->session != NULL)
    kinds = selected_kinds (self);
  else if (tela_canvas_is_editing (self->canvas))
    kinds = TELA_KIND_TEXT;
  is_shown = g_variant_get_boolean (wanted) && (has_selection || kinds != 0) && self->session != NULL &&
             tela_session_can_edit (self->session);

  if (is_shown)
    tela_style_panel_set_kinds (self->style_panel, kinds, has_selection);
  reveal_style_panel (self, is_shown);
}

/* From the board to the panels and the tools, and back: what is selected stays so, as Tab goes from shape to shape. */
static void
focus_part (TelaBoardPage *self,
            gboolean       is_back)
{
  GtkWidget  *parts[] = { GTK_WIDGET (self->canvas), GTK_WIDGET (self->style_panel), GTK_WIDGET (self->library_panel),
                          GTK_WIDGET (self->outline_panel), self->toolbar };
  GtkWidget  *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  const guint n = G_N_ELEMENTS (parts);
  guint       at = 0;

  for (guint i = 0; focus != NULL && i < n; i++)
    if (gtk_widget_is_ancestor (focus, parts[i]))
      at = i;
  for (guint i = 1; i <= n; i++)
    {
      GtkWidget *part = parts[(at + (is_back ? n - i : i)) % n];

      /* What is folded away is still there, and mapped. */
      if (!gtk_widget_get_mapped (part) || !gtk_widget_get_can_target (gtk_widget_get_parent (part)))
        continue;
      if (part == parts[0] ? gtk_widget_grab_focus (part) : gtk_widget_child_focus (part, GTK_DIR_TAB_FORWARD))
        return;
    }
}

static void
next_part_activated (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  focus_part (user_data, FALSE);
}

static void
previous_part_activated (GSimpleAction *action,
                         GVariant      *parameter,
                         gpointer       user_data)
{
  focus_part (user_data, TRUE);
}

static void
show_style_cb (GSimpleAction *action,
               GVariant      *state,
               gpointer       user_data)
{
  g_simple_action_set_state (action, state);
  tela_board_page_update_style_panel (user_data);
}

/* They have one place: the other one, if it was there, makes room. */
static void
show_panel (TelaBoardPage *self,
            GSimpleAction *action,
            GVariant      *state,
            GtkRevealer   *revealer,
            const char    *other)
{
  gboolean is_shown = g_variant_get_boolean (state);

  if (is_shown)
    g_action_group_change_action_state (G_ACTION_GROUP (self->actions), other, g_variant_new_boolean (FALSE));
  g_simple_action_set_state (action, state);
  gtk_widget_set_visible (GTK_WIDGET (revealer), is_shown);
  gtk_revealer_set_reveal_child (revealer, is_shown);
}

static void
show_library_cb (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       user_data)
{
  TelaBoardPage *self = user_data;

  show_panel (self, action, state, self->library_revealer, "show-outline");
}

static void
show_outline_cb (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       user_data)
{
  TelaBoardPage *self = user_data;
  GtkRoot       *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget     *focus = root == NULL ? NULL : gtk_root_get_focus (root);
  gboolean       had_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->outline_panel));

  show_panel (self, action, state, self->outline_revealer, "show-library");
  if (g_variant_get_boolean (state))
    gtk_widget_grab_focus (GTK_WIDGET (self->outline_panel));
  else if (had_focus)
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

void
tela_board_page_init_actions (TelaBoardPage *self)
{
  static const GActionEntry entries[] = {
    { .name = "next-part", .activate = next_part_activated },
    { .name = "previous-part", .activate = previous_part_activated },
    { .name = "show-style", .state = "true", .change_state = show_style_cb },
    { .name = "show-library", .state = "false", .change_state = show_library_cb },
    { .name = "show-outline", .state = "false", .change_state = show_outline_cb },
  };
  GtkWidget *widget = GTK_WIDGET (self);

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (widget, "board", G_ACTION_GROUP (self->actions));
  gtk_widget_insert_action_group (widget, "canvas", tela_canvas_get_actions (self->canvas));
  gtk_widget_insert_action_group (widget, "style", tela_canvas_get_style_actions (self->canvas));
}
