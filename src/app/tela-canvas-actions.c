/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-canvas-attach.h"
#include "tela-copies.h"
#include "tela-factory.h"
#include "tela-transform.h"

#define DUPLICATE_OFFSET 16.0 /* board units */

static GPtrArray *
collect (TelaCanvas *self)
{
  return tela_selection_collect (self->selection, tela_canvas_get_board (self));
}

static void
edit (TelaCanvas *self,
      GPtrArray  *ops)
{
  if (ops->len > 0)
    tela_session_edit (self->session, (TelaElement *const *) ops->pdata, ops->len);
}

static void
delete_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) selected = collect (self);

  tela_canvas_cancel (self);
  tela_canvas_delete (self, selected);
}

static void
select_all_activated (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) all = NULL;

  tela_canvas_set_tool (self, "select");
  all = tela_board_query (tela_canvas_get_board (self), NULL);
  for (guint i = all->len; i-- > 0;)
    if (tela_element_get_boolean (all->pdata[i], TELA_KEY_LOCKED, FALSE))
      g_ptr_array_remove_index (all, i);
  tela_selection_set_elements (self->selection, all);
}

static void
select_none_activated (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  tela_selection_clear (TELA_CANVAS (user_data)->selection);
}

static void
duplicate_activated (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) selected = collect (self);
  g_autoptr (GPtrArray) all = tela_attach_expand (tela_canvas_get_board (self), selected);
  g_autoptr (TelaCopies) copies = tela_copies_new (tela_canvas_get_board (self));

  tela_copies_keep_frames (copies);
  tela_copies_add (copies, all, NULL, DUPLICATE_OFFSET, DUPLICATE_OFFSET);
  tela_copies_insert (copies, self);
}

static void
nudge_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) selected = collect (self);
  g_autoptr (GPtrArray) all = tela_attach_expand (tela_canvas_get_board (self), selected);
  g_autoptr (GPtrArray) moves = NULL;
  g_autoptr (GPtrArray) ops = NULL;
  double dx, dy;

  g_variant_get (parameter, "(dd)", &dx, &dy);
  moves = tela_canvas_move (self, all, dx, dy, NULL);
  ops = tela_canvas_complete (self, all, moves);
  edit (self, ops);
}

static void
pan_activated (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  double dx, dy;

  g_variant_get (parameter, "(dd)", &dx, &dy);
  tela_viewport_pan (TELA_CANVAS (user_data)->viewport, -dx, -dy);
}

static void
edit_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) selected = collect (self);

  if (strcmp (tela_canvas_get_tool (self), "crop") == 0)
    {
      tela_canvas_set_tool (self, "select");
      return;
    }
  if (self->tool->klass->places)
    {
      tela_canvas_place (self);
      return;
    }
  if (selected->len == 1 && tela_canvas_crop (self, selected->pdata[0]))
    return;
  if (selected->len == 1 && tela_canvas_rename_frame (self, selected->pdata[0]))
    return;
  for (guint i = 0; i < selected->len; i++)
    if (tela_canvas_edit_text (self, selected->pdata[i]))
      return;
}

/* One step back: out of a drag, else out of the selection, else out of the tool. */
static void
cancel_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  TelaCanvas *self = user_data;

  if (self->is_pressed)
    tela_canvas_cancel (self);
  else if (strcmp (tela_canvas_get_tool (self), "crop") == 0)
    tela_canvas_set_tool (self, "select");
  else if (tela_selection_get_n (self->selection) > 0)
    tela_selection_clear (self->selection);
  else
    tela_canvas_set_tool (self, "select");
}

static void
undo_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  guint       skipped = 0;

  tela_canvas_commit_text (self);
  tela_canvas_finish_style (self);
  tela_canvas_cancel (self);
  tela_session_undo (self->session, &skipped);
  tela_canvas_tell_skipped (self, skipped);
}

static void
redo_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  guint       skipped = 0;

  tela_canvas_commit_text (self);
  tela_canvas_finish_style (self);
  tela_canvas_cancel (self);
  tela_session_redo (self->session, &skipped);
  tela_canvas_tell_skipped (self, skipped);
}

static void
zoom_in_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  TelaViewport *viewport = TELA_CANVAS (user_data)->viewport;

  tela_viewport_zoom_centre (viewport, tela_viewport_get_zoom (viewport) * TELA_ZOOM_STEP);
}

