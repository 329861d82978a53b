/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-jobs-window.h"

#include <glib/gi18n.h>

#include "tela-jobs-row.h"
#include "tela-jobs-words.h"

struct _TelaJobsWindow
{
  AdwWindow parent_instance;

  TelaApplication    *app;    /* borrowed: it outlives its windows */
  TelaJobs           *jobs;   /* owned */
  GtkFilterListModel *shown;  /* owned */
  GtkFilter          *filter; /* owned by @shown */

  AdwToastOverlay *toasts; /* children */
  GtkStack        *stack;
  GtkListBox      *list;
  GtkDropDown     *choice;
};

G_DEFINE_FINAL_TYPE (TelaJobsWindow, tela_jobs_window, ADW_TYPE_WINDOW)

static gboolean
is_shown (gpointer item,
          gpointer user_data)
{
  TelaJobsWindow *self = user_data;
  TelaJobState    state = tela_job_get_state (item);

  switch ((TelaJobsFilter) gtk_drop_down_get_selected (self->choice))
    {
    case TELA_JOBS_ACTIVE:
      return !tela_job_state_is_over (state);
    case TELA_JOBS_DONE:
      return state == TELA_JOB_DONE;
    case TELA_JOBS_OTHERS:
      return tela_job_state_is_over (state) && state != TELA_JOB_DONE;
    case TELA_JOBS_ALL:
    default:
      return TRUE;
    }
}

static void
update_page (TelaJobsWindow *self)
{
  guint       n_all = g_list_model_get_n_items (G_LIST_MODEL (tela_jobs_get_queue (self->jobs)));
  guint       n = g_list_model_get_n_items (G_LIST_MODEL (self->shown));
  const char *page = n > 0 ? "list" : n_all > 0                     ? "none"
                                  : tela_jobs_is_ready (self->jobs) ? "empty"
                                                                    : "setup";

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_sensitive (GTK_WIDGET (self->choice), n_all > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "jobs.clear",
                                 n_all > tela_job_queue_get_n_active (tela_jobs_get_queue (self->jobs)));
}

static void
refilter (TelaJobsWindow *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_page (self);
}

static GtkWidget *
new_row (gpointer item,
         gpointer user_data)
{
  TelaJobsWindow *self = user_data;

  return tela_jobs_row_new (self->app, item);
}

/* Actions */

static void
tell_action (GtkWidget  *widget,
             const char *name,
             GVariant   *text)
{
  AdwToast        *toast = adw_toast_new ("");
  g_autofree char *escaped = g_markup_escape_text (g_variant_get_string (text, NULL), -1);

  adw_toast_set_title (toast, escaped);
  adw_toast_overlay_add_toast (TELA_JOBS_WINDOW (widget)->toasts, toast);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaJobsWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_job_monitor_remove_finish (TELA_JOB_MONITOR (source), result, &error) && self->jobs != NULL)
    tell_action (GTK_WIDGET (self), "jobs.tell", g_variant_new_string (error->message));
}

static void
clear_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  TelaJobsWindow *self = TELA_JOBS_WINDOW (widget);
  GListModel     *queue = G_LIST_MODEL (tela_jobs_get_queue (self->jobs));

  for (guint i = 0; i < g_list_model_get_n_items (queue); i++)
    {
      g_autoptr (TelaJob) job = g_list_model_get_item (queue, i);

      if (tela_job_is_over (job))
        tela_job_monitor_remove_async (tela_jobs_get_monitor (self->jobs), tela_job_get_id (job), NULL, removed_cb,
                                       g_object_ref (self));
    }
}

/* Making */

