/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-frame-meter.h"

G_DEFINE_FINAL_TYPE (TelaWindow, tela_window, ADW_TYPE_APPLICATION_WINDOW)

TelaApplication *
tela_window_get_app (TelaWindow *self)
{
  return TELA_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
}

TelaWorkspace *
tela_window_get_workspace (TelaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  return app == NULL ? NULL : tela_application_get_workspace (TELA_APPLICATION (app));
}

static void
update_title (TelaWindow *self)
{
  g_autofree char *name = NULL;
  g_autoptr (TelaProject) project = NULL;

  if (gtk_window_get_application (GTK_WINDOW (self)) == NULL)
    return;

  project = tela_application_find_board (tela_window_get_app (self), self->project_id);
  g_signal_group_set_target (self->project_signals, project);
  /* A board that is lost has its name no more, but here it stays. */
  if (project == NULL && self->session != NULL && self->is_named)
    return;
  self->is_named = project != NULL;

  name = self->session == NULL ? g_strdup (_ ("Boards")) : tela_window_dup_name (self);
  gtk_window_set_title (GTK_WINDOW (self), name);
  tela_board_page_set_title (self->board_page, name);
}

static void
update_actions (TelaWindow *self)
{
  static const char *const of_board[] = { "win.boards", "win.save", "win.save-as",
                                          "win.export", "win.print", "win.changes", "win.keep-copy" };
  static const char *const of_editor[] = { "win.rename", "win.insert-image" };
  static const char *const of_member[] = { "win.share", "win.versions" };
  GtkWidget               *widget = GTK_WIDGET (self);

  for (guint i = 0; i < G_N_ELEMENTS (of_board); i++)
    gtk_widget_action_set_enabled (widget, of_board[i], self->session != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (of_editor); i++)
    gtk_widget_action_set_enabled (widget, of_editor[i], self->session != NULL && tela_session_can_edit (self->session));
  for (guint i = 0; i < G_N_ELEMENTS (of_member); i++)
    gtk_widget_action_set_enabled (widget, of_member[i],
                                   self->session != NULL && tela_session_get_role (self->session) != NULL);
}

static void
skipped_cb (TelaWindow *self,
            guint       n)
{
  g_autofree char *text = NULL;

  /* Translators: after an undo; %u is the number of properties of shapes that were left alone */
  text = g_strdup_printf (g_dngettext (NULL, "%u value was left, as somebody else has changed it since",
                                       "%u values were left, as somebody else has changed them since", n),
                          n);
  tela_window_toast (self, text);
}

static void
edited_cb (TelaWindow *self)
{
  if (self->thumbnailer != NULL)
    tela_thumbnailer_edited (self->thumbnailer, self->session);
}

static void
set_session (TelaWindow  *self,
             TelaSession *session)
{
  GtkApplication  *application = gtk_window_get_application (GTK_WINDOW (self));
  TelaApplication *app = application == NULL ? NULL : TELA_APPLICATION (application);

  if (self->session != NULL && self->session != session && self->thumbnailer != NULL)
    tela_thumbnailer_left (self->thumbnailer, self->session);
  g_set_object (&self->session, session);
  self->is_named = FALSE;
  self->n_lost = session != NULL ? tela_session_get_n_lost (session) : 0;
  g_clear_pointer (&self->content, g_free);
  g_signal_group_set_target (self->session_signals, session);
  g_signal_group_set_target (self->board_signals, session == NULL ? NULL : tela_session_get_board (session));
  if (self->board_page != NULL)
    tela_board_page_set_session (self->board_page, session, session == NULL ? NULL : tela_window_get_workspace (self),
                                 app == NULL || tela_application_is_local (app));
  if (self->oneself != NULL && self->board_page != NULL)
    tela_oneself_set_session (self->oneself, tela_window_get_canvas (self), session);
  tela_window_board_changed (self);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaWindow) self = user_data; /* the reference tela_window_open_board() took */
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = NULL;

  session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (session == NULL)
    {
      g_autofree char *text = NULL;

      tela_frame_meter_give_up ();
      /* Translators: %s says why, in a sentence */
      text = g_strdup_printf (_ ("The board cannot be opened: %s"), error->message);
      tela_window_toast (self, text);
      tela_window_show_boards (self);
      return;
    }

  set_session (self, session);
  /* At once: while one page fades into the other, nothing else is painted where there is no fast renderer. */
  gtk_stack_set_visible_child_full (self->stack, "board", GTK_STACK_TRANSITION_TYPE_NONE);
  gtk_widget_grab_focus (GTK_WIDGET (tela_window_get_canvas (self)));
  tela_window_place_camera (self);
  tela_window_show_wanted_job (self);
  update_title (self);
  update_actions (self);
}

