/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board-page-private.h"

#include <glib/gi18n.h>

#include "tela-template.h"
#include "tela-tool-buttons.h"
#include "tela-trim.h"

G_DEFINE_FINAL_TYPE (TelaBoardPage, tela_board_page, GTK_TYPE_WIDGET)

static gboolean
is_lost (TelaBoardPage *self)
{
  return tela_session_get_state (self->session, NULL) == TELA_SYNC_LOST;
}

/* Lasting trouble only; what passes is told by the state button. */
static const char *
trouble (TelaBoardPage *self)
{
  if (self->session == NULL)
    return NULL;
  if (is_lost (self))
    return _ ("You cannot reach this board any more: it was deleted, or you were removed from it. You see it as it was then.");
  if (tela_session_get_state (self->session, NULL) == TELA_SYNC_PAUSED)
    return tela_session_get_problem (self->session) == NULL ? "" : tela_session_get_problem (self->session)->message;
  if (!self->is_local && self->realtime != NULL &&
      realtime_manager_get_connection_state (self->realtime) == REALTIME_CONNECTION_ERROR)
    return _ ("Working offline. Changes are kept on this computer.");

  return NULL;
}

static void
allow_edits (TelaBoardPage *self,
             gboolean       can_edit)
{
  tela_tool_buttons_allow (self->toolbar, can_edit);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "show-style")),
                               can_edit);
}

static void
update_state (TelaBoardPage *self)
{
  const char      *problem;
  gboolean         is_paused;
  g_autofree char *text = NULL;

  if (self->session == NULL)
    return;

  problem = trouble (self);
  is_paused = tela_session_get_state (self->session, NULL) == TELA_SYNC_PAUSED;
  if (is_paused)
    /* Translators: %s is the cause, a sentence */
    text = g_strdup_printf (_ ("Editing is paused. %s"), problem);
  else
    text = g_strdup (problem);
  if (problem != NULL)
    gtk_label_set_label (self->banner_label, text);
  gtk_widget_set_visible (self->banner_button, is_lost (self));
  gtk_revealer_set_reveal_child (self->banner, problem != NULL);

  adw_window_title_set_subtitle (self->title, !is_paused && !tela_session_can_edit (self->session)
                                                  ? _ ("View only")
                                                  : (self->note == NULL ? "" : self->note));
  allow_edits (self, tela_session_can_edit (self->session));
}

static void
viewport_changed_cb (TelaBoardPage *self)
{
  TelaViewport    *viewport = tela_canvas_get_viewport (self->canvas);
  g_autofree char *text = NULL;

  /* Translators: the zoom level, in percent */
  text = g_strdup_printf (_ ("%.0f %%"), 100 * tela_viewport_get_zoom (viewport));
  gtk_label_set_label (self->zoom_label, text);

  if (self->needs_fit && tela_viewport_get_visible (viewport).width > 0)
    {
      TelaRect extent;
      TelaRect visible = tela_viewport_get_visible (viewport);

      self->needs_fit = FALSE;
      if (tela_board_get_extent (tela_session_get_board (self->session), &extent))
        tela_viewport_fit (viewport, extent, TELA_FIT_MARGIN);
      else
        tela_viewport_fit (viewport,
                           (TelaRect){ -visible.width / 2, -visible.height / 2, visible.width, visible.height }, 0);
    }
}

static void
tela_board_page_dispose (GObject *object)
{
  TelaBoardPage *self = TELA_BOARD_PAGE (object);

  if (self->library_panel != NULL)
    tela_library_panel_set_canvas (self->library_panel, NULL);
  if (self->outline_panel != NULL)
    tela_outline_panel_set_canvas (self->outline_panel, NULL);
  if (self->canvas != NULL)
    tela_board_page_set_session (self, NULL, NULL, TRUE);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->realtime_signals);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->note, g_free);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_BOARD_PAGE);

  G_OBJECT_CLASS (tela_board_page_parent_class)->dispose (object);
}

