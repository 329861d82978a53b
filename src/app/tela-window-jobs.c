/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-generate-dialog.h"
#include "tela-job-element.h"

/* An image that is being ordered. */
typedef struct
{
  TelaWindow  *window;  /* borrowed: the dialog is its own */
  TelaSession *session; /* owned */
  TelaRect     box;
} Wish;

static void
wish_free (gpointer  data,
           GClosure *closure)
{
  Wish *self = data;

  g_object_unref (self->session);
  g_free (self);
}

static void
submitted_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaWindow) self = user_data; /* the reference chosen_cb() took */
  g_autoptr (GError) error = NULL;

  /* Translators: %s says why, in a sentence */
  if (tela_jobs_submit_finish (TELA_JOBS (source), result, &error) == NULL)
    tela_window_tell (self, _ ("The image was not ordered: %s"), error->message);
}

static void
chosen_cb (TelaGenerateDialog *dialog,
           gpointer            user_data)
{
  Wish            *wish = user_data;
  TelaApplication *app = tela_window_get_app (wish->window);
  GSettings       *settings = tela_application_get_settings (app);
  g_autofree char *model = tela_generate_dialog_dup_model (dialog);
  g_autofree char *prompt = tela_generate_dialog_dup_prompt (dialog);
  TelaJobOrder     order = {
        .model = model, .prompt = prompt, .box = wish->box, .count = tela_generate_dialog_get_count (dialog)
  };

  if (settings != NULL)
    g_settings_set_string (settings, "generator-model", model);
  tela_jobs_submit_async (tela_application_get_jobs (app), wish->session, &order, NULL, submitted_cb,
                          g_object_ref (wish->window));
}

static void
want_image (TelaWindow *self,
            TelaRect    box)
{
  TelaApplication    *app = tela_window_get_app (self);
  TelaJobs           *jobs = tela_application_get_jobs (app);
  GSettings          *settings = tela_application_get_settings (app);
  g_autofree char    *model = settings != NULL ? g_settings_get_string (settings, "generator-model") : g_strdup ("");
  Wish               *wish;
  TelaGenerateDialog *dialog;

  if (self->session == NULL || jobs == NULL)
    return;
  wish = g_new (Wish, 1);
  *wish = (Wish){ .window = self, .session = g_object_ref (self->session), .box = box };
  dialog = tela_generate_dialog_new (GTK_WINDOW (self), jobs, model);
  g_signal_connect_data (dialog, "chosen", G_CALLBACK (chosen_cb), wish, wish_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
image_wanted_cb (TelaWindow *self,
                 double      x,
                 double      y,
                 double      width,
                 double      height)
{
  want_image (self, (TelaRect){ x, y, width, height });
}

static void
count_cb (TelaWindow *self)
{
  TelaJobs *jobs = tela_application_get_jobs (tela_window_get_app (self));

  tela_board_page_set_n_jobs (self->board_page, tela_job_queue_get_n_active (tela_jobs_get_queue (jobs)));
}

void
tela_window_init_jobs (TelaWindow *self)
{
  TelaJobs *jobs = tela_application_get_jobs (tela_window_get_app (self));

  g_signal_connect_object (tela_window_get_canvas (self), "image-wanted", G_CALLBACK (image_wanted_cb), self,
                           G_CONNECT_SWAPPED);
  if (jobs == NULL)
    return;
  g_signal_connect_object (tela_jobs_get_queue (jobs), "notify::n-active", G_CALLBACK (count_cb), self,
                           G_CONNECT_SWAPPED);
  count_cb (self);
}

void
tela_window_show_wanted_job (TelaWindow *self)
{
  TelaCanvas *canvas = tela_window_get_canvas (self);
  g_autoptr (TelaJob) job = g_steal_pointer (&self->job_to_show);
  const TelaElement *element;
  const char        *id;

  if (job == NULL || g_strcmp0 (tela_job_get_row (job)->project_id, self->project_id) != 0)
    return;
  element = tela_job_element_find (tela_session_get_board (self->session), tela_job_get_row (job));
  if (element == NULL)
    return;
  /* A board that was just opened is shown whole. */
  if (gtk_widget_get_width (GTK_WIDGET (canvas)) > 0)
    tela_canvas_reveal (canvas, element);
  id = tela_element_get_id (element);
  tela_selection_set (tela_canvas_get_selection (canvas), &id, 1);
}

void
tela_window_show_job (TelaWindow *self,
                      TelaJob    *job)
{
  g_return_if_fail (TELA_IS_WINDOW (self));

  g_set_object (&self->job_to_show, job);
  if (self->session != NULL && g_strcmp0 (tela_session_get_project_id (self->session), self->project_id) == 0)
    tela_window_show_wanted_job (self);
}