static void
new_window_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);
  TelaWindow *other = tela_window_new (tela_window_get_app (self));

  if (self->project_id != NULL)
    tela_window_open_board (other, self->project_id);
  gtk_window_present (GTK_WINDOW (other));
}

static void
trash_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  tela_window_show_trash (TELA_WINDOW (widget));
}

static void
boards_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  tela_window_show_boards (TELA_WINDOW (widget));
}

static void
new_board_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  tela_window_new_board (TELA_WINDOW (widget));
}

static void
rename_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);

  if (self->project_id != NULL)
    tela_window_rename_board (self, self->project_id);
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);

  if (self->project_id == NULL)
    tela_list_page_search (self->list_page);
}

static void
open_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  tela_window_choose_open (TELA_WINDOW (widget));
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  tela_window_save (TELA_WINDOW (widget));
}

static void
save_as_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  tela_window_choose_save (TELA_WINDOW (widget));
}

static void
list_opened_cb (TelaWindow *self,
                const char *project_id)
{
  tela_window_open_board (self, project_id);
}

void
tela_window_open_beside (TelaWindow *self,
                         const char *project_id)
{
  TelaWindow *other = tela_window_new (tela_window_get_app (self));

  tela_window_open_board (other, project_id);
  gtk_window_present (GTK_WINDOW (other));
}

/* libadwaita 1.2 has no breakpoints: what the surface was laid out to says it. */
static void
surface_layout_cb (TelaWindow *self)
{
  /* The surface is as wide as the window and its shadow. */
  int width = gtk_widget_get_width (adw_application_window_get_content (ADW_APPLICATION_WINDOW (self)));

  tela_board_page_set_narrow (self->board_page, width < TELA_NARROW_WIDTH);
}

static gboolean
tela_window_close_request (GtkWindow *window)
{
  GtkApplication *app = gtk_window_get_application (window);

  /* The last one is the state to come back to. */
  if (app != NULL && g_list_length (gtk_application_get_windows (app)) == 1)
    {
      tela_application_save_windows (TELA_APPLICATION (app));
      if (tela_application_delay_close (TELA_APPLICATION (app), window))
        return TRUE;
    }
  else if (app != NULL)
    tela_application_windows_changed (TELA_APPLICATION (app));

  return GTK_WINDOW_CLASS (tela_window_parent_class)->close_request (window);
}

static void
tela_window_realize (GtkWidget *widget)
{
  GdkSurface *surface;

  GTK_WIDGET_CLASS (tela_window_parent_class)->realize (widget);
  surface = gtk_native_get_surface (GTK_NATIVE (widget));
  g_signal_connect_object (surface, "layout", G_CALLBACK (surface_layout_cb), widget, G_CONNECT_SWAPPED);
}

static void
tela_window_dispose (GObject *object)
{
  TelaWindow *self = TELA_WINDOW (object);

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  tela_window_dispose_export (self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  if (self->session_signals != NULL)
    set_session (self, NULL);
  g_clear_object (&self->oneself);
  g_clear_object (&self->thumbnailer);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->project_signals);
  g_clear_object (&self->board_signals);
  tela_window_dispose_document (self);
  g_clear_object (&self->job_to_show);
  g_clear_pointer (&self->project_id, g_free);
  g_clear_pointer (&self->camera.tool, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), TELA_TYPE_WINDOW);

  G_OBJECT_CLASS (tela_window_parent_class)->dispose (object);
}