static void
zoom_out_activated (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  TelaViewport *viewport = TELA_CANVAS (user_data)->viewport;

  tela_viewport_zoom_centre (viewport, tela_viewport_get_zoom (viewport) / TELA_ZOOM_STEP);
}

static void
zoom_reset_activated (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  tela_viewport_zoom_centre (TELA_CANVAS (user_data)->viewport, 1);
}

static void
zoom_fit_activated (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  TelaCanvas *self = user_data;
  TelaRect    extent;

  if (tela_board_get_extent (tela_canvas_get_board (self), &extent))
    tela_viewport_fit (self->viewport, extent, TELA_FIT_MARGIN);
}

static void
tool_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  tela_canvas_set_tool (user_data, g_variant_get_string (parameter, NULL));
}

static const GActionEntry entries[] = {
  { .name = "tool", .activate = tool_activated, .parameter_type = "s", .state = "'select'" },
  { .name = "delete", .activate = delete_activated },
  { .name = "select-all", .activate = select_all_activated },
  { .name = "select-none", .activate = select_none_activated },
  { .name = "duplicate", .activate = duplicate_activated },
  { .name = "nudge", .activate = nudge_activated, .parameter_type = "(dd)" },
  { .name = "pan", .activate = pan_activated, .parameter_type = "(dd)" },
  { .name = "edit", .activate = edit_activated },
  { .name = "cancel", .activate = cancel_activated },
  { .name = "undo", .activate = undo_activated },
  { .name = "redo", .activate = redo_activated },
  { .name = "zoom-in", .activate = zoom_in_activated },
  { .name = "zoom-out", .activate = zoom_out_activated },
  { .name = "zoom-reset", .activate = zoom_reset_activated },
  { .name = "zoom-fit", .activate = zoom_fit_activated },
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
tela_canvas_update_actions (TelaCanvas *self)
{
  static const char *const of_selection[] = { "delete", "cut", "duplicate", "to-front", "to-back", "forward",
                                              "backward", "group", "ungroup", "lock", "nudge",
                                              "show-order-menu", "show-arrange-menu" };
  static const char *const of_board[] = { "select-all", "select-none", "pan", "cancel", "zoom-in", "zoom-out",
                                          "zoom-reset", "zoom-fit" };
  gboolean                 has_board = self->session != NULL;
  gboolean                 has_selection = tela_selection_get_n (self->selection) > 0;
  gboolean                 can_edit = tela_canvas_can_edit (self);

  for (guint i = 0; i < G_N_ELEMENTS (of_selection); i++)
    set_enabled (self, of_selection[i], can_edit && has_selection);
  set_enabled (self, "edit", can_edit && (has_selection || self->tool->klass->places));
  for (guint i = 0; i < G_N_ELEMENTS (of_board); i++)
    set_enabled (self, of_board[i], has_board);
  tela_canvas_update_align (self);
  set_enabled (self, "copy", has_selection);
  tela_canvas_update_image_actions (self);
  set_enabled (self, "copy-as", has_selection);
  set_enabled (self, "show-copy-menu", has_selection);
  tela_canvas_update_frame_actions (self);
  set_enabled (self, "paste", can_edit);
  set_enabled (self, "unlock-all", can_edit);
  set_enabled (self, "undo", can_edit && tela_session_can_undo (self->session));
  set_enabled (self, "redo", can_edit && tela_session_can_redo (self->session));
}

static void
tool_changed_cb (TelaCanvas *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "tool");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (tela_canvas_get_tool (self)));
  tela_canvas_update_actions (self);
}

void
tela_canvas_init_actions (TelaCanvas *self)
{
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  tela_canvas_init_arrange (self);
  tela_canvas_init_align (self);
  tela_canvas_init_images (self);
  tela_canvas_init_frames (self);
  tela_canvas_init_menu (self);
  tela_canvas_init_clipboard (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "canvas", G_ACTION_GROUP (self->actions));
  g_signal_connect (self, "notify::tool", G_CALLBACK (tool_changed_cb), NULL);
  g_signal_connect_object (self->selection, "changed", G_CALLBACK (tela_canvas_update_actions), self,
                           G_CONNECT_SWAPPED);
  tela_canvas_update_actions (self);
}