static GtkWidget *
new_header (TelaJobsWindow *self)
{
  const char *filters[] = { _ ("All"), _ ("Under Way"), _ ("Done"), _ ("Not Made"), NULL };
  GtkWidget  *header = adw_header_bar_new ();
  GtkWidget  *choice = gtk_drop_down_new_from_strings (filters);
  GtkWidget  *clear = gtk_button_new_from_icon_name ("edit-clear-all-symbolic");

  self->choice = GTK_DROP_DOWN (choice);
  gtk_widget_set_tooltip_text (choice, _ ("Which Jobs"));
  gtk_widget_set_tooltip_text (clear, _ ("Remove Those That Are Over"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (clear), "jobs.clear");
  g_signal_connect_object (choice, "notify::selected", G_CALLBACK (refilter), self, G_CONNECT_SWAPPED);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), choice);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), clear);
  return header;
}

static GtkWidget *
new_status_page (const char *icon,
                 const char *title,
                 const char *description)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (page), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (page), description);
  return page;
}

static GtkWidget *
new_list (TelaJobsWindow *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *list = gtk_list_box_new ();

  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_valign (list, GTK_ALIGN_START);
  gtk_widget_set_margin_top (list, 18);
  gtk_widget_set_margin_bottom (list, 18);
  gtk_widget_set_margin_start (list, 12);
  gtk_widget_set_margin_end (list, 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Image Jobs"), -1);
  adw_clamp_set_child (ADW_CLAMP (clamp), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  return scrolled;
}

static void
tela_jobs_window_dispose (GObject *object)
{
  TelaJobsWindow *self = TELA_JOBS_WINDOW (object);

  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  g_clear_object (&self->shown);
  g_clear_object (&self->jobs);
  G_OBJECT_CLASS (tela_jobs_window_parent_class)->dispose (object);
}

static void
tela_jobs_window_class_init (TelaJobsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_jobs_window_dispose;

  gtk_widget_class_install_action (widget_class, "jobs.tell", "s", tell_action);
  gtk_widget_class_install_action (widget_class, "jobs.clear", NULL, clear_action);
}

static void
tela_jobs_window_init (TelaJobsWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->stack = GTK_STACK (gtk_stack_new ());
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  gtk_stack_add_named (self->stack, new_list (self), "list");
  gtk_stack_add_named (self->stack,
                       new_status_page ("tela-generate-symbolic", _ ("No Image Jobs"),
                                        _ ("Choose Generate Image on a board and draw where the image shall be.")),
                       "empty");
  gtk_stack_add_named (self->stack,
                       new_status_page ("edit-find-symbolic", _ ("No Such Jobs"), _ ("There are others in the list.")),
                       "none");
  gtk_stack_add_named (self->stack, tela_jobs_new_setup_page (), "setup");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->toasts));
  adw_toast_overlay_set_child (self->toasts, GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Image Jobs"));
  gtk_window_set_default_size (GTK_WINDOW (self), 560, 560);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 294);
}

TelaJobsWindow *
tela_jobs_window_new (TelaApplication *app)
{
  TelaJobsWindow *self = g_object_new (TELA_TYPE_JOBS_WINDOW, NULL);
  TelaJobQueue   *queue;

  self->app = app;
  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (app));
  self->jobs = g_object_ref (tela_application_get_jobs (app));
  queue = tela_jobs_get_queue (self->jobs);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  self->shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (queue)), self->filter);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), new_row, self, NULL);
  g_signal_connect_object (queue, "moved", G_CALLBACK (refilter), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (update_page), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->jobs, "notify::ready", G_CALLBACK (update_page), self, G_CONNECT_SWAPPED);
  update_page (self);
  return self;
}

void
tela_jobs_window_set_filter (TelaJobsWindow *self,
                             TelaJobsFilter  filter)
{
  g_return_if_fail (TELA_IS_JOBS_WINDOW (self));

  gtk_drop_down_set_selected (self->choice, filter);
}

GtkListBox *
tela_jobs_window_get_list (TelaJobsWindow *self)
{
  g_return_val_if_fail (TELA_IS_JOBS_WINDOW (self), NULL);

  return self->list;
}

const char *
tela_jobs_window_get_page (TelaJobsWindow *self)
{
  g_return_val_if_fail (TELA_IS_JOBS_WINDOW (self), NULL);

  return gtk_stack_get_visible_child_name (self->stack);
}