static void
tela_window_class_init (TelaWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_window_dispose;
  widget_class->realize = tela_window_realize;
  GTK_WINDOW_CLASS (klass)->close_request = tela_window_close_request;

  g_type_ensure (TELA_TYPE_LIST_PAGE);
  g_type_ensure (TELA_TYPE_BOARD_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-window.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, TelaWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, TelaWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, TelaWindow, board_page);

  gtk_widget_class_install_action (widget_class, "win.new-window", NULL, new_window_action);
  gtk_widget_class_install_action (widget_class, "win.new-board", NULL, new_board_action);
  gtk_widget_class_install_action (widget_class, "win.boards", NULL, boards_action);
  gtk_widget_class_install_action (widget_class, "win.trash", NULL, trash_action);
  gtk_widget_class_install_action (widget_class, "win.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "win.save-as", NULL, save_as_action);
  tela_window_install_changes (widget_class);
  tela_window_install_copy (widget_class);
  tela_window_install_export (widget_class);
  tela_window_install_print (widget_class);
  tela_window_install_images (widget_class);
  tela_window_install_tour (widget_class);
  tela_window_install_share (widget_class);
  tela_window_install_versions (widget_class);
  tela_window_install_join (widget_class);
  gtk_widget_class_install_action (widget_class, "win.open-recent", "s", tela_window_open_recent_action);
  tela_window_bind_keys (widget_class);
}

static void
tela_window_init (TelaWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();
  self->session_signals = g_signal_group_new (TELA_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "refused", G_CALLBACK (tela_window_tell_refused), self);
  g_signal_group_connect_swapped (self->session_signals, "edits-changed", G_CALLBACK (tela_window_edits_changed), self);
  g_signal_group_connect_swapped (self->session_signals, "edited", G_CALLBACK (edited_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify", G_CALLBACK (update_actions), self);
  self->project_signals = g_signal_group_new (TELA_TYPE_PROJECT);
  g_signal_group_connect_swapped (self->project_signals, "notify::name", G_CALLBACK (update_title), self);
  self->board_signals = g_signal_group_new (TELA_TYPE_BOARD);
  g_signal_group_connect_swapped (self->board_signals, "merged", G_CALLBACK (update_title), self);
  g_signal_group_connect_swapped (self->board_signals, "merged", G_CALLBACK (tela_window_board_changed), self);

  /* Its keys are the window's. */
  gtk_widget_insert_action_group (GTK_WIDGET (self), "board", tela_board_page_get_actions (self->board_page));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "canvas", tela_canvas_get_actions (tela_window_get_canvas (self)));
  g_signal_connect_object (tela_window_get_canvas (self), "skipped", G_CALLBACK (skipped_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tela_window_get_canvas (self), "message", G_CALLBACK (tela_window_tell_text), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tela_window_get_canvas (self), "files-dropped", G_CALLBACK (tela_window_open_files), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list_page, "opened", G_CALLBACK (list_opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list_page, "opened-new", G_CALLBACK (tela_window_open_beside), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list_page, "renamed", G_CALLBACK (tela_window_rename_board), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list_page, "deleted", G_CALLBACK (tela_window_delete_board), self, G_CONNECT_SWAPPED);
  tela_window_init_library (self);
  tela_window_init_document (self);
  tela_window_init_drop (self);
  tela_window_init_recent (self);
  update_actions (self);
}

TelaWindow *
tela_window_new (TelaApplication *application)
{
  TelaWindow *self = g_object_new (TELA_TYPE_WINDOW, "application", application, NULL);

  self->oneself = g_object_ref (tela_application_get_oneself (application));
  g_set_object (&self->thumbnailer, tela_application_get_thumbnailer (application));
  tela_list_page_set_boards (self->list_page, tela_application_get_boards (application),
                             tela_application_get_workspace (application));
  tela_list_page_set_notice (self->list_page, tela_application_get_notice (application));
  g_signal_connect_object (tela_application_get_boards (application), "items-changed", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  tela_library_panel_set_shelf (tela_board_page_get_library (self->board_page),
                                tela_application_get_shelf (application));
  tela_window_init_jobs (self);
  update_title (self);
  tela_window_init_state (self);

  return self;
}

void
tela_window_open_board (TelaWindow *self,
                        const char *project_id)
{
  TelaWorkspace *workspace = tela_window_get_workspace (self);

  g_return_if_fail (TELA_IS_WINDOW (self));

  if (workspace == NULL || g_strcmp0 (project_id, self->project_id) == 0)
    return;

  tela_frame_meter_begin_opening (FALSE);
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  self->opening = g_cancellable_new ();
  g_clear_object (&self->job_to_show);
  g_free (self->project_id);
  self->project_id = g_strdup (project_id);
  tela_window_take_from_trash (self, self->project_id);
  tela_workspace_open_async (workspace, self->project_id, self->opening, opened_cb, g_object_ref (self));
}

void
tela_window_show_boards (TelaWindow *self)
{
  g_return_if_fail (TELA_IS_WINDOW (self));

  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  g_clear_pointer (&self->project_id, g_free);
  gtk_stack_set_visible_child_name (self->stack, "list");
  set_session (self, NULL);
  update_title (self);
  update_actions (self);
}

const char *
tela_window_get_board_id (TelaWindow *self)
{
  g_return_val_if_fail (TELA_IS_WINDOW (self), NULL);

  return self->project_id;
}

TelaCanvas *
tela_window_get_canvas (TelaWindow *self)
{
  g_return_val_if_fail (TELA_IS_WINDOW (self), NULL);

  return tela_board_page_get_canvas (self->board_page);
}

void
tela_window_toast (TelaWindow *self,
                   const char *text)
{
  g_return_if_fail (TELA_IS_WINDOW (self));

  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}
