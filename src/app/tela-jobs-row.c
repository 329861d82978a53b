/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-jobs-row.h"

#include <glib/gi18n.h>

#include "tela-decode.h"
#include "tela-generator-command.h"
#include "tela-jobs-words.h"
#include "tela-window.h"

#define PICTURE_SIDE 48  /* application pixels */
#define TEXTURE_SIDE 144 /* pixels: sharp at three times the size */
#define REDUCTION 1      /* a photograph comes half as large */

struct _TelaJobsRow
{
  AdwActionRow parent_instance;

  TelaApplication    *app;     /* borrowed: it outlives its windows */
  TelaJob            *job;     /* owned */
  GSimpleActionGroup *actions; /* owned */
  GCancellable       *cancellable;
  char               *asset; /* owned: what is shown, or on its way; nullable */

  GtkWidget      *picture; /* children */
  GtkWidget      *icon;
  GtkStack       *stack;
  GtkProgressBar *progress;
  GtkWidget      *cancel;
};

G_DEFINE_FINAL_TYPE (TelaJobsRow, tela_jobs_row, ADW_TYPE_ACTION_ROW)

/* The picture */

static void
decode_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      bytes,
                  GCancellable *cancellable)
{
  TelaDecoded decoded = { 0 };
  g_autoptr (GdkPixbuf) small = NULL;
  double scale;

  if (!tela_decode (bytes, REDUCTION, &decoded))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "No picture");
      return;
    }
  scale = MIN (1, (double) TEXTURE_SIDE / MAX (gdk_pixbuf_get_width (decoded.pixbuf), gdk_pixbuf_get_height (decoded.pixbuf)));
  small = gdk_pixbuf_scale_simple (decoded.pixbuf, MAX (1, (int) (gdk_pixbuf_get_width (decoded.pixbuf) * scale)),
                                   MAX (1, (int) (gdk_pixbuf_get_height (decoded.pixbuf) * scale)), GDK_INTERP_BILINEAR);
  g_object_unref (decoded.pixbuf);
  g_task_return_pointer (task, gdk_texture_new_for_pixbuf (small), g_object_unref);
}

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaJobsRow) self = TELA_JOBS_ROW (g_object_ref (source));
  g_autoptr (GdkTexture) texture = g_task_propagate_pointer (G_TASK (result), NULL);

  if (texture == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_image_set_from_paintable (GTK_IMAGE (self->picture), GDK_PAINTABLE (texture));
  gtk_stack_set_visible_child (self->stack, self->picture);
}

static void
got_asset_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaJobsRow) self = user_data; /* the reference load_picture() took */
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = tela_assets_get_finish (TELA_ASSETS (source), result, &error);
  g_autoptr (GTask) task = NULL;

  if (bytes == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;
  task = g_task_new (self, self->cancellable, decoded_cb, NULL);
  g_task_set_task_data (task, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, decode_in_thread);
}

/* Only of rows that are seen: a list may be long. */
static void
load_picture (TelaJobsRow *self)
{
  TelaWorkspace *workspace = tela_application_get_workspace (self->app);
  const char    *asset = tela_job_get_row (self->job)->asset;

  if (workspace == NULL || asset == NULL || g_strcmp0 (asset, self->asset) == 0 ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_free (self->asset);
  self->asset = g_strdup (asset);
  tela_assets_get_async (tela_workspace_get_assets (workspace), asset, self->cancellable, got_asset_cb,
                         g_object_ref (self));
}

/* What is shown */

static const char *
icon_of (TelaJobState state)
{
  switch (state)
    {
    case TELA_JOB_FAILED:
      return "dialog-warning-symbolic";
    case TELA_JOB_UNKNOWN:
      return "dialog-question-symbolic";
    case TELA_JOB_CANCELLED:
      return "process-stop-symbolic";
    case TELA_JOB_QUEUED:
    case TELA_JOB_RUNNING:
    case TELA_JOB_DONE:
    default:
      return "tela-generate-symbolic";
    }
}

static void
enable (TelaJobsRow *self,
        const char  *name,
        gboolean     is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static char *
describe (TelaJobsRow *self)
{
  const TelaJobRow *row = tela_job_get_row (self->job);
  g_autofree char  *state = tela_jobs_describe (row);
  g_autofree char  *board = NULL;
  const char       *model = strcmp (row->model, TELA_COMMAND_MODEL) == 0 ? _ ("Program on this computer") : row->model;

  if (row->project_id != NULL)
    board = tela_application_dup_board_name (self->app, row->project_id, NULL);
  if (board == NULL)
    return g_strdup_printf ("%s · %s", state, model);
  return g_strdup_printf ("%s · %s · %s", state, board, model);
}

static void
update (TelaJobsRow *self)
{
  const TelaJobRow *row = tela_job_get_row (self->job);
  gboolean          is_over = tela_job_state_is_over (row->state);
  g_autofree char  *subtitle = describe (self);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), row->prompt);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), icon_of (row->state));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), row->state == TELA_JOB_RUNNING && row->progress >= 0);
  gtk_progress_bar_set_fraction (self->progress, MAX (row->progress, 0));
  gtk_widget_set_visible (self->cancel, !is_over);
  enable (self, "cancel", !is_over);
  enable (self, "retry", is_over && row->state != TELA_JOB_DONE && row->project_id != NULL);
  enable (self, "again", is_over && row->project_id != NULL);
  enable (self, "show", row->project_id != NULL);
  enable (self, "remove", is_over);
  load_picture (self);
}

/* What can be done */

static void
tell_error (TelaJobsRow  *self,
            const GError *error)
{
  GtkWidget *window = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  if (error != NULL && window != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "jobs.tell", "s", error->message);
}

