/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application-private.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/file.h>
#include <unistd.h>

#include "tela-jobs-window.h"
#include "tela-jobs-words.h"
#include "tela-window.h"

TelaJobs *
tela_application_get_jobs (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->jobs;
}

/* Whoever looks at one of the windows sees it there. */
static gboolean
is_looked_at (TelaApplication *self)
{
  for (GList *window = gtk_application_get_windows (GTK_APPLICATION (self)); window != NULL; window = window->next)
    if (gtk_window_is_active (window->data))
      return TRUE;

  return self->jobs_window != NULL && gtk_window_is_active (self->jobs_window);
}

static const char *
title_of (TelaJobState state)
{
  switch (state)
    {
    case TELA_JOB_DONE:
      return _ ("Image Ready");
    case TELA_JOB_CANCELLED:
      return _ ("Image Canceled");
    case TELA_JOB_QUEUED:
    case TELA_JOB_RUNNING:
    case TELA_JOB_FAILED:
    case TELA_JOB_UNKNOWN:
    default:
      return _ ("Image Not Made");
    }
}

/* Of all processes of a person on this computer one tells; the kernel frees the lock of whoever dies. */
static gboolean
is_teller (TelaApplication *self)
{
  const char      *user_id = tela_workspace_get_user_id (self->workspace);
  g_autofree char *name = g_strconcat ("teller-", user_id, NULL);
  g_autofree char *path = g_build_filename (self->data_dir, "jobs", name, NULL);

  if (self->teller >= 0)
    return TRUE;
  self->teller = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->teller < 0)
    return TRUE; /* two are better than none */
  if (flock (self->teller, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  close (self->teller);
  self->teller = -1;

  return FALSE;
}

static void
ended_cb (TelaApplication *self,
          TelaJob         *job)
{
  const TelaJobRow *row = tela_job_get_row (job);
  GDBusConnection  *bus = g_application_get_dbus_connection (G_APPLICATION (self));
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *words = NULL;
  g_autofree char *body = NULL;

  /* Without a bus nobody could show it. */
  if (is_looked_at (self) || self->is_quitting || bus == NULL || !is_teller (self))
    return;
  notification = g_notification_new (title_of (row->state));
  words = tela_jobs_describe (row);
  body = row->state == TELA_JOB_DONE ? g_strdup (row->prompt) : g_strdup_printf ("%s\n%s", row->prompt, words);
  g_notification_set_body (notification, body);
  g_notification_set_default_action_and_target (notification, "app.show-job", "s", row->id);
  g_application_send_notification (G_APPLICATION (self), row->id, notification);
}

static void
jobs_window_closed_cb (TelaApplication *self)
{
  self->jobs_window = NULL;
}

static void
show_jobs (TelaApplication *self)
{
  if (self->jobs_window == NULL)
    {
      self->jobs_window = GTK_WINDOW (tela_jobs_window_new (self));
      g_signal_connect_object (self->jobs_window, "destroy", G_CALLBACK (jobs_window_closed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  gtk_window_present (self->jobs_window);
}

static void
jobs_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaApplication *self = user_data;

  if (self->jobs != NULL && !self->is_quitting)
    show_jobs (self);
}

/* Of a notification: the picture, or in the list what became of it. */
static void
show_job_activated (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       user_data)
{
  TelaApplication  *self = user_data;
  TelaJob          *job;
  const TelaJobRow *row;

  if (self->jobs == NULL || self->is_quitting)
    return;
  job = tela_job_queue_find (tela_jobs_get_queue (self->jobs), g_variant_get_string (parameter, NULL));
  row = job != NULL ? tela_job_get_row (job) : NULL;
  if (row != NULL && row->state == TELA_JOB_DONE && row->project_id != NULL)
    tela_application_show_job (self, job);
  else
    show_jobs (self);
}

void
tela_application_add_jobs_action (TelaApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "jobs", .activate = jobs_activated },
    { .name = "show-job", .parameter_type = "s", .activate = show_job_activated },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}

void
tela_application_start_jobs (TelaApplication *self,
                             const char      *data_dir)
{
  g_autofree char *dir = g_build_filename (data_dir, "jobs", NULL);

  self->jobs = tela_jobs_new (self->workspace, self->settings, dir);
  g_signal_connect_object (tela_jobs_get_queue (self->jobs), "ended", G_CALLBACK (ended_cb), self, G_CONNECT_SWAPPED);
}

void
tela_application_stop_jobs (TelaApplication *self)
{
  if (self->jobs_window != NULL)
    gtk_window_destroy (self->jobs_window);
  if (self->jobs != NULL)
    tela_jobs_close (self->jobs);
  if (self->teller >= 0)
    close (self->teller);
  self->teller = -1;
}

void
tela_application_show_job (TelaApplication *self,
                           TelaJob         *job)
{
  const char *project_id;
  TelaWindow *window = NULL;

  g_return_if_fail (TELA_IS_APPLICATION (self));

  project_id = tela_job_get_row (job)->project_id;
  if (project_id == NULL)
    return;
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL && window == NULL; l = l->next)
    if (TELA_IS_WINDOW (l->data) && g_strcmp0 (tela_window_get_board_id (l->data), project_id) == 0)
      window = l->data;
  if (window == NULL)
    {
      window = tela_window_new (self);
      tela_window_open_board (window, project_id);
    }
  tela_window_show_job (window, job);
  gtk_window_present (GTK_WINDOW (window));
}