static void
tela_board_page_class_init (TelaBoardPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_board_page_dispose;

  g_type_ensure (TELA_TYPE_CANVAS);
  g_type_ensure (TELA_TYPE_FOLLOW);
  g_type_ensure (TELA_TYPE_HANDS);
  g_type_ensure (TELA_TYPE_LIBRARY_PANEL);
  g_type_ensure (TELA_TYPE_OUTLINE_PANEL);
  g_type_ensure (TELA_TYPE_PEOPLE_BUTTON);
  g_type_ensure (TELA_TYPE_STYLE_PANEL);
  g_type_ensure (TELA_TYPE_SYNC_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-board-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, header);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, title);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, sync_button);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, people_button);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, hands);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, follow);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, banner);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, banner_label);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, banner_button);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, canvas);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, style_revealer);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, style_panel);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, library_revealer);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, library_panel);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, outline_revealer);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, outline_panel);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, header_history);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, share_button);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, corner_history);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, jobs_button);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, jobs_content);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, zoom_label);
  gtk_widget_class_bind_template_child (widget_class, TelaBoardPage, toolbar);
}

static void
tela_board_page_init (TelaBoardPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  tela_template_widen_labels (GTK_WIDGET (self->title));
  tela_template_name_buttons (GTK_WIDGET (self));
  tela_board_page_init_actions (self);
  tela_people_button_set_parts (self->people_button, self->canvas, self->hands, self->follow,
                                G_ACTION_MAP (self->actions));
  tela_library_panel_set_canvas (self->library_panel, self->canvas);
  tela_outline_panel_set_canvas (self->outline_panel, self->canvas);
  tela_style_panel_set_style (self->style_panel, tela_canvas_get_style (self->canvas));

  self->session_signals = g_signal_group_new (TELA_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify", G_CALLBACK (update_state), self);
  self->realtime_signals = g_signal_group_new (REALTIME_TYPE_MANAGER);
  g_signal_group_connect_swapped (self->realtime_signals, "notify::connection-state", G_CALLBACK (update_state), self);

  g_signal_connect_object (tela_canvas_get_viewport (self->canvas), "changed", G_CALLBACK (viewport_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tela_canvas_get_selection (self->canvas), "changed", G_CALLBACK (tela_board_page_update_style_panel), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "notify::tool", G_CALLBACK (tela_board_page_update_style_panel), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "notify::editing", G_CALLBACK (tela_board_page_update_style_panel), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "notify::pressed", G_CALLBACK (tela_board_page_update_style_panel), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "notify::dragging", G_CALLBACK (tela_board_page_update_style_panel), self, G_CONNECT_SWAPPED);
  viewport_changed_cb (self);
  tela_board_page_update_style_panel (self);
}

TelaCanvas *
tela_board_page_get_canvas (TelaBoardPage *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_PAGE (self), NULL);

  return self->canvas;
}

TelaLibraryPanel *
tela_board_page_get_library (TelaBoardPage *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_PAGE (self), NULL);

  return self->library_panel;
}

TelaOutlinePanel *
tela_board_page_get_outline (TelaBoardPage *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_PAGE (self), NULL);

  return self->outline_panel;
}