static void
repeated_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TelaJobsRow) self = user_data;
  g_autoptr (GError) error = NULL;

  tela_jobs_submit_finish (TELA_JOBS (source), result, &error);
  tell_error (self, error);
}

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaJobsRow) self = user_data;
  g_autoptr (GError) error = NULL;

  tela_jobs_cancel_finish (TELA_JOBS (source), result, &error);
  tell_error (self, error);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaJobsRow) self = user_data;
  g_autoptr (GError) error = NULL;

  tela_job_monitor_remove_finish (TELA_JOB_MONITOR (source), result, &error);
  tell_error (self, error);
}

static void
cancel_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  TelaJobsRow *self = user_data;

  tela_jobs_cancel_async (tela_application_get_jobs (self->app), self->job, NULL, cancelled_cb, g_object_ref (self));
}

static void
repeat (TelaJobsRow *self,
        gboolean     new_seed)
{
  tela_jobs_repeat_async (tela_application_get_jobs (self->app), self->job, new_seed, NULL, repeated_cb,
                          g_object_ref (self));
}

static void
retry_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  repeat (user_data, FALSE);
}

static void
again_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  repeat (user_data, TRUE);
}

static void
copy_prompt_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaJobsRow *self = user_data;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), tela_job_get_row (self->job)->prompt);
}

static void
show_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  TelaJobsRow *self = user_data;

  tela_application_show_job (self->app, self->job);
}

static void
remove_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  TelaJobsRow *self = user_data;

  tela_job_monitor_remove_async (tela_jobs_get_monitor (tela_application_get_jobs (self->app)),
                                 tela_job_get_id (self->job), NULL, removed_cb, g_object_ref (self));
}

/* Object */

static GMenuModel *
new_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) more = g_menu_new ();
  g_autoptr (GMenu) last = g_menu_new ();

  g_menu_append (more, _ ("_Retry"), "job.retry");
  g_menu_append (more, _ ("Again with _New Seed"), "job.again");
  g_menu_append (more, _ ("_Copy Prompt"), "job.copy-prompt");
  g_menu_append (more, _ ("_Show on Board"), "job.show");
  g_menu_append (last, _ ("Remove from _List"), "job.remove");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  return G_MENU_MODEL (menu);
}

static void
add_suffixes (TelaJobsRow *self)
{
  GtkWidget *menu = gtk_menu_button_new ();
  g_autoptr (GMenuModel) model = new_menu ();

  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_add_css_class (GTK_WIDGET (self->progress), "tela-short-bar");
  gtk_widget_set_valign (GTK_WIDGET (self->progress), GTK_ALIGN_CENTER);
  self->cancel = gtk_button_new_from_icon_name ("process-stop-symbolic");
  gtk_widget_set_tooltip_text (self->cancel, _ ("Cancel"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->cancel), "job.cancel");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (menu), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (menu), model);
  gtk_widget_set_tooltip_text (menu, _ ("More"));
  gtk_widget_set_valign (self->cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (menu, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->cancel, "flat");
  gtk_widget_add_css_class (menu, "flat");
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->progress));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->cancel);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), menu);
}

static void
tela_jobs_row_dispose (GObject *object)
{
  TelaJobsRow *self = TELA_JOBS_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->job);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (tela_jobs_row_parent_class)->dispose (object);
}

static void
tela_jobs_row_finalize (GObject *object)
{
  TelaJobsRow *self = TELA_JOBS_ROW (object);

  g_clear_object (&self->cancellable);
  g_free (self->asset);
  G_OBJECT_CLASS (tela_jobs_row_parent_class)->finalize (object);
}

static void
tela_jobs_row_class_init (TelaJobsRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_jobs_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = tela_jobs_row_finalize;
}

static void
tela_jobs_row_init (TelaJobsRow *self)
{
  static const GActionEntry entries[] = {
    { .name = "cancel", .activate = cancel_cb },
    { .name = "retry", .activate = retry_cb },
    { .name = "again", .activate = again_cb },
    { .name = "copy-prompt", .activate = copy_prompt_cb },
    { .name = "show", .activate = show_cb },
    { .name = "remove", .activate = remove_cb },
  };

  self->cancellable = g_cancellable_new ();
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "job", G_ACTION_GROUP (self->actions));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 2);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 2);

  self->stack = GTK_STACK (gtk_stack_new ());
  self->icon = gtk_image_new ();
  self->picture = gtk_image_new ();
  gtk_image_set_pixel_size (GTK_IMAGE (self->picture), PICTURE_SIDE);
  gtk_stack_add_child (self->stack, self->icon);
  gtk_stack_add_child (self->stack, self->picture);
  gtk_widget_set_size_request (GTK_WIDGET (self->stack), PICTURE_SIDE, PICTURE_SIDE);
  gtk_widget_set_valign (GTK_WIDGET (self->stack), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (GTK_WIDGET (self->stack), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->stack), 6);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->stack));
  add_suffixes (self);
  g_signal_connect (self, "map", G_CALLBACK (load_picture), NULL);
}

GtkWidget *
tela_jobs_row_new (TelaApplication *app,
                   TelaJob         *job)
{
  TelaJobsRow *self = g_object_new (TELA_TYPE_JOBS_ROW, NULL);

  self->app = app;
  self->job = g_object_ref (job);
  g_signal_connect_object (job, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tela_application_get_boards (app), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

TelaJob *
tela_jobs_row_get_job (TelaJobsRow *self)
{
  g_return_val_if_fail (TELA_IS_JOBS_ROW (self), NULL);

  return self->job;
}

GActionGroup *
tela_jobs_row_get_actions (TelaJobsRow *self)
{
  g_return_val_if_fail (TELA_IS_JOBS_ROW (self), NULL);

  return G_ACTION_GROUP (self->actions);
}