GActionGroup *
tela_board_page_get_actions (TelaBoardPage *self)
{
  g_return_val_if_fail (TELA_IS_BOARD_PAGE (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

void
tela_board_page_place (TelaBoardPage *self,
                       double         x,
                       double         y,
                       double         zoom)
{
  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  self->needs_fit = FALSE;
  tela_viewport_place (tela_canvas_get_viewport (self->canvas), x, y, zoom);
}

void
tela_board_page_show_library (TelaBoardPage *self)
{
  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "show-library", g_variant_new_boolean (TRUE));
}

void
tela_board_page_set_session (TelaBoardPage *self,
                             TelaSession   *session,
                             TelaWorkspace *workspace,
                             gboolean       is_local)
{
  RealtimeManager *realtime = workspace == NULL ? NULL : tela_workspace_get_realtime (workspace);

  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  g_set_object (&self->session, session);
  g_set_object (&self->realtime, realtime);
  self->is_local = is_local;
  self->needs_fit = session != NULL;
  g_signal_group_set_target (self->session_signals, session);
  g_signal_group_set_target (self->realtime_signals, realtime);
  tela_canvas_set_session (self->canvas, session, workspace == NULL ? NULL : tela_workspace_get_store (workspace));
  if (session != NULL && workspace != NULL)
    tela_canvas_set_assets (self->canvas, tela_workspace_get_assets (workspace));
  tela_outline_panel_set_board (self->outline_panel, session == NULL ? NULL : tela_session_get_board (session));
  tela_sync_button_set_session (self->sync_button, session, realtime, is_local);
  tela_people_button_set_session (self->people_button, session, workspace);

  update_state (self);
  tela_board_page_update_style_panel (self);
  tela_trim_soon ();
  if (session != NULL)
    {
      viewport_changed_cb (self);
      gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
    }
}

void
tela_board_page_set_title (TelaBoardPage *self,
                           const char    *title)
{
  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  adw_window_title_set_title (self->title, title);
  tela_canvas_set_label (self->canvas, title);
}

void
tela_board_page_set_note (TelaBoardPage *self,
                          const char    *note)
{
  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  if (g_strcmp0 (note, self->note) == 0)
    return;

  g_free (self->note);
  self->note = g_strdup (note);
  update_state (self);
}

void
tela_board_page_set_n_jobs (TelaBoardPage *self,
                            guint          n)
{
  g_autofree char *text = g_strdup_printf ("%u", n);
  g_autofree char *words = NULL;

  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  /* Translators: %u is the number of images that are being made or wait to be */
  words = g_strdup_printf (g_dngettext (NULL, "%u image job", "%u image jobs", n), n);
  adw_button_content_set_label (self->jobs_content, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->jobs_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_visible (self->jobs_button, n > 0);
}

/* A narrow window has its close button: what else there is to a window has other ways, and the name of the board needs the
 * room. (transfer full) (nullable) */
static char *
dup_narrow_layout (GtkWidget *widget)
{
  g_autofree char *layout = NULL;
  g_auto (GStrv) sides = NULL;
  GString *narrow = g_string_new (NULL);

  g_object_get (gtk_widget_get_settings (widget), "gtk-decoration-layout", &layout, NULL);
  sides = g_strsplit (layout != NULL ? layout : "", ":", 2);
  for (guint i = 0; sides[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (narrow, ':');
      if (strstr (sides[i], "close") != NULL)
        g_string_append (narrow, "close");
    }

  return g_string_free (narrow, FALSE);
}

/* The header bar of a narrow window has room for the name, one face and the state; jobs go below. */
static void
place_jobs_button (TelaBoardPage *self)
{
  GtkWidget *button = g_object_ref (self->jobs_button);

  if (self->is_narrow)
    {
      adw_header_bar_remove (self->header, button);
      gtk_box_append (GTK_BOX (self->corner_history), button);
      gtk_widget_add_css_class (button, "flat");
    }
  else
    {
      gtk_box_remove (GTK_BOX (self->corner_history), button);
      adw_header_bar_pack_end (self->header, button);
      gtk_widget_remove_css_class (button, "flat");
    }
  g_object_unref (button);
}

void
tela_board_page_set_narrow (TelaBoardPage *self,
                            gboolean       narrow)
{
  g_autofree char *layout = NULL;

  g_return_if_fail (TELA_IS_BOARD_PAGE (self));

  if (self->is_narrow == narrow)
    return;

  self->is_narrow = narrow;
  tela_sync_button_set_compact (self->sync_button, narrow);
  tela_people_button_set_compact (self->people_button, narrow);
  layout = narrow ? dup_narrow_layout (GTK_WIDGET (self)) : NULL;
  adw_header_bar_set_decoration_layout (self->header, layout);
  place_jobs_button (self);
  gtk_widget_set_visible (self->header_history, !narrow);
  gtk_widget_set_visible (self->share_button, !narrow);
  gtk_widget_set_visible (self->corner_history, narrow);
  /* The panel would hide half of a narrow board: there it comes when it is called. */
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "show-style", g_variant_new_boolean (!narrow));
}
